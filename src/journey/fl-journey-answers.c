/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-journey"

#include "config.h"

#include "fl-journey-private.h"

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
                 FlCall         *call,
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
  else if (!self->shown_changed)
    {
      fl_journey_set_problem (self, g_steal_pointer (&call->problem));
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
on_codes_confirmed (FlJourney      *self,
                    const FlAnswer *answer)
{
  /* Those that were shown have gone, and nothing has been confirmed. */
  if (answer->codes != NULL)
    {
      on_codes_issued (self);
      return;
    }

  fl_journey_achieve (self, FL_ACHIEVED_RECOVERY_CODES);
  fl_journey_go (self, FL_EVENT_COMPLETED);
}

static void
on_identified (FlJourney    *self,
               const FlCall *call)
{
  if (g_strcmp0 (self->journal->address, call->address) != 0)
    fl_journey_forget_mail (self);
  fl_journey_set_address (self, call->address);
  fl_journey_go (self, FL_EVENT_IDENTIFIED);
  fl_journey_keep_address (self);
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
      on_identified (self, call);
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
      fl_journey_set_problem (self, g_steal_pointer (&call->problem));
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
      on_totp_started (self, call, answer);
      break;
    case FL_VERB_CONFIRM_TOTP:
      on_totp_confirmed (self, answer);
      break;
    case FL_VERB_ISSUE_RECOVERY_CODES:
      on_codes_issued (self);
      break;
    case FL_VERB_CONFIRM_RECOVERY_CODES:
      on_codes_confirmed (self, answer);
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

/* Whoever sets a new password came by a mail and does not know the one before, which may well be there: accounts are brought
 * in with one that nobody knows. Everybody else has typed theirs in this session, or has just set it. */
static gboolean
knows_password (const FlCall *call)
{
  return call->verb != FL_VERB_SET_PASSWORD;
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

/*
 * fl_journey_take_answer:
 * @call: (transfer full): what was asked
 *
 * Goes where the answer leads.
 */
void
fl_journey_take_answer (FlJourney      *self,
                        FlCall         *call_taken,
                        const FlAnswer *answer)
{
  g_autoptr (FlCall) call = call_taken;

  if (call->verb == FL_VERB_RESUME)
    fl_journey_adopt (self);
  learn (self, call, answer);

  if (answer->outcome == FL_OUTCOME_DONE || call->verb == FL_VERB_RESUME)
    {
      on_done (self, call, answer);
    }
  else if (answer->outcome == FL_OUTCOME_PASSWORD_FIRST && knows_password (call))
    {
      wait_for (self, FL_EVENT_PASSWORD_WANTED, g_steal_pointer (&call));
    }
  else if (answer->outcome == FL_OUTCOME_PASSWORD_FIRST || answer->outcome == FL_OUTCOME_MAIL_FIRST)
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

  if (self->shown_changed && self->step == FL_STEP_ENROL)
    fl_journey_set_notice (self, FL_NOTICE_KEY_CHANGED);
  else if (self->shown_changed && self->step == FL_STEP_RECOVERY_CODES)
    fl_journey_set_notice (self, FL_NOTICE_CODES_CHANGED);
}
