/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-journey"

#include "config.h"

#include "fl-address.h"
#include "fl-clock.h"
#include "fl-journey-private.h"

static gboolean
needs_session (FlStep step)
{
  return step != FL_STEP_PASSWORD && step != FL_STEP_CREATE_PASSWORD && step != FL_STEP_INBOX;
}

/*
 * fl_journey_adopt:
 *
 * Makes the record of an earlier run the one of this run.
 */
void
fl_journey_adopt (FlJourney *self)
{
  fl_journey_set_journal (self, g_steal_pointer (&self->offered));
  fl_journey_notify (self, PROP_RESUME_OFFERED);
}

/* Tells by which event an adopted record moves; what the server said meanwhile counts more than what was written. */
static FlEvent
get_resume_event (FlJourney *self,
                  gboolean   second_factor_first)
{
  FlJournal *journal = self->journal;
  FlStep step = journal->step;

  if (step == FL_STEP_PASSWORD)
    return FL_EVENT_IDENTIFIED;
  if (step == FL_STEP_CREATE_PASSWORD)
    return FL_EVENT_FORGOTTEN;
  if (step == FL_STEP_INBOX)
    return FL_EVENT_MAIL_SENT;

  if (step != FL_STEP_SECOND_FACTOR)
    journal->needed_at = step;
  if (second_factor_first || (step == FL_STEP_SECOND_FACTOR && self->level != 2))
    return FL_EVENT_SECOND_FACTOR_WANTED;

  /* Where an answer was lost, what it said shows in what the account has now. */
  if (step == FL_STEP_ENROL && self->second_factor == FL_FACT_YES)
    fl_journey_achieve (self, FL_ACHIEVED_SECOND_FACTOR);
  if (journal->needed_at == FL_STEP_ENROL && self->second_factor != FL_FACT_UNKNOWN)
    journal->needed_at = FL_STEP_ALL_SET;
  if (journal->needed_at == FL_STEP_RECOVERY_CODES && self->recovery_codes == FL_FACT_YES)
    {
      fl_journey_achieve (self, FL_ACHIEVED_RECOVERY_CODES);
      return FL_EVENT_COMPLETED;
    }

  return fl_journey_get_needed_event (self);
}

static void
move_to_record (FlJourney *self,
                gboolean   second_factor_first)
{
  FlStep step = self->journal->step;

  self->signed_in = needs_session (step);
  fl_journey_go (self, get_resume_event (self, second_factor_first));
  if (step == FL_STEP_INBOX && self->journal->mail_expires_at <= fl_clock_now ())
    {
      /* It is said once, and not again by what looking at the mail would bring. */
      self->journal->flow_spent = TRUE;
      fl_journey_watch_mail (self, FALSE);
      fl_journey_set_notice (self, FL_NOTICE_MAIL_EXPIRED);
    }
  else
    {
      fl_journey_set_notice (self, FL_NOTICE_RESUMED);
    }
}

/* A mail that was asked for may be on its way although its answer never came; and clocks may have been set. */
static void
take_mail_seen (FlJourney      *self,
                const FlAnswer *answer)
{
  FlJournal *journal = self->journal;

  if (answer->flow == NULL || (journal->step != FL_STEP_INBOX && journal->step != FL_STEP_CREATE_PASSWORD))
    return;

  if (fl_journey_is_current_flow (self, answer->flow))
    fl_journey_take_expiry (self, answer->mail_expires_at);
  else
    fl_journey_take_mail (self, answer);
  journal->step = FL_STEP_INBOX;
}

/*
 * fl_journey_resume_answered:
 *
 * The adopted record can be gone on with: moves to its page.
 */
void
fl_journey_resume_answered (FlJourney      *self,
                            const FlAnswer *answer)
{
  FlJournal *journal = self->journal;
  gboolean is_password_set = answer->saved && journal->step == FL_STEP_NEW_PASSWORD;

  take_mail_seen (self, answer);
  if (is_password_set)
    {
      fl_journey_achieve (self, FL_ACHIEVED_PASSWORD);
      journal->step = FL_STEP_ENROL;
    }
  move_to_record (self, answer->outcome == FL_OUTCOME_SECOND_FACTOR_FIRST);
  if (is_password_set)
    fl_journey_set_notice (self, FL_NOTICE_PASSWORD_SET);
}

/*
 * fl_journey_resume_failed:
 *
 * What was written down is over, or the server could not be asked; in this case the record stays on offer.
 */
void
fl_journey_resume_failed (FlJourney *self,
                          GError    *problem)
{
  gboolean is_used = g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_MAIL_USED);
  gboolean is_over = is_used
                     || g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_MAIL_EXPIRED)
                     || g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_SESSION_ENDED);

  /* A page on which nothing has been asked for yet needs no answer. */
  if (self->offered->step == FL_STEP_CREATE_PASSWORD)
    {
      fl_journey_adopt (self);
      move_to_record (self, FALSE);
      g_error_free (problem);
      return;
    }

  if (!is_over)
    {
      fl_journey_set_problem (self, problem);
      return;
    }

  fl_journey_adopt (self);
  if (needs_session (self->journal->step))
    {
      fl_journey_lose_session (self);
    }
  else
    {
      /* The identity knows nothing of this flow; its code can be redeemed all the same. */
      if (g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_MAIL_EXPIRED))
        self->journal->mail_expires_at = MIN (self->journal->mail_expires_at, fl_clock_now ());
      move_to_record (self, FALSE);
      self->journal->flow_spent = TRUE;
      if (is_used)
        {
          fl_journey_watch_mail (self, FALSE);
          fl_journey_set_problem (self, g_steal_pointer (&problem));
        }
    }
  g_clear_error (&problem);
}

