/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-verbs.h"

#include "fl-code.h"

/* What is set up in a settings flow: the new password, the authenticator, the recovery codes. One flow serves them all.
 * Its TOTP secret changes with every submit that succeeds, so what counts is always the latest answer, which is kept. */

#define MESSAGE_SAVED 1050001

static gboolean
is_own (FlKratosVerb        *verb,
        const FlKratosReply *reply)
{
  return reply->kind == FL_KRATOS_REPLY_FLOW && fl_secret_equal (reply->flow->id, verb->flow);
}

/* The state alone would not do: once "success" it stays so when a later submit is refused. */
static gboolean
is_saved (FlKratosVerb        *verb,
          const FlKratosReply *reply)
{
  if (!is_own (verb, reply) || reply->status != SOUP_STATUS_OK ||
      reply->flow->state != FL_KRATOS_STATE_SUCCESS || fl_kratos_flow_is_refusal (reply->flow) ||
      !reply->flow->has_identity)
    return FALSE;

  for (guint i = 0; i < reply->flow->messages->len; i++)
    {
      const FlKratosMessage *message = g_ptr_array_index (reply->flow->messages, i);

      if (message->id == MESSAGE_SAVED)
        return TRUE;
    }

  return FALSE;
}

static void
keep (FlKratosVerb  *verb,
      FlKratosReply *reply)
{
  if (is_own (verb, reply) && reply->flow->has_identity)
    fl_kratos_identity_set_flow (verb->self, FL_KRATOS_FLOW_SETTINGS, g_steal_pointer (&reply->flow));
}

static void
refuse (FlKratosVerb  *verb,
        FlKratosReply *reply,
        FlKratosStep   step)
{
  GError *error = fl_kratos_problem_from_reply (reply, step);

  keep (verb, reply);
  fl_kratos_verb_fail (verb, error);
}

static void
submit (FlKratosVerb     *verb,
        FlJsonBody       *body,
        FlKratosVerbFunc  next)
{
  fl_kratos_verb_set_flow (verb, fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_SETTINGS)->id);
  fl_kratos_verb_submit (verb, FL_KRATOS_SETTINGS, verb->flow, TRUE, body, next);
}

/**
 * fl_kratos_tell_settings:
 * @verb: a verb that has brought a settings flow
 *
 * Puts what the settings flow says about the account into the verb's answer.
 */
void
fl_kratos_tell_settings (FlKratosVerb *verb)
{
  FlKratosFlow *flow = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_SETTINGS);
  FlAnswer *answer = verb->answer;

  g_free (answer->address);
  answer->address = g_strdup (verb->self->address);
  answer->level = verb->self->level;
  if (flow == NULL)
    return;

  if (fl_kratos_flow_has (flow, FL_KRATOS_NODE_TOTP_UNLINK))
    answer->second_factor = FL_FACT_YES;
  else if (fl_kratos_flow_has (flow, FL_KRATOS_NODE_TOTP_CODE))
    answer->second_factor = FL_FACT_NO;

  if (fl_kratos_flow_has (flow, FL_KRATOS_NODE_LOOKUP_REVEAL))
    answer->recovery_codes = FL_FACT_YES;
  else if (fl_kratos_flow_has (flow, FL_KRATOS_NODE_LOOKUP_REGENERATE)
           || fl_kratos_flow_has (flow, FL_KRATOS_NODE_LOOKUP_CONFIRM)) /* shown, and not confirmed yet */
    answer->recovery_codes = FL_FACT_NO;
}

static void
on_settings_read (FlKratosVerb  *verb,
                  FlKratosReply *reply)
{
  if (fl_kratos_verb_repeats (verb, reply, FL_KRATOS_STEP_SETTINGS, FL_KRATOS_FLOW_SETTINGS))
    {
      fl_kratos_verb_need (verb, FL_KRATOS_FLOW_SETTINGS, verb->then);
      return;
    }

  if (reply->status != SOUP_STATUS_OK || !is_own (verb, reply) || !reply->flow->has_identity)
    {
      fl_kratos_verb_fail (verb, reply->kind == FL_KRATOS_REPLY_FLOW
                                   ? fl_problem_new (FL_PROBLEM_PROTOCOL, "settings of another flow or of nobody")
                                   : fl_kratos_problem_from_reply (reply, FL_KRATOS_STEP_SETTINGS));
      return;
    }

  keep (verb, reply);
  verb->then (verb, NULL);
}

/**
 * fl_kratos_begin_settings:
 * @verb: (transfer full): a verb
 * @then: goes on, without an answer, when the settings flow has been read
 *
 * Begins a settings flow; one of which only the id is known is read.
 */
