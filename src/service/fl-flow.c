/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-flow.h"

#include "fl-clock.h"
#include "fl-link.h"
#include "fl-member.h"

#include <string.h>

#define ERROR_ID_EXPIRED "self_service_flow_expired"

/* Anybody may begin flows, and each is kept for an hour after its end: 20 MB or so in all. */
#define FLOWS_MOST 20000
#define FLOWS_BETWEEN 256  /* that may be begun between two countings */

static const char *
kind_name (FlFlowKind kind)
{
  switch (kind)
    {
    case FL_FLOW_LOGIN:
      return "login";

    case FL_FLOW_RECOVERY:
      return "recovery";

    case FL_FLOW_SETTINGS:
      return "settings";

    default:
      g_assert_not_reached ();
    }
}

static gint64
lifespan (FlEngine   *engine,
          FlFlowKind  kind)
{
  switch (kind)
    {
    case FL_FLOW_LOGIN:
      return engine->config->login_lifespan;

    case FL_FLOW_RECOVERY:
      return engine->config->recovery_lifespan;

    case FL_FLOW_SETTINGS:
      return engine->config->settings_lifespan;

    default:
      g_assert_not_reached ();
    }
}

/* Those go first that only somebody who only asks for flows has: no session, no mail, not touched for long. */
static void
make_room (FlEngine *engine)
{
  if (engine->flows_begun++ % FLOWS_BETWEEN != 0)
    return;
  fl_store_run (engine->store,
                "DELETE FROM flow WHERE id IN (SELECT flow.id FROM flow LEFT JOIN mail_code ON mail_code.flow = flow.id"
                " ORDER BY flow.account IS NOT NULL OR mail_code.flow IS NOT NULL, updated_at"
                " LIMIT max (0, (SELECT count(*) FROM flow) - ?))", "i", (gint64) FLOWS_MOST);
}

static FlFlow *
read_flow (FlEngine   *engine,
           FlFlowKind  kind,
           const char *id)
{
  sqlite3_stmt *row = fl_store_query (engine->store,
                                      "SELECT account, issued_at, updated_at, expires_at, tries, totp_key, codes, data"
                                      " FROM flow WHERE id = ? AND kind = ?", "si", id, (gint64) kind);
  g_autoptr (JsonNode) data = NULL;
  FlFlow *self;

  if (!fl_store_step (engine->store, row))
    return NULL;

  self = g_new0 (FlFlow, 1);
  self->id = g_strdup (id);
  self->kind = kind;
  self->account = fl_store_get_text (row, 0);
  self->issued_at = sqlite3_column_int64 (row, 1);
  self->updated_at = sqlite3_column_int64 (row, 2);
  self->expires_at = sqlite3_column_int64 (row, 3);
  self->tries = sqlite3_column_int64 (row, 4);
  self->totp_key = fl_store_get_blob (row, 5);
  self->codes = fl_store_get_blob (row, 6);
  data = json_from_string ((const char *) sqlite3_column_text (row, 7), NULL);
  self->data = data != NULL && JSON_NODE_HOLDS_OBJECT (data) ? json_node_dup_object (data) : json_object_new ();
  sqlite3_reset (row);
  return self;
}

/**
 * fl_flow_new:
 * @engine: the service
 * @kind: what it is for
 * @state: the state that it begins in
 * @account: (nullable): UUID of the account that it belongs to
 * @request_url: the URL that it was asked for with
 *
 * Begins a flow; fl_flow_save() keeps it.
 *
 * Returns: (transfer full): the flow
 */
FlFlow *
fl_flow_new (FlEngine   *engine,
             FlFlowKind  kind,
             const char *state,
             const char *account,
             const char *request_url)
{
  FlFlow *self = g_new0 (FlFlow, 1);

  make_room (engine);
  self->id = g_uuid_string_random ();
  self->kind = kind;
  self->account = g_strdup (account);
  self->issued_at = fl_clock_now ();
  self->updated_at = self->issued_at;
  self->expires_at = self->issued_at + lifespan (engine, kind);
  self->data = json_object_new ();
  fl_flow_set (self, "state", state);
  fl_flow_set (self, "request_url", request_url);
  fl_flow_set (self, "action", self->id);
  fl_flow_clear_messages (self);
  return self;
}

/**
 * fl_flow_find:
 * @exchange: a request
 * @kind: what the flow has to be for
 * @parameter: the parameter of the query that names it
 *
 * Returns: (transfer full) (nullable): the flow, expired or not; %NULL when there is none and the exchange has been
 *   answered
 */
