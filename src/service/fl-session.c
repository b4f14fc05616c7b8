/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-session.h"

#include "fl-clock.h"
#include "fl-member.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_PREFIX "ory_st_"
#define TOKEN_LENGTH 32  /* letters and digits: 190 bits */

static FlSecret *
make_token (void)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  char text[sizeof TOKEN_PREFIX + TOKEN_LENGTH] = TOKEN_PREFIX;
  FlSecret *token;

  for (gsize i = 0; i < TOKEN_LENGTH; i++)
    text[strlen (TOKEN_PREFIX) + i] = alphabet[randombytes_uniform (sizeof alphabet - 1)];
  token = fl_secret_new (text);
  fl_secret_wipe (text, sizeof text);
  return token;
}

static GBytes *
digest_token (FlEngine       *engine,
              const FlSecret *token)
{
  return fl_sealer_digest (engine->sealer, "session-token", fl_secret_get_text (token));
}

static char *
object_to_text (JsonNode *node)
{
  char *text = json_to_string (node, FALSE);

  json_node_unref (node);
  return text;
}

static char *
methods_to_text (const FlSession *self)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  json_node_set_array (node, self->methods);
  return object_to_text (node);
}

static char *
device_to_text (const FlSession *self)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, self->device);
  return object_to_text (node);
}

static guint
level_of (const char *method)
{
  return strcmp (method, "totp") == 0 || strcmp (method, "lookup_secret") == 0 ? 2 : 1;
}

static void
append_method (FlSession  *self,
               const char *method)
{
  JsonObject *entry = json_object_new ();

  json_object_set_string_member (entry, "method", method);
  json_object_set_string_member (entry, "aal", level_of (method) == 2 ? "aal2" : "aal1");
  fl_member_set_time (entry, "completed_at", fl_clock_now ());
  json_array_add_object_element (self->methods, entry);
}

static void
save (const FlSession *self,
      FlEngine        *engine)
{
  g_autofree char *methods = methods_to_text (self);

  fl_store_run (engine->store,
                "UPDATE session SET authenticated_at = ?, expires_at = ?, methods = ? WHERE id = ?", "iiss",
                self->authenticated_at, self->expires_at, methods, self->id);
}

static JsonNode *
parse (const char *text)
{
  JsonNode *node = json_from_string (text, NULL);

  return node != NULL ? node : json_node_new (JSON_NODE_NULL);
}

/**
 * fl_session_new:
 * @exchange: the request that proved who it is
 * @account: whose session it is
 * @method: what was proven
 * @token: (out) (transfer full): the token
 *
 * Begins a session.
 *
 * Returns: (transfer full): the session
 */
FlSession *
fl_session_new (FlExchange       *exchange,
                const FlAccount  *account,
                const char       *method,
                FlSecret        **token)
{
  FlEngine *engine = exchange->engine;
  FlSession *self = g_new0 (FlSession, 1);
  g_autoptr (GBytes) digest = NULL;
  g_autofree char *device_id = g_uuid_string_random ();
  g_autofree char *methods = NULL;
  g_autofree char *device = NULL;

  self->id = g_uuid_string_random ();
  self->account = g_strdup (account->id);
  self->issued_at = fl_clock_now ();
  self->authenticated_at = self->issued_at;
  self->expires_at = self->issued_at + engine->config->session_lifespan;
  self->methods = json_array_new ();
  append_method (self, method);
  self->device = fl_exchange_describe_device (exchange);
  json_object_set_string_member (self->device, "id", device_id);

  *token = make_token ();
  digest = digest_token (engine, *token);
  methods = methods_to_text (self);
  device = device_to_text (self);
  fl_store_run (engine->store,
                "INSERT INTO session (id, token, account, active, issued_at, authenticated_at, expires_at, methods,"
                " device) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?)", "sbsiiiss",
                self->id, digest, self->account, self->issued_at, self->authenticated_at, self->expires_at, methods,
                device);
  return self;
}

/**
 * fl_session_find:
 * @engine: the service
 * @token: (nullable): a token
 *
 * Returns: (transfer full) (nullable): its session, if it is still good for something
 */
FlSession *
fl_session_find (FlEngine       *engine,
                 const FlSecret *token)
{
  g_autoptr (GBytes) digest = NULL;
  g_autoptr (JsonNode) methods = NULL;
  g_autoptr (JsonNode) device = NULL;
  sqlite3_stmt *row;
  FlSession *self;

  if (token == NULL)
    return NULL;
  digest = digest_token (engine, token);
  row = fl_store_query (engine->store,
                        "SELECT session.id, session.account, issued_at, authenticated_at, expires_at, methods, device"
                        " FROM session JOIN account ON account.id = session.account"
                        " WHERE token = ? AND session.active AND account.active AND expires_at > ?",
                        "bi", digest, fl_clock_now ());
  if (!fl_store_step (engine->store, row))
    return NULL;

  self = g_new0 (FlSession, 1);
  self->id = fl_store_get_text (row, 0);
  self->account = fl_store_get_text (row, 1);
  self->issued_at = sqlite3_column_int64 (row, 2);
  self->authenticated_at = sqlite3_column_int64 (row, 3);
  self->expires_at = sqlite3_column_int64 (row, 4);
  methods = parse ((const char *) sqlite3_column_text (row, 5));
  self->methods = JSON_NODE_HOLDS_ARRAY (methods) ? json_node_dup_array (methods) : json_array_new ();
  device = parse ((const char *) sqlite3_column_text (row, 6));
  self->device = JSON_NODE_HOLDS_OBJECT (device) ? json_node_dup_object (device) : json_object_new ();
  sqlite3_reset (row);
  return self;
}

