/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-journey"

#include "config.h"

#include "fl-journey-private.h"

static gboolean
is_in_between (FlStep step)
{
  return step == FL_STEP_PASSWORD_AGAIN || step == FL_STEP_SECOND_FACTOR;
}

static gboolean
is_first_page (FlStep step)
{
  return step == FL_STEP_BEFORE_YOU_BEGIN || step == FL_STEP_ORGANISATION || step == FL_STEP_EMAIL;
}

static void
notify_step (FlJourney *self)
{
  fl_journey_notify (self, PROP_STEP);
  fl_journey_notify (self, PROP_STAGE);
  fl_journey_notify (self, PROP_CAN_GO_BACK);
}

/*
 * fl_journey_begin_at:
 *
 * Shows the first page. This is the only step that no event leads to.
 */
void
fl_journey_begin_at (FlJourney *self,
                     FlStep     step)
{
  self->step = step;
  notify_step (self);
}

/* Secrets stay no longer than the page that shows them, and a page between that and its return. */
static void
leave (FlJourney *self)
{
  if (self->step != FL_STEP_LINK)
    {
      g_clear_pointer (&self->link, fl_link_unref);
      fl_journey_set_link_server (self, NULL);
    }
  if (is_in_between (self->step))
    return;

  g_clear_pointer (&self->pending, fl_call_free);
  if (self->step != FL_STEP_ENROL)
    {
      fl_journey_set_enrolment (self, NULL);
      g_clear_pointer (&self->journal->shown_key, g_free);
    }
  if (self->step != FL_STEP_RECOVERY_CODES)
    {
      fl_journey_set_codes (self, NULL);
      g_clear_pointer (&self->journal->shown_codes, g_free);
    }
}

/*
 * fl_journey_follow:
 *
 * Moves to where the table says, and clears what was only true of the page before.
 *
 * Returns: whether the event can happen here; if not, that is a problem of the page
 */
gboolean
fl_journey_follow (FlJourney *self,
                   FlEvent    event)
{
  FlStep to;

  if (!fl_guide_follow (self->step, event, &to))
    {
      g_debug ("%s does not happen in %s", fl_event_get_name (event), fl_step_get_name (self->step));
      fl_journey_set_problem (self, fl_problem_new (FL_PROBLEM_PROTOCOL, "An answer that makes no sense here"));
      return FALSE;
    }

  g_debug ("%s, %s: %s", fl_step_get_name (self->step), fl_event_get_name (event), fl_step_get_name (to));
  g_object_freeze_notify (G_OBJECT (self));
  if (self->step == FL_STEP_INBOX && to != FL_STEP_INBOX)
    fl_robot_check_spend (self->robot);
  if (to != FL_STEP_INBOX && to != FL_STEP_LINK)
    {
      fl_journey_drop_left (self);
      self->redeemed = FALSE;
    }
  self->step = to;
  leave (self);
  if (!is_first_page (to))
    fl_journey_set_offered (self, NULL);
  fl_journey_set_problem (self, NULL);
  fl_journey_set_notice (self, FL_NOTICE_NONE);
  fl_journey_set_retry_at (self, 0);
  self->factor = FL_FACTOR_TOTP;
  self->other_retry_at = 0;
  notify_step (self);
  fl_journey_watch_mail (self, to == FL_STEP_INBOX);
  g_object_thaw_notify (G_OBJECT (self));

  return TRUE;
}

/* Everything has been set up: the session ends, and of all that was learned only the saved address stays. */
static void
finish (FlJourney *self)
{
  g_autofree char *address = g_strdup (self->journal->address);

  self->has_second_factor = self->second_factor == FL_FACT_YES;
  fl_journey_sign_out (self);
  fl_journey_begin_anew (self, address, self->journal->achieved);
}

static void
on_recovery_prepared (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr (FlJourney) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlAnswer) answer = fl_identity_finish (FL_IDENTITY (source), result, &error);

  if (error != NULL)
    g_debug ("Nothing could be begun ahead: %s", error->message);
  if (self->step == FL_STEP_CREATE_PASSWORD && FL_IDENTITY (source) == self->identity)
    fl_robot_check_look (self->robot);
}

