/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-robot-check"

#include "config.h"

#include "fl-robot-check.h"
#include "fl-altcha.h"
#include "fl-clock.h"
#include "fl-problem.h"

/*
 * FlRobotCheck: the box *I am not a robot*, without the box.
 *
 * A tick has a challenge fetched and solved in a thread. Only a server that has no such check removes the box; whatever
 * else goes wrong leaves it unticked, with a problem that says so. A proof counts once.
 */
struct _FlRobotCheck
{
  GObject       parent_instance;

  FlIdentity   *identity;
  FlRobotState  state;
  char         *challenge;
  gint64        challenge_at;
  char         *proof;
  GCancellable *fetching;  /* (nullable): while the server is asked */
  GCancellable *solving;   /* (nullable): while the thread works */
  GPtrArray    *waiting;   /* GTask: who wants the proof */
};

/* A challenge older than this is fetched anew before it is worked on: servers let them expire in minutes. */
#define CHALLENGE_AGE_MAX 60

/* A proof that was made ahead may wait longer, but not until the server, which gave ten minutes for it, refuses it. */
#define PROOF_AGE_MAX (8 * 60)

enum {
  PROP_STATE = 1,
  N_PROPS,
};

enum {
  SIGNAL_FAILED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FlRobotCheck, fl_robot_check, G_TYPE_OBJECT)

static void
set_state (FlRobotCheck *self,
           FlRobotState  state)
{
  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static GPtrArray *
steal_waiting (FlRobotCheck *self)
{
  GPtrArray *waiting = self->waiting;

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);

  return waiting;
}

/* Ends the wait of everybody: with the proof, or without one where none is needed. */
static void
satisfy (FlRobotCheck *self)
{
  g_autoptr (GPtrArray) waiting = steal_waiting (self);

  for (guint i = 0; i < waiting->len; i++)
    g_task_return_pointer (g_ptr_array_index (waiting, i), g_strdup (self->proof), g_free);
}

/* Whoever waits for the proof shows the problem; with nobody waiting it was the tick that failed. */
static void
fail (FlRobotCheck *self,
      const GError *problem)
{
  g_autoptr (GPtrArray) waiting = steal_waiting (self);
  gboolean was_ticked = self->state == FL_ROBOT_CHECKING;

  set_state (self, FL_ROBOT_UNCHECKED);
  for (guint i = 0; i < waiting->len; i++)
    g_task_return_error (g_ptr_array_index (waiting, i), g_error_copy (problem));
  if (was_ticked && waiting->len == 0)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, problem);
}

static void
solve_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  GError *error = NULL;
  char *proof = fl_altcha_solve (task_data, cancellable, &error);

  if (proof != NULL)
    g_task_return_pointer (task, proof, g_free);
  else
    g_task_return_error (task, error);
}

static void
on_challenge_solved (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  FlRobotCheck *self = FL_ROBOT_CHECK (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *proof = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->solving)
    return;

  g_clear_object (&self->solving);
  g_clear_pointer (&self->challenge, g_free);
  if (error != NULL)
    {
      g_autoptr (GError) problem = fl_problem_new (FL_PROBLEM_PROTOCOL, error->message);

      fail (self, problem);
      return;
    }

  self->proof = g_steal_pointer (&proof);
  set_state (self, FL_ROBOT_CHECKED);
  satisfy (self);
}

static void
solve (FlRobotCheck *self)
{
  g_autoptr (GTask) task = NULL;

  self->solving = g_cancellable_new ();
  task = g_task_new (self, self->solving, on_challenge_solved, NULL);
  g_task_set_source_tag (task, solve);
  g_task_set_task_data (task, g_strdup (self->challenge), g_free);
  g_task_run_in_thread (task, solve_in_thread);
}

static void
on_robot_challenge_ready (GObject      *source,
                          GAsyncResult *result,
                          gpointer      user_data)
{
  g_autoptr (FlRobotCheck) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlAnswer) answer = fl_identity_finish (FL_IDENTITY (source), result, &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->fetching)
    return;

  g_clear_object (&self->fetching);
  if (error != NULL)
    {
      fail (self, error);
      return;
    }

  if (answer->challenge == NULL)
    {
      set_state (self, FL_ROBOT_ABSENT);
      satisfy (self);
      return;
    }

  g_free (self->challenge);
  self->challenge = g_strdup (answer->challenge);
  self->challenge_at = fl_clock_now ();
  if (self->state == FL_ROBOT_CHECKING)
    {
      solve (self);
    }
  else if (self->waiting->len > 0)
    {
      g_autoptr (GError) problem = fl_problem_new (FL_PROBLEM_ROBOT_UNCHECKED, "The box has not been ticked");

      fail (self, problem);
    }
}

static void
fetch (FlRobotCheck *self)
{
  if (self->fetching != NULL)
    return;

  self->fetching = g_cancellable_new ();
  fl_identity_robot_challenge (self->identity, self->fetching, on_robot_challenge_ready, g_object_ref (self));
}

