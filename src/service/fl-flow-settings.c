/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-flow-settings.h"

#include "fl-clock.h"
#include "fl-flow-settings-factors.h"
#include "fl-flow-settings-password.h"
#include "fl-message.h"
#include "fl-nodes.h"
#include "fl-session-routes.h"
#include "fl-totp.h"

#include <string.h>

#define STATE_SUCCESS "success"

static void
add_recovery_codes (const FlFlow    *flow,
                    FlEngine        *engine,
                    const FlAccount *account,
                    JsonArray       *nodes)
{
  if (account->recovery_codes > 0 && fl_flow_is (flow, FL_FLOW_SETTINGS_REVEAL))
    {
      g_autoptr (GArray) used_at = fl_account_list_recovery_codes (account, engine);

      fl_nodes_add_kept_codes (nodes, used_at);
      fl_nodes_add_submit (nodes, "lookup_secret", "lookup_secret_disable", "true", 1050016);
      fl_nodes_add_submit (nodes, "lookup_secret", "lookup_secret_regenerate", "true", 1050008);
    }
  else if (account->recovery_codes > 0)
    {
      fl_nodes_add_submit (nodes, "lookup_secret", "lookup_secret_reveal", "true", 1050007);
      fl_nodes_add_submit (nodes, "lookup_secret", "lookup_secret_disable", "true", 1050016);
    }
  else
    {
      fl_nodes_add_submit (nodes, "lookup_secret", "lookup_secret_regenerate", "true", 1050008);
    }
}

static void
add_totp (const FlFlow    *flow,
          FlEngine        *engine,
          const FlAccount *account,
          JsonArray       *nodes)
{
  g_autoptr (FlSecret) key = NULL;

  if (account->totp_key != NULL)
    {
      fl_nodes_add_field (nodes, &(FlField) { .group = "totp", .name = "totp_unlink", .type = "submit",
                                              .value = "true", .required = TRUE, .label = 1050004 });
      return;
    }
  key = fl_sealer_open (engine->sealer, flow->totp_key);
  if (key != NULL)
    fl_nodes_add_totp (nodes, key, engine->config->totp_issuer, account->email);
}

static JsonArray *
build_nodes (const FlFlow    *flow,
             FlEngine        *engine,
             const FlAccount *account)
{
  JsonArray *nodes = json_array_new ();
  g_auto (GStrv) codes = fl_flow_settings_get_codes (flow, engine);

  fl_nodes_add_csrf (nodes);
  fl_nodes_add_field (nodes, &(FlField) { .group = "password", .name = "password", .type = "password",
                                          .required = TRUE, .autocomplete = "new-password", .label = 1070001 });
  fl_nodes_add_submit (nodes, "password", "method", "password", 1070003);
  if (codes == NULL)
    add_recovery_codes (flow, engine, account, nodes);
  add_totp (flow, engine, account, nodes);
  /* Codes that wait stand last, where Kratos leaves them. */
  if (codes != NULL)
    fl_nodes_add_codes (nodes, codes);
  fl_nodes_add_notes (nodes, json_object_get_object_member (flow->data, "notes"));

  for (gsize i = 0; codes != NULL && codes[i] != NULL; i++)
    fl_secret_wipe (codes[i], strlen (codes[i]));
  return nodes;
}

static void
renew_totp_key (FlFlow          *flow,
                FlEngine        *engine,
                const FlAccount *account)
{
  g_autoptr (FlSecret) key = NULL;

  g_clear_pointer (&flow->totp_key, g_bytes_unref);
  if (account->totp_key != NULL)
    return;
  key = fl_totp_generate_key ();
  flow->totp_key = fl_sealer_seal (engine->sealer, key);
}

/**
 * fl_flow_settings_new:
 * @exchange: the request that leads to it
 * @account: whose settings
 *
 * Begins a settings flow; fl_flow_save() keeps it.
 *
 * Returns: (transfer full): the flow
 */
FlFlow *
fl_flow_settings_new (FlExchange      *exchange,
                      const FlAccount *account)
{
  g_autofree char *url = fl_exchange_get_url (exchange);
  FlFlow *flow = fl_flow_new (exchange->engine, FL_FLOW_SETTINGS, "show_form", account->id, url);

  renew_totp_key (flow, exchange->engine, account);
  return flow;
}

