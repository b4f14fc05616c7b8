/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-flow-login.h"

#include "fl-clock.h"
#include "fl-flow-second-factor.h"
#include "fl-member.h"
#include "fl-message.h"
#include "fl-nodes.h"
#include "fl-throttle.h"

#include <string.h>

/* Kratos answers to a submission that refreshes a session with a second device that it has not kept. */
#define NO_DEVICE "00000000-0000-0000-0000-000000000000"

/* What a login flow remembers. */
#define ASKED "asked"            /* mark: the address has been given, the password is asked for */
#define IDENTIFIER "identifier"  /* the address as it was typed */
#define REFRESH "refresh"        /* mark: the password is asked for again */
#define LEVEL_2 "aal2"           /* mark: the second factor is asked for */

typedef struct
{
  FlExchange *exchange;
  char       *flow;
  char       *address;
  char       *hash;
  FlSecret   *password;
} Attempt;

static void
attempt_free (Attempt *attempt)
{
  g_free (attempt->flow);
  g_free (attempt->address);
  g_free (attempt->hash);
  fl_secret_unref (attempt->password);
  g_free (attempt);
}

static void
add_password (JsonArray *nodes,
              guint      label)
{
  fl_nodes_add_field (nodes, &(FlField) { .group = "password", .name = "password", .type = "password",
                                          .required = TRUE, .autocomplete = "current-password", .label = 1070001 });
  fl_nodes_add_submit (nodes, "password", "method", "password", label);
}

static void
build_first_factor (const FlFlow *flow,
                    JsonArray    *nodes)
{
  gboolean asked = fl_flow_is (flow, ASKED);
  const char *typed = fl_flow_get (flow, IDENTIFIER);

  fl_nodes_add_field (nodes, &(FlField) { .group = "identifier_first", .name = "identifier",
                                          .type = asked ? "hidden" : "text", .value = typed != NULL ? typed : "",
                                          .required = TRUE, .autocomplete = "username webauthn", .label = 1070002 });
  if (!asked)
    fl_nodes_add_submit (nodes, "identifier_first", "method", "identifier_first", 1070009);
  fl_nodes_add_csrf (nodes);
  if (asked)
    add_password (nodes, 1010022);
}

static void
build_refresh (const FlAccount *account,
               JsonArray       *nodes)
{
  fl_nodes_add_csrf (nodes);
  if (account == NULL || account->password == NULL)
    return;
  fl_nodes_add_field (nodes, &(FlField) { .group = "default", .name = "identifier", .type = "hidden",
                                          .value = account->email });
  add_password (nodes, 1010001);
}

static JsonArray *
build_nodes (const FlFlow *flow,
             FlEngine     *engine)
{
  JsonArray *nodes = json_array_new ();
  g_autoptr (FlAccount) account = flow->account != NULL ? fl_account_find (engine, flow->account) : NULL;

  if (fl_flow_is (flow, LEVEL_2))
    {
      if (account == NULL || !fl_account_has_second_factor (account))
        {
          json_array_unref (nodes);
          return NULL;
        }
      fl_flow_second_factor_build (flow, account, nodes);
    }
  else if (fl_flow_is (flow, REFRESH))
    {
      build_refresh (account, nodes);
    }
  else
    {
      build_first_factor (flow, nodes);
    }
  fl_nodes_add_notes (nodes, json_object_get_object_member (flow->data, "notes"));
  return nodes;
}

static JsonObject *
to_json (const FlFlow *flow,
         FlEngine     *engine)
{
  JsonObject *object = fl_flow_to_json (flow, engine, build_nodes (flow, engine));

  json_object_set_null_member (object, "organization_id");
  fl_member_set_time (object, "created_at", flow->issued_at);
  fl_member_set_time (object, "updated_at", flow->updated_at);
  json_object_set_boolean_member (object, "refresh", fl_flow_is (flow, REFRESH));
  json_object_set_string_member (object, "requested_aal", fl_flow_is (flow, LEVEL_2) ? "aal2" : "aal1");
  return object;
}