void
fl_kratos_begin_settings (FlKratosVerb     *verb,
                          FlKratosVerbFunc  then)
{
  FlKratosFlow *flow = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_SETTINGS);

  if (flow == NULL || flow->has_identity)
    {
      fl_kratos_verb_need (verb, FL_KRATOS_FLOW_SETTINGS, then);
      return;
    }

  verb->then = then;
  fl_kratos_verb_set_flow (verb, flow->id);
  fl_kratos_verb_look (verb, FL_KRATOS_SETTINGS_LOOK, verb->flow, TRUE, on_settings_read);
}

static void set_password (FlKratosVerb  *verb,
                          FlKratosReply *reply);

static void
on_password_lost (FlKratosVerb  *verb,
                  FlKratosReply *reply)
{
  g_clear_pointer (&verb->self->unsure, fl_secret_unref);
  verb->self->unsure = fl_secret_ref (verb->password);
  fl_kratos_verb_fail_lost (verb, NULL);
}

/* The same password as before is no mistake of the person's when it was a lost submit that set it. */
static gboolean
is_set_already (FlKratosVerb        *verb,
                const FlKratosReply *reply)
{
  g_autoptr (GError) error = NULL;

  if (verb->self->unsure == NULL || !fl_secret_equal (verb->self->unsure, verb->password) || !is_own (verb, reply))
    return FALSE;

  error = fl_kratos_problem_from_reply (reply, FL_KRATOS_STEP_PASSWORD);
  return g_error_matches (error, FL_PROBLEM, FL_PROBLEM_PASSWORD_REPEATED);
}

static void
on_password_set (FlKratosVerb  *verb,
                 FlKratosReply *reply)
{
  if (fl_kratos_verb_repeats (verb, reply, FL_KRATOS_STEP_PASSWORD, FL_KRATOS_FLOW_SETTINGS))
    {
      fl_kratos_verb_need (verb, FL_KRATOS_FLOW_SETTINGS, set_password);
      return;
    }

  if (!is_saved (verb, reply) && !is_set_already (verb, reply))
    {
      refuse (verb, reply, FL_KRATOS_STEP_PASSWORD);
      return;
    }

  g_clear_pointer (&verb->self->unsure, fl_secret_unref);
  /* Nobody will come back for what the mail's link has led to. */
  g_clear_pointer (&verb->self->redeemed, fl_secret_unref);
  keep (verb, reply);
  fl_kratos_tell_settings (verb);
  fl_kratos_verb_done (verb);
}

static void
set_password (FlKratosVerb  *verb,
              FlKratosReply *reply)
{
  FlJsonBody *body = fl_json_body_new ("password");

  fl_json_body_add (body, "password", fl_secret_get_text (verb->password));
  verb->lost = on_password_lost;
  submit (verb, body, on_password_set);
}

/**
 * fl_kratos_set_password:
 * @identity: an identity
 * @password: the new password
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_set_password().
 */
void
fl_kratos_set_password (FlIdentity          *identity,
                        FlSecret            *password,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);

  verb->password = fl_secret_ref (password);
  fl_kratos_verb_need (verb, FL_KRATOS_FLOW_SETTINGS, set_password);
}

static void
show_enrolment (FlKratosVerb  *verb,
                FlKratosReply *reply)
{
  FlKratosIdentity *self = verb->self;
  FlKratosFlow *flow = fl_kratos_identity_get_flow (self, FL_KRATOS_FLOW_SETTINGS);

  fl_kratos_tell_settings (verb);
  if (verb->answer->second_factor == FL_FACT_YES)
    fl_kratos_verb_done (verb);
  else if (flow == NULL || flow->totp_secret == NULL || flow->address == NULL)
    fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_PROTOCOL, "no second factor to set up"));
  else
    {
      verb->answer->enrolment = fl_otpauth_new (self->issuer, flow->address, flow->totp_secret);
      fl_kratos_verb_done (verb);
    }
}

/**
 * fl_kratos_start_totp:
 * @identity: an identity
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_start_totp(): asks nobody while the settings flow lasts, so that it can be called after each
 * verb that may have changed the secret. An answer without an enrolment says that there is one already.
 */
void
fl_kratos_start_totp (FlIdentity          *identity,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  fl_kratos_begin_settings (fl_kratos_verb_new (identity, cancellable, callback, user_data), show_enrolment);
}

