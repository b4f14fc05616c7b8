/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-journey"

#include "config.h"

#include "fl-address.h"
#include "fl-clock.h"
#include "fl-journey-private.h"

static gboolean
is_resumable (FlStep step)
{
  switch (step)
    {
    case FL_STEP_PASSWORD:
    case FL_STEP_CREATE_PASSWORD:
    case FL_STEP_INBOX:
    case FL_STEP_SECOND_FACTOR:
    case FL_STEP_ACCOUNT:
    case FL_STEP_NEW_PASSWORD:
    case FL_STEP_ENROL:
    case FL_STEP_RECOVERY_CODES:
      return TRUE;
    case FL_STEP_BEFORE_YOU_BEGIN:
    case FL_STEP_ORGANISATION:
    case FL_STEP_EMAIL:
    case FL_STEP_LINK:
    case FL_STEP_PASSWORD_AGAIN:
    case FL_STEP_ALL_SET:
    default:
      return FALSE;
    }
}

static gboolean
needs_session (FlStep step)
{
  return step != FL_STEP_PASSWORD && step != FL_STEP_CREATE_PASSWORD && step != FL_STEP_INBOX;
}

static void
on_record_stored (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!fl_vault_store_finish (FL_VAULT (source), result, &error))
    g_debug ("The resume record was not kept: %s", error->message);
}

/*
 * fl_journey_keep:
 *
 * Writes the resume record, if it has changed. On the first pages there is nothing to resume, and the record in the
 * vault may be one that is still offered.
 */
void
fl_journey_keep (FlJourney *self)
{
  g_autoptr (FlSecret) record = NULL;
  FlStep step = self->step == FL_STEP_PASSWORD_AGAIN ? self->journal->needed_at : self->step;

  if (!is_resumable (step))
    return;

  self->journal->step = step;
  g_clear_pointer (&self->journal->identity, g_variant_unref);
  self->journal->identity = fl_identity_save (self->identity);
  record = fl_journal_serialise (self->journal);
  if (self->written != NULL && fl_secret_equal (self->written, record))
    return;

  fl_vault_store (self->vault, FL_VAULT_JOURNAL, record, NULL, on_record_stored, NULL);
  g_clear_pointer (&self->written, fl_secret_unref);
  self->written = g_steal_pointer (&record);
}

/*
 * fl_journey_begin_anew:
 *
 * Forgets everything but the server, here and in the vault.
 */
void
fl_journey_begin_anew (FlJourney  *self,
                       const char *address,
                       FlAchieved  achieved)
{
  FlJournal *journal = fl_journal_new ();

  journal->server = g_strdup (self->journal->server);
  journal->address = g_strdup (address);
  journal->achieved = achieved;
  fl_journey_set_journal (self, journal);
  fl_journey_set_offered (self, NULL);
  g_clear_pointer (&self->written, fl_secret_unref);
  fl_vault_store (self->vault, FL_VAULT_JOURNAL, NULL, NULL, on_record_stored, NULL);
}

static void
on_address_stored (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (FlJourney) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!fl_vault_store_finish (FL_VAULT (source), result, &error))
    {
      g_debug ("The address was not saved: %s", error->message);
      fl_journey_set_notice (self, FL_NOTICE_SAVE_FAILED);
    }
}

/*
 * fl_journey_keep_address:
 *
 * Saves the address for future logins, or no longer.
 */
void
fl_journey_keep_address (FlJourney *self)
{
  g_autoptr (FlSecret) address = self->remember ? fl_secret_new (self->journal->address) : NULL;

  fl_vault_store (self->vault, FL_VAULT_ADDRESS, address, NULL,
                  address != NULL ? on_address_stored : on_record_stored,
                  address != NULL ? g_object_ref (self) : NULL);
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

  if (journal->needed_at == FL_STEP_ENROL && self->second_factor != FL_FACT_UNKNOWN)
    journal->needed_at = FL_STEP_ALL_SET;
  if (journal->needed_at == FL_STEP_RECOVERY_CODES && self->recovery_codes == FL_FACT_YES)
    return FL_EVENT_COMPLETED;

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
    fl_journey_set_notice (self, FL_NOTICE_MAIL_EXPIRED);
  else
    fl_journey_set_notice (self, FL_NOTICE_RESUMED);
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
  move_to_record (self, answer->outcome == FL_OUTCOME_SECOND_FACTOR_FIRST);
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
        fl_journey_set_problem (self, g_steal_pointer (&problem));
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

  if (self->offered->step == FL_STEP_PASSWORD || self->offered->step == FL_STEP_CREATE_PASSWORD)
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
    g_debug ("The saved address was not found: %s", error->message);
  if (secret == NULL || self->typed || !is_first_page (self) || self->journal->address != NULL)
    return;

  address = fl_address_normalise (fl_secret_get_text (secret));
  if (!fl_address_is_plausible (address))
    return;

  fl_journey_set_address (self, address);
  self->remember = self->may_remember;
  fl_journey_notify (self, PROP_REMEMBER);
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
      return NULL;
    }
  if (g_strcmp0 (record->server, self->journal->server) != 0
      || !is_resumable (record->step)
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
    g_debug ("The resume record was not found: %s", error->message);
  self->vault_heard = TRUE;
  if (secret != NULL && is_first_page (self) && !self->busy)
    {
      fl_journey_set_offered (self, read_record (self, secret));
      if (!self->typed)
        fl_journey_accept_resume (self);
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
  fl_vault_lookup (self->vault, FL_VAULT_ADDRESS, self->life, on_address_found, g_object_ref (self));
  if (self->journal->server != NULL)
    fl_vault_lookup (self->vault, FL_VAULT_JOURNAL, self->life, on_record_found, g_object_ref (self));
}
