/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-verbs.h"

#include "fl-code.h"
#include "fl-link.h"

/* Redeeming the code of a mail, or one that an administrator has given out: it brings a session, and the settings flow
 * in which the new password is set. A code counts once, and its token comes once: nothing here is sent twice. */

static gboolean
is_own_mail (FlKratosVerb *verb)
{
  return verb->self->mail.flow != NULL && fl_secret_equal (verb->self->mail.flow, verb->flow);
}

static void
on_settings_seen (FlKratosVerb  *verb,
                  FlKratosReply *reply)
{
  fl_kratos_tell_settings (verb);
  fl_kratos_verb_done (verb);
}

static void
go_on (FlKratosVerb *verb,
       FlKratosFlow *flow)
{
  FlKratosIdentity *self = verb->self;

  fl_kratos_identity_take_session (self, flow->token, 1);
  self->redeemed = fl_secret_ref (verb->flow);
  if (flow->address != NULL)
    fl_kratos_identity_set_address (self, flow->address);
  if (is_own_mail (verb))
    fl_kratos_identity_forget_mail (self);

  /* How long the settings flow lives is told when it is read. */
  if (flow->settings != NULL)
    fl_kratos_identity_set_flow (self, FL_KRATOS_FLOW_SETTINGS, fl_kratos_flow_new (flow->settings, G_MAXINT64));

  fl_identity_session_begun (FL_IDENTITY (self));

  verb->answer->level = 1;
  verb->answer->address = g_strdup (flow->address);
  fl_kratos_begin_settings (verb, on_settings_seen);
}

static void
fail_over (FlKratosVerb *verb,
           FlProblem     code,
           const char   *diagnostic)
{
  if (is_own_mail (verb))
    fl_kratos_identity_forget_mail (verb->self);

  fl_kratos_verb_fail (verb, fl_problem_new (code, diagnostic));
}

/* From now on the flow has fewer tries than its next mail would need: another mail goes with a new flow. */
static void
fail_tried (FlKratosVerb *verb,
            GError       *error)
{
  if (is_own_mail (verb))
    {
      verb->self->mail.is_tried = TRUE;
      fl_kratos_identity_begin (verb->self, FL_KRATOS_FLOW_RECOVERY);
    }

  fl_kratos_verb_fail (verb, error);
}

static void
fail_by_sight (FlKratosVerb  *verb,
               FlKratosReply *reply,
               GError        *otherwise)
{
  g_autoptr (GError) error = fl_kratos_judge_sight (verb, reply);

  if (g_error_matches (error, FL_PROBLEM, FL_PROBLEM_MAIL_USED) ||
      g_error_matches (error, FL_PROBLEM, FL_PROBLEM_MAIL_EXPIRED))
    {
      g_error_free (otherwise);
      fail_over (verb, error->code, error->message);
    }
  else
    {
      fail_tried (verb, otherwise);
    }
}

static void
on_lost_flow_seen (FlKratosVerb  *verb,
                   FlKratosReply *reply)
{
  fail_by_sight (verb, reply, g_steal_pointer (&verb->loss));
}

static void
look_for_lost_answer (FlKratosVerb  *verb,
                      FlKratosReply *reply)
{
  verb->lost = fl_kratos_verb_fail_lost;
  fl_kratos_verb_look (verb, FL_KRATOS_RECOVERY_LOOK, verb->flow, FALSE, on_lost_flow_seen);
}

/* "Too often" and "already used" are the same envelope in different words; the flow's state tells them apart. */
static void
on_replaced_flow_seen (FlKratosVerb  *verb,
                       FlKratosReply *reply)
{
  fail_by_sight (verb, reply, fl_problem_new (FL_PROBLEM_TRIES_SPENT, "too many wrong codes for this flow"));
}