/* Nobody knows what has become of a submit: the flow is read before it is used again. */
static void
lose (FlKratosVerb  *verb,
      FlKratosReply *reply)
{
  fl_kratos_identity_set_flow (verb->self, FL_KRATOS_FLOW_SETTINGS, fl_kratos_flow_new (verb->flow, G_MAXINT64));
  fl_kratos_verb_fail_lost (verb, NULL);
}

static gboolean
is_lost (FlKratosVerb *verb)
{
  FlKratosFlow *flow = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_SETTINGS);

  return flow != NULL && !flow->has_identity;
}

/* Kratos raises the session in which a second factor is confirmed. */
static void
end_raised (FlKratosVerb *verb)
{
  verb->self->level = 2;
  fl_kratos_tell_settings (verb);
  fl_kratos_verb_done (verb);
}

/* What a submit wanted shows in what the flow offers afterwards. */
static void
end_if_offered (FlKratosVerb  *verb,
                FlKratosReply *reply)
{
  gboolean is_seen = is_own (verb, reply) && reply->flow->has_identity;
  gboolean is_there = is_seen && fl_kratos_flow_has (reply->flow, verb->wanted);

  keep (verb, reply);
  if (is_there)
    end_raised (verb);
  else if (is_seen)
    fl_kratos_verb_fail_lost (verb, NULL);
  else
    lose (verb, NULL);
}

static void
look_for_lost_answer (FlKratosVerb  *verb,
                      FlKratosReply *reply)
{
  verb->lost = lose;
  fl_kratos_verb_look (verb, FL_KRATOS_SETTINGS_LOOK, verb->flow, TRUE, end_if_offered);
}

static void
on_totp_confirmed (FlKratosVerb  *verb,
                   FlKratosReply *reply)
{
  /* The new flow has a new secret, to which the code does not belong. */
  if (fl_kratos_verb_repeats (verb, reply, FL_KRATOS_STEP_TOTP, FL_KRATOS_FLOW_SETTINGS))
    {
      fl_kratos_identity_begin (verb->self, FL_KRATOS_FLOW_SETTINGS);
      fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_CODE_REFUSED, "the settings flow has gone"));
      return;
    }

  if (!is_saved (verb, reply) || !fl_kratos_flow_has (reply->flow, verb->wanted))
    {
      refuse (verb, reply, FL_KRATOS_STEP_TOTP);
      return;
    }

  end_if_offered (verb, reply);
}

static void
confirm_totp (FlKratosVerb  *verb,
              FlKratosReply *reply)
{
  FlJsonBody *body = fl_json_body_new ("totp");

  fl_json_body_add (body, "totp_code", fl_secret_get_text (verb->code));
  verb->wanted = FL_KRATOS_NODE_TOTP_UNLINK;
  verb->lost = look_for_lost_answer;
  submit (verb, body, on_totp_confirmed);
}

static void
confirm_totp_unless_done (FlKratosVerb  *verb,
                          FlKratosReply *reply)
{
  if (fl_kratos_flow_has (fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_SETTINGS), FL_KRATOS_NODE_TOTP_UNLINK))
    end_raised (verb);
  else
    confirm_totp (verb, NULL);
}

/**
 * fl_kratos_confirm_totp:
 * @identity: an identity
 * @code: what the authenticator shows
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_confirm_totp(). When it fails, fl_kratos_start_totp() tells whether the secret is a new one.
 */
void
fl_kratos_confirm_totp (FlIdentity          *identity,
                        FlSecret            *code,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);
  char *digits = fl_code_normalise_digits (fl_secret_get_text (code));

  if (digits == NULL)
    {
      fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_CODE_MALFORMED, "not a code"));
      return;
    }

  verb->code = fl_secret_new (digits);
  fl_secret_wipe_string (digits);
  if (is_lost (verb))
    fl_kratos_begin_settings (verb, confirm_totp_unless_done);
  else
    fl_kratos_verb_need (verb, FL_KRATOS_FLOW_SETTINGS, confirm_totp);
}

static gboolean
has_unconfirmed_codes (const FlKratosFlow *flow)
{
  return flow->codes != NULL && flow->codes->len > 0 && fl_kratos_flow_has (flow, FL_KRATOS_NODE_LOOKUP_CONFIRM);
}

static void issue_codes (FlKratosVerb  *verb,
                         FlKratosReply *reply);

