/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-code-field.h"

/**
 * FlCodeField:
 *
 * A field for a code from a mail, a phone or a note: one wide entry with large, spaced digits.
 *
 * It takes what people type and paste ("123 456", "123-456", other scripts' digits) as it is; the journey makes sense
 * of it. One entry rather than six boxes, so that paste, correction and screen readers work as everywhere else. Like a
 * password it lies in memory that is wiped, and there is no history to undo to.
 */

#define LENGTH_MAX 256  /* bytes; a code in any script with whatever stands between its digits, or a link pasted by mistake */

struct _FlCodeField
{
  FlField parent_instance;
};

G_DEFINE_FINAL_TYPE (FlCodeField, fl_code_field, FL_TYPE_FIELD)

static GtkWidget *
fl_code_field_create_entry (FlField *field)
{
  PangoAttrList *spaced = pango_attr_list_new ();
  g_autoptr (GtkEntryBuffer) buffer = gtk_password_entry_buffer_new ();
  GtkWidget *entry;

  pango_attr_list_insert (spaced, pango_attr_letter_spacing_new (6 * PANGO_SCALE));
  pango_attr_list_insert (spaced, pango_attr_font_features_new ("tnum=1"));
  entry = g_object_new (GTK_TYPE_ENTRY,
                        "attributes", spaced,
                        "buffer", buffer,
                        "enable-undo", FALSE,
                        "input-purpose", GTK_INPUT_PURPOSE_DIGITS,
                        "input-hints", GTK_INPUT_HINT_NO_SPELLCHECK | GTK_INPUT_HINT_NO_EMOJI | GTK_INPUT_HINT_PRIVATE,
                        "css-classes", (const char *[]) { "code", NULL },
                        NULL);
  pango_attr_list_unref (spaced);

  return entry;
}

static void
fl_code_field_class_init (FlCodeFieldClass *klass)
{
  FL_FIELD_CLASS (klass)->create_entry = fl_code_field_create_entry;
  FL_FIELD_CLASS (klass)->typed_anew = TRUE;
  FL_FIELD_CLASS (klass)->length_max = LENGTH_MAX;
  FL_FIELD_CLASS (klass)->too_long = N_("That is too long for a code, and nothing of it was taken. Copy only the code.");
}

static void
fl_code_field_init (FlCodeField *self)
{
}
