/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-journey"

#include "config.h"

#include "fl-clock.h"
#include "fl-code.h"
#include "fl-journey-private.h"

/* What holds where the server does not say: mails live half an hour, and another one a minute. Seconds. */
#define MAIL_LIFETIME (30 * 60)
#define RESEND_DELAY 60

/* How often the waiting page looks whether its mail has been used elsewhere. Seconds. */
#define LOOK_INTERVAL 10

/* A keyring may ask for its own password first. So many seconds a link waits for the record that may know it. */
#define RECORD_PATIENCE 3

static void
notify_mail (FlJourney *self)
{
  fl_journey_notify (self, PROP_MAIL_SENT_AT);
  fl_journey_notify (self, PROP_MAIL_EXPIRES_AT);
  fl_journey_notify (self, PROP_RESEND_AT);
}

gboolean
fl_journey_is_current_flow (FlJourney *self,
                            FlSecret  *flow)
{
  return self->journal->flow != NULL && fl_secret_equal (self->journal->flow, flow);
}

/*
 * fl_journey_heed_clock:
 *
 * Moves the times that were noted here, if this computer's clock has been set meanwhile. To be called before they are
 * compared or others are noted; whoever only reads them adds what it has moved by.
 */
void
fl_journey_heed_clock (FlJourney *self)
{
  FlJournal *journal = self->journal;
  gint64 moved = fl_clock_moved (self->clock_mark);

  if (moved == 0)
    return;

  self->clock_mark = fl_clock_mark ();
  if (self->retry_at != 0)
    fl_journey_set_retry_at (self, self->retry_at + moved);
  if (self->other_retry_at != 0)
    self->other_retry_at += moved;
  if (journal->mail_sent_at == 0)
    return;

  journal->mail_sent_at += moved;
  journal->mail_expires_at += moved;
  journal->resend_at += moved;
  notify_mail (self);
}

/*
 * fl_journey_take_mail:
 *
 * Notes a mail that has just been sent. If its flow is a new one, the one before is superseded.
 */
void
fl_journey_take_mail (FlJourney      *self,
                      const FlAnswer *answer)
{
  FlJournal *journal = self->journal;
  gint64 now = fl_clock_now ();

  if (answer->flow != NULL && !fl_journey_is_current_flow (self, answer->flow))
    {
      if (journal->flow != NULL)
        g_ptr_array_add (journal->superseded, fl_superseded_new (journal->flow, now));
      g_clear_pointer (&journal->flow, fl_secret_unref);
      journal->flow = fl_secret_ref (answer->flow);
    }
  journal->flow_spent = FALSE;
  journal->mail_sent_at = now;
  journal->mail_expires_at = answer->mail_expires_at != 0 ? answer->mail_expires_at : now + MAIL_LIFETIME;
  journal->resend_at = answer->resend_at != 0 ? answer->resend_at : now + RESEND_DELAY;
  notify_mail (self);
}

/*
 * fl_journey_take_expiry:
 * @expires_at: when the mail stops working, as the server says now; 0 if it does not
 *
 * A mail's end does not move. Where it seems to, this computer's clock has been set, and with it go the other times.
 */
void
fl_journey_take_expiry (FlJourney *self,
                        gint64     expires_at)
{
  FlJournal *journal = self->journal;
  gint64 moved;

  fl_journey_heed_clock (self);
  moved = expires_at - journal->mail_expires_at;
  if (expires_at == 0 || ABS (moved) <= FL_CLOCK_STEADY)
    return;

  journal->mail_expires_at = expires_at;
  journal->mail_sent_at += moved;
  journal->resend_at += moved;
  notify_mail (self);
}

/*
 * fl_journey_forget_mail:
 *
 * No mail is on its way any more: its code has done its work, or it was for somebody else.
 */
void
fl_journey_forget_mail (FlJourney *self)
{
  FlJournal *journal = self->journal;

  g_clear_pointer (&journal->flow, fl_secret_unref);
  g_ptr_array_set_size (journal->superseded, 0);
  journal->flow_spent = FALSE;
  journal->mail_sent_at = 0;
  journal->mail_expires_at = 0;
  journal->resend_at = 0;
  notify_mail (self);
}