static void
enter (FlJourney *self)
{
  switch (self->step)
    {
    case FL_STEP_CREATE_PASSWORD:
      /* Both are asked ahead, one after the other: at once they would need a second connection. */
      fl_identity_prepare (self->identity, FL_PREPARE_RECOVERY, self->life, on_recovery_prepared, g_object_ref (self));
      break;
    case FL_STEP_ENROL:
      if (self->enrolment == NULL)
        fl_journey_ask (self, fl_call_new (FL_VERB_START_TOTP));
      break;
    case FL_STEP_RECOVERY_CODES:
      if (self->codes == NULL)
        fl_journey_ask (self, fl_call_new (FL_VERB_ISSUE_RECOVERY_CODES));
      break;
    case FL_STEP_ALL_SET:
      finish (self);
      break;
    case FL_STEP_BEFORE_YOU_BEGIN:
    case FL_STEP_ORGANISATION:
    case FL_STEP_EMAIL:
    case FL_STEP_PASSWORD:
    case FL_STEP_INBOX:
    case FL_STEP_LINK:
    case FL_STEP_SECOND_FACTOR:
    case FL_STEP_ACCOUNT:
    case FL_STEP_NEW_PASSWORD:
    case FL_STEP_PASSWORD_AGAIN:
    default:
      break;
    }
}

/*
 * fl_journey_go:
 *
 * Moves to where the table says, and begins what has to be begun there.
 */
void
fl_journey_go (FlJourney *self,
               FlEvent    event)
{
  if (!fl_journey_follow (self, event))
    return;

  enter (self);
  fl_journey_keep (self);
}

/*
 * fl_journey_get_next_event:
 *
 * Decides by what is known of the account what its owner needs next. An authenticator that was enrolled on this journey
 * is never asked for in the same minute. Where nobody said whether there is one, the page that would enrol it learns.
 */
FlEvent
fl_journey_get_next_event (FlJourney *self)
{
  gboolean has_enrolled = (self->journal->achieved & FL_ACHIEVED_SECOND_FACTOR) != 0;

  if (self->second_factor == FL_FACT_YES && self->level == 1 && !has_enrolled)
    return FL_EVENT_SECOND_FACTOR_WANTED;
  if (self->rule == FL_SECOND_FACTOR_OFF)
    return FL_EVENT_COMPLETED;
  if (self->second_factor != FL_FACT_YES)
    return FL_EVENT_ENROLMENT_WANTED;

  return self->recovery_codes == FL_FACT_NO ? FL_EVENT_CODES_WANTED : FL_EVENT_COMPLETED;
}

/*
 * fl_journey_get_needed_event:
 *
 * Tells which event leads from a page in between to where it was needed.
 */
FlEvent
fl_journey_get_needed_event (FlJourney *self)
{
  switch (self->journal->needed_at)
    {
    case FL_STEP_ACCOUNT:
      return FL_EVENT_ACCOUNT_SHOWN;
    case FL_STEP_NEW_PASSWORD:
      return FL_EVENT_NEW_PASSWORD_WANTED;
    case FL_STEP_ENROL:
      return FL_EVENT_ENROLMENT_WANTED;
    case FL_STEP_RECOVERY_CODES:
      return FL_EVENT_CODES_WANTED;
    case FL_STEP_BEFORE_YOU_BEGIN:
    case FL_STEP_ORGANISATION:
    case FL_STEP_EMAIL:
    case FL_STEP_PASSWORD:
    case FL_STEP_CREATE_PASSWORD:
    case FL_STEP_INBOX:
    case FL_STEP_LINK:
    case FL_STEP_SECOND_FACTOR:
    case FL_STEP_PASSWORD_AGAIN:
    case FL_STEP_ALL_SET:
    default:
      return fl_journey_get_next_event (self);
    }
}

/*
 * fl_journey_lose_session:
 *
 * The server has ended the session: the same person begins again.
 */