static void
create (FlExchange      *exchange,
        const FlSession *session,
        gboolean         refresh,
        gboolean         second_factor)
{
  g_autofree char *url = fl_exchange_get_url (exchange);
  g_autoptr (FlFlow) flow = fl_flow_new (exchange->engine, FL_FLOW_LOGIN, "choose_method",
                                         session != NULL ? session->account : NULL, url);

  if (refresh)
    fl_flow_mark (flow, REFRESH);
  if (second_factor)
    fl_flow_mark (flow, LEVEL_2);
  if (refresh)
    fl_flow_say (flow, fl_message_new (1010003));
  else if (second_factor)
    fl_flow_say (flow, fl_message_new (1010004));
  fl_flow_save (flow, exchange->engine);
  fl_flow_login_reply (flow, exchange, SOUP_STATUS_OK);
}

/**
 * fl_flow_login_create:
 * @exchange: `GET /self-service/login/api`
 *
 * Begins a sign-in, a second factor (`aal=aal2`) or a repeated one (`refresh=true`).
 */
void
fl_flow_login_create (FlExchange *exchange)
{
  g_autoptr (FlSession) session = fl_session_find (exchange->engine, exchange->token);
  const char *level = fl_exchange_get_query (exchange, "aal");
  gboolean refresh = g_strcmp0 (fl_exchange_get_query (exchange, "refresh"), "true") == 0;
  gboolean second_factor = g_strcmp0 (level, "aal2") == 0;

  if (level != NULL && !second_factor && strcmp (level, "aal1") != 0)
    fl_exchange_reply_error (exchange, SOUP_STATUS_BAD_REQUEST, NULL, "The requested level is not known.");
  else if (second_factor && session == NULL)
    fl_exchange_reply_error (exchange, SOUP_STATUS_UNAUTHORIZED, "session_aal1_required",
                             "A second factor needs a session to add it to.");
  else if (session != NULL && !refresh && (!second_factor || fl_session_get_level (session) == 2))
    fl_exchange_reply_error (exchange, SOUP_STATUS_BAD_REQUEST, "session_already_available",
                             "A valid session was detected and thus login is not possible.");
  else
    create (exchange, session, refresh && session != NULL, second_factor);
}

/**
 * fl_flow_login_read:
 * @exchange: `GET /self-service/login/flows`
 *
 * Shows a flow again.
 */
void
fl_flow_login_read (FlExchange *exchange)
{
  g_autoptr (FlFlow) flow = fl_flow_find (exchange, FL_FLOW_LOGIN, "id");

  if (flow != NULL && !fl_flow_reply_if_gone (flow, exchange))
    fl_flow_login_reply (flow, exchange, SOUP_STATUS_OK);
}

/**
 * fl_flow_login_reply:
 * @flow: a flow
 * @exchange: a request
 * @status: the HTTP status
 *
 * Answers with the flow.
 */
void
fl_flow_login_reply (FlFlow     *flow,
                     FlExchange *exchange,
                     guint       status)
{
  fl_exchange_reply (exchange, status, to_json (flow, exchange->engine));
}

/**
 * fl_flow_login_reply_session:
 * @exchange: a request that has proven who it is
 * @session: the session
 * @account: its account
 * @token: its token
 * @again: whether the session was there before
 *
 * Answers with a session.
 */
void
fl_flow_login_reply_session (FlExchange      *exchange,
                             const FlSession *session,
                             const FlAccount *account,
                             const FlSecret  *token,
                             gboolean         again)
{
  JsonObject *answer = json_object_new ();
  JsonObject *object = fl_session_to_json (session, exchange->engine, account);

  if (again)
    {
      JsonObject *device = fl_exchange_describe_device (exchange);

      json_object_set_string_member (device, "id", NO_DEVICE);
      json_array_add_object_element (json_object_get_array_member (object, "devices"), device);
    }
  json_object_set_string_member (answer, "session_token", fl_secret_get_text (token));
  json_object_set_object_member (answer, "session", object);
  json_object_set_null_member (answer, "continue_with");
  fl_exchange_reply (exchange, SOUP_STATUS_OK, answer);
}

static void
refuse (FlFlow     *flow,
        FlExchange *exchange,
        JsonObject *message)
{
  fl_flow_clear_messages (flow);
  fl_flow_say (flow, message);
  fl_flow_save (flow, exchange->engine);
  fl_flow_login_reply (flow, exchange, SOUP_STATUS_BAD_REQUEST);
}