static void
on_look_again_ready (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (FlJourney) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlAnswer) answer = fl_identity_finish (FL_IDENTITY (source), result, &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->looking)
    return;

  g_clear_object (&self->looking);
  fl_journey_heed_clock (self);
  if (g_error_matches (error, FL_PROBLEM, FL_PROBLEM_MAIL_USED)
      || g_error_matches (error, FL_PROBLEM, FL_PROBLEM_MAIL_EXPIRED))
    {
      self->journal->flow_spent = TRUE;
      fl_journey_watch_mail (self, FALSE);
      fl_journey_set_problem (self, g_steal_pointer (&error));
      fl_journey_keep (self);
    }
  else if (error == NULL)
    {
      fl_journey_take_expiry (self, answer->mail_expires_at);
    }

  if (error == NULL && self->journal->resend_at - fl_clock_now () <= LOOK_INTERVAL)
    {
      /* Soon another mail may be asked for: the proof that goes with it is made ahead, over the connection that is free
       * again. */
      fl_robot_check_tick (self->robot, TRUE);
    }
}

/*
 * fl_journey_look:
 *
 * Looks whether the mail that is waited for still works. What else may go wrong here is nobody's business.
 */
void
fl_journey_look (FlJourney *self)
{
  if (self->busy || self->looking != NULL || self->journal->flow == NULL)
    return;

  self->looking = g_cancellable_new ();
  fl_identity_look_again (self->identity, self->looking, on_look_again_ready, g_object_ref (self));
}

static gboolean
on_look_due (gpointer user_data)
{
  fl_journey_look (user_data);

  return G_SOURCE_CONTINUE;
}

/*
 * fl_journey_watch_mail:
 *
 * Begins or ends looking after the mail.
 */
void
fl_journey_watch_mail (FlJourney *self,
                       gboolean   watch)
{
  g_clear_handle_id (&self->look_timeout, g_source_remove);
  g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  if (watch)
    self->look_timeout = g_timeout_add_seconds (LOOK_INTERVAL, on_look_due, self);
}

/**
 * fl_journey_forgot_password:
 * @self: a journey
 *
 * Goes to the page that has a mail sent.
 */
void
fl_journey_forgot_password (FlJourney *self)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  if (self->step == FL_STEP_PASSWORD && !self->busy)
    fl_journey_go (self, FL_EVENT_FORGOTTEN);
}

/**
 * fl_journey_check_robot:
 * @self: a journey
 * @ticked: whether *I am not a robot* is ticked
 *
 * Begins to prove it, or takes it back. A tick that did not hold is told by "robot-state" and "problem".
 */
void
fl_journey_check_robot (FlJourney *self,
                        gboolean   ticked)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  if (self->robot == NULL)
    return;

  fl_journey_clear_problem (self);
  fl_robot_check_tick (self->robot, ticked);
}

/**
 * fl_journey_request_mail:
 * @self: a journey
 * @typed_address: the address as it stands in the field
 *
 * Has the mail sent. If the proof that belongs to *I am not a robot* is not there yet, that is waited for.
 */
void
fl_journey_request_mail (FlJourney  *self,
                         const char *typed_address)
{
  g_autofree char *address = NULL;
  FlCall *call;

  g_return_if_fail (FL_IS_JOURNEY (self));
  g_return_if_fail (typed_address != NULL);

  if (self->step != FL_STEP_CREATE_PASSWORD || !fl_journey_may_ask (self))
    return;

  address = fl_journey_read_address (self, typed_address);
  if (address == NULL)
    return;

  if (g_strcmp0 (self->journal->address, address) != 0)
    fl_journey_forget_mail (self);
  fl_journey_set_address (self, address);

  call = fl_call_new (FL_VERB_START_RECOVERY);
  call->address = g_steal_pointer (&address);
  call->event = FL_EVENT_MAIL_SENT;
  fl_journey_ask (self, call);
}

/**
 * fl_journey_send_again:
 * @self: a journey
 *
 * Has the mail sent once more. Before "resend-at" that is refused here.
 */
