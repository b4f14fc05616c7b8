/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-journey"

#include "config.h"

#include "fl-journey-private.h"

static void
on_record_stored (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!fl_vault_store_finish (FL_VAULT (source), result, &error))
    g_debug ("The resume record was not kept: %s", error->message);
}

/* Writes the record, if it is another than the one that was written last. */
static void
write_record (FlJourney *self,
              FlStep     step)
{
  g_autoptr (FlSecret) record = NULL;

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

static FlStep
get_step_to_keep (FlJourney *self)
{
  /* The code of the mail has done its work, and only the session that it brought goes on. */
  if (self->redeemed && (self->step == FL_STEP_INBOX || self->step == FL_STEP_LINK))
    return self->journal->needed_at;

  return self->step == FL_STEP_PASSWORD_AGAIN ? self->journal->needed_at : self->step;
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
  FlStep step = get_step_to_keep (self);

  if (fl_guide_is_resumable (step))
    write_record (self, step);
}

/*
 * fl_journey_keep_typed:
 *
 * Writes down whose account this will be about, while the server is asked about it: nobody waits for the vault.
 */
void
fl_journey_keep_typed (FlJourney  *self,
                       const char *address)
{
  g_autofree char *known = NULL;

  if (self->offered != NULL)
    return;

  known = g_steal_pointer (&self->journal->address);
  self->journal->address = g_strdup (address);
  write_record (self, FL_STEP_EMAIL);
  g_free (self->journal->address);
  self->journal->address = g_steal_pointer (&known);
}

/*
 * fl_journey_keep_session:
 *
 * The code of a mail is used up, and its session comes only once: it is written down before anything else is asked.
 */
void
fl_journey_keep_session (FlJourney *self)
{
  FlCall *call = self->call != NULL ? self->call : self->left;

  if (call == NULL || call->verb != FL_VERB_REDEEM)
    return;

  self->redeemed = TRUE;
  self->journal->needed_at = call->unasked ? FL_STEP_ACCOUNT : FL_STEP_NEW_PASSWORD;
  fl_journey_keep (self);
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
 * Saves the address for future logins, or no longer. One that the vault did not tell of is left alone: the box was not
 * ticked because nobody knew of it, and not because it shall go. Where policy bars saved addresses, it goes in any case.
 */
void
fl_journey_keep_address (FlJourney *self)
{
  g_autoptr (FlSecret) address = self->remember ? fl_secret_new (self->journal->address) : NULL;

  if (address == NULL && !self->address_saved && self->may_recall)
    return;

  self->address_saved = address != NULL;
  fl_vault_store (self->vault, FL_VAULT_ADDRESS, address, NULL,
                  address != NULL ? on_address_stored : on_record_stored,
                  address != NULL ? g_object_ref (self) : NULL);
}