void
fl_journey_lose_session (FlJourney *self)
{
  g_autofree char *address = g_strdup (self->journal->address);

  fl_journey_begin_anew (self, address, 0);
  self->signed_in = FALSE;
  fl_journey_renew_identity (self);
  fl_journey_prepare (self, FL_PREPARE_SIGN_IN);
  fl_journey_go (self, FL_EVENT_SESSION_LOST);
  fl_journey_set_notice (self, FL_NOTICE_SESSION_ENDED);
}

/**
 * fl_journey_get_can_go_back:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: whether fl_journey_go_back() leads anywhere from here
 */
gboolean
fl_journey_get_can_go_back (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), FALSE);

  switch (self->step)
    {
    case FL_STEP_ORGANISATION:
      return self->first_time;
    case FL_STEP_EMAIL:
      return self->first_time || self->server_typed;
    case FL_STEP_SECOND_FACTOR:
      return self->pending != NULL || self->journal->needed_at == FL_STEP_ALL_SET;
    case FL_STEP_PASSWORD:
    case FL_STEP_CREATE_PASSWORD:
    case FL_STEP_INBOX:
    case FL_STEP_LINK:
    case FL_STEP_PASSWORD_AGAIN:
      return TRUE;
    case FL_STEP_BEFORE_YOU_BEGIN:
    case FL_STEP_ACCOUNT:
    case FL_STEP_NEW_PASSWORD:
    case FL_STEP_ENROL:
    case FL_STEP_RECOVERY_CODES:
    case FL_STEP_ALL_SET:
    default:
      return FALSE;
    }
}

/**
 * fl_journey_go_back:
 * @self: a journey
 *
 * Goes to the page before, or from a page in between to where it was needed.
 */
void
fl_journey_go_back (FlJourney *self)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  if (!fl_journey_get_can_go_back (self))
    return;

  fl_journey_drop_call (self);
  if (self->step == FL_STEP_LINK)
    {
      fl_journey_decline_link (self);
    }
  else if (is_in_between (self->step) && self->pending != NULL)
    {
      /* What waits is not asked at once: it would only lead here again. */
      g_clear_pointer (&self->pending, fl_call_free);
      fl_journey_follow (self, fl_journey_get_needed_event (self));
    }
  else if (self->step == FL_STEP_PASSWORD_AGAIN)
    {
      fl_journey_follow (self, fl_journey_get_needed_event (self));
    }
  else if (self->step == FL_STEP_EMAIL && self->server_typed)
    {
      fl_journey_go (self, FL_EVENT_SERVER_WANTED);
    }
  else
    {
      if (self->step == FL_STEP_SECOND_FACTOR)
        {
          fl_journey_renew_identity (self);
          fl_journey_prepare (self, FL_PREPARE_SIGN_IN);
        }
      fl_journey_go (self, FL_EVENT_WENT_BACK);
    }
}

/**
 * fl_journey_use_another_address:
 * @self: a journey
 *
 * Forgets whose account this was about, and its session and mails, and asks for the address again.
 */
void
fl_journey_use_another_address (FlJourney *self)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  if (!fl_guide_follow (self->step, FL_EVENT_ANOTHER_ADDRESS, NULL))
    return;

  fl_journey_drop_call (self);
  fl_journey_begin_anew (self, NULL, 0);
  fl_journey_renew_identity (self);
  fl_journey_prepare (self, FL_PREPARE_SIGN_IN);
  fl_journey_go (self, FL_EVENT_ANOTHER_ADDRESS);
}

/**
 * fl_journey_remind_later:
 * @self: a journey
 *
 * Puts the second factor off, where the policy allows it.
 */
void
fl_journey_remind_later (FlJourney *self)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  if (self->step != FL_STEP_ENROL || self->rule != FL_SECOND_FACTOR_OPTIONAL)
    return;

  fl_journey_drop_call (self);
  fl_journey_go (self, FL_EVENT_PUT_OFF);
}

/**
 * fl_journey_sign_in_instead:
 * @self: a journey
 *
 * Goes from the waiting page to the password, which has been chosen elsewhere.
 */
void
fl_journey_sign_in_instead (FlJourney *self)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  if (self->step != FL_STEP_INBOX)
    return;

  fl_journey_drop_call (self);
  fl_journey_go (self, FL_EVENT_IDENTIFIED);
}