FlFlow *
fl_flow_find (FlExchange *exchange,
              FlFlowKind  kind,
              const char *parameter)
{
  const char *id = fl_exchange_get_query (exchange, parameter);

  if (id == NULL || !fl_link_is_uuid (id))
    {
      fl_exchange_reply_error (exchange, SOUP_STATUS_BAD_REQUEST, NULL,
                               "The flow query parameter is missing or malformed.");
      return NULL;
    }
  return fl_flow_find_again (exchange, kind, id);
}

/**
 * fl_flow_find_again:
 * @exchange: a request
 * @kind: what the flow has to be for
 * @id: its UUID
 *
 * Returns: (transfer full) (nullable): the flow, expired or not; %NULL when there is none and the exchange has been
 *   answered
 */
FlFlow *
fl_flow_find_again (FlExchange *exchange,
                    FlFlowKind  kind,
                    const char *id)
{
  FlFlow *self = read_flow (exchange->engine, kind, id);

  if (self == NULL)
    fl_exchange_reply_error (exchange, SOUP_STATUS_NOT_FOUND, NULL, NULL);
  return self;
}

/**
 * fl_flow_free:
 * @self: (transfer full): a flow
 *
 * Frees the copy.
 */
void
fl_flow_free (FlFlow *self)
{
  g_free (self->id);
  g_free (self->account);
  g_clear_pointer (&self->totp_key, g_bytes_unref);
  g_clear_pointer (&self->codes, g_bytes_unref);
  json_object_unref (self->data);
  g_free (self);
}

/**
 * fl_flow_save:
 * @self: a flow
 * @engine: the service
 *
 * Keeps the flow as it is now.
 */
void
fl_flow_save (FlFlow   *self,
              FlEngine *engine)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *data = NULL;

  json_node_set_object (node, self->data);
  data = json_to_string (node, FALSE);
  self->updated_at = fl_clock_now ();
  fl_store_run (engine->store,
                "INSERT INTO flow (id, kind, account, issued_at, updated_at, expires_at, tries, totp_key, codes, data)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, tries = excluded.tries,"
                " totp_key = excluded.totp_key, codes = excluded.codes, data = excluded.data", "sisiiiibbs",
                self->id, (gint64) self->kind, self->account, self->issued_at, self->updated_at, self->expires_at,
                self->tries, self->totp_key, self->codes, data);
}

/**
 * fl_flow_has_expired:
 * @self: a flow
 *
 * Returns: whether its time is over
 */
gboolean
fl_flow_has_expired (const FlFlow *self)
{
  return fl_clock_now () >= self->expires_at;
}

/**
 * fl_flow_check_account:
 * @self: a flow
 * @exchange: a request
 * @account: UUID of the account whose session came with the request
 *
 * Answers that the flow is somebody else's, if it is.
 *
 * Returns: whether it is not, and the exchange is still to be answered
 */
gboolean
fl_flow_check_account (const FlFlow *self,
                       FlExchange   *exchange,
                       const char   *account)
{
  if (g_strcmp0 (self->account, account) == 0)
    return TRUE;
  fl_exchange_reply_error (exchange, SOUP_STATUS_FORBIDDEN, "security_identity_mismatch",
                           "The flow belongs to another identity.");
  return FALSE;
}

/**
 * fl_flow_get:
 * @self: a flow
 * @name: something that it remembers
 *
 * Returns: (nullable): what it remembers
 */
const char *
fl_flow_get (const FlFlow *self,
             const char   *name)
{
  return fl_member_get_text (self->data, name);
}

/**
 * fl_flow_set:
 * @self: a flow
 * @name: something to remember, never a secret
 * @value: (nullable): its text; %NULL to forget it
 *
 * Remembers something.
 */
void
fl_flow_set (FlFlow     *self,
             const char *name,
             const char *value)
{
  if (value == NULL)
    json_object_remove_member (self->data, name);
  else
    json_object_set_string_member (self->data, name, value);
}

/**
 * fl_flow_is:
 * @self: a flow
 * @name: a mark
 *
 * Returns: whether fl_flow_mark() was called with it
 */
gboolean
fl_flow_is (const FlFlow *self,
            const char   *name)
{
  return json_object_has_member (self->data, name);
}

/**
 * fl_flow_mark:
 * @self: a flow
 * @name: a mark
 *
 * Remembers that something has happened.
 */
void
fl_flow_mark (FlFlow     *self,
              const char *name)
{
  json_object_set_boolean_member (self->data, name, TRUE);
}

/**
 * fl_flow_clear_messages:
 * @self: a flow
 *
 * Forgets what was said to the last submission.
 */