static void
on_envelope_got (FlKratosVerb  *verb,
                 FlKratosReply *reply)
{
  g_autoptr (GError) error = fl_kratos_problem_from_reply (reply, FL_KRATOS_STEP_REDEEM);

  if (g_error_matches (error, FL_KRATOS_DETOUR, FL_KRATOS_DETOUR_REPLACED))
    fl_kratos_verb_look (verb, FL_KRATOS_RECOVERY_LOOK, verb->flow, FALSE, on_replaced_flow_seen);
  else if (g_error_matches (error, FL_KRATOS_DETOUR, FL_KRATOS_DETOUR_EXPIRED) ||
           g_error_matches (error, FL_KRATOS_DETOUR, FL_KRATOS_DETOUR_UNKNOWN))
    fail_over (verb, FL_PROBLEM_MAIL_EXPIRED, error->message);
  else
    fl_kratos_verb_fail (verb, g_steal_pointer (&error));
}

static void
on_flow_got (FlKratosVerb  *verb,
             FlKratosReply *reply)
{
  FlKratosFlow *flow = reply->flow;
  g_autoptr (GError) error = NULL;

  if (flow->state == FL_KRATOS_STATE_FOREIGN)
    {
      fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_RECOVERY_UNSUPPORTED, "a state of another dialect"));
      return;
    }

  if (!fl_secret_equal (flow->id, verb->flow))
    {
      fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_PROTOCOL, "another flow than the one that was submitted"));
      return;
    }

  if (reply->status == SOUP_STATUS_OK && flow->state == FL_KRATOS_STATE_PASSED_CHALLENGE &&
      !fl_kratos_flow_is_refusal (flow) && flow->token != NULL)
    {
      go_on (verb, flow);
      return;
    }

  error = fl_kratos_problem_from_reply (reply, FL_KRATOS_STEP_REDEEM);
  if (g_error_matches (error, FL_KRATOS_DETOUR, FL_KRATOS_DETOUR_EXPIRED))
    fail_over (verb, FL_PROBLEM_MAIL_EXPIRED, error->message);
  else if (flow->state == FL_KRATOS_STATE_SENT_EMAIL)
    fail_tried (verb, g_steal_pointer (&error));
  else
    fl_kratos_verb_fail (verb, g_steal_pointer (&error));
}

static void
on_redeemed (FlKratosVerb  *verb,
             FlKratosReply *reply)
{
  if (reply->kind == FL_KRATOS_REPLY_ERROR)
    on_envelope_got (verb, reply);
  else if (reply->kind == FL_KRATOS_REPLY_FLOW)
    on_flow_got (verb, reply);
  else
    fl_kratos_verb_refuse (verb, reply, FL_KRATOS_STEP_REDEEM);
}

/* Never with an address: the engine would take that for a wish for another mail, and make the code worthless. */
static void
redeem (FlKratosVerb *verb)
{
  FlJsonBody *body = fl_json_body_new ("code");

  fl_json_body_add (body, "code", fl_secret_get_text (verb->code));
  verb->lost = look_for_lost_answer;
  fl_kratos_verb_submit (verb, FL_KRATOS_RECOVERY, verb->flow, FALSE, body, on_redeemed);
}

/* The session is there already when what came after it failed: then only that is done again. */
static gboolean
is_redeemed (FlKratosVerb *verb)
{
  FlKratosIdentity *self = verb->self;

  return self->token != NULL && self->redeemed != NULL && fl_secret_equal (self->redeemed, verb->flow);
}

/**
 * fl_kratos_redeem:
 * @identity: an identity
 * @flow: the recovery flow that the code belongs to
 * @code: the code
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_redeem().
 */
void
fl_kratos_redeem (FlIdentity          *identity,
                  FlSecret            *flow,
                  FlSecret            *code,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);
  char *digits;

  if (!fl_link_is_uuid (fl_secret_get_text (flow)))
    {
      fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_LINK_MALFORMED, "a flow that is not a UUID"));
      return;
    }

  digits = fl_code_normalise_digits (fl_secret_get_text (code));
  if (digits == NULL)
    {
      fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_CODE_MALFORMED, "not a code"));
      return;
    }

  verb->code = fl_secret_new (digits);
  fl_secret_wipe_string (digits);
  fl_kratos_verb_set_flow (verb, flow);
  if (is_redeemed (verb))
    {
      verb->answer->level = verb->self->level;
      fl_kratos_begin_settings (verb, on_settings_seen);
    }
  else
    {
      redeem (verb);
    }
}