/**
 * fl_session_free:
 * @self: (transfer full): a session
 *
 * Frees the copy.
 */
void
fl_session_free (FlSession *self)
{
  g_free (self->id);
  g_free (self->account);
  json_array_unref (self->methods);
  json_object_unref (self->device);
  g_free (self);
}

/**
 * fl_session_authenticate:
 * @self: a session
 * @engine: the service
 * @method: what has been proven now
 *
 * Makes the session as fresh as a new one.
 */
void
fl_session_authenticate (FlSession  *self,
                         FlEngine   *engine,
                         const char *method)
{
  self->authenticated_at = fl_clock_now ();
  self->expires_at = self->authenticated_at + engine->config->session_lifespan;
  append_method (self, method);
  save (self, engine);
}

/**
 * fl_session_add_method:
 * @self: a session
 * @engine: the service
 * @method: what has been set up, and thereby proven, now
 *
 * Raises the level of the session without making it fresher.
 */
void
fl_session_add_method (FlSession  *self,
                       FlEngine   *engine,
                       const char *method)
{
  append_method (self, method);
  save (self, engine);
}

/**
 * fl_session_get_level:
 * @self: a session
 *
 * Returns: the authenticator assurance level, 1 or 2: two takes a method of each
 */
guint
fl_session_get_level (const FlSession *self)
{
  gboolean seen[3] = { FALSE, FALSE, FALSE };

  for (guint i = 0; i < json_array_get_length (self->methods); i++)
    {
      JsonObject *entry = json_array_get_object_element (self->methods, i);

      seen[level_of (json_object_get_string_member (entry, "method"))] = TRUE;
    }
  return seen[1] && seen[2] ? 2 : 1;
}

/**
 * fl_session_wants_second_factor:
 * @self: a session
 * @account: its account
 *
 * Returns: whether there is a second factor that has not been proven
 */
gboolean
fl_session_wants_second_factor (const FlSession *self,
                                const FlAccount *account)
{
  return fl_account_has_second_factor (account) && fl_session_get_level (self) < 2;
}

/**
 * fl_session_is_privileged:
 * @self: a session
 * @engine: the service
 *
 * Returns: whether it is fresh enough to change a factor
 */
gboolean
fl_session_is_privileged (const FlSession *self,
                          FlEngine        *engine)
{
  return self->authenticated_at + engine->config->privileged_lifespan >= fl_clock_now ();
}

/**
 * fl_session_to_json:
 * @self: a session
 * @engine: the service
 * @account: its account
 *
 * Returns: (transfer full): the `session` of the dialect; it does not tell who it is while a second factor is missing
 */
JsonObject *
fl_session_to_json (const FlSession *self,
                    FlEngine        *engine,
                    const FlAccount *account)
{
  JsonObject *session = json_object_new ();
  JsonArray *devices = json_array_new ();

  json_object_set_string_member (session, "id", self->id);
  json_object_set_boolean_member (session, "active", TRUE);
  fl_member_set_time (session, "expires_at", self->expires_at);
  fl_member_set_time (session, "authenticated_at", self->authenticated_at);
  json_object_set_string_member (session, "authenticator_assurance_level",
                                 fl_session_get_level (self) == 2 ? "aal2" : "aal1");
  json_object_set_array_member (session, "authentication_methods", json_array_ref (self->methods));
  fl_member_set_time (session, "issued_at", self->issued_at);
  if (fl_session_wants_second_factor (self, account))
    json_object_set_null_member (session, "identity");
  else
    json_object_set_object_member (session, "identity", fl_account_to_json (account, engine));
  json_array_add_object_element (devices, json_object_ref (self->device));
  json_object_set_array_member (session, "devices", devices);
  return session;
}

/**
 * fl_session_end_others:
 * @self: a session
 * @engine: the service
 *
 * Ends all other sessions of the same account.
 */
void
fl_session_end_others (const FlSession *self,
                       FlEngine        *engine)
{
  fl_store_run (engine->store, "UPDATE session SET active = 0 WHERE account = ? AND id != ?", "ss",
                self->account, self->id);
}

/**
 * fl_session_end:
 * @engine: the service
 * @token: a token
 *
 * Ends a session.
 *
 * Returns: whether the token was ever given out, as far as is remembered
 */
gboolean
fl_session_end (FlEngine       *engine,
                const FlSecret *token)
{
  g_autoptr (GBytes) digest = digest_token (engine, token);

  fl_store_run (engine->store, "UPDATE session SET active = 0 WHERE token = ?", "b", digest);
  return fl_store_is_well (engine->store) && fl_store_changes (engine->store) == 1;
}
