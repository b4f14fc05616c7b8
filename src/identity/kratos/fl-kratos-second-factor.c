/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-verbs.h"

#include "fl-code.h"

/* Raising a session by a code of the authenticator or by a recovery code. */

static gboolean
is_raised (const FlKratosReply *reply)
{
  return (reply->kind == FL_KRATOS_REPLY_LOGIN || reply->kind == FL_KRATOS_REPLY_SESSION) &&
         reply->status == SOUP_STATUS_OK && reply->level == 2 && reply->has_identity;
}

static void
on_codes_revealed (FlKratosVerb  *verb,
                   FlKratosReply *reply)
{
  if (reply->kind == FL_KRATOS_REPLY_FLOW && reply->flow->codes != NULL)
    verb->answer->recovery_codes_left = (int) reply->flow->codes->len;

  fl_kratos_verb_done (verb);
}

static void
reveal_codes (FlKratosVerb  *verb,
              FlKratosReply *reply)
{
  FlKratosFlow *flow = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_SETTINGS);
  FlJsonBody *body;

  if (flow == NULL || !fl_kratos_flow_has (flow, FL_KRATOS_NODE_LOOKUP_REVEAL))
    {
      fl_kratos_verb_done (verb);
      return;
    }

  body = fl_json_body_new ("lookup_secret");
  fl_json_body_add_true (body, "lookup_secret_reveal");
  fl_kratos_verb_submit (verb, FL_KRATOS_SETTINGS, flow->id, TRUE, body, on_codes_revealed);
}

/* The flow of the second factor offers what the account owns, so that nothing has to be looked up. */
static void
tell_factors (FlKratosVerb *verb)
{
  FlKratosFlow *flow = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_SECOND_FACTOR);

  if (flow == NULL)
    return;

  verb->answer->second_factor = fl_kratos_flow_has (flow, FL_KRATOS_NODE_TOTP_CODE) ? FL_FACT_YES : FL_FACT_NO;
  verb->answer->recovery_codes = fl_kratos_flow_has (flow, FL_KRATOS_NODE_LOOKUP_SECRET) ? FL_FACT_YES : FL_FACT_NO;
}

static void
go_on (FlKratosVerb        *verb,
       const FlKratosReply *reply)
{
  tell_factors (verb);
  fl_kratos_identity_take_session (verb->self, reply->token, reply->level);
  fl_kratos_identity_drop_flow (verb->self, FL_KRATOS_FLOW_SECOND_FACTOR);
  fl_kratos_identity_set_address (verb->self, reply->address);
  verb->answer->level = reply->level;
  verb->answer->address = g_strdup (reply->address);

  if (verb->factor == FL_FACTOR_RECOVERY_CODE)
    {
      verb->is_enough = TRUE;
      fl_kratos_begin_settings (verb, reveal_codes);
      return;
    }

  if (verb->answer->recovery_codes != FL_FACT_YES)
    fl_kratos_identity_begin (verb->self, FL_KRATOS_FLOW_SETTINGS);
  fl_kratos_verb_done (verb);
}

static void
on_session_seen (FlKratosVerb  *verb,
                 FlKratosReply *reply)
{
  if (is_raised (reply))
    go_on (verb, reply);
  else
    fl_kratos_verb_fail_lost (verb, NULL);
}

/* The answer was lost, or the session turns out to be raised: by the code whose answer was lost before. */
static void
look_at_session (FlKratosVerb  *verb,
                 FlKratosReply *reply)
{
  verb->lost = fl_kratos_verb_fail_lost;
  fl_kratos_verb_get (verb, FL_KRATOS_WHOAMI, TRUE, on_session_seen);
}

static void answer (FlKratosVerb  *verb,
                    FlKratosReply *reply);

static void
on_code_answered (FlKratosVerb  *verb,
                  FlKratosReply *reply)
{
  g_autoptr (GError) error = NULL;

  if (is_raised (reply))
    {
      go_on (verb, reply);
      return;
    }

  /* A code is never sent twice by itself: the person types the next one, into a new flow. */
  if (fl_kratos_verb_repeats (verb, reply, FL_KRATOS_STEP_SECOND_FACTOR, FL_KRATOS_FLOW_SECOND_FACTOR))
    {
      fl_kratos_identity_begin (verb->self, FL_KRATOS_FLOW_SECOND_FACTOR);
      fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_CODE_REFUSED, "the flow of the second factor has gone"));
      return;
    }

  if (fl_kratos_verb_skipped (verb, reply, FL_KRATOS_STEP_SECOND_FACTOR, FL_KRATOS_FLOW_SECOND_FACTOR))
    {
      verb->lost = look_at_session;
      fl_kratos_verb_need (verb, FL_KRATOS_FLOW_SECOND_FACTOR, answer);
      return;
    }

  error = fl_kratos_problem_from_reply (reply, FL_KRATOS_STEP_SECOND_FACTOR);
  if (g_error_matches (error, FL_PROBLEM, FL_PROBLEM_PROTOCOL))
    fl_kratos_identity_drop_flow (verb->self, FL_KRATOS_FLOW_SECOND_FACTOR);
  fl_kratos_verb_fail (verb, g_steal_pointer (&error));
}

static void
answer (FlKratosVerb  *verb,
        FlKratosReply *reply)
{
  FlKratosFlow *flow = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_SECOND_FACTOR);
  gboolean is_totp = verb->factor == FL_FACTOR_TOTP;
  FlJsonBody *body = fl_json_body_new (is_totp ? "totp" : "lookup_secret");

  fl_json_body_add (body, is_totp ? "totp_code" : "lookup_secret", fl_secret_get_text (verb->code));
  verb->lost = look_at_session;
  fl_kratos_verb_submit (verb, FL_KRATOS_LOGIN, flow->id, TRUE, body, on_code_answered);
}

/**
 * fl_kratos_answer_second_factor:
 * @identity: an identity
 * @factor: what kind of code it is
 * @code: the code
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_answer_second_factor().
 */
void
fl_kratos_answer_second_factor (FlIdentity          *identity,
                                FlFactor             factor,
                                FlSecret            *code,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);
  char *text = factor == FL_FACTOR_TOTP ? fl_code_normalise_digits (fl_secret_get_text (code))
                                        : fl_code_normalise_recovery (fl_secret_get_text (code));

  if (text == NULL)
    {
      fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_CODE_MALFORMED, "not a code"));
      return;
    }

  verb->factor = factor;
  verb->code = fl_secret_new (text);
  fl_secret_wipe_string (text);
  verb->lost = look_at_session;
  fl_kratos_verb_need (verb, FL_KRATOS_FLOW_SECOND_FACTOR, answer);
}
