/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-text-field.h"
#include "fl-text.h"

/**
 * FlTextField:
 *
 * A field for an address: of a person, or of a server.
 *
 * Line ends are taken as they are pasted, rather than cut off with all that follows: what is blank around an address is
 * taken away when it is submitted, and what is inside it is not overlooked.
 */

#define LENGTH_MAX 2048  /* bytes; what fl_link_parse_server() reads, and no mail address is as long */
struct _FlTextField
{
  FlField parent_instance;
};

G_DEFINE_FINAL_TYPE (FlTextField, fl_text_field, FL_TYPE_FIELD)

static GtkWidget *
fl_text_field_create_entry (FlField *field)
{
  return g_object_new (GTK_TYPE_ENTRY,
                       "input-hints", GTK_INPUT_HINT_NO_SPELLCHECK | GTK_INPUT_HINT_LOWERCASE,
                       NULL);
}

static void
fl_text_field_class_init (FlTextFieldClass *klass)
{
  FL_FIELD_CLASS (klass)->create_entry = fl_text_field_create_entry;
  FL_FIELD_CLASS (klass)->length_max = LENGTH_MAX;
  FL_FIELD_CLASS (klass)->too_long = N_("That is too long for an address, and nothing of it was taken. Copy only the address.");
}

static void
fl_text_field_init (FlTextField *self)
{
}

/**
 * fl_text_field_trim:
 * @self: a field
 *
 * Takes away what is blank on both sides of the text, so that what is shown is what counts.
 *
 * Returns: (transfer none): the text
 */
const char *
fl_text_field_trim (FlTextField *self)
{
  FlField *field = FL_FIELD (self);
  g_autofree char *trimmed = fl_text_trim (fl_field_get_text (field));

  if (*trimmed != '\0' && g_strcmp0 (trimmed, fl_field_get_text (field)) != 0)
    fl_field_set_text (field, trimmed);

  return fl_field_get_text (field);
}