/**
 * fl_journey_accept_resume:
 * @self: a journey
 *
 * Continues where the person left off.
 */
void
fl_journey_accept_resume (FlJourney *self)
{
  FlCall *call;

  g_return_if_fail (FL_IS_JOURNEY (self));

  if (self->offered == NULL || !fl_journey_may_ask (self))
    return;

  if (self->offered->step == FL_STEP_PASSWORD
      || (self->offered->step == FL_STEP_CREATE_PASSWORD && self->offered->identity == NULL))
    {
      fl_journey_adopt (self);
      move_to_record (self, FALSE);
    }
  else if (self->offered->identity == NULL)
    {
      fl_journey_resume_failed (self, fl_problem_new (FL_PROBLEM_SESSION_ENDED, "Nothing was saved to go on with"));
    }
  else
    {
      call = fl_call_new (FL_VERB_RESUME);
      call->record = g_variant_ref (self->offered->identity);
      fl_journey_ask (self, call);
    }
}

static gboolean
is_first_page (FlJourney *self)
{
  return self->step == FL_STEP_BEFORE_YOU_BEGIN || self->step == FL_STEP_ORGANISATION || self->step == FL_STEP_EMAIL;
}

/* Returns: whether the field was still free */
static gboolean
fill_in (FlJourney  *self,
         const char *address)
{
  if (self->typed || !is_first_page (self) || self->journal->address != NULL)
    return FALSE;

  fl_journey_set_address (self, address);

  return TRUE;
}

/* Nobody knows what is kept: it is asked for again when the vault is back. */
static void
miss (FlJourney    *self,
      const GError *error)
{
  g_debug ("What was saved is not known: %s", error->message);
  self->vault_missed = self->vault_missed || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
on_address_found (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (FlJourney) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlSecret) secret = fl_vault_lookup_finish (FL_VAULT (source), result, &error);
  g_autofree char *address = NULL;

  if (error != NULL)
    miss (self, error);
  if (secret == NULL)
    return;

  self->address_saved = TRUE;
  if (!self->may_recall)
    return;

  address = fl_address_normalise (fl_secret_get_text (secret));
  if (!fl_address_is_plausible (address) || !fill_in (self, address))
    return;

  self->remember = self->may_remember;
  fl_journey_notify (self, PROP_REMEMBER);
}

static gboolean
is_of_use (const FlJournal *record)
{
  return record->step == FL_STEP_EMAIL ? record->address != NULL : fl_guide_is_resumable (record->step);
}

/* Returns: the record, if it is one, of this server, and leads somewhere; else it is left alone until overwritten */
static FlJournal *
read_record (FlJourney *self,
             FlSecret  *secret)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlJournal) record = fl_journal_parse (secret, &error);

  if (record == NULL)
    {
      g_debug ("The resume record is set aside: %s", error->message);
      fl_journey_set_notice (self, FL_NOTICE_RECORD_UNREADABLE);
      return NULL;
    }
  if (g_strcmp0 (record->server, self->journal->server) != 0
      || !is_of_use (record)
      || (record->address == NULL && !needs_session (record->step))
      || (record->address != NULL && !fl_address_is_plausible (record->address)))
    {
      g_debug ("The resume record is set aside: it is of another server, or leads nowhere");
      return NULL;
    }

  return g_steal_pointer (&record);
}

static void
on_record_found (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (FlJourney) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlSecret) secret = fl_vault_lookup_finish (FL_VAULT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (error != NULL)
    miss (self, error);
  self->vault_heard = TRUE;
  if (secret != NULL && is_first_page (self) && !self->busy)
    {
      g_autoptr (FlJournal) record = read_record (self, secret);

      if (record != NULL && record->step == FL_STEP_EMAIL)
        {
          fill_in (self, record->address);
        }
      else
        {
          fl_journey_set_offered (self, g_steal_pointer (&record));
          if (!self->typed)
            fl_journey_accept_resume (self);
        }
    }
  fl_journey_open_waiting_link (self);
}

/*
 * fl_journey_look_up:
 *
 * Looks what has been saved. The vault may take its time: nothing waits for it.
 */
void
fl_journey_look_up (FlJourney *self)
{
  self->vault_missed = FALSE;
  fl_vault_lookup (self->vault, FL_VAULT_ADDRESS, self->life, on_address_found, g_object_ref (self));
  if (self->journal->server != NULL)
    fl_vault_lookup (self->vault, FL_VAULT_JOURNAL, self->life, on_record_found, g_object_ref (self));
}
