/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-journey"

#include "config.h"

#include "fl-clock.h"
#include "fl-journey-private.h"

static void
set_busy (FlJourney *self,
          gboolean   busy)
{
  if (self->busy == busy)
    return;

  self->busy = busy;
  fl_journey_notify (self, PROP_BUSY);
}

/* Keeps what the answer says of the account; what it does not say stays as it was. */
static void
learn (FlJourney      *self,
       const FlCall   *call,
       const FlAnswer *answer)
{
  if (call->verb == FL_VERB_SIGN_IN || call->verb == FL_VERB_REDEEM || call->verb == FL_VERB_RESUME)
    {
      self->level = 0;
      self->second_factor = FL_FACT_UNKNOWN;
      self->recovery_codes = FL_FACT_UNKNOWN;
      self->codes_left = -1;
      fl_journey_notify (self, PROP_CODES_LEFT);
    }

  if (answer->address != NULL)
    fl_journey_set_address (self, answer->address);
  if (answer->level != 0)
    self->level = answer->level;
  if (answer->second_factor != FL_FACT_UNKNOWN)
    self->second_factor = answer->second_factor;
  if (answer->recovery_codes != FL_FACT_UNKNOWN)
    self->recovery_codes = answer->recovery_codes;
  if (answer->recovery_codes_left >= 0)
    {
      self->codes_left = answer->recovery_codes_left;
      fl_journey_notify (self, PROP_CODES_LEFT);
    }
  if (answer->enrolment != NULL)
    fl_journey_set_enrolment (self, answer->enrolment);
  if (answer->codes != NULL)
    fl_journey_set_codes (self, answer->codes);
}

static void
on_mail_sent (FlJourney      *self,
              const FlCall   *call,
              const FlAnswer *answer)
{
  fl_robot_check_spend (self->robot);
  fl_journey_take_mail (self, answer);
  if (self->step == FL_STEP_INBOX)
    {
      fl_journey_watch_mail (self, TRUE);
      fl_journey_set_notice (self, FL_NOTICE_MAIL_SENT_AGAIN);
      return;
    }

  fl_journey_go (self, call->event);
  if (call->event == FL_EVENT_MAIL_WANTED)
    fl_journey_set_notice (self, FL_NOTICE_SESSION_AGED);
}

static void
on_redeemed (FlJourney    *self,
             const FlCall *call,
             gboolean      second_factor_first)
{
  self->signed_in = TRUE;
  fl_journey_forget_mail (self);
  self->journal->needed_at = call->unasked ? FL_STEP_ACCOUNT : FL_STEP_NEW_PASSWORD;
  if (second_factor_first || (self->second_factor == FL_FACT_YES && self->level == 1))
    fl_journey_go (self, FL_EVENT_SECOND_FACTOR_WANTED);
  else
    fl_journey_go (self, fl_journey_get_needed_event (self));
}

/* Asks what had to wait for the page in between; without it that page leads to where it was needed. */
static void
go_on (FlJourney *self)
{
  if (self->pending != NULL)
    fl_journey_ask (self, g_steal_pointer (&self->pending));
  else
    fl_journey_go (self, fl_journey_get_needed_event (self));
}

static void
on_totp_started (FlJourney      *self,
                 const FlAnswer *answer)
{
  if (answer->second_factor == FL_FACT_YES)
    {
      self->journal->needed_at = FL_STEP_ALL_SET;
      fl_journey_go (self, fl_journey_get_next_event (self));
    }
  else if (self->enrolment == NULL)
    {
      fl_journey_set_problem (self, fl_problem_new (FL_PROBLEM_PROTOCOL, "No key for an authenticator"));
    }
  else if (self->step != FL_STEP_ENROL)
    {
      fl_journey_go (self, FL_EVENT_ENROLMENT_WANTED);
    }
}

static void
on_totp_confirmed (FlJourney      *self,
                   const FlAnswer *answer)
{
  if (answer->second_factor == FL_FACT_NO)
    {
      if (self->step != FL_STEP_ENROL)
        fl_journey_go (self, FL_EVENT_ENROLMENT_WANTED);
      return;
    }

  fl_journey_achieve (self, FL_ACHIEVED_SECOND_FACTOR);
  self->second_factor = FL_FACT_YES;
  if (self->recovery_codes == FL_FACT_UNKNOWN)
    self->recovery_codes = FL_FACT_NO;
  fl_journey_go (self, fl_journey_get_next_event (self));
}

static void
on_codes_issued (FlJourney *self)
{
  if (self->codes == NULL)
    fl_journey_set_problem (self, fl_problem_new (FL_PROBLEM_PROTOCOL, "No recovery codes"));
  else if (self->step != FL_STEP_RECOVERY_CODES)
    fl_journey_go (self, FL_EVENT_CODES_WANTED);
}

