/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-flow-recovery.h"

#include "fl-address.h"
#include "fl-clock.h"
#include "fl-code.h"
#include "fl-flow.h"
#include "fl-flow-settings.h"
#include "fl-mail-code.h"
#include "fl-member.h"
#include "fl-message.h"
#include "fl-nodes.h"
#include "fl-robot.h"
#include "fl-session.h"
#include "fl-throttle.h"

#include <string.h>

#define TRIES_MOST 5  /* per flow, over all its mails; as Kratos counts */

#define STATE_CHOOSE "choose_method"
#define STATE_SENT "sent_email"
#define STATE_PASSED "passed_challenge"

/* What a recovery flow remembers: the address as it was typed. */
#define ADDRESS "address"

static JsonArray *
build_nodes (const FlFlow *flow)
{
  JsonArray *nodes = json_array_new ();

  fl_nodes_add_csrf (nodes);
  if (strcmp (fl_flow_get (flow, "state"), STATE_CHOOSE) == 0)
    {
      fl_nodes_add_field (nodes, &(FlField) { .group = "code", .name = "email", .type = "email", .required = TRUE,
                                              .label = 1070007 });
      fl_nodes_add_submit (nodes, "code", "method", "code", 1070009);
    }
  else
    {
      fl_nodes_add_field (nodes, &(FlField) { .group = "code", .name = "code", .type = "text", .required = TRUE,
                                              .digits = FL_CODE_DIGITS, .label = 1070010 });
      fl_nodes_add_field (nodes, &(FlField) { .group = "code", .name = "method", .type = "hidden", .value = "code" });
      fl_nodes_add_submit (nodes, "code", "method", "code", 1070009);
      fl_nodes_add_submit (nodes, "code", "email", fl_flow_get (flow, ADDRESS), 1070008);
    }
  fl_nodes_add_notes (nodes, json_object_get_object_member (flow->data, "notes"));
  return nodes;
}

static JsonObject *
to_json (const FlFlow *flow,
         FlEngine     *engine)
{
  return fl_flow_to_json (flow, engine, build_nodes (flow));
}

static void
reply (FlFlow     *flow,
       FlExchange *exchange,
       guint       status)
{
  fl_exchange_reply (exchange, status, to_json (flow, exchange->engine));
}

static void
reply_with_payload (FlFlow     *flow,
                    FlExchange *exchange,
                    JsonArray  *continue_with)
{
  JsonObject *answer = to_json (flow, exchange->engine);

  if (continue_with != NULL)
    json_object_set_array_member (answer, "continue_with", continue_with);
  fl_exchange_echo_payload (exchange, answer);
  fl_exchange_reply (exchange, SOUP_STATUS_OK, answer);
}

static FlFlow *
begin (FlEngine   *engine,
       const char *url)
{
  FlFlow *flow = fl_flow_new (engine, FL_FLOW_RECOVERY, STATE_CHOOSE, NULL, url);

  fl_flow_set (flow, "active", "code");
  return flow;
}

static FlFlow *
begin_instead (FlEngine *engine)
{
  g_autofree char *url = g_strconcat (engine->url, "/self-service/recovery/api", NULL);

  return begin (engine, url);
}

static JsonObject *
point_to (const FlFlow *flow)
{
  JsonObject *details = json_object_new ();
  JsonArray *actions = json_array_new ();
  JsonObject *action = json_object_new ();
  JsonObject *target = json_object_new ();

  json_object_set_string_member (target, "id", flow->id);
  json_object_set_string_member (action, "action", "show_recovery_ui");
  json_object_set_object_member (action, "flow", target);
  json_array_add_object_element (actions, action);
  json_object_set_array_member (details, "continue_with", actions);
  return details;
}

/* The flow is of no use any more: the envelope names a new one. */
static void
start_over (FlExchange *exchange,
            const char *reason)
{
  g_autoptr (FlFlow) flow = begin_instead (exchange->engine);

  fl_flow_save (flow, exchange->engine);
  fl_exchange_reply_error_full (exchange, SOUP_STATUS_BAD_REQUEST, NULL, reason, point_to (flow), NULL);
}

