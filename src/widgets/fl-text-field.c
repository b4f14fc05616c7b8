/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include "fl-text-field.h"

/**
 * FlTextField:
 *
 * A field for a line of plain text: an address, or the name of a server.
 */
struct _FlTextField
{
  FlField parent_instance;
};

G_DEFINE_FINAL_TYPE (FlTextField, fl_text_field, FL_TYPE_FIELD)

static GtkWidget *
fl_text_field_create_entry (FlField *field)
{
  return g_object_new (GTK_TYPE_ENTRY,
                       "truncate-multiline", TRUE,
                       "input-hints", GTK_INPUT_HINT_NO_SPELLCHECK | GTK_INPUT_HINT_LOWERCASE,
                       NULL);
}

static void
fl_text_field_class_init (FlTextFieldClass *klass)
{
  FL_FIELD_CLASS (klass)->create_entry = fl_text_field_create_entry;
}

static void
fl_text_field_init (FlTextField *self)
{
}
