/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-flow-settings-factors.h"

#include "fl-clock.h"
#include "fl-flow-settings.h"
#include "fl-member.h"
#include "fl-message.h"
#include "fl-throttle.h"
#include "fl-totp.h"

#include <sodium.h>

#define CODE_LENGTH 8  /* letters and digits, as Kratos makes: 41 bits, and few tries */
#define SKEW 1         /* periods; RFC 6238, section 5.2 */

static FlSecret *
make_codes (void)
{
  static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  char text[FL_ACCOUNT_RECOVERY_CODES * (CODE_LENGTH + 1)];
  FlSecret *codes;

  for (gsize i = 0; i < sizeof text; i++)
    text[i] = i % (CODE_LENGTH + 1) == CODE_LENGTH ? ' ' : alphabet[randombytes_uniform (sizeof alphabet - 1)];
  codes = fl_secret_new_length (text, sizeof text - 1);
  fl_secret_wipe (text, sizeof text);
  return codes;
}

/**
 * fl_flow_settings_get_codes:
 * @flow: a flow
 * @engine: the service
 *
 * Returns: (transfer full) (nullable) (array zero-terminated=1): the recovery codes that wait to be confirmed, for the
 *   caller to wipe
 */
char **
fl_flow_settings_get_codes (const FlFlow *flow,
                            FlEngine     *engine)
{
  g_autoptr (FlSecret) codes = fl_sealer_open (engine->sealer, flow->codes);

  return codes != NULL ? g_strsplit (fl_secret_get_text (codes), " ", -1) : NULL;
}

static void
confirm_totp (FlFlow     *flow,
              FlExchange *exchange,
              FlSession  *session,
              FlAccount  *account)
{
  FlEngine *engine = exchange->engine;
  g_autoptr (FlSecret) code = fl_exchange_take_secret (exchange, "totp_code");
  g_autoptr (FlSecret) key = fl_sealer_open (engine->sealer, flow->totp_key);
  gint64 period;

  if (code == NULL)
    {
      fl_flow_settings_refuse (flow, exchange, account, "totp_code",
                               fl_message_new_about (4000002, "property", "totp_code"));
      return;
    }
  /* Not throttled: whoever may see the key of this flow need not guess its code. */
  if (key == NULL || !fl_totp_verify (key, fl_secret_get_text (code), fl_clock_now (), SKEW, &period))
    {
      fl_flow_settings_refuse (flow, exchange, account, "totp_code", fl_message_new (4000008));
      return;
    }

  fl_account_set_totp (account, engine, flow->totp_key, period);
  fl_throttle_clear (engine, FL_COUNTER_TOTP, account->email);
  fl_session_add_method (session, engine, "totp");
  fl_flow_settings_succeed (flow, exchange, account);
}

/**
 * fl_flow_settings_submit_totp:
 * @flow: a flow
 * @exchange: its submission
 * @session: a privileged session
 * @account: its account
 *
 * Enrols an authenticator, or removes it.
 */
void
fl_flow_settings_submit_totp (FlFlow     *flow,
                              FlExchange *exchange,
                              FlSession  *session,
                              FlAccount  *account)
{
  if (fl_member_get_flag (exchange->body, "totp_unlink"))
    {
      fl_account_set_totp (account, exchange->engine, NULL, 0);
      fl_flow_settings_succeed (flow, exchange, account);
    }
  else if (account->totp_key != NULL)
    {
      fl_flow_settings_succeed (flow, exchange, account);
    }
  else
    {
      confirm_totp (flow, exchange, session, account);
    }
}

static void
regenerate (FlFlow     *flow,
            FlExchange *exchange,
            FlAccount  *account)
{
  g_autoptr (FlSecret) codes = make_codes ();

  g_clear_pointer (&flow->codes, g_bytes_unref);
  flow->codes = fl_sealer_seal (exchange->engine->sealer, codes);
  fl_flow_clear_messages (flow);
  fl_flow_save (flow, exchange->engine);
  fl_flow_settings_reply (flow, exchange, account, SOUP_STATUS_OK, TRUE);
}

static void
confirm (FlFlow     *flow,
         FlExchange *exchange,
         FlSession  *session,
         FlAccount  *account)
{
  FlEngine *engine = exchange->engine;
  g_auto (GStrv) codes = fl_flow_settings_get_codes (flow, engine);

  if (codes == NULL)
    {
      fl_flow_settings_refuse (flow, exchange, account, NULL,
                               fl_message_new_about (4000001, "reason", "You must (re-)generate recovery backup codes "
                                                     "before you can save them."));
      return;
    }
  fl_account_set_recovery_codes (account, engine, codes);
  for (gsize i = 0; codes[i] != NULL; i++)
    fl_secret_wipe (codes[i], CODE_LENGTH);
  fl_throttle_clear (engine, FL_COUNTER_RECOVERY_CODE, account->email);
  fl_session_add_method (session, engine, "lookup_secret");
  fl_flow_settings_succeed (flow, exchange, account);
}

/* The mark is for this answer alone, so the flow is not saved with it. */
static void
reveal (FlFlow     *flow,
        FlExchange *exchange,
        FlAccount  *account)
{
  fl_flow_clear_messages (flow);
  fl_flow_save (flow, exchange->engine);
  fl_flow_mark (flow, FL_FLOW_SETTINGS_REVEAL);
  fl_flow_settings_reply (flow, exchange, account, SOUP_STATUS_OK, FALSE);
}

/**
 * fl_flow_settings_submit_codes:
 * @flow: a flow
 * @exchange: its submission
 * @session: a privileged session
 * @account: its account
 *
 * Makes recovery codes, keeps them once they have been saved, tells how many are left, or forgets them. They cannot be
 * read again as in Kratos, because only their digests are kept.
 */
void
fl_flow_settings_submit_codes (FlFlow     *flow,
                               FlExchange *exchange,
                               FlSession  *session,
                               FlAccount  *account)
{
  char *none[] = { NULL };

  if (fl_member_get_flag (exchange->body, "lookup_secret_confirm"))
    {
      confirm (flow, exchange, session, account);
    }
  else if (fl_member_get_flag (exchange->body, "lookup_secret_regenerate"))
    {
      regenerate (flow, exchange, account);
    }
  else if (fl_member_get_flag (exchange->body, "lookup_secret_disable"))
    {
      fl_account_set_recovery_codes (account, exchange->engine, none);
      fl_flow_settings_succeed (flow, exchange, account);
    }
  else if (fl_member_get_flag (exchange->body, "lookup_secret_reveal") && account->recovery_codes > 0)
    {
      reveal (flow, exchange, account);
    }
  else
    {
      fl_flow_settings_refuse (flow, exchange, account, NULL,
                               fl_message_new_about (4000001, "reason", "There are no recovery codes."));
    }
}
