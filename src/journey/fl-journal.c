/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-journal"

#include "config.h"

#include "fl-journal.h"

#include <gio/gio.h>

/*
 * FlJournal: the resume record.
 *
 * One dictionary in GVariant's text format, in one secret of the vault. Steps stand in it by name and absent keys mean
 * "nothing", so that a later program can add to it; a change that an earlier one would misread raises the version.
 */

#define VERSION 1

/* A record of ours takes about a kilobyte; what is much larger was not written by us, and is not worth parsing. */
#define LENGTH_MAX (64 * 1024)

/* Mails that a person asks for in half an hour, at one in a minute. */
#define SUPERSEDED_MAX 30

/**
 * fl_superseded_new:
 * @flow: a recovery flow
 * @replaced_at: Unix time in seconds
 *
 * Notes that a newer mail has taken the place of the one with this flow.
 *
 * Returns: (transfer full): a new note
 */
FlSuperseded *
fl_superseded_new (FlSecret *flow,
                   gint64    replaced_at)
{
  FlSuperseded *self;

  g_return_val_if_fail (flow != NULL, NULL);

  self = g_new (FlSuperseded, 1);
  self->flow = fl_secret_ref (flow);
  self->replaced_at = replaced_at;

  return self;
}

/**
 * fl_superseded_free:
 * @self: (transfer full): a note
 *
 * Frees a note.
 */
void
fl_superseded_free (FlSuperseded *self)
{
  g_return_if_fail (self != NULL);

  fl_secret_unref (self->flow);
  g_free (self);
}

/**
 * fl_journal_new:
 *
 * Makes an empty record.
 *
 * Returns: (transfer full): a new record
 */
FlJournal *
fl_journal_new (void)
{
  FlJournal *self = g_new0 (FlJournal, 1);

  self->step = FL_STEP_EMAIL;
  self->needed_at = FL_STEP_ALL_SET;
  self->superseded = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_superseded_free);

  return self;
}

/**
 * fl_journal_free:
 * @self: (transfer full) (nullable): a record
 *
 * Frees a record.
 */
void
fl_journal_free (FlJournal *self)
{
  if (self == NULL)
    return;

  g_free (self->server);
  g_free (self->address);
  g_clear_pointer (&self->flow, fl_secret_unref);
  g_ptr_array_unref (self->superseded);
  g_free (self->shown_key);
  g_free (self->shown_codes);
  g_clear_pointer (&self->identity, g_variant_unref);
  g_free (self);
}

static GVariant *
build (const FlJournal *self)
{
  GVariantDict dict;
  GVariantBuilder superseded;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "version", "u", VERSION);
  g_variant_dict_insert (&dict, "server", "s", self->server);
  g_variant_dict_insert (&dict, "step", "s", fl_step_get_name (self->step));
  g_variant_dict_insert (&dict, "needed-at", "s", fl_step_get_name (self->needed_at));
  g_variant_dict_insert (&dict, "achieved", "u", self->achieved);
  g_variant_dict_insert (&dict, "flow-spent", "b", self->flow_spent);
  g_variant_dict_insert (&dict, "mail-sent-at", "x", self->mail_sent_at);
  g_variant_dict_insert (&dict, "mail-expires-at", "x", self->mail_expires_at);
  g_variant_dict_insert (&dict, "resend-at", "x", self->resend_at);
  if (self->address != NULL)
    g_variant_dict_insert (&dict, "address", "s", self->address);
  if (self->flow != NULL)
    g_variant_dict_insert (&dict, "flow", "s", fl_secret_get_text (self->flow));
  if (self->shown_key != NULL)
    g_variant_dict_insert (&dict, "shown-key", "s", self->shown_key);
  if (self->shown_codes != NULL)
    g_variant_dict_insert (&dict, "shown-codes", "s", self->shown_codes);
  if (self->identity != NULL)
    g_variant_dict_insert (&dict, "identity", "v", self->identity);

  g_variant_builder_init (&superseded, G_VARIANT_TYPE ("a(sx)"));
  for (guint i = 0; i < self->superseded->len; i++)
    {
      const FlSuperseded *one = g_ptr_array_index (self->superseded, i);

      if (i + SUPERSEDED_MAX >= self->superseded->len)
        g_variant_builder_add (&superseded, "(sx)", fl_secret_get_text (one->flow), one->replaced_at);
    }
  g_variant_dict_insert_value (&dict, "superseded", g_variant_builder_end (&superseded));

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/**
 * fl_journal_serialise:
 * @self: a record with a server
 *
 * Writes a record for the vault.
 *
 * Returns: (transfer full): the text, as fl_journal_parse() reads it
 */