static void
on_codes_issued (FlKratosVerb  *verb,
                 FlKratosReply *reply)
{
  if (fl_kratos_verb_repeats (verb, reply, FL_KRATOS_STEP_CODES, FL_KRATOS_FLOW_SETTINGS))
    {
      fl_kratos_verb_need (verb, FL_KRATOS_FLOW_SETTINGS, issue_codes);
      return;
    }

  if (!is_own (verb, reply) || reply->status != SOUP_STATUS_OK || !reply->flow->has_identity ||
      fl_kratos_flow_is_refusal (reply->flow) || !has_unconfirmed_codes (reply->flow))
    {
      refuse (verb, reply, FL_KRATOS_STEP_CODES);
      return;
    }

  verb->answer->codes = g_ptr_array_ref (reply->flow->codes);
  keep (verb, reply);
  fl_kratos_verb_done (verb);
}

/* Codes that have been made and not confirmed are still there, after a crash too: they are shown again. */
static void
issue_codes (FlKratosVerb  *verb,
             FlKratosReply *reply)
{
  FlKratosFlow *flow = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_SETTINGS);
  FlJsonBody *body;

  if (has_unconfirmed_codes (flow))
    {
      verb->answer->codes = g_ptr_array_ref (flow->codes);
      fl_kratos_verb_done (verb);
      return;
    }

  body = fl_json_body_new ("lookup_secret");
  fl_json_body_add_true (body, "lookup_secret_regenerate");
  submit (verb, body, on_codes_issued);
}

/**
 * fl_kratos_issue_recovery_codes:
 * @identity: an identity
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_issue_recovery_codes().
 */
void
fl_kratos_issue_recovery_codes (FlIdentity          *identity,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  fl_kratos_begin_settings (fl_kratos_verb_new (identity, cancellable, callback, user_data), issue_codes);
}

/* Codes live with their settings flow: where that has gone new ones are made, and are still to be confirmed. */
static void
issue_other_codes (FlKratosVerb *verb)
{
  verb->lost = NULL;
  fl_kratos_begin_settings (verb, issue_codes);
}

/* Somebody on the way has handed the submit on twice, and this is what came of the second: there is nothing left to
 * confirm, as the flow shows. */
static gboolean
is_confirmed_already (FlKratosVerb        *verb,
                      const FlKratosReply *reply)
{
  return is_own (verb, reply) && reply->status == SOUP_STATUS_BAD_REQUEST && reply->flow->has_identity &&
         fl_kratos_flow_is_refusal (reply->flow) && fl_kratos_flow_has (reply->flow, verb->wanted) &&
         !fl_kratos_flow_has (reply->flow, FL_KRATOS_NODE_LOOKUP_CONFIRM);
}

static void
on_codes_confirmed (FlKratosVerb  *verb,
                    FlKratosReply *reply)
{
  if (fl_kratos_verb_repeats (verb, reply, FL_KRATOS_STEP_CODES, FL_KRATOS_FLOW_SETTINGS))
    issue_other_codes (verb);
  else if (is_confirmed_already (verb, reply))
    end_if_offered (verb, reply);
  else if (!is_saved (verb, reply) || !fl_kratos_flow_has (reply->flow, verb->wanted))
    refuse (verb, reply, FL_KRATOS_STEP_CODES);
  else
    end_if_offered (verb, reply);
}

static void
confirm_codes (FlKratosVerb  *verb,
               FlKratosReply *reply)
{
  FlKratosFlow *flow = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_SETTINGS);
  FlJsonBody *body;

  if (flow == NULL || !fl_kratos_flow_has (flow, FL_KRATOS_NODE_LOOKUP_CONFIRM))
    {
      issue_other_codes (verb);
      return;
    }

  body = fl_json_body_new ("lookup_secret");
  fl_json_body_add_true (body, "lookup_secret_confirm");
  verb->wanted = FL_KRATOS_NODE_LOOKUP_REVEAL;
  verb->lost = look_for_lost_answer;
  submit (verb, body, on_codes_confirmed);
}

static void
confirm_codes_unless_done (FlKratosVerb  *verb,
                           FlKratosReply *reply)
{
  FlKratosFlow *flow = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_SETTINGS);

  if (fl_kratos_flow_has (flow, FL_KRATOS_NODE_LOOKUP_REVEAL) && !fl_kratos_flow_has (flow, FL_KRATOS_NODE_LOOKUP_CONFIRM))
    end_raised (verb);
  else
    confirm_codes (verb, NULL);
}

/**
 * fl_kratos_confirm_recovery_codes:
 * @identity: an identity
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_confirm_recovery_codes(). An answer with codes says that those which were shown have gone with
 * their flow, and that these have taken their place.
 */
void
fl_kratos_confirm_recovery_codes (FlIdentity          *identity,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);

  if (is_lost (verb))
    fl_kratos_begin_settings (verb, confirm_codes_unless_done);
  else
    confirm_codes (verb, NULL);
}