static void
on_done (FlJourney      *self,
         FlCall         *call,
         const FlAnswer *answer)
{
  switch (call->verb)
    {
    case FL_VERB_PREPARE:
      fl_journey_go (self, FL_EVENT_SERVER_CHOSEN);
      fl_journey_look_up (self);
      break;
    case FL_VERB_IDENTIFY:
      if (g_strcmp0 (self->journal->address, call->address) != 0)
        fl_journey_forget_mail (self);
      fl_journey_set_address (self, call->address);
      fl_journey_go (self, FL_EVENT_IDENTIFIED);
      fl_journey_keep_address (self);
      break;
    case FL_VERB_SIGN_IN:
      self->signed_in = TRUE;
      self->journal->needed_at = FL_STEP_ALL_SET;
      fl_journey_go (self, fl_journey_get_next_event (self));
      break;
    case FL_VERB_ANSWER_SECOND_FACTOR:
      self->second_factor = FL_FACT_YES;
      self->level = 2;
      go_on (self);
      break;
    case FL_VERB_REAUTHENTICATE:
      go_on (self);
      break;
    case FL_VERB_START_RECOVERY:
    case FL_VERB_SEND_AGAIN:
      on_mail_sent (self, call, answer);
      break;
    case FL_VERB_LOOK_AGAIN:
      fl_journey_set_problem (self, g_steal_pointer (&call->lost));
      break;
    case FL_VERB_REDEEM:
      on_redeemed (self, call, FALSE);
      break;
    case FL_VERB_SET_PASSWORD:
      fl_journey_achieve (self, FL_ACHIEVED_PASSWORD);
      self->journal->needed_at = FL_STEP_ALL_SET;
      fl_journey_go (self, fl_journey_get_next_event (self));
      break;
    case FL_VERB_START_TOTP:
      on_totp_started (self, answer);
      break;
    case FL_VERB_CONFIRM_TOTP:
      on_totp_confirmed (self, answer);
      break;
    case FL_VERB_ISSUE_RECOVERY_CODES:
      on_codes_issued (self);
      break;
    case FL_VERB_CONFIRM_RECOVERY_CODES:
      fl_journey_achieve (self, FL_ACHIEVED_RECOVERY_CODES);
      fl_journey_go (self, FL_EVENT_COMPLETED);
      break;
    case FL_VERB_RESUME:
      fl_journey_resume_answered (self, answer);
      break;
    default:
      g_return_if_reached ();
    }
}

/* Keeps a question until a page in between has made the session fit for it. */
static void
wait_for (FlJourney *self,
          FlEvent    event,
          FlCall    *call)
{
  if (call->verb != FL_VERB_REAUTHENTICATE && call->verb != FL_VERB_ANSWER_SECOND_FACTOR)
    {
      /* Asked again from a page in between, it still belongs to the page from which it was asked first. */
      if (self->step != FL_STEP_PASSWORD_AGAIN && self->step != FL_STEP_SECOND_FACTOR)
        self->journal->needed_at = self->step;
      g_clear_pointer (&self->pending, fl_call_free);
      self->pending = call;
    }
  else
    {
      fl_call_free (call);
    }

  fl_journey_go (self, event);
}

/* A recovered session that has grown old, and no password to ask for: another mail to the same address. */
static void
send_new_mail (FlJourney *self)
{
  FlCall *call;

  if (self->journal->address == NULL)
    {
      fl_journey_lose_session (self);
      return;
    }

  call = fl_call_new (FL_VERB_START_RECOVERY);
  call->address = g_strdup (self->journal->address);
  call->event = FL_EVENT_MAIL_WANTED;
  fl_journey_ask (self, call);
}

static void
on_answered (FlJourney *self,
             FlCall    *taken,
             FlAnswer  *answer)
{
  g_autoptr (FlCall) call = taken;

  if (call->verb == FL_VERB_RESUME)
    fl_journey_adopt (self);
  learn (self, call, answer);

  if (answer->outcome == FL_OUTCOME_DONE || call->verb == FL_VERB_RESUME)
    {
      on_done (self, call, answer);
    }
  else if (answer->outcome == FL_OUTCOME_PASSWORD_FIRST)
    {
      wait_for (self, FL_EVENT_PASSWORD_WANTED, g_steal_pointer (&call));
    }
  else if (answer->outcome == FL_OUTCOME_MAIL_FIRST)
    {
      send_new_mail (self);
    }
  else if (call->verb == FL_VERB_REDEEM)
    {
      on_redeemed (self, call, TRUE);
    }
  else if (call->verb == FL_VERB_SIGN_IN)
    {
      self->signed_in = TRUE;
      self->journal->needed_at = FL_STEP_ALL_SET;
      fl_journey_go (self, FL_EVENT_SECOND_FACTOR_WANTED);
    }
  else
    {
      wait_for (self, FL_EVENT_SECOND_FACTOR_WANTED, g_steal_pointer (&call));
    }

  if (self->key_changed && self->step == FL_STEP_ENROL)
    fl_journey_set_notice (self, FL_NOTICE_KEY_CHANGED);
}