void
fl_journey_send_again (FlJourney *self)
{
  FlJournal *journal;
  gint64 now = fl_clock_now ();
  gboolean is_dead;
  FlCall *call;

  g_return_if_fail (FL_IS_JOURNEY (self));

  journal = self->journal;
  if (self->step != FL_STEP_INBOX || self->busy || journal->address == NULL)
    return;

  fl_journey_heed_clock (self);
  if (journal->resend_at > now)
    {
      fl_journey_set_problem (self, fl_problem_new_until (FL_PROBLEM_THROTTLED, journal->resend_at, "Not yet"));
      return;
    }

  /* The server counts tries per flow, over all its mails: where one is spent, the next mail gets a flow of its own. */
  is_dead = journal->flow == NULL || journal->flow_spent || journal->mail_expires_at <= now;
  call = fl_call_new (is_dead ? FL_VERB_START_RECOVERY : FL_VERB_SEND_AGAIN);
  call->address = g_strdup (journal->address);
  call->event = FL_EVENT_MAIL_SENT;
  fl_journey_ask (self, call);
}

static void
ask_to_redeem (FlJourney *self,
               FlCall    *call)
{
  if (fl_journey_rejoin (self, call))
    fl_call_free (call);
  else
    fl_journey_ask (self, call);
}

/**
 * fl_journey_submit_mail_code:
 * @self: a journey
 * @typed: the code as it stands in the field
 *
 * Redeems the code of the mail that is waited for.
 */
void
fl_journey_submit_mail_code (FlJourney  *self,
                             const char *typed)
{
  char *code;

  g_return_if_fail (FL_IS_JOURNEY (self));
  g_return_if_fail (typed != NULL);

  if (self->step != FL_STEP_INBOX || !fl_journey_may_ask (self))
    return;

  code = fl_code_normalise_digits (typed);
  if (!fl_code_is_complete (code))
    {
      fl_journey_set_problem (self, fl_problem_new (FL_PROBLEM_CODE_MALFORMED, "Not a code of a mail"));
    }
  else if (self->journal->flow == NULL)
    {
      fl_journey_set_problem (self, fl_problem_new (FL_PROBLEM_MAIL_EXPIRED, "No mail is on its way"));
    }
  else
    {
      g_autoptr (FlSecret) secret = fl_secret_new (code);
      FlCall *call = fl_call_new_secret (FL_VERB_REDEEM, secret);

      call->flow = fl_secret_ref (self->journal->flow);
      ask_to_redeem (self, call);
    }
  fl_secret_wipe_string (code);
}

static FlCall *
redeem_link (FlLink *link)
{
  g_autoptr (FlSecret) code = fl_secret_new (fl_link_get_code (link));
  FlCall *call = fl_call_new_secret (FL_VERB_REDEEM, code);

  call->flow = fl_secret_new (fl_link_get_flow (link));

  return call;
}

static const FlSuperseded *
find_superseded (FlJourney *self,
                 FlSecret  *flow)
{
  for (guint i = 0; i < self->journal->superseded->len; i++)
    {
      const FlSuperseded *one = g_ptr_array_index (self->journal->superseded, i);

      if (fl_secret_equal (one->flow, flow))
        return one;
    }

  return NULL;
}

static gboolean
is_foreign (FlJourney  *self,
            const char *landing)
{
  return landing != NULL
         && !fl_link_same_origin (landing, self->journal->server)
         && (self->landing == NULL || !fl_link_same_origin (landing, self->landing));
}

static void
show_link (FlJourney *self,
           FlLink    *link)
{
  const char *landing = fl_link_get_landing (link);

  if (self->step != FL_STEP_LINK)
    self->link_from = self->step;
  g_clear_pointer (&self->link, fl_link_unref);
  self->link = fl_link_ref (link);
  fl_journey_go (self, FL_EVENT_LINK_SHOWN);
  fl_journey_set_link_server (self, landing != NULL ? landing : self->journal->server);
}

