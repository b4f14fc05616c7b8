/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-journey"

#include "config.h"

#include "fl-journey-private.h"

static void
on_robot_state_changed (FlJourney *self)
{
  fl_journey_notify (self, PROP_ROBOT_STATE);
}

static void
on_robot_failed (FlJourney    *self,
                 const GError *problem)
{
  if (self->step == FL_STEP_CREATE_PASSWORD)
    fl_journey_set_problem (self, g_error_copy (problem));
}

/*
 * fl_journey_drop_identity:
 *
 * Nobody is asked any more, and what was asked before is not heard.
 */
void
fl_journey_drop_identity (FlJourney *self)
{
  if (self->identity == NULL)
    return;

  fl_journey_drop_left (self);
  g_signal_handlers_disconnect_by_data (self->robot, self);
  fl_robot_check_spend (self->robot);
  g_clear_object (&self->robot);
  g_signal_handlers_disconnect_by_data (self->identity, self);
  g_clear_object (&self->identity);
}

static void
on_sign_out_ready (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlAnswer) answer = fl_identity_finish (FL_IDENTITY (source), result, &error);

  if (error != NULL)
    g_debug ("The server was not told of the end of the session: %s", error->message);
}

static void
on_prepare_ready (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlAnswer) answer = fl_identity_finish (FL_IDENTITY (source), result, &error);

  if (error != NULL)
    g_debug ("Nothing could be begun ahead: %s", error->message);
}

/*
 * fl_journey_sign_out:
 *
 * Ends the session, if there is one, and forgets what was learned by it.
 */
void
fl_journey_sign_out (FlJourney *self)
{
  if (self->signed_in)
    fl_identity_sign_out (self->identity, NULL, on_sign_out_ready, NULL);

  self->signed_in = FALSE;
  self->level = 0;
  self->second_factor = FL_FACT_UNKNOWN;
  self->recovery_codes = FL_FACT_UNKNOWN;
}

/*
 * fl_journey_prepare:
 *
 * Begins ahead what the next click will need.
 */
void
fl_journey_prepare (FlJourney *self,
                    FlPrepare  what)
{
  fl_identity_prepare (self->identity, what, self->life, on_prepare_ready, NULL);
}

/*
 * fl_journey_renew_identity:
 *
 * Asks the same server as somebody new.
 */
void
fl_journey_renew_identity (FlJourney *self)
{
  fl_journey_sign_out (self);
  fl_journey_drop_identity (self);

  self->identity = self->factory (self->journal->server, self->factory_data);
  g_signal_connect_object (self->identity, "session-begun", G_CALLBACK (fl_journey_keep_session), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->identity, "recovery-begun", G_CALLBACK (fl_journey_keep), self, G_CONNECT_SWAPPED);
  self->robot = fl_robot_check_new (self->identity);
  g_signal_connect_object (self->robot, "notify::state", G_CALLBACK (on_robot_state_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->robot, "failed", G_CALLBACK (on_robot_failed), self, G_CONNECT_SWAPPED);
  fl_journey_notify (self, PROP_ROBOT_STATE);
}

/*
 * fl_journey_use_server:
 *
 * Asks another server from now on; %NULL: none. What the one before has sent, or would go on with, is no use there.
 */
void
fl_journey_use_server (FlJourney  *self,
                       const char *server)
{
  if (g_strcmp0 (self->journal->server, server) == 0)
    return;

  g_free (self->journal->server);
  self->journal->server = g_strdup (server);
  fl_journey_notify (self, PROP_SERVER);
  if (server == NULL)
    {
      fl_journey_drop_identity (self);
      return;
    }

  fl_journey_forget_mail (self);
  fl_journey_set_offered (self, NULL);
  fl_journey_renew_identity (self);
}
