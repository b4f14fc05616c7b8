/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-verbs.h"

#include "fl-address.h"
#include "fl-clock.h"
#include "fl-kratos-reader.h"

/* The mail with the code: the robot check before it, asking for it, asking again, and how it is doing. */

/* Seconds between two mails to the same address where the server does not say (Retry-After). Kratos has no such limit and
 * says nothing; without one, impatience would make each mail worthless by the next. */
#define RESEND 60

/* Seconds for which a flow that was seen waiting is taken to be waiting still. Asking for another mail on a flow that
 * has been redeemed meanwhile crashes Kratos' handler (v26.2.0), so that an older sight is renewed first. */
#define SIGHT 15

static gboolean
is_mail (FlKratosVerb   *verb,
         const FlSecret *flow)
{
  return verb->self->mail.flow != NULL && fl_secret_equal (verb->self->mail.flow, flow);
}

static void
tell_mail (FlKratosVerb *verb)
{
  FlKratosMail *mail = &verb->self->mail;

  verb->answer->flow = fl_secret_ref (mail->flow);
  verb->answer->mail_expires_at = mail->expires_at;
  verb->answer->address = g_strdup (mail->address);
}

static void
on_challenge_got (FlKratosVerb  *verb,
                  FlKratosReply *reply)
{
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *parameters;

  if (reply->status == SOUP_STATUS_NOT_FOUND)
    {
      fl_kratos_verb_done (verb);
      return;
    }

  root = reply->status == SOUP_STATUS_OK ? json_from_string (reply->text, NULL) : NULL;
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_NOT_OUR_SERVER, "no robot check where one should be"));
      return;
    }

  if (!fl_kratos_read_object (json_node_get_object (root), "parameters", FL_KRATOS_REQUIRED, &parameters, &error))
    {
      fl_kratos_verb_fail (verb, g_steal_pointer (&error));
      return;
    }

  verb->answer->challenge = g_steal_pointer (&reply->text);
  fl_kratos_verb_done (verb);
}

/**
 * fl_kratos_robot_challenge:
 * @identity: an identity
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_robot_challenge(). Only a 404 says that the server has no robot check.
 */
void
fl_kratos_robot_challenge (FlIdentity          *identity,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);

  fl_kratos_verb_ask (verb, FL_KRATOS_ALTCHA, on_challenge_got);
}

static void ask_on_new_flow (FlKratosVerb  *verb,
                             FlKratosReply *reply);

static void
take_mail (FlKratosVerb        *verb,
           const FlKratosReply *reply)
{
  /* Whoever waits for a mail has no session, or one that has grown too old to go on with. */
  fl_kratos_identity_forget_session (verb->self);
  fl_kratos_identity_set_mail (verb->self, reply->flow, verb->address);
  fl_kratos_identity_set_address (verb->self, verb->address);
  if (!verb->is_again)
    fl_kratos_identity_drop_flow (verb->self, FL_KRATOS_FLOW_RECOVERY);

  tell_mail (verb);
  verb->answer->resend_at = reply->retry_at != 0 ? reply->retry_at : fl_clock_now () + RESEND;
  fl_kratos_verb_done (verb);
}

/**
 * fl_kratos_judge_sight:
 * @verb: a verb that has looked at its recovery flow
 * @reply: what it saw
 *
 * Returns: (transfer full) (nullable): %NULL while the flow waits for its code; else what has become of it
 */
GError *
fl_kratos_judge_sight (FlKratosVerb  *verb,
                       FlKratosReply *reply)
{
  g_autoptr (GError) error = NULL;

  if (reply->kind == FL_KRATOS_REPLY_FLOW && reply->status == SOUP_STATUS_OK &&
      fl_secret_equal (reply->flow->id, verb->flow))
    switch (reply->flow->state)
      {
      case FL_KRATOS_STATE_SENT_EMAIL:
        return NULL;
      case FL_KRATOS_STATE_PASSED_CHALLENGE:
        return fl_problem_new (FL_PROBLEM_MAIL_USED, "the flow has been redeemed");
      case FL_KRATOS_STATE_FOREIGN:
        return fl_problem_new (FL_PROBLEM_RECOVERY_UNSUPPORTED, "a state of another dialect");
      case FL_KRATOS_STATE_CHOOSE_METHOD:
      case FL_KRATOS_STATE_SHOW_FORM:
      case FL_KRATOS_STATE_SUCCESS:
      default:
        return fl_problem_new (FL_PROBLEM_PROTOCOL, "a flow that no mail belongs to");
      }

  if (reply->kind != FL_KRATOS_REPLY_ERROR)
    return fl_problem_new (FL_PROBLEM_PROTOCOL, "another flow than the one that was asked for");

  error = fl_kratos_problem_from_reply (reply, FL_KRATOS_STEP_LOOK);
  if (g_error_matches (error, FL_KRATOS_DETOUR, FL_KRATOS_DETOUR_EXPIRED) ||
      g_error_matches (error, FL_KRATOS_DETOUR, FL_KRATOS_DETOUR_UNKNOWN))
    return fl_problem_new (FL_PROBLEM_MAIL_EXPIRED, "the flow has gone");

  return g_steal_pointer (&error);
}

