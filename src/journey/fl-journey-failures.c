/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-journey"

#include "config.h"

#include "fl-clock.h"
#include "fl-journey-private.h"
#include "fl-totp.h"

/* How far a phone's clock may be wrong to be told so; five minutes either way. Periods. */
#define SKEW_REACH 10

/* What servers accept, before and after their own period (RFC 6238, section 5.2): within it the clock is no reason. */
#define SKEW_ACCEPTED 1

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
    FL_PROBLEM_TIMED_OUT, FL_PROBLEM_OFFLINE, FL_PROBLEM_UNREACHABLE, FL_PROBLEM_SERVER_FAULT, FL_PROBLEM_MAINTENANCE,
  };

  return fl_problem_is_sent (problem) || is_one_of (problem, codes, G_N_ELEMENTS (codes));
}

/* The request never got as far as the server, so the proof in it can still be used. */
static gboolean
is_unsent (const GError *problem)
{
  static const FlProblem codes[] = {
    FL_PROBLEM_OFFLINE, FL_PROBLEM_UNRESOLVED, FL_PROBLEM_UNREACHABLE, FL_PROBLEM_TLS_UNTRUSTED,
    FL_PROBLEM_TLS_EXPIRED, FL_PROBLEM_TLS_DATE, FL_PROBLEM_TLS_CLOCK, FL_PROBLEM_PROXY, FL_PROBLEM_PROXY_LOGIN,
    FL_PROBLEM_CAPTIVE_PORTAL,
  };

  return !fl_problem_is_sent (problem) && is_one_of (problem, codes, G_N_ELEMENTS (codes));
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

/* There is nothing left to look after, and looking would find another reason than this one. */
static gboolean
ends_mail (const GError *problem)
{
  static const FlProblem codes[] = { FL_PROBLEM_MAIL_USED, FL_PROBLEM_MAIL_EXPIRED };

  return is_one_of (problem, codes, G_N_ELEMENTS (codes));
}

static void
note_limits (FlJourney    *self,
             const FlCall *call,
             const GError *problem)
{
  gint64 until = fl_problem_get_until (problem);

  if (g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_THROTTLED)
      || g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_SERVER_FAULT)
      || g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_MAINTENANCE))
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

      look->problem = problem;
      fl_journey_ask (self, look);
      return;
    }

  if (is_current && spends_flow (problem))
    self->journal->flow_spent = TRUE;
  if (is_current && ends_mail (problem))
    fl_journey_watch_mail (self, FALSE);
  fl_journey_set_problem (self, problem);
}

/* Whether a refused code would be right at another time, which tells a phone whose clock is wrong. It stays refused. */
static GError *
explain_refused_code (FlJourney    *self,
                      const FlCall *call,
                      GError       *problem)
{
  int skew = 0;

  if (self->enrolment == NULL
      || !fl_totp_find_skew (fl_otpauth_get_key (self->enrolment), fl_secret_get_text (call->secret),
                             fl_clock_now () - self->clock_ahead, SKEW_REACH, &skew)
      || ABS (skew) <= SKEW_ACCEPTED)
    return problem;

  g_error_free (problem);

  return fl_problem_new_ahead (FL_PROBLEM_CODE_SKEWED, skew * FL_TOTP_PERIOD, "A code of another time");
}

/* A code is refused too where the engine had to begin anew: the picture on the page may be of a key that has gone. */
static void
on_confirm_totp_refused (FlJourney    *self,
                         const FlCall *refused,
                         GError       *problem)
{
  FlCall *call = fl_call_new (FL_VERB_START_TOTP);

  call->problem = explain_refused_code (self, refused, problem);
  fl_journey_ask (self, call);
}

static void
on_follow_up_failed (FlJourney *self,
                     FlCall    *call,
                     GError    *problem)
{
  if (spends_flow (problem))
    {
      self->journal->flow_spent = TRUE;
      if (ends_mail (problem))
        fl_journey_watch_mail (self, FALSE);
      fl_journey_set_problem (self, problem);
      return;
    }

  fl_journey_set_problem (self, g_steal_pointer (&call->problem));
  g_error_free (problem);
}

/*
 * fl_journey_take_failure:
 *
 * Shows what went wrong, where the person can do something about it.
 */
void
fl_journey_take_failure (FlJourney    *self,
                         FlCall       *call,
                         const GError *error)
{
  GError *problem = error->domain == FL_PROBLEM ? g_error_copy (error)
                                                : fl_problem_new (FL_PROBLEM_PROTOCOL, error->message);

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
  else if (call->problem != NULL)
    on_follow_up_failed (self, call, problem);
  else if (call->verb == FL_VERB_CONFIRM_TOTP && g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_CODE_REFUSED))
    on_confirm_totp_refused (self, call, problem);
  else
    fl_journey_set_problem (self, problem);
}
