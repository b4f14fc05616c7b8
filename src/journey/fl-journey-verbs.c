/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-journey"

#include "config.h"

#include "fl-address.h"
#include "fl-clock.h"
#include "fl-code.h"
#include "fl-journey-private.h"
#include "fl-text.h"

/**
 * fl_journey_set_server_typed:
 * @self: a journey that has not been started yet
 * @typed: whether the server that it starts with is one that a person typed once
 *
 * Says that the server may be the wrong one: then going back from the address leads to where another can be typed.
 */
void
fl_journey_set_server_typed (FlJourney *self,
                             gboolean   typed)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  self->server_typed = typed;
}

/**
 * fl_journey_start:
 * @self: a journey
 * @server: (nullable): the server, as fl_link_parse_server() gives it; %NULL where none is known
 * @first_time: whether the guide's notes are shown first
 *
 * Shows the first page at once. Nobody is asked anything before fl_journey_wake().
 */
void
fl_journey_start (FlJourney  *self,
                  const char *server,
                  gboolean    first_time)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  self->first_time = first_time;
  fl_journey_use_server (self, server);
  if (first_time)
    fl_journey_begin_at (self, FL_STEP_BEFORE_YOU_BEGIN);
  else
    fl_journey_begin_at (self, server != NULL ? FL_STEP_EMAIL : FL_STEP_ORGANISATION);
}

/**
 * fl_journey_wake:
 * @self: a journey that has been started
 *
 * Looks what was saved, and begins ahead what the first click will need. To be called when the first page is on the
 * screen, so that neither keyring nor network is in its way.
 */
void
fl_journey_wake (FlJourney *self)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  if (self->journal->server != NULL)
    fl_journey_prepare (self, FL_PREPARE_SIGN_IN);
  fl_journey_look_up (self);
}

/**
 * fl_journey_get_started:
 * @self: a journey
 *
 * Leaves the guide's notes.
 */
void
fl_journey_get_started (FlJourney *self)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  if (self->step == FL_STEP_BEFORE_YOU_BEGIN && !self->busy)
    fl_journey_go (self, self->journal->server != NULL ? FL_EVENT_BEGUN : FL_EVENT_SERVER_WANTED);
}

/* What cannot be seen cannot be corrected either: that is said before anything else. */
static void
refuse_text (FlJourney  *self,
             const char *text,
             FlProblem   malformed,
             const char *diagnostic)
{
  fl_journey_set_problem (self, fl_problem_new (fl_text_hides_anything (text) ? FL_PROBLEM_TEXT_HIDDEN : malformed,
                                                diagnostic));
}

/**
 * fl_journey_choose_server:
 * @self: a journey
 * @typed: the address of the server, as IT gave it
 *
 * Goes on with this server, if it answers as one.
 */
void
fl_journey_choose_server (FlJourney  *self,
                          const char *typed)
{
  g_autofree char *server = NULL;

  g_return_if_fail (FL_IS_JOURNEY (self));
  g_return_if_fail (typed != NULL);

  if (self->step != FL_STEP_ORGANISATION || self->busy)
    return;

  server = fl_link_parse_server (typed, NULL);
  if (server == NULL)
    {
      g_autofree char *trimmed = fl_text_trim (typed);

      refuse_text (self, trimmed, FL_PROBLEM_SERVER_MALFORMED, "Not the address of a server");
      return;
    }

  self->server_typed = TRUE;
  fl_journey_use_server (self, server);
  fl_journey_ask (self, fl_call_new (FL_VERB_PREPARE));
}

/*
 * fl_journey_read_address:
 *
 * Returns: (transfer full) (nullable): the address that was typed; NULL when it is none, which is then said
 */
char *
fl_journey_read_address (FlJourney  *self,
                         const char *typed)
{
  g_autofree char *address = fl_address_normalise (typed);

  if (fl_address_is_plausible (address))
    return g_steal_pointer (&address);

  refuse_text (self, address, FL_PROBLEM_ADDRESS_MALFORMED, "Not an address");
  return NULL;
}

/**
 * fl_journey_submit_address:
 * @self: a journey
 * @typed: the address as it stands in the field
 * @remember: whether it shall be saved for future logins
 *
 * Says whose account this is about.
 */