static gboolean
is_over (const GError *error)
{
  return g_error_matches (error, FL_PROBLEM, FL_PROBLEM_MAIL_USED) ||
         g_error_matches (error, FL_PROBLEM, FL_PROBLEM_MAIL_EXPIRED);
}

static void
fail_after_sight (FlKratosVerb *verb,
                  GError       *error)
{
  if (is_over (error) && is_mail (verb, verb->flow))
    fl_kratos_identity_forget_mail (verb->self);

  fl_kratos_verb_fail (verb, error);
}

/* The first mail of a flow shows in its state, another one does not. */
static void
on_lost_mail_seen (FlKratosVerb  *verb,
                   FlKratosReply *reply)
{
  GError *error = fl_kratos_judge_sight (verb, reply);

  if (error == NULL && !verb->is_again)
    {
      take_mail (verb, reply);
      return;
    }

  if (is_over (error))
    {
      fail_after_sight (verb, error);
      return;
    }

  g_clear_error (&error);
  fl_kratos_verb_fail_lost (verb, NULL);
}

static void
look_for_lost_mail (FlKratosVerb  *verb,
                    FlKratosReply *reply)
{
  verb->lost = fl_kratos_verb_fail_lost;
  fl_kratos_verb_look (verb, FL_KRATOS_RECOVERY_LOOK, verb->flow, FALSE, on_lost_mail_seen);
}

static void
on_mail_asked (FlKratosVerb  *verb,
               FlKratosReply *reply)
{
  if (fl_kratos_verb_repeats (verb, reply, FL_KRATOS_STEP_MAIL, FL_KRATOS_FLOW_RECOVERY))
    {
      fl_kratos_verb_need (verb, FL_KRATOS_FLOW_RECOVERY, ask_on_new_flow);
      return;
    }

  if (reply->kind == FL_KRATOS_REPLY_FLOW && reply->flow->state == FL_KRATOS_STATE_FOREIGN)
    {
      fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_RECOVERY_UNSUPPORTED, "a state of another dialect"));
      return;
    }

  if (reply->kind != FL_KRATOS_REPLY_FLOW || reply->status != SOUP_STATUS_OK ||
      reply->flow->state != FL_KRATOS_STATE_SENT_EMAIL || fl_kratos_flow_is_refusal (reply->flow) ||
      !fl_secret_equal (reply->flow->id, verb->flow))
    {
      fl_kratos_verb_refuse (verb, reply, FL_KRATOS_STEP_MAIL);
      return;
    }

  take_mail (verb, reply);
}

static void
ask_for_mail (FlKratosVerb *verb)
{
  FlJsonBody *body = fl_json_body_new ("code");

  /* The engine does not keep the payload: it goes along with each mail that is asked for. */
  fl_json_body_add (body, "email", verb->address);
  fl_json_body_open (body, "transient_payload");
  fl_json_body_add (body, "flow", fl_secret_get_text (verb->flow));
  if (verb->language != NULL)
    fl_json_body_add (body, "lang", verb->language);
  fl_json_body_close (body);

  verb->lost = look_for_lost_mail;
  fl_kratos_verb_submit (verb, FL_KRATOS_RECOVERY, verb->flow, FALSE, body, on_mail_asked);
}

static void
ask_on_new_flow (FlKratosVerb  *verb,
                 FlKratosReply *reply)
{
  fl_kratos_verb_set_flow (verb, fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_RECOVERY)->id);
  verb->is_again = FALSE;
  ask_for_mail (verb);
}