void
fl_flow_clear_messages (FlFlow *self)
{
  json_object_set_array_member (self->data, "messages", json_array_new ());
  json_object_set_object_member (self->data, "notes", json_object_new ());
}

/**
 * fl_flow_say:
 * @self: a flow
 * @message: (transfer full): a message
 *
 * Says something about the whole form.
 */
void
fl_flow_say (FlFlow     *self,
             JsonObject *message)
{
  json_array_add_object_element (json_object_get_array_member (self->data, "messages"), message);
}

/**
 * fl_flow_say_about:
 * @self: a flow
 * @field: the name of a field
 * @message: (transfer full): a message
 *
 * Says something about one field.
 */
void
fl_flow_say_about (FlFlow     *self,
                   const char *field,
                   JsonObject *message)
{
  json_object_set_object_member (json_object_get_object_member (self->data, "notes"), field, message);
}

static JsonObject *
ui_to_json (const FlFlow *self,
            FlEngine     *engine,
            JsonArray    *nodes)
{
  JsonObject *ui = json_object_new ();
  JsonArray *messages = json_object_get_array_member (self->data, "messages");
  g_autofree char *action = g_strdup_printf ("%s/self-service/%s?flow=%s", engine->url, kind_name (self->kind),
                                             fl_flow_get (self, "action"));

  json_object_set_string_member (ui, "action", action);
  json_object_set_string_member (ui, "method", "POST");
  if (nodes != NULL)
    json_object_set_array_member (ui, "nodes", nodes);
  else
    json_object_set_null_member (ui, "nodes");
  if (json_array_get_length (messages) > 0)
    json_object_set_array_member (ui, "messages", json_array_ref (messages));
  return ui;
}

/**
 * fl_flow_to_json:
 * @self: a flow
 * @engine: the service
 * @nodes: (transfer full) (nullable): its form
 *
 * Returns: (transfer full): what all kinds of flows have
 */
JsonObject *
fl_flow_to_json (const FlFlow *self,
                 FlEngine     *engine,
                 JsonArray    *nodes)
{
  JsonObject *flow = json_object_new ();

  json_object_set_string_member (flow, "id", self->id);
  json_object_set_string_member (flow, "type", "api");
  fl_member_set_time (flow, "expires_at", self->expires_at);
  fl_member_set_time (flow, "issued_at", self->issued_at);
  json_object_set_string_member (flow, "request_url", fl_flow_get (self, "request_url"));
  if (fl_flow_get (self, "active") != NULL)
    json_object_set_string_member (flow, "active", fl_flow_get (self, "active"));
  json_object_set_object_member (flow, "ui", ui_to_json (self, engine, nodes));
  json_object_set_string_member (flow, "state", fl_flow_get (self, "state"));
  return flow;
}

/**
 * fl_flow_reply_gone:
 * @self: an expired flow
 * @exchange: the request that submitted it
 * @replacement: UUID of the flow to use instead
 * @details: (transfer full) (nullable): the details of the envelope
 *
 * Answers that the flow has expired.
 */
void
fl_flow_reply_gone (FlFlow     *self,
                    FlExchange *exchange,
                    const char *replacement,
                    JsonObject *details)
{
  JsonObject *beside = json_object_new ();

  fl_member_set_time (beside, "expired_at", self->expires_at);
  json_object_set_int_member (beside, "since", (fl_clock_now () - self->expires_at) * G_GINT64_CONSTANT (1000000000));
  json_object_set_string_member (beside, "use_flow_id", replacement);
  fl_exchange_reply_error_full (exchange, SOUP_STATUS_GONE, ERROR_ID_EXPIRED,
                                "The self-service flow has expired, initialize a new one.", details, beside);
}

/**
 * fl_flow_reply_if_gone:
 * @self: a flow
 * @exchange: the request that asks for it
 *
 * Answers that the flow has expired, if it has.
 *
 * Returns: whether it has, and the exchange has been answered
 */
gboolean
fl_flow_reply_if_gone (FlFlow     *self,
                       FlExchange *exchange)
{
  JsonObject *details;
  g_autofree char *api = NULL;

  if (!fl_flow_has_expired (self))
    return FALSE;

  details = json_object_new ();
  api = g_strdup_printf ("%s/self-service/%s/api", exchange->engine->url, kind_name (self->kind));
  json_object_set_string_member (details, "api", api);
  /* Kratos names this error where a login or recovery flow is read, and not where a settings flow is. */
  fl_exchange_reply_error_full (exchange, SOUP_STATUS_GONE, self->kind != FL_FLOW_SETTINGS ? ERROR_ID_EXPIRED : NULL,
                                "The self-service flow has expired, initialize a new one.", details, NULL);
  return TRUE;
}