/**
 * fl_flow_settings_reply:
 * @flow: a flow
 * @exchange: a request
 * @account: its account
 * @status: the HTTP status
 * @echo: whether the payload of the request is given back
 *
 * Answers with the flow.
 */
void
fl_flow_settings_reply (FlFlow          *flow,
                        FlExchange      *exchange,
                        const FlAccount *account,
                        guint            status,
                        gboolean         echo)
{
  FlEngine *engine = exchange->engine;
  JsonObject *answer = fl_flow_to_json (flow, engine, build_nodes (flow, engine, account));

  json_object_set_object_member (answer, "identity", fl_account_to_json (account, engine));
  if (echo)
    fl_exchange_echo_payload (exchange, answer);
  fl_exchange_reply (exchange, status, answer);
}

/**
 * fl_flow_settings_refuse:
 * @flow: a flow
 * @exchange: its submission
 * @account: its account
 * @field: (nullable): the field that is wrong
 * @message: (transfer full): what is wrong
 *
 * Answers that a submission was refused.
 */
void
fl_flow_settings_refuse (FlFlow          *flow,
                         FlExchange      *exchange,
                         const FlAccount *account,
                         const char      *field,
                         JsonObject      *message)
{
  fl_flow_clear_messages (flow);
  if (field != NULL)
    fl_flow_say_about (flow, field, message);
  else
    fl_flow_say (flow, message);
  fl_flow_save (flow, exchange->engine);
  fl_flow_settings_reply (flow, exchange, account, SOUP_STATUS_BAD_REQUEST, FALSE);
}

/**
 * fl_flow_settings_succeed:
 * @flow: a flow
 * @exchange: its submission
 * @account: its account, as it is now
 *
 * Answers that a submission was accepted; the form begins anew, with another TOTP key.
 */
void
fl_flow_settings_succeed (FlFlow          *flow,
                          FlExchange      *exchange,
                          const FlAccount *account)
{
  g_autofree char *action = g_uuid_string_random ();

  /* Kratos names another flow as the form's action after each success. */
  fl_flow_set (flow, "action", action);
  fl_flow_set (flow, "state", STATE_SUCCESS);
  fl_flow_clear_messages (flow);
  fl_flow_say (flow, fl_message_new (1050001));
  g_clear_pointer (&flow->codes, g_bytes_unref);
  renew_totp_key (flow, exchange->engine, account);
  fl_flow_save (flow, exchange->engine);
  fl_flow_settings_reply (flow, exchange, account, SOUP_STATUS_OK, FALSE);
}

/**
 * fl_flow_settings_create:
 * @exchange: `GET /self-service/settings/api`
 *
 * Begins a change of settings.
 */
void
fl_flow_settings_create (FlExchange *exchange)
{
  FlEngine *engine = exchange->engine;
  g_autoptr (FlSession) session = fl_session_find (engine, exchange->token);
  g_autoptr (FlAccount) account = session != NULL ? fl_account_find (engine, session->account) : NULL;
  g_autoptr (FlFlow) flow = NULL;

  if (account == NULL)
    {
      fl_exchange_reply_error (exchange, SOUP_STATUS_UNAUTHORIZED, "session_inactive",
                               "No active session was found in this request.");
      return;
    }
  if (fl_session_wants_second_factor (session, account))
    {
      fl_session_routes_reply_second_factor (exchange, NULL);
      return;
    }
  flow = fl_flow_settings_new (exchange, account);
  fl_flow_save (flow, engine);
  fl_flow_settings_reply (flow, exchange, account, SOUP_STATUS_OK, FALSE);
}

/**
 * fl_flow_settings_find_account:
 * @exchange: a request about a settings flow
 * @session: (out): the session that it was sent with
 *
 * Returns: (transfer full) (nullable): whose session it is; %NULL when there is none and the exchange has been answered,
 *   as Kratos does, before the flow is looked for and without an error id
 */
FlAccount *
fl_flow_settings_find_account (FlExchange  *exchange,
                               FlSession  **session)
{
  FlAccount *account;

  *session = fl_session_find (exchange->engine, exchange->token);
  account = *session != NULL ? fl_account_find (exchange->engine, (*session)->account) : NULL;
  if (account == NULL)
    fl_exchange_reply_error (exchange, SOUP_STATUS_UNAUTHORIZED, NULL, "No active session was found in this request.");
  return account;
}