static FlKratosVerb *
new_mail_verb (FlIdentity          *identity,
               const char          *address,
               const char          *language,
               const char          *proof,
               GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);

  verb->address = fl_address_normalise (address);
  verb->language = g_strdup (language);
  verb->proof = g_strdup (proof);

  return verb;
}

/**
 * fl_kratos_start_recovery:
 * @identity: an identity
 * @address: where the mail goes
 * @language: (nullable): in which language
 * @proof: (nullable): the solution of the robot check
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_start_recovery().
 */
void
fl_kratos_start_recovery (FlIdentity          *identity,
                          const char          *address,
                          const char          *language,
                          const char          *proof,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  FlKratosVerb *verb = new_mail_verb (identity, address, language, proof, cancellable, callback, user_data);

  fl_kratos_verb_need (verb, FL_KRATOS_FLOW_RECOVERY, ask_on_new_flow);
}

static void
on_mail_seen_before (FlKratosVerb  *verb,
                     FlKratosReply *reply)
{
  GError *error = fl_kratos_judge_sight (verb, reply);

  if (g_error_matches (error, FL_PROBLEM, FL_PROBLEM_MAIL_EXPIRED))
    {
      g_error_free (error);
      fl_kratos_verb_need (verb, FL_KRATOS_FLOW_RECOVERY, ask_on_new_flow);
    }
  else if (error != NULL)
    {
      fail_after_sight (verb, error);
    }
  else
    {
      ask_for_mail (verb);
    }
}

/**
 * fl_kratos_send_again:
 * @identity: an identity
 * @address: where the mail goes
 * @language: (nullable): in which language
 * @proof: (nullable): the solution of the robot check
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_send_again(): on the same flow while that has all its tries, else on a new one, because the
 * engine counts wrong codes for a flow over all its mails.
 */
void
fl_kratos_send_again (FlIdentity          *identity,
                      const char          *address,
                      const char          *language,
                      const char          *proof,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  FlKratosVerb *verb = new_mail_verb (identity, address, language, proof, cancellable, callback, user_data);
  FlKratosMail *mail = &verb->self->mail;
  gint64 now = fl_clock_now () - fl_clock_moved (mail->mark);

  if (mail->flow == NULL || mail->is_tried || mail->expires_at <= now ||
      g_strcmp0 (mail->address, verb->address) != 0)
    {
      fl_kratos_verb_need (verb, FL_KRATOS_FLOW_RECOVERY, ask_on_new_flow);
      return;
    }

  verb->is_again = TRUE;
  fl_kratos_verb_set_flow (verb, mail->flow);
  if (mail->seen_at + SIGHT < now)
    fl_kratos_verb_look (verb, FL_KRATOS_RECOVERY_LOOK, verb->flow, FALSE, on_mail_seen_before);
  else
    ask_for_mail (verb);
}

static void
on_mail_seen (FlKratosVerb  *verb,
              FlKratosReply *reply)
{
  GError *error = fl_kratos_judge_sight (verb, reply);

  if (error != NULL)
    {
      fail_after_sight (verb, error);
      return;
    }

  if (is_mail (verb, verb->flow))
    {
      verb->self->mail.seen_at = fl_clock_now ();
      verb->self->mail.mark = fl_clock_mark ();
      verb->self->mail.expires_at = reply->flow->expires_at;
      tell_mail (verb);
    }
  fl_kratos_verb_done (verb);
}

/**
 * fl_kratos_look_at_mail:
 * @verb: (transfer full): a verb that ends with how the mail is doing
 */
void
fl_kratos_look_at_mail (FlKratosVerb *verb)
{
  if (verb->self->mail.flow == NULL)
    {
      fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_MAIL_EXPIRED, "no mail is on its way"));
      return;
    }

  fl_kratos_verb_set_flow (verb, verb->self->mail.flow);
  fl_kratos_verb_look (verb, FL_KRATOS_RECOVERY_LOOK, verb->flow, FALSE, on_mail_seen);
}

/**
 * fl_kratos_look_again:
 * @identity: an identity
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_look_again(): done while the flow waits, else %FL_PROBLEM_MAIL_USED or
 * %FL_PROBLEM_MAIL_EXPIRED.
 */
void
fl_kratos_look_again (FlIdentity          *identity,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);

  /* Redeemed here, with what comes after it still to be had: the same code goes on. */
  if (verb->self->mail.flow == NULL && verb->self->redeemed != NULL)
    fl_kratos_verb_done (verb);
  else
    fl_kratos_look_at_mail (verb);
}
