/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include "fl-teller.h"

#include "fl-problem.h"

/* Runs verbs of an identity one by one, and says in words how they ended, so that a story can be a table. */

static const char *
fact (FlFact value)
{
  return value == FL_FACT_YES ? "yes" : "no";
}

static void
on_verb_ended (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

/**
 * fl_teller_begin:
 * @identity: an identity
 * @verb: what to do
 * @a: (nullable): its first argument
 * @b: (nullable): its second
 * @cancellable: (nullable): ends it
 * @result: (out): where the result will be
 *
 * Calls a verb; the result comes while the main context runs.
 */
void
fl_teller_begin (FlIdentity    *identity,
                 FlTell         verb,
                 const char    *a,
                 const char    *b,
                 GCancellable  *cancellable,
                 GAsyncResult **result)
{
  g_autoptr (FlSecret) first = a != NULL ? fl_secret_new (a) : NULL;
  g_autoptr (FlSecret) second = b != NULL ? fl_secret_new (b) : NULL;

  *result = NULL;
  switch (verb)
    {
    case FL_TELL_PREPARE_SIGN_IN:
      fl_identity_prepare (identity, FL_PREPARE_SIGN_IN, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_PREPARE_RECOVERY:
      fl_identity_prepare (identity, FL_PREPARE_RECOVERY, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_IDENTIFY:
      fl_identity_identify (identity, a, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_SIGN_IN:
      fl_identity_sign_in (identity, a, second, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_TOTP:
      fl_identity_answer_second_factor (identity, FL_FACTOR_TOTP, first, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_RECOVERY_CODE:
      fl_identity_answer_second_factor (identity, FL_FACTOR_RECOVERY_CODE, first, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_REAUTHENTICATE:
      fl_identity_reauthenticate (identity, first, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_ROBOT:
      fl_identity_robot_challenge (identity, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_START_RECOVERY:
      fl_identity_start_recovery (identity, a, b != NULL ? b : "en", NULL, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_SEND_AGAIN:
      fl_identity_send_again (identity, a, b != NULL ? b : "en", NULL, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_LOOK_AGAIN:
      fl_identity_look_again (identity, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_REDEEM:
      fl_identity_redeem (identity, first, second, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_SET_PASSWORD:
      fl_identity_set_password (identity, first, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_START_TOTP:
      fl_identity_start_totp (identity, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_CONFIRM_TOTP:
      fl_identity_confirm_totp (identity, first, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_ISSUE_CODES:
      fl_identity_issue_recovery_codes (identity, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_CONFIRM_CODES:
      fl_identity_confirm_recovery_codes (identity, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_SIGN_OUT:
      fl_identity_sign_out (identity, cancellable, on_verb_ended, result);
      break;
    case FL_TELL_RESUME:
    case FL_TELL_KEEP:
    default:
      g_assert_not_reached ();
    }
}

/**
 * fl_teller_run:
 * @identity: an identity
 * @verb: what to do
 * @a: (nullable): its first argument
 * @b: (nullable): its second
 * @error: return location
 *
 * Returns: (transfer full) (nullable): what the verb brought
 */
FlAnswer *
fl_teller_run (FlIdentity  *identity,
               FlTell       verb,
               const char  *a,
               const char  *b,
               GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fl_teller_begin (identity, verb, a, b, NULL, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return fl_identity_finish (identity, result, error);
}

/**
 * fl_teller_describe:
 * @answer: (nullable): an answer
 * @error: (nullable): or why there is none
 *
 * Returns: (transfer full): the outcome and all that is known, or the problem's name, its limit and whether it has an end
 */
char *
fl_teller_describe (const FlAnswer *answer,
                    const GError   *error)
{
  static const char * const outcomes[] = { "done", "second-factor-first", "password-first", "mail-first" };
  GString *text = g_string_new (NULL);

  if (error != NULL)
    {
      if (error->domain != FL_PROBLEM)
        g_string_append (text, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? "cancelled" : error->message);
      else
        g_string_append (text, fl_problem_get_name (error->code));
      if (fl_problem_get_limit (error) != 0)
        g_string_append_printf (text, " limit=%d", fl_problem_get_limit (error));
      if (fl_problem_get_until (error) != 0)
        g_string_append (text, " until");
      return g_string_free (text, FALSE);
    }

  g_string_append (text, outcomes[answer->outcome]);
  if (answer->level != 0)
    g_string_append_printf (text, " level=%d", answer->level);
  if (answer->second_factor != FL_FACT_UNKNOWN)
    g_string_append_printf (text, " factor=%s", fact (answer->second_factor));
  if (answer->recovery_codes != FL_FACT_UNKNOWN)
    g_string_append_printf (text, " codes=%s", fact (answer->recovery_codes));
  if (answer->recovery_codes_left != -1)
    g_string_append_printf (text, " left=%d", answer->recovery_codes_left);
  if (answer->codes != NULL)
    g_string_append_printf (text, " made=%u", answer->codes->len);
  if (answer->enrolment != NULL)
    g_string_append_printf (text, " key=%s", fl_secret_get_text (fl_otpauth_get_key (answer->enrolment)));
  if (answer->challenge != NULL)
    g_string_append (text, " challenge");
  if (answer->flow != NULL)
    g_string_append_printf (text, " flow=%s", fl_secret_get_text (answer->flow));
  if (answer->resend_at != 0)
    g_string_append (text, " resend");
  if (answer->address != NULL)
    g_string_append_printf (text, " %s", answer->address);

  return g_string_free (text, FALSE);
}

/**
 * fl_teller_tell:
 * @identity: an identity
 * @verb: what to do
 * @a: (nullable): its first argument
 * @b: (nullable): its second
 *
 * Returns: (transfer full): how it ended, in words
 */
char *
fl_teller_tell (FlIdentity *identity,
                FlTell      verb,
                const char *a,
                const char *b)
{
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = fl_teller_run (identity, verb, a, b, &error);
  return fl_teller_describe (answer, error);
}