static void
submit_address (FlFlow     *flow,
                FlExchange *exchange)
{
  const char *typed = fl_exchange_get_text (exchange, "identifier");
  JsonObject *answer;

  /* Nothing is looked up: what would be found must not show. */
  fl_flow_clear_messages (flow);
  fl_flow_mark (flow, ASKED);
  fl_flow_set (flow, IDENTIFIER, typed != NULL ? typed : "");
  fl_flow_set (flow, "active", "identifier_first");
  fl_flow_save (flow, exchange->engine);
  answer = to_json (flow, exchange->engine);
  fl_exchange_echo_payload (exchange, answer);
  /* 400 although all is well: the flow is not at its end, says Kratos. */
  fl_exchange_reply (exchange, SOUP_STATUS_BAD_REQUEST, answer);
}

static void
accept_password (FlExchange *exchange,
                 FlAccount  *account,
                 Attempt    *attempt)
{
  FlEngine *engine = exchange->engine;
  g_autoptr (FlSession) session = fl_session_find (engine, exchange->token);
  g_autoptr (FlSecret) token = NULL;
  gboolean again = session != NULL && strcmp (session->account, account->id) == 0;

  fl_throttle_clear (engine, FL_COUNTER_PASSWORD, attempt->address);
  if (again)
    {
      fl_session_authenticate (session, engine, "password");
      token = fl_secret_ref (exchange->token);
    }
  else
    {
      g_clear_pointer (&session, fl_session_free);
      session = fl_session_new (exchange, account, "password", &token);
    }
  fl_flow_login_reply_session (exchange, session, account, token, again);
}

/* The flow and the account are read anew, as both may have changed while threads computed. */
static void
conclude (Attempt    *attempt,
          gboolean    matches,
          const char *better_hash)
{
  FlExchange *exchange = attempt->exchange;
  FlEngine *engine = exchange->engine;
  g_autoptr (FlFlow) flow = fl_flow_find_again (exchange, FL_FLOW_LOGIN, attempt->flow);
  g_autoptr (FlAccount) account = NULL;

  if (flow == NULL)
    return;

  account = fl_account_find_by_email (engine, attempt->address);
  if (!matches || account == NULL || g_strcmp0 (account->password, attempt->hash) != 0)
    {
      refuse (flow, exchange, fl_message_new (4000006));
      return;
    }
  if (!account->active)
    {
      fl_exchange_reply_error (exchange, SOUP_STATUS_UNAUTHORIZED, NULL, "This account was disabled.");
      return;
    }
  if (better_hash != NULL)
    fl_account_set_password (account, engine, better_hash);
  accept_password (exchange, account, attempt);
}

static void
on_password_hashed (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  Attempt *attempt = user_data;
  g_autofree char *hash = fl_hasher_hash_finish (result, NULL);

  fl_exchange_resume (attempt->exchange);
  conclude (attempt, TRUE, hash);
  attempt_free (attempt);
}

static void
on_password_verified (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  Attempt *attempt = user_data;
  FlExchange *exchange = attempt->exchange;
  gboolean matches;
  gboolean verified = fl_hasher_verify_finish (result, &matches, NULL);

  fl_exchange_resume (exchange);
  if (verified && matches && fl_hasher_is_outdated (attempt->hash))
    {
      fl_exchange_wait (exchange);
      fl_hasher_hash_async (exchange->engine->hasher, attempt->password, on_password_hashed, attempt);
      return;
    }
  if (verified)
    conclude (attempt, matches, NULL);
  else
    fl_exchange_reply_busy (exchange);
  attempt_free (attempt);
}