static void
replace (FlFlow     *flow,
         FlExchange *exchange)
{
  g_autoptr (FlFlow) replacement = begin_instead (exchange->engine);

  fl_flow_say (replacement, fl_message_new_expired (4060005, flow->expires_at, fl_clock_now ()));
  fl_flow_save (replacement, exchange->engine);
  fl_flow_reply_gone (flow, exchange, replacement->id, point_to (replacement));
}

static void
reply_session_available (FlExchange *exchange)
{
  fl_exchange_reply_error (exchange, SOUP_STATUS_BAD_REQUEST, "session_already_available",
                           "A valid session was detected and thus recovery is not possible.");
}

static gboolean
has_session (FlExchange *exchange)
{
  g_autoptr (FlSession) session = fl_session_find (exchange->engine, exchange->token);

  return session != NULL;
}

/**
 * fl_flow_recovery_create:
 * @exchange: `GET /self-service/recovery/api`
 *
 * Begins a recovery.
 */
void
fl_flow_recovery_create (FlExchange *exchange)
{
  g_autofree char *url = NULL;
  g_autoptr (FlFlow) flow = NULL;

  if (has_session (exchange))
    {
      reply_session_available (exchange);
      return;
    }
  url = fl_exchange_get_url (exchange);
  flow = begin (exchange->engine, url);
  fl_flow_save (flow, exchange->engine);
  reply (flow, exchange, SOUP_STATUS_OK);
}

/**
 * fl_flow_recovery_read:
 * @exchange: `GET /self-service/recovery/flows`
 *
 * Shows a flow again.
 */
void
fl_flow_recovery_read (FlExchange *exchange)
{
  g_autoptr (FlFlow) flow = fl_flow_find (exchange, FL_FLOW_RECOVERY, "id");

  if (flow != NULL && !fl_flow_reply_if_gone (flow, exchange))
    reply (flow, exchange, SOUP_STATUS_OK);
}

static void
refuse (FlFlow     *flow,
        FlExchange *exchange,
        JsonObject *global,
        JsonObject *about_email)
{
  fl_flow_clear_messages (flow);
  if (global != NULL)
    fl_flow_say (flow, global);
  if (about_email != NULL)
    fl_flow_say_about (flow, "email", about_email);
  fl_flow_save (flow, exchange->engine);
  reply (flow, exchange, SOUP_STATUS_BAD_REQUEST);
}

static void
submit_address (FlFlow     *flow,
                FlExchange *exchange)
{
  FlEngine *engine = exchange->engine;
  const char *typed = fl_exchange_get_text (exchange, "email");
  g_autofree char *address = NULL;
  gint64 retry_after;

  if (strcmp (fl_flow_get (flow, "state"), STATE_PASSED) == 0)
    {
      start_over (exchange, "The request was already completed successfully and can not be retried.");
      return;
    }
  if (has_session (exchange))
    {
      reply_session_available (exchange);
      return;
    }
  if (typed == NULL)
    {
      refuse (flow, exchange, NULL, fl_message_new_about (4000002, "property", "email"));
      return;
    }
  if (!fl_robot_admits (exchange))
    {
      refuse (flow, exchange, fl_message_new (4000038), NULL);
      return;
    }
  if (!fl_address_is_plausible (typed))
    {
      refuse (flow, exchange, NULL, fl_message_new_about (4000040, "value", typed));
      return;
    }

  address = fl_account_fold_email (typed);
  retry_after = fl_throttle_mail (engine, address);
  if (retry_after > 0)
    {
      fl_exchange_reply_too_many (exchange, retry_after);
      return;
    }

  fl_flow_clear_messages (flow);
  fl_flow_say (flow, fl_message_new (1060003));
  fl_flow_set (flow, "state", STATE_SENT);
  fl_flow_set (flow, ADDRESS, typed);
  fl_flow_save (flow, engine);
  fl_mail_code_send (exchange, flow, address);
  fl_exchange_set_rest (exchange, engine->config->throttle_enabled ? engine->config->throttle_resend : 0);
  reply_with_payload (flow, exchange, NULL);
}

