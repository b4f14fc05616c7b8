/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-flow-second-factor.h"

#include "fl-code.h"
#include "fl-flow-login.h"
#include "fl-message.h"
#include "fl-nodes.h"
#include "fl-throttle.h"

/* Marks: a field that has been submitted once comes back without a value, not with an empty one. */
#define TOTP_TRIED "totp_tried"
#define RECOVERY_CODE_TRIED "recovery_code_tried"

/**
 * fl_flow_second_factor_build:
 * @flow: a login flow that asks for a second factor
 * @account: whose it is
 * @nodes: its form
 *
 * Adds the fields for what the account owns.
 */
void
fl_flow_second_factor_build (const FlFlow    *flow,
                             const FlAccount *account,
                             JsonArray       *nodes)
{
  fl_nodes_add_csrf (nodes);
  if (account->totp_key != NULL)
    {
      fl_nodes_add_field (nodes, &(FlField) { .group = "totp", .name = "totp_code", .type = "text",
                                              .value = fl_flow_is (flow, TOTP_TRIED) ? NULL : "",
                                              .required = TRUE, .label = 1010006 });
      fl_nodes_add_submit (nodes, "totp", "method", "totp", 1010009);
    }
  if (account->recovery_codes > 0)
    {
      fl_nodes_add_field (nodes, &(FlField) { .group = "lookup_secret", .name = "lookup_secret", .type = "text",
                                              .value = fl_flow_is (flow, RECOVERY_CODE_TRIED) ? NULL : "",
                                              .required = TRUE, .label = 1010007 });
      fl_nodes_add_submit (nodes, "lookup_secret", "method", "lookup_secret", 1010010);
    }
}

static void
refuse (FlFlow     *flow,
        FlExchange *exchange,
        const char *field,
        JsonObject *message)
{
  if (field != NULL)
    fl_flow_say_about (flow, field, message);
  else
    fl_flow_say (flow, message);
  fl_flow_save (flow, exchange->engine);
  fl_flow_login_reply (flow, exchange, SOUP_STATUS_BAD_REQUEST);
}

static void
accept (FlExchange *exchange,
        FlSession  *session,
        FlAccount  *account,
        FlCounter   counter,
        const char *method)
{
  fl_throttle_clear (exchange->engine, counter, account->email);
  fl_session_authenticate (session, exchange->engine, method);
  fl_flow_login_reply_session (exchange, session, account, exchange->token, TRUE);
}

static void
submit_totp (FlFlow     *flow,
             FlExchange *exchange,
             FlSession  *session,
             FlAccount  *account)
{
  g_autoptr (FlSecret) code = fl_exchange_take_secret (exchange, "totp_code");
  gint64 retry_after;

  fl_flow_mark (flow, TOTP_TRIED);
  if (account->totp_key == NULL)
    {
      refuse (flow, exchange, NULL, fl_message_new (4000011));
      return;
    }
  if (code == NULL)
    {
      refuse (flow, exchange, "totp_code", fl_message_new_about (4000002, "property", "totp_code"));
      return;
    }
  if (fl_secret_get_length (code) < FL_CODE_DIGITS)
    {
      refuse (flow, exchange, "totp_code",
              fl_message_new_length (4000003, FL_CODE_DIGITS, (gint64) fl_secret_get_length (code)));
      return;
    }

  retry_after = fl_throttle_try (exchange->engine, FL_COUNTER_TOTP, account->email);
  if (retry_after > 0)
    fl_exchange_reply_too_many (exchange, retry_after);
  else if (fl_account_accept_totp (account, exchange->engine, fl_secret_get_text (code)))
    accept (exchange, session, account, FL_COUNTER_TOTP, "totp");
  else
    refuse (flow, exchange, NULL, fl_message_new (4000008));
}

static void
check_recovery_code (FlFlow         *flow,
                     FlExchange     *exchange,
                     FlSession      *session,
                     FlAccount      *account,
                     const FlSecret *code)
{
  switch (fl_account_accept_recovery_code (account, exchange->engine, fl_secret_get_text (code)))
    {
    case FL_RECOVERY_CODE_ACCEPTED:
      accept (exchange, session, account, FL_COUNTER_RECOVERY_CODE, "lookup_secret");
      break;

    case FL_RECOVERY_CODE_USED:
      refuse (flow, exchange, NULL, fl_message_new (4000012));
      break;

    case FL_RECOVERY_CODE_UNKNOWN:
      refuse (flow, exchange, NULL, fl_message_new (4000016));
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
submit_recovery_code (FlFlow     *flow,
                      FlExchange *exchange,
                      FlSession  *session,
                      FlAccount  *account)
{
  g_autoptr (FlSecret) code = fl_exchange_take_secret (exchange, "lookup_secret");
  gint64 retry_after;

  fl_flow_mark (flow, RECOVERY_CODE_TRIED);
  if (account->recovery_codes == 0)
    {
      refuse (flow, exchange, NULL, fl_message_new (4000014));
      return;
    }
  if (code == NULL)
    {
      refuse (flow, exchange, "lookup_secret", fl_message_new_about (4000002, "property", "lookup_secret"));
      return;
    }

  retry_after = fl_throttle_try (exchange->engine, FL_COUNTER_RECOVERY_CODE, account->email);
  if (retry_after > 0)
    fl_exchange_reply_too_many (exchange, retry_after);
  else
    check_recovery_code (flow, exchange, session, account, code);
}

/**
 * fl_flow_second_factor_submit:
 * @flow: a login flow that asks for a second factor
 * @exchange: its submission
 * @session: the session that is to be raised
 * @account: its account
 *
 * Takes a code of the authenticator, or a recovery code.
 */
void
fl_flow_second_factor_submit (FlFlow     *flow,
                              FlExchange *exchange,
                              FlSession  *session,
                              FlAccount  *account)
{
  const char *method = fl_exchange_get_text (exchange, "method");

  fl_flow_clear_messages (flow);
  if (g_strcmp0 (method, "totp") == 0)
    submit_totp (flow, exchange, session, account);
  else if (g_strcmp0 (method, "lookup_secret") == 0)
    submit_recovery_code (flow, exchange, session, account);
  else
    refuse (flow, exchange, NULL, fl_message_new (4010002));
}