static gboolean
is_one_of (const GError    *problem,
           const FlProblem *codes,
           gsize            n_codes)
{
  for (gsize i = 0; i < n_codes; i++)
    {
      if (g_error_matches (problem, FL_PROBLEM, codes[i]))
        return TRUE;
    }

  return FALSE;
}

/* The server did its work perhaps, but the answer did not arrive. */
static gboolean
is_lost (const GError *problem)
{
  static const FlProblem codes[] = {
    FL_PROBLEM_TIMED_OUT, FL_PROBLEM_OFFLINE, FL_PROBLEM_UNREACHABLE, FL_PROBLEM_SERVER_FAULT,
  };

  return is_one_of (problem, codes, G_N_ELEMENTS (codes));
}

/* The request never got as far as the server, so the proof in it can still be used. */
static gboolean
is_unsent (const GError *problem)
{
  static const FlProblem codes[] = {
    FL_PROBLEM_OFFLINE, FL_PROBLEM_UNRESOLVED, FL_PROBLEM_UNREACHABLE, FL_PROBLEM_TLS_UNTRUSTED,
    FL_PROBLEM_TLS_EXPIRED, FL_PROBLEM_PROXY, FL_PROBLEM_CAPTIVE_PORTAL,
  };

  return is_one_of (problem, codes, G_N_ELEMENTS (codes));
}

/* Whatever comes next needs a new flow: a wrong code counts for all mails of one. */
static gboolean
spends_flow (const GError *problem)
{
  static const FlProblem codes[] = {
    FL_PROBLEM_CODE_REFUSED, FL_PROBLEM_TRIES_SPENT, FL_PROBLEM_MAIL_USED, FL_PROBLEM_MAIL_EXPIRED,
  };

  return is_one_of (problem, codes, G_N_ELEMENTS (codes));
}

static void
note_limits (FlJourney    *self,
             const FlCall *call,
             const GError *problem)
{
  gint64 until = fl_problem_get_until (problem);

  if (g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_THROTTLED)
      || g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_SERVER_FAULT))
    {
      if (fl_call_needs_proof (call) && self->step == FL_STEP_INBOX)
        fl_journey_set_resend_at (self, MAX (until, self->journal->resend_at));
      else
        fl_journey_set_retry_at (self, until);
    }

  if (g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_PASSWORD_SHORT)
      && fl_problem_get_limit (problem) != self->password_minimum)
    {
      self->password_minimum = fl_problem_get_limit (problem);
      fl_journey_notify (self, PROP_PASSWORD_MINIMUM);
    }
}

static void
on_redeem_failed (FlJourney *self,
                  FlCall    *call,
                  GError    *problem)
{
  gboolean is_current = fl_journey_is_current_flow (self, call->flow);

  if (is_current && is_lost (problem))
    {
      FlCall *look = fl_call_new (FL_VERB_LOOK_AGAIN);

      look->lost = problem;
      fl_journey_ask (self, look);
      return;
    }

  if (is_current && spends_flow (problem))
    self->journal->flow_spent = TRUE;
  fl_journey_set_problem (self, problem);
}

static void
on_look_again_failed (FlJourney *self,
                      FlCall    *call,
                      GError    *problem)
{
  if (spends_flow (problem))
    {
      self->journal->flow_spent = TRUE;
      fl_journey_set_problem (self, problem);
      return;
    }

  fl_journey_set_problem (self, g_steal_pointer (&call->lost));
  g_error_free (problem);
}

