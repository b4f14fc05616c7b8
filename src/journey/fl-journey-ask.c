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
  fl_journey_heed_clock (self);
  fl_journey_compare_clocks (self);
  if (answer != NULL)
    {
      fl_journey_take_answer (self, call, answer);
    }
  else
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        fl_journey_take_failure (self, call, error);
      fl_call_free (call);
    }
  fl_journey_keep (self);
  g_object_thaw_notify (G_OBJECT (self));

  fl_journey_open_waiting_link (self);
}

/* What was not waited for any more has ended. What it brought is taken up where the person still is; that it failed is
 * no news to somebody who has let go of it, but the mail's code may be spent by it. */
static void
conclude_left (FlJourney *self,
               FlAnswer  *answer,
               GError    *error)
{
  if (answer != NULL && !self->busy)
    {
      self->call = g_steal_pointer (&self->left);
      self->asking = g_steal_pointer (&self->leaving);
      conclude (self, answer, NULL);
      return;
    }

  if (error != NULL && fl_journey_is_current_flow (self, self->left->flow))
    {
      self->journal->flow_spent = TRUE;
      fl_journey_keep (self);
    }
  fl_journey_drop_left (self);
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
  else if (g_task_get_cancellable (G_TASK (result)) == self->leaving)
    conclude_left (self, answer, error);
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

  fl_journey_heed_clock (self);
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
  self->shown_changed = FALSE;
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

/*
 * fl_journey_drop_left:
 *
 * Ends the question that goes on unwaited for, if there is one.
 */
void
fl_journey_drop_left (FlJourney *self)
{
  g_cancellable_cancel (self->leaving);
  g_clear_object (&self->leaving);
  g_clear_pointer (&self->left, fl_call_free);
}

/*
 * fl_journey_rejoin:
 *
 * Waits again for a question that was let go of, instead of asking the same once more.
 *
 * Returns: whether that question is still under way
 */
gboolean
fl_journey_rejoin (FlJourney *self,
                   FlCall    *call)
{
  if (self->left == NULL
      || !fl_secret_equal (self->left->flow, call->flow)
      || !fl_secret_equal (self->left->secret, call->secret))
    return FALSE;

  self->call = g_steal_pointer (&self->left);
  self->asking = g_steal_pointer (&self->leaving);
  fl_journey_set_problem (self, NULL);
  set_busy (self, TRUE);

  return TRUE;
}

/* The code of a mail counts once, and what it brings comes once: it may have arrived, so that its answer is heard even
 * if nobody waits for it. */
static void
let_go (FlJourney *self)
{
  fl_journey_drop_left (self);
  self->left = g_steal_pointer (&self->call);
  self->leaving = g_steal_pointer (&self->asking);
  set_busy (self, FALSE);
}

/**
 * fl_journey_cancel:
 * @self: a journey
 *
 * Stops asking the server, or waiting for its answer. Nothing has gone wrong then.
 */
void
fl_journey_cancel (FlJourney *self)
{
  gboolean was_choosing;
  gboolean was_proven;

  g_return_if_fail (FL_IS_JOURNEY (self));

  was_choosing = self->call != NULL && self->call->verb == FL_VERB_PREPARE;
  was_proven = self->call != NULL && self->call->proof != NULL;
  if (self->call != NULL && self->call->verb == FL_VERB_REDEEM)
    let_go (self);
  else
    fl_journey_drop_call (self);
  if (was_proven)
    {
      /* The server may have had the proof already, and takes none twice: the tick stays, the work is done anew. */
      fl_robot_check_spend (self->robot);
      fl_robot_check_tick (self->robot, self->step == FL_STEP_CREATE_PASSWORD);
    }
  if (was_choosing)
    fl_journey_use_server (self, NULL);
  fl_journey_open_waiting_link (self);
}