static JsonArray *
continue_with (FlExchange     *exchange,
               const FlSecret *token,
               const FlFlow   *settings)
{
  JsonArray *actions = json_array_new ();
  JsonObject *keep = json_object_new ();
  JsonObject *show = json_object_new ();
  JsonObject *target = json_object_new ();
  g_autofree char *url = g_strdup_printf ("%s/settings?flow=%s", exchange->engine->url, settings->id);

  json_object_set_string_member (keep, "action", "set_ory_session_token");
  json_object_set_string_member (keep, "ory_session_token", fl_secret_get_text (token));
  json_array_add_object_element (actions, keep);
  json_object_set_string_member (target, "id", settings->id);
  json_object_set_string_member (target, "url", url);
  json_object_set_string_member (show, "action", "show_settings_ui");
  json_object_set_object_member (show, "flow", target);
  json_array_add_object_element (actions, show);
  return actions;
}

static void
accept_code (FlFlow     *flow,
             FlExchange *exchange,
             FlAccount  *account)
{
  FlEngine *engine = exchange->engine;
  g_autoptr (FlSession) session = NULL;
  g_autoptr (FlSecret) token = NULL;
  g_autoptr (FlFlow) settings = NULL;

  fl_throttle_clear (engine, FL_COUNTER_MAIL_CODE, account->email);
  fl_account_set_verified (account, engine);
  session = fl_session_new (exchange, account, "code_recovery", &token);
  fl_session_end_others (session, engine);

  settings = fl_flow_settings_new (exchange, account);
  fl_flow_say (settings, fl_message_new_privileged (session->authenticated_at + engine->config->privileged_lifespan,
                                                    fl_clock_now ()));
  fl_flow_save (settings, engine);

  fl_flow_set (flow, "state", STATE_PASSED);
  fl_flow_save (flow, engine);
  reply_with_payload (flow, exchange, continue_with (exchange, token, settings));
}

static void
check_code (FlFlow     *flow,
            FlExchange *exchange)
{
  g_autoptr (FlSecret) code = fl_exchange_take_secret (exchange, "code");
  g_autoptr (FlAccount) account = NULL;

  fl_flow_clear_messages (flow);
  account = fl_mail_code_redeem (exchange->engine, flow, code);
  if (account != NULL)
    {
      accept_code (flow, exchange, account);
      return;
    }
  fl_flow_say (flow, fl_message_new (4060006));
  fl_flow_save (flow, exchange->engine);
  reply_with_payload (flow, exchange, NULL);
}

static void
submit_code (FlFlow     *flow,
             FlExchange *exchange)
{
  FlEngine *engine = exchange->engine;
  g_autofree char *address = fl_account_fold_email (fl_flow_get (flow, ADDRESS));
  gint64 retry_after;

  if (flow->tries >= TRIES_MOST)
    {
      start_over (exchange, "The request was submitted too often. Please request another code.");
      return;
    }
  if (strcmp (fl_flow_get (flow, "state"), STATE_PASSED) == 0)
    {
      start_over (exchange, "The code was already used. Please request another code.");
      return;
    }
  retry_after = fl_throttle_try (engine, FL_COUNTER_MAIL_CODE, address);
  if (retry_after > 0)
    {
      fl_exchange_reply_too_many (exchange, retry_after);
      return;
    }
  flow->tries++;
  check_code (flow, exchange);
}

/**
 * fl_flow_recovery_submit:
 * @exchange: `POST /self-service/recovery`
 *
 * Takes an address, or a code. A body with an address asks for a mail, whatever else it has.
 */
void
fl_flow_recovery_submit (FlExchange *exchange)
{
  g_autoptr (FlFlow) flow = fl_flow_find (exchange, FL_FLOW_RECOVERY, "flow");

  if (flow == NULL)
    return;

  if (fl_exchange_is_from_browser (exchange))
    fl_exchange_reply_error (exchange, SOUP_STATUS_BAD_REQUEST, NULL,
                             "A native flow takes neither cookies nor an origin.");
  else if (fl_flow_has_expired (flow))
    replace (flow, exchange);
  else if (g_strcmp0 (fl_exchange_get_text (exchange, "method"), "code") != 0)
    refuse (flow, exchange, fl_message_new (4010005), NULL);
  else if (strcmp (fl_flow_get (flow, "state"), STATE_CHOOSE) == 0
           || fl_exchange_get_text (exchange, "email") != NULL)
    submit_address (flow, exchange);
  else
    submit_code (flow, exchange);
}