static void
on_failed (FlJourney *self,
           FlCall    *call,
           GError    *problem)
{
  if (call->verb == FL_VERB_RESUME)
    {
      fl_journey_resume_failed (self, problem);
      return;
    }
  if (call->verb == FL_VERB_PREPARE)
    fl_journey_use_server (self, NULL);
  if (fl_call_needs_proof (call) && !is_unsent (problem))
    fl_robot_check_spend (self->robot);

  if (fl_call_needs_session (call) && g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_SESSION_ENDED))
    {
      g_error_free (problem);
      fl_journey_lose_session (self);
      return;
    }

  /* What was asked again from a page in between failed: its own page shows why. */
  if ((self->step == FL_STEP_PASSWORD_AGAIN || self->step == FL_STEP_SECOND_FACTOR)
      && call->verb != FL_VERB_REAUTHENTICATE && call->verb != FL_VERB_ANSWER_SECOND_FACTOR)
    fl_journey_follow (self, fl_journey_get_needed_event (self));

  note_limits (self, call, problem);
  if (call->verb == FL_VERB_REDEEM)
    on_redeem_failed (self, call, problem);
  else if (call->verb == FL_VERB_LOOK_AGAIN)
    on_look_again_failed (self, call, problem);
  else
    fl_journey_set_problem (self, problem);
}

/* Takes the end of the call that is under way, by exactly one of @answer and @error. */
static void
conclude (FlJourney *self,
          FlAnswer  *answer,
          GError    *error)
{
  FlCall *call = g_steal_pointer (&self->call);

  g_object_freeze_notify (G_OBJECT (self));
  g_clear_object (&self->asking);
  set_busy (self, FALSE);
  if (answer != NULL)
    {
      on_answered (self, call, answer);
    }
  else
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        on_failed (self, call,
                   error->domain == FL_PROBLEM ? g_error_copy (error)
                                               : fl_problem_new (FL_PROBLEM_PROTOCOL, error->message));
      fl_call_free (call);
    }
  fl_journey_keep (self);
  g_object_thaw_notify (G_OBJECT (self));

  fl_journey_open_waiting_link (self);
}

static void
on_call_made_ready (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (FlJourney) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlAnswer) answer = fl_identity_finish (FL_IDENTITY (source), result, &error);

  /* Whoever drops a call drops its cancellable. */
  if (g_task_get_cancellable (G_TASK (result)) == self->asking)
    conclude (self, answer, error);
}

static void
make_call (FlJourney *self)
{
  fl_call_make (self->call, self->identity, self->language, self->asking, on_call_made_ready, g_object_ref (self));
}

static void
on_obtain_ready (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (FlJourney) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *proof = NULL;
  gboolean obtained = fl_robot_check_obtain_finish (FL_ROBOT_CHECK (source), result, &proof, &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->asking)
    return;

  if (!obtained)
    {
      conclude (self, NULL, error);
      return;
    }

  self->call->proof = g_steal_pointer (&proof);
  make_call (self);
}

/*
 * fl_journey_may_ask:
 *
 * Returns: whether the server can be asked now; where it is refused for a time, that is shown again
 */
gboolean
fl_journey_may_ask (FlJourney *self)
{
  if (self->busy || self->identity == NULL)
    return FALSE;

  if (self->retry_at > fl_clock_now ())
    {
      fl_journey_set_problem (self, fl_problem_new_until (FL_PROBLEM_THROTTLED, self->retry_at, "Not yet"));
      return FALSE;
    }

  return TRUE;
}

/*
 * fl_journey_ask:
 *
 * Asks the server. The journey is busy until it has answered.
 */
void
fl_journey_ask (FlJourney *self,
                FlCall    *call)
{
  g_return_if_fail (self->call == NULL);

  self->call = call;
  self->asking = g_cancellable_new ();
  self->key_changed = FALSE;
  g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);

  g_object_freeze_notify (G_OBJECT (self));
  fl_journey_set_problem (self, NULL);
  fl_journey_set_notice (self, FL_NOTICE_NONE);
  set_busy (self, TRUE);
  g_object_thaw_notify (G_OBJECT (self));

  if (fl_call_needs_proof (call))
    fl_robot_check_obtain (self->robot, self->step != FL_STEP_CREATE_PASSWORD, self->asking,
                           on_obtain_ready, g_object_ref (self));
  else
    make_call (self);
}

/*
 * fl_journey_drop_call:
 *
 * Ends the question that is asked, if there is one; its answer is not wanted any more.
 */
void
fl_journey_drop_call (FlJourney *self)
{
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_pointer (&self->call, fl_call_free);
  set_busy (self, FALSE);
}

/**
 * fl_journey_cancel:
 * @self: a journey
 *
 * Stops asking the server. Nothing has gone wrong then.
 */
void
fl_journey_cancel (FlJourney *self)
{
  gboolean was_choosing;

  g_return_if_fail (FL_IS_JOURNEY (self));

  was_choosing = self->call != NULL && self->call->verb == FL_VERB_PREPARE;
  fl_journey_drop_call (self);
  if (was_choosing)
    fl_journey_use_server (self, NULL);
  fl_journey_open_waiting_link (self);
}
