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

typedef enum {
  PROP_INPUT_PURPOSE = 1,
} FlTextFieldProperty;

static GtkWidget *
fl_text_field_create_entry (FlField *field)
{
  return g_object_new (GTK_TYPE_ENTRY,
                       "truncate-multiline", TRUE,
                       "input-hints", GTK_INPUT_HINT_NO_SPELLCHECK | GTK_INPUT_HINT_LOWERCASE,
                       NULL);
}

static void
fl_text_field_set_property (GObject      *object,
                            guint         id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch ((FlTextFieldProperty) id)
    {
    case PROP_INPUT_PURPOSE:
      gtk_entry_set_input_purpose (GTK_ENTRY (fl_field_get_entry (FL_FIELD (object))), g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_text_field_class_init (FlTextFieldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = fl_text_field_set_property;
  FL_FIELD_CLASS (klass)->create_entry = fl_text_field_create_entry;

  g_object_class_install_property (object_class, PROP_INPUT_PURPOSE,
    g_param_spec_enum ("input-purpose", NULL, NULL, GTK_TYPE_INPUT_PURPOSE, GTK_INPUT_PURPOSE_FREE_FORM,
                       G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
}

static void
fl_text_field_init (FlTextField *self)
{
}