void
fl_journey_submit_address (FlJourney  *self,
                           const char *typed,
                           gboolean    remember)
{
  g_autofree char *address = NULL;
  FlCall *call;

  g_return_if_fail (FL_IS_JOURNEY (self));
  g_return_if_fail (typed != NULL);

  fl_journey_person_typed (self);
  if (self->step != FL_STEP_EMAIL || !fl_journey_may_ask (self))
    return;

  address = fl_journey_read_address (self, typed);
  if (address == NULL)
    return;

  remember = remember && self->may_remember;
  if (self->remember != remember)
    {
      self->remember = remember;
      fl_journey_notify (self, PROP_REMEMBER);
    }
  fl_journey_keep_typed (self, address);
  call = fl_call_new (FL_VERB_IDENTIFY);
  call->address = g_steal_pointer (&address);
  fl_journey_ask (self, call);
}

/* Returns: whether there is a password to submit */
static gboolean
check_password (FlJourney *self,
                FlSecret  *password)
{
  if (fl_secret_get_length (password) > 0)
    return TRUE;

  fl_journey_set_problem (self, fl_problem_new (FL_PROBLEM_PASSWORD_MISSING, "No password"));
  return FALSE;
}

/**
 * fl_journey_submit_password:
 * @self: a journey
 * @password: the password, exactly as typed
 *
 * Signs in; or, where a session has grown old, proves who is still there and goes on with what was asked before.
 */
void
fl_journey_submit_password (FlJourney *self,
                            FlSecret  *password)
{
  g_return_if_fail (FL_IS_JOURNEY (self));
  g_return_if_fail (password != NULL);

  if ((self->step != FL_STEP_PASSWORD && self->step != FL_STEP_PASSWORD_AGAIN)
      || !fl_journey_may_ask (self)
      || !check_password (self, password))
    return;

  if (self->step == FL_STEP_PASSWORD_AGAIN)
    {
      fl_journey_ask (self, fl_call_new_secret (FL_VERB_REAUTHENTICATE, password));
    }
  else if (self->journal->address != NULL)
    {
      FlCall *call = fl_call_new_secret (FL_VERB_SIGN_IN, password);

      call->address = g_strdup (self->journal->address);
      fl_journey_ask (self, call);
    }
}

/**
 * fl_journey_choose_factor:
 * @self: a journey
 * @factor: what is going to be typed
 *
 * The server counts wrong codes of each kind by themselves, so that who has to wait with the one can use the other.
 */
void
fl_journey_choose_factor (FlJourney *self,
                          FlFactor   factor)
{
  gint64 until;

  g_return_if_fail (FL_IS_JOURNEY (self));

  if (self->step != FL_STEP_SECOND_FACTOR || self->busy || self->factor == factor)
    return;

  fl_journey_heed_clock (self);
  until = self->other_retry_at;
  self->factor = factor;
  self->other_retry_at = self->retry_at;
  fl_journey_set_retry_at (self, until);
  fl_journey_set_problem (self, until > fl_clock_now ()
                                ? fl_problem_new_until (FL_PROBLEM_THROTTLED, until, "Not yet") : NULL);
}

/**
 * fl_journey_submit_second_factor:
 * @self: a journey
 * @factor: what @typed is
 * @typed: the code as it stands in the field
 *
 * Answers for the second factor.
 */
void
fl_journey_submit_second_factor (FlJourney  *self,
                                 FlFactor    factor,
                                 const char *typed)
{
  char *code;

  g_return_if_fail (FL_IS_JOURNEY (self));
  g_return_if_fail (typed != NULL);

  if (self->step != FL_STEP_SECOND_FACTOR || !fl_journey_may_ask (self))
    return;

  code = factor == FL_FACTOR_TOTP ? fl_code_normalise_digits (typed) : fl_code_normalise_recovery (typed);
  if (code == NULL || code[0] == '\0' || (factor == FL_FACTOR_TOTP && !fl_code_is_complete (code)))
    {
      fl_journey_set_problem (self, fl_problem_new (FL_PROBLEM_CODE_MALFORMED, "Not such a code"));
    }
  else
    {
      g_autoptr (FlSecret) secret = fl_secret_new (code);
      FlCall *call = fl_call_new_secret (FL_VERB_ANSWER_SECOND_FACTOR, secret);

      call->factor = factor;
      fl_journey_ask (self, call);
    }
  fl_secret_wipe_string (code);
}