static void
submit_password (FlFlow     *flow,
                 FlExchange *exchange)
{
  FlEngine *engine = exchange->engine;
  const char *typed = fl_exchange_get_text (exchange, "identifier");
  g_autoptr (FlSecret) password = fl_exchange_take_secret (exchange, "password");
  g_autoptr (FlAccount) account = NULL;
  g_autofree char *address = NULL;
  Attempt *attempt;
  gint64 retry_after;

  fl_flow_clear_messages (flow);
  if (typed == NULL)
    fl_flow_say_about (flow, "identifier", fl_message_new_about (4000002, "property", "identifier"));
  if (password == NULL)
    fl_flow_say_about (flow, "password", fl_message_new_about (4000002, "property", "password"));
  fl_flow_save (flow, engine);
  if (typed == NULL || password == NULL)
    {
      fl_flow_login_reply (flow, exchange, SOUP_STATUS_BAD_REQUEST);
      return;
    }

  if (fl_hasher_is_full (engine->hasher))
    {
      fl_exchange_reply_busy (exchange);
      return;
    }
  address = fl_account_fold_email (typed);
  retry_after = fl_throttle_try (engine, FL_COUNTER_PASSWORD, address);
  if (retry_after > 0)
    {
      fl_exchange_reply_too_many (exchange, retry_after);
      return;
    }

  account = fl_account_find_by_email (engine, address);
  attempt = g_new0 (Attempt, 1);
  attempt->exchange = exchange;
  attempt->flow = g_strdup (flow->id);
  attempt->address = g_steal_pointer (&address);
  attempt->hash = account != NULL ? g_strdup (account->password) : NULL;
  attempt->password = g_steal_pointer (&password);
  fl_exchange_wait (exchange);
  fl_hasher_verify_async (engine->hasher, attempt->password, attempt->hash, on_password_verified, attempt);
}

static void
replace (FlFlow     *flow,
         FlExchange *exchange)
{
  g_autofree char *url = g_strconcat (exchange->engine->url, "/self-service/login/api", NULL);
  g_autoptr (FlFlow) replacement = fl_flow_new (exchange->engine, FL_FLOW_LOGIN, "choose_method", NULL, url);

  fl_flow_say (replacement, fl_message_new_expired (4010001, flow->expires_at, fl_clock_now ()));
  fl_flow_save (replacement, exchange->engine);
  fl_flow_reply_gone (flow, exchange, replacement->id, NULL);
}

static void
submit_second_factor (FlFlow     *flow,
                      FlExchange *exchange,
                      FlSession  *session)
{
  g_autoptr (FlAccount) account = session != NULL ? fl_account_find (exchange->engine, session->account) : NULL;

  if (account == NULL)
    fl_exchange_reply_error (exchange, SOUP_STATUS_UNAUTHORIZED, "session_aal1_required",
                             "A second factor needs a session to add it to.");
  else
    fl_flow_second_factor_submit (flow, exchange, session, account);
}

/**
 * fl_flow_login_submit:
 * @exchange: `POST /self-service/login`
 *
 * Takes what a person has filled in.
 */
void
fl_flow_login_submit (FlExchange *exchange)
{
  g_autoptr (FlFlow) flow = fl_flow_find (exchange, FL_FLOW_LOGIN, "flow");
  g_autoptr (FlSession) session = NULL;
  const char *method = fl_exchange_get_text (exchange, "method");
  const char *typed = fl_exchange_get_text (exchange, "identifier");
  gboolean expired;

  if (flow == NULL)
    return;

  session = fl_session_find (exchange->engine, exchange->token);
  if (session != NULL && flow->account != NULL && !fl_flow_check_account (flow, exchange, session->account))
    return;
  expired = fl_flow_has_expired (flow);
  if (!fl_flow_is (flow, REFRESH) && typed != NULL && g_strcmp0 (method, "password") == 0)
    fl_flow_set (flow, IDENTIFIER, typed);

  if (expired && session == NULL)
    replace (flow, exchange);
  else if (session != NULL && (expired || !(fl_flow_is (flow, LEVEL_2) || fl_flow_is (flow, REFRESH))))
    refuse (flow, exchange,
            fl_message_new_about (4000001, "reason", "A valid session was detected and thus login is not possible."));
  else if (fl_exchange_is_from_browser (exchange))
    refuse (flow, exchange,
            fl_message_new_about (4000001, "reason", "A native flow takes neither cookies nor an origin."));
  else if (fl_flow_is (flow, LEVEL_2))
    submit_second_factor (flow, exchange, session);
  else if (g_strcmp0 (method, "password") == 0)
    submit_password (flow, exchange);
  else if (fl_flow_is (flow, REFRESH))
    refuse (flow, exchange, fl_message_new (4010002));
  else
    submit_address (flow, exchange);
}