/* Obeys a link, once everything is there to judge it by. Whoever is signed in has no use for it, and is told so. */
static void
judge_link (FlJourney *self,
            FlLink    *link)
{
  g_autoptr (FlSecret) flow = NULL;
  const FlSuperseded *superseded;

  if (!fl_guide_follow (self->step, FL_EVENT_LINK_SHOWN, NULL))
    {
      fl_journey_set_notice (self, FL_NOTICE_LINK_UNNEEDED);
      return;
    }

  if (is_foreign (self, fl_link_get_landing (link)))
    {
      fl_journey_set_link_server (self, fl_link_get_landing (link));
      fl_journey_set_problem (self, fl_problem_new (FL_PROBLEM_LINK_FOREIGN, "A link of another server"));
      return;
    }

  flow = fl_secret_new (fl_link_get_flow (link));
  superseded = find_superseded (self, flow);
  if (superseded != NULL)
    {
      fl_journey_set_problem (self, fl_problem_new_until (FL_PROBLEM_MAIL_SUPERSEDED, superseded->replaced_at,
                                                          "A newer mail was asked for"));
    }
  else if (fl_journey_is_current_flow (self, flow))
    {
      /* What may go wrong now belongs to the page on which another mail can be had. */
      if (self->step != FL_STEP_INBOX)
        fl_journey_go (self, FL_EVENT_MAIL_SENT);
      ask_to_redeem (self, redeem_link (link));
    }
  else
    {
      show_link (self, link);
    }
}

/*
 * fl_journey_open_waiting_link:
 *
 * Takes up a link that came too early, if it can be judged now.
 */
void
fl_journey_open_waiting_link (FlJourney *self)
{
  g_autoptr (FlLink) link = NULL;

  if (self->waiting_link == NULL || self->busy || self->identity == NULL || !self->vault_heard)
    return;

  g_clear_handle_id (&self->link_timeout, g_source_remove);
  link = g_steal_pointer (&self->waiting_link);
  judge_link (self, link);
}

static gboolean
on_record_missing (gpointer user_data)
{
  FlJourney *self = user_data;

  self->link_timeout = 0;
  self->vault_heard = TRUE;
  fl_journey_open_waiting_link (self);

  return G_SOURCE_REMOVE;
}

/**
 * fl_journey_open_link:
 * @self: a journey
 * @link: what was opened or pasted
 *
 * Takes a link of a mail. One of the mail that is waited for is redeemed at once; one that was not asked for here is
 * shown first. A link that comes while something else is asked is taken up after it.
 */
void
fl_journey_open_link (FlJourney  *self,
                      const char *link)
{
  g_autoptr (FlLink) parsed = NULL;

  g_return_if_fail (FL_IS_JOURNEY (self));
  g_return_if_fail (link != NULL);

  parsed = fl_link_parse (link, NULL);
  if (parsed == NULL)
    {
      fl_journey_set_problem (self, fl_problem_new (FL_PROBLEM_LINK_MALFORMED, "Not a link of a mail"));
      return;
    }

  g_clear_pointer (&self->waiting_link, fl_link_unref);
  self->waiting_link = g_steal_pointer (&parsed);
  if (!self->vault_heard && self->link_timeout == 0)
    self->link_timeout = g_timeout_add_seconds (RECORD_PATIENCE, on_record_missing, self);
  fl_journey_open_waiting_link (self);
}

/**
 * fl_journey_accept_link:
 * @self: a journey
 *
 * Goes on with a link that was not asked for here. Whose account it opens is shown before a password can be set.
 */
void
fl_journey_accept_link (FlJourney *self)
{
  FlCall *call;

  g_return_if_fail (FL_IS_JOURNEY (self));

  if (self->step != FL_STEP_LINK || !fl_journey_may_ask (self))
    return;

  call = redeem_link (self->link);
  call->unasked = TRUE;
  ask_to_redeem (self, call);
}

/**
 * fl_journey_decline_link:
 * @self: a journey
 *
 * Goes back to where the person was before the link came.
 */
void
fl_journey_decline_link (FlJourney *self)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  if (self->step != FL_STEP_LINK)
    return;

  fl_journey_drop_call (self);
  if (self->link_from == FL_STEP_INBOX)
    fl_journey_go (self, FL_EVENT_MAIL_SENT);
  else if (self->link_from == FL_STEP_CREATE_PASSWORD)
    fl_journey_go (self, FL_EVENT_FORGOTTEN);
  else if (self->link_from == FL_STEP_PASSWORD)
    fl_journey_go (self, FL_EVENT_IDENTIFIED);
  else
    fl_journey_go (self, FL_EVENT_LINK_DECLINED);
}

/**
 * fl_journey_confirm_account:
 * @self: a journey
 *
 * Says that the account which such a link opened is the right one.
 */
void
fl_journey_confirm_account (FlJourney *self)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  if (self->step == FL_STEP_ACCOUNT)
    fl_journey_go (self, FL_EVENT_NEW_PASSWORD_WANTED);
}