/* Answers, and returns FALSE, when the session may not use the flow. */
static gboolean
check_session (FlFlow     *flow,
               FlExchange *exchange,
               FlSession  *session,
               FlAccount  *account,
               const char *return_to)
{
  if (!fl_flow_check_account (flow, exchange, account->id))
    return FALSE;
  if (fl_session_wants_second_factor (session, account))
    {
      g_autofree char *url = g_strconcat (exchange->engine->url, return_to, flow->id, NULL);

      fl_session_routes_reply_second_factor (exchange, url);
      return FALSE;
    }
  return TRUE;
}

/**
 * fl_flow_settings_read:
 * @exchange: `GET /self-service/settings/flows`
 *
 * Shows a flow again.
 */
void
fl_flow_settings_read (FlExchange *exchange)
{
  g_autoptr (FlSession) session = NULL;
  g_autoptr (FlAccount) account = fl_flow_settings_find_account (exchange, &session);
  g_autoptr (FlFlow) flow = account != NULL ? fl_flow_find (exchange, FL_FLOW_SETTINGS, "id") : NULL;

  if (flow == NULL)
    return;
  if (check_session (flow, exchange, session, account, "/settings?flow=")
      && !fl_flow_reply_if_gone (flow, exchange))
    fl_flow_settings_reply (flow, exchange, account, SOUP_STATUS_OK, FALSE);
}

static void
replace (FlFlow     *flow,
         FlExchange *exchange,
         FlAccount  *account)
{
  g_autoptr (FlFlow) replacement = fl_flow_settings_new (exchange, account);

  fl_flow_say (replacement, fl_message_new_expired (4050001, flow->expires_at, fl_clock_now ()));
  fl_flow_save (replacement, exchange->engine);
  fl_flow_reply_gone (flow, exchange, replacement->id, NULL);
}

static void
reply_refresh (FlFlow     *flow,
               FlExchange *exchange)
{
  JsonObject *beside = json_object_new ();
  g_autofree char *form = g_strconcat (exchange->engine->url, "/self-service/settings?flow=", flow->id, NULL);
  g_autofree char *escaped = g_uri_escape_string (form, NULL, FALSE);
  g_autofree char *url = g_strconcat (exchange->engine->url, "/self-service/login/browser?refresh=true&return_to=",
                                      escaped, NULL);

  json_object_set_string_member (beside, "redirect_browser_to", url);
  fl_exchange_reply_error_full (exchange, SOUP_STATUS_FORBIDDEN, "session_refresh_required",
                                "The login session is too old and thus not allowed to update these fields. Please "
                                "re-authenticate.", NULL, beside);
}

static void
submit (FlFlow     *flow,
        FlExchange *exchange,
        FlSession  *session,
        FlAccount  *account)
{
  const char *method = fl_exchange_get_text (exchange, "method");
  gboolean password = g_strcmp0 (method, "password") == 0;
  gboolean totp = g_strcmp0 (method, "totp") == 0;
  gboolean codes = g_strcmp0 (method, "lookup_secret") == 0;

  if (!password && !totp && !codes)
    fl_flow_settings_refuse (flow, exchange, account, NULL, fl_message_new (4010004));
  else if (!fl_session_is_privileged (session, exchange->engine))
    reply_refresh (flow, exchange);
  else if (password)
    fl_flow_settings_submit_password (flow, exchange, account);
  else if (totp)
    fl_flow_settings_submit_totp (flow, exchange, session, account);
  else
    fl_flow_settings_submit_codes (flow, exchange, session, account);
}

/**
 * fl_flow_settings_submit:
 * @exchange: `POST /self-service/settings`
 *
 * Takes a new password, an authenticator, or the wish for recovery codes.
 */
void
fl_flow_settings_submit (FlExchange *exchange)
{
  g_autoptr (FlSession) session = NULL;
  g_autoptr (FlAccount) account = fl_flow_settings_find_account (exchange, &session);
  g_autoptr (FlFlow) flow = account != NULL ? fl_flow_find (exchange, FL_FLOW_SETTINGS, "flow") : NULL;

  if (flow == NULL)
    return;
  if (!check_session (flow, exchange, session, account, "/self-service/settings?flow="))
    return;

  if (fl_flow_has_expired (flow))
    replace (flow, exchange, account);
  else if (fl_exchange_is_from_browser (exchange))
    fl_flow_settings_refuse (flow, exchange, account, NULL,
                             fl_message_new_about (4000001, "reason",
                                                   "A native flow takes neither cookies nor an origin."));
  else
    submit (flow, exchange, session, account);
}