/**
 * fl_journey_set_password:
 * @self: a journey
 * @password: the new password, exactly as typed
 *
 * Sets the password of the account.
 */
void
fl_journey_set_password (FlJourney *self,
                         FlSecret  *password)
{
  g_return_if_fail (FL_IS_JOURNEY (self));
  g_return_if_fail (password != NULL);

  if (self->step == FL_STEP_NEW_PASSWORD && fl_journey_may_ask (self) && check_password (self, password))
    fl_journey_ask (self, fl_call_new_secret (FL_VERB_SET_PASSWORD, password));
}

/**
 * fl_journey_activate:
 * @self: a journey
 * @typed: the authenticator's code as it stands in the field
 *
 * Activates the authenticator that has scanned "enrolment". Where there is none, because it could not be had or was not
 * waited for, it is asked for again.
 */
void
fl_journey_activate (FlJourney  *self,
                     const char *typed)
{
  char *code;

  g_return_if_fail (FL_IS_JOURNEY (self));
  g_return_if_fail (typed != NULL);

  if (self->step != FL_STEP_ENROL || !fl_journey_may_ask (self))
    return;

  if (self->enrolment == NULL)
    {
      fl_journey_ask (self, fl_call_new (FL_VERB_START_TOTP));
      return;
    }

  code = fl_code_normalise_digits (typed);
  if (!fl_code_is_complete (code))
    {
      fl_journey_set_problem (self, fl_problem_new (FL_PROBLEM_CODE_MALFORMED, "Not a code of an authenticator"));
    }
  else
    {
      g_autoptr (FlSecret) secret = fl_secret_new (code);

      fl_journey_ask (self, fl_call_new_secret (FL_VERB_CONFIRM_TOTP, secret));
    }
  fl_secret_wipe_string (code);
}

/* Compares with every code that was shown, so that the time it takes says nothing. */
static gboolean
is_shown (FlJourney  *self,
          const char *code)
{
  g_autoptr (FlSecret) typed = fl_secret_new (code);
  gboolean found = FALSE;

  for (guint i = 0; i < self->codes->len; i++)
    {
      char *normal = fl_code_normalise_recovery (fl_secret_get_text (g_ptr_array_index (self->codes, i)));

      if (normal != NULL)
        {
          g_autoptr (FlSecret) shown = fl_secret_new (normal);

          found |= fl_secret_equal (shown, typed);
        }
      fl_secret_wipe_string (normal);
    }

  return found;
}

/**
 * fl_journey_confirm_codes:
 * @self: a journey
 * @typed_back: one of the recovery codes, as proof that they are kept
 *
 * Makes the recovery codes count. Where there are none, because they could not be had or were not waited for, they are
 * asked for again.
 */
void
fl_journey_confirm_codes (FlJourney  *self,
                          const char *typed_back)
{
  char *code;

  g_return_if_fail (FL_IS_JOURNEY (self));
  g_return_if_fail (typed_back != NULL);

  if (self->step != FL_STEP_RECOVERY_CODES || !fl_journey_may_ask (self))
    return;

  if (self->codes == NULL)
    {
      fl_journey_ask (self, fl_call_new (FL_VERB_ISSUE_RECOVERY_CODES));
      return;
    }

  code = fl_code_normalise_recovery (typed_back);
  if (code == NULL || code[0] == '\0')
    fl_journey_set_problem (self, fl_problem_new (FL_PROBLEM_CODE_MALFORMED, "Not a recovery code"));
  else if (!is_shown (self, code))
    fl_journey_set_problem (self, fl_problem_new (FL_PROBLEM_CODE_NOT_IN_LIST, "None of the recovery codes"));
  else
    fl_journey_ask (self, fl_call_new (FL_VERB_CONFIRM_RECOVERY_CODES));
  fl_secret_wipe_string (code);
}

/**
 * fl_journey_clear_problem:
 * @self: a journey
 *
 * The person goes on typing: what was said about the last try has been read.
 */
void
fl_journey_clear_problem (FlJourney *self)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  fl_journey_set_problem (self, NULL);
}

/**
 * fl_journey_person_typed:
 * @self: a journey
 *
 * From now on a saved address does not fill the field, and a resume record is offered instead of obeyed.
 */
void
fl_journey_person_typed (FlJourney *self)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  self->typed = TRUE;
}