FlSecret *
fl_journal_serialise (const FlJournal *self)
{
  g_autoptr (GVariant) variant = NULL;
  GString *text;
  FlSecret *secret;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (self->server != NULL, NULL);

  variant = build (self);
  /* No value prints to more than eight times its size, so the buffer never moves and leaves no copy behind. */
  text = g_string_sized_new (8 * g_variant_get_size (variant) + 1024);
  g_variant_print_string (variant, text, TRUE);
  secret = fl_secret_new_length (text->str, text->len);
  fl_secret_wipe (text->str, text->len);
  g_string_free (text, TRUE);

  return secret;
}

static gboolean
read_step (GVariantDict *dict,
           const char   *key,
           FlStep       *step)
{
  const char *name = NULL;

  if (!g_variant_dict_lookup (dict, key, "&s", &name))
    return FALSE;

  for (FlStep i = 0; i < FL_N_STEPS; i++)
    {
      if (g_str_equal (fl_step_get_name (i), name))
        {
          *step = i;
          return TRUE;
        }
    }

  return FALSE;
}

static void
read_superseded (GVariantDict *dict,
                 GPtrArray    *superseded)
{
  g_autoptr (GVariant) all = g_variant_dict_lookup_value (dict, "superseded", G_VARIANT_TYPE ("a(sx)"));

  for (gsize i = 0; all != NULL && i < MIN (g_variant_n_children (all), SUPERSEDED_MAX); i++)
    {
      g_autoptr (FlSecret) flow = NULL;
      const char *text;
      gint64 replaced_at;

      g_variant_get_child (all, i, "(&sx)", &text, &replaced_at);
      flow = fl_secret_new (text);
      g_ptr_array_add (superseded, fl_superseded_new (flow, replaced_at));
    }
}

static FlJournal *
read_dict (GVariantDict *dict)
{
  g_autoptr (FlJournal) self = fl_journal_new ();
  const char *flow = NULL;
  guint version = 0;

  if (!g_variant_dict_lookup (dict, "version", "u", &version)
      || version != VERSION
      || !g_variant_dict_lookup (dict, "server", "s", &self->server)
      || !read_step (dict, "step", &self->step))
    return NULL;

  read_step (dict, "needed-at", &self->needed_at);
  g_variant_dict_lookup (dict, "achieved", "u", &self->achieved);
  g_variant_dict_lookup (dict, "address", "s", &self->address);
  g_variant_dict_lookup (dict, "flow-spent", "b", &self->flow_spent);
  g_variant_dict_lookup (dict, "mail-sent-at", "x", &self->mail_sent_at);
  g_variant_dict_lookup (dict, "mail-expires-at", "x", &self->mail_expires_at);
  g_variant_dict_lookup (dict, "resend-at", "x", &self->resend_at);
  g_variant_dict_lookup (dict, "identity", "v", &self->identity);
  g_variant_dict_lookup (dict, "shown-key", "s", &self->shown_key);
  g_variant_dict_lookup (dict, "shown-codes", "s", &self->shown_codes);
  if (g_variant_dict_lookup (dict, "flow", "&s", &flow))
    self->flow = fl_secret_new (flow);
  read_superseded (dict, self->superseded);

  return g_steal_pointer (&self);
}

/**
 * fl_journal_parse:
 * @secret: what was in the vault, from whomever
 * @error: return location for an error
 *
 * Reads a record. What is not one, or is one of another version, is %G_IO_ERROR_INVALID_DATA.
 *
 * Returns: (transfer full) (nullable): the record
 */
FlJournal *
fl_journal_parse (FlSecret  *secret,
                  GError   **error)
{
  g_autoptr (GVariant) variant = NULL;
  FlJournal *self = NULL;
  const char *text;
  gsize length;

  g_return_val_if_fail (secret != NULL, NULL);

  text = fl_secret_get_text (secret);
  length = fl_secret_get_length (secret);
  if (length <= LENGTH_MAX && g_utf8_validate (text, length, NULL))
    variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, text + length, NULL, NULL);

  if (variant != NULL)
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, variant);
      self = read_dict (&dict);
      g_variant_dict_clear (&dict);
    }

  if (self == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Not a resume record of this version");
  return self;
}