static void
fl_robot_check_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  FlRobotCheck *self = FL_ROBOT_CHECK (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fl_robot_check_finalize (GObject *object)
{
  FlRobotCheck *self = FL_ROBOT_CHECK (object);

  g_clear_object (&self->identity);
  g_clear_object (&self->fetching);
  g_clear_object (&self->solving);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_free (self->challenge);
  g_free (self->proof);

  G_OBJECT_CLASS (fl_robot_check_parent_class)->finalize (object);
}

static void
fl_robot_check_class_init (FlRobotCheckClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fl_robot_check_get_property;
  object_class->finalize = fl_robot_check_finalize;

  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, FL_ROBOT_UNCHECKED, FL_ROBOT_ABSENT, FL_ROBOT_UNCHECKED,
                                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_FAILED] = g_signal_new ("failed", FL_TYPE_ROBOT_CHECK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
fl_robot_check_init (FlRobotCheck *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * fl_robot_check_new:
 * @identity: who has the challenges
 *
 * Makes an unticked box. Nobody is asked before one of the verbs below is used.
 *
 * Returns: (transfer full): a new robot check
 */
FlRobotCheck *
fl_robot_check_new (FlIdentity *identity)
{
  FlRobotCheck *self;

  g_return_val_if_fail (FL_IS_IDENTITY (identity), NULL);

  self = g_object_new (FL_TYPE_ROBOT_CHECK, NULL);
  self->identity = g_object_ref (identity);

  return self;
}

/**
 * fl_robot_check_get_state:
 * @self: a robot check
 *
 * Tells how the box looks.
 *
 * Returns: the state
 */
FlRobotState
fl_robot_check_get_state (FlRobotCheck *self)
{
  g_return_val_if_fail (FL_IS_ROBOT_CHECK (self), FL_ROBOT_UNCHECKED);

  return self->state;
}

/**
 * fl_robot_check_look:
 * @self: a robot check
 *
 * Looks whether the server has a robot check at all, so that no box is drawn that checks nothing. If it cannot be
 * asked now, it is asked again when the box is ticked.
 */
void
fl_robot_check_look (FlRobotCheck *self)
{
  g_return_if_fail (FL_IS_ROBOT_CHECK (self));

  if (self->state == FL_ROBOT_UNCHECKED && self->challenge == NULL)
    fetch (self);
}

/**
 * fl_robot_check_tick:
 * @self: a robot check
 * @ticked: whether the person says to be no robot
 *
 * Ticks the box, and begins the work; or takes both back.
 */
void
fl_robot_check_tick (FlRobotCheck *self,
                     gboolean      ticked)
{
  g_return_if_fail (FL_IS_ROBOT_CHECK (self));

  if (self->state == FL_ROBOT_ABSENT || ticked == (self->state != FL_ROBOT_UNCHECKED))
    return;

  if (!ticked)
    {
      fl_robot_check_spend (self);
      return;
    }

  set_state (self, FL_ROBOT_CHECKING);
  if (self->challenge != NULL && fl_clock_now () - self->challenge_at <= CHALLENGE_AGE_MAX)
    solve (self);
  else
    fetch (self);
}

/**
 * fl_robot_check_obtain:
 * @self: a robot check
 * @silently: whether the box is ticked by this, as it is where no box is shown
 * @cancellable: (nullable): ends the wait, not the work
 * @callback: called when there is a proof
 * @user_data: for @callback
 *
 * Waits for the proof. An unticked box that the server really has is %FL_PROBLEM_ROBOT_UNCHECKED.
 */
void
fl_robot_check_obtain (FlRobotCheck        *self,
                       gboolean             silently,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (FL_IS_ROBOT_CHECK (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fl_robot_check_obtain);

  if (silently && self->state == FL_ROBOT_CHECKED && fl_clock_now () - self->challenge_at > PROOF_AGE_MAX)
    fl_robot_check_spend (self);

  if (self->state == FL_ROBOT_ABSENT || self->state == FL_ROBOT_CHECKED)
    {
      g_task_return_pointer (task, g_strdup (self->proof), g_free);
      return;
    }
  if (self->state == FL_ROBOT_UNCHECKED && !silently && self->challenge != NULL)
    {
      g_task_return_error (task, fl_problem_new (FL_PROBLEM_ROBOT_UNCHECKED, "The box has not been ticked"));
      return;
    }

  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  if (silently)
    fl_robot_check_tick (self, TRUE);
  else if (self->state == FL_ROBOT_UNCHECKED)
    fetch (self);
}

/**
 * fl_robot_check_obtain_finish:
 * @self: a robot check
 * @result: what the callback was given
 * @proof: (out) (nullable): the solved challenge; %NULL where the server has no robot check
 * @error: return location for an error of the domain %FL_PROBLEM, or %G_IO_ERROR_CANCELLED
 *
 * Ends fl_robot_check_obtain().
 *
 * Returns: whether the server can be asked now
 */
gboolean
fl_robot_check_obtain_finish (FlRobotCheck  *self,
                              GAsyncResult  *result,
                              char         **proof,
                              GError       **error)
{
  GError *local_error = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (proof != NULL, FALSE);

  *proof = g_task_propagate_pointer (G_TASK (result), &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }

  return TRUE;
}

/**
 * fl_robot_check_spend:
 * @self: a robot check
 *
 * Unticks the box and forgets proof and challenge: they have been used, refused, or are not wanted any more. What is
 * still under way ends, and so does every wait.
 */
void
fl_robot_check_spend (FlRobotCheck *self)
{
  g_autoptr (GPtrArray) waiting = NULL;

  g_return_if_fail (FL_IS_ROBOT_CHECK (self));

  if (self->state == FL_ROBOT_ABSENT)
    return;

  waiting = steal_waiting (self);
  for (guint i = 0; i < waiting->len; i++)
    g_task_return_new_error (g_ptr_array_index (waiting, i), G_IO_ERROR, G_IO_ERROR_CANCELLED, "Not wanted any more");
  g_cancellable_cancel (self->fetching);
  g_clear_object (&self->fetching);
  g_cancellable_cancel (self->solving);
  g_clear_object (&self->solving);
  g_clear_pointer (&self->proof, g_free);
  g_clear_pointer (&self->challenge, g_free);
  set_state (self, FL_ROBOT_UNCHECKED);
}
