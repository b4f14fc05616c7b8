/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-journey"

#include "config.h"

#include "fl-clock.h"
#include "fl-journey-private.h"

/* A time that was noted, by this computer's clock as it is set now. */
static gint64
tell_time (FlJourney *self,
           gint64     time)
{
  return time != 0 ? time + fl_clock_moved (self->clock_mark) : 0;
}

/**
 * fl_journey_get_step:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: the step whose page is shown
 */
FlStep
fl_journey_get_step (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), FL_STEP_EMAIL);

  return self->step;
}

/**
 * fl_journey_get_stage:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: the stage of that step
 */
FlStage
fl_journey_get_stage (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), FL_STAGE_ACCOUNT);

  return fl_guide_get_stage (self->step);
}

/**
 * fl_journey_get_has_second_factor:
 * @self: a journey
 *
 * Tells whether whoever is through has two-factor authentication, or has put it off.
 *
 * Returns: whether it was on, as the server said, when everything was set; %FALSE before
 */
gboolean
fl_journey_get_has_second_factor (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), FALSE);

  return self->has_second_factor;
}

/**
 * fl_journey_get_busy:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: whether the server is being asked
 */
gboolean
fl_journey_get_busy (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), FALSE);

  return self->busy;
}

/**
 * fl_journey_get_problem:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: (transfer none) (nullable): what went wrong on this page
 */
const GError *
fl_journey_get_problem (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), NULL);

  return self->problem;
}

/**
 * fl_journey_get_notice:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: a word why, for this page
 */
FlNotice
fl_journey_get_notice (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), FL_NOTICE_NONE);

  return self->notice;
}

/**
 * fl_journey_get_retry_at:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: Unix time in seconds at which this step's main verb works again; 0, or past: now
 */
gint64
fl_journey_get_retry_at (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), 0);

  return tell_time (self, self->retry_at);
}

/**
 * fl_journey_get_address:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: (transfer none) (nullable): whose account this is about
 */
const char *
fl_journey_get_address (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), NULL);

  return self->journal->address;
}

/**
 * fl_journey_get_remember:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: whether the address is saved, or shall be
 */
gboolean
fl_journey_get_remember (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), FALSE);

  return self->remember;
}

/**
 * fl_journey_get_vault_state:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: whether what is saved outlives the program
 */
FlVaultState
fl_journey_get_vault_state (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), FL_VAULT_UNKNOWN);

  return fl_vault_get_state (self->vault);
}

/**
 * fl_journey_get_may_remember:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: whether the policy lets an address be saved
 */
gboolean
fl_journey_get_may_remember (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), FALSE);

  return self->may_remember;
}

/**
 * fl_journey_get_mail_sent_at:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: Unix time in seconds of the newest mail; 0 if there is none
 */
gint64
fl_journey_get_mail_sent_at (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), 0);

  return tell_time (self, self->journal->mail_sent_at);
}

/**
 * fl_journey_get_mail_expires_at:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: Unix time in seconds at which that mail stops working; 0 if there is none
 */
gint64
fl_journey_get_mail_expires_at (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), 0);

  return tell_time (self, self->journal->mail_expires_at);
}

/**
 * fl_journey_get_resend_at:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: Unix time in seconds from which on another can be sent; 0 if there is none
 */
gint64
fl_journey_get_resend_at (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), 0);

  return tell_time (self, self->journal->resend_at);
}

/**
 * fl_journey_get_robot_state:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: how the box *I am not a robot* looks
 */
FlRobotState
fl_journey_get_robot_state (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), FL_ROBOT_UNCHECKED);

  return self->robot != NULL ? fl_robot_check_get_state (self->robot) : FL_ROBOT_UNCHECKED;
}

/**
 * fl_journey_get_second_factor_rule:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: what the policy says of the second factor
 */
FlSecondFactorRule
fl_journey_get_second_factor_rule (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), FL_SECOND_FACTOR_REQUIRED);

  return self->rule;
}

/**
 * fl_journey_get_password_minimum:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: the fewest characters of a password, learned from a refusal; 0 unknown
 */
int
fl_journey_get_password_minimum (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), 0);

  return self->password_minimum;
}

/**
 * fl_journey_get_codes_left:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: how many recovery codes are left after one was used; -1 otherwise
 */
int
fl_journey_get_codes_left (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), -1);

  return self->codes_left;
}

/**
 * fl_journey_get_achieved:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: what this journey has set up
 */
FlAchieved
fl_journey_get_achieved (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), 0);

  return self->journal->achieved;
}

/**
 * fl_journey_get_resume_offered:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: whether fl_journey_accept_resume() leads anywhere
 */
gboolean
fl_journey_get_resume_offered (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), FALSE);

  return self->offered != NULL;
}

/**
 * fl_journey_get_server:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: (transfer none) (nullable): the server's canonical address
 */
const char *
fl_journey_get_server (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), NULL);

  return self->journal->server;
}

/**
 * fl_journey_get_link_server:
 * @self: a journey
 *
 * Shows the property of that name.
 *
 * Returns: (transfer none) (nullable): where the link points that is asked about, or that was refused as foreign
 */
const char *
fl_journey_get_link_server (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), NULL);

  return self->link_server;
}

/**
 * fl_journey_get_enrolment:
 * @self: a journey
 *
 * Shows what the authenticator has to scan. Changes are told by the signal "enrolment-changed".
 *
 * Returns: (transfer none) (nullable): the enrolment
 */
FlOtpauth *
fl_journey_get_enrolment (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), NULL);

  return self->enrolment;
}

/**
 * fl_journey_get_codes:
 * @self: a journey
 *
 * Shows the recovery codes to keep. Changes are told by the signal "codes-changed".
 *
 * Returns: (transfer none) (nullable) (element-type FlSecret): the codes
 */
GPtrArray *
fl_journey_get_codes (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), NULL);

  return self->codes;
}

/**
 * fl_journey_get_clock_ahead:
 * @self: a journey
 *
 * Tells how wrong this computer's clock is, as far as the server's answers say.
 *
 * Returns: seconds by which it is ahead, negative when it is behind; 0 while the difference is within
 *   %FL_CLOCK_TOLERANCE
 */
gint64
fl_journey_get_clock_ahead (FlJourney *self)
{
  g_return_val_if_fail (FL_IS_JOURNEY (self), 0);

  return ABS (self->clock_ahead) > FL_CLOCK_TOLERANCE ? self->clock_ahead : 0;
}
