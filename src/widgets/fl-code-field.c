/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include "fl-code-field.h"

/**
 * FlCodeField:
 *
 * A field for a code from a mail, a phone or a note: one wide entry with large, spaced digits.
 *
 * It takes what people type and paste ("123 456", "123-456", other scripts' digits) as it is; the journey makes sense
 * of it. One entry rather than six boxes, so that paste, correction and screen readers work as everywhere else.
 */
struct _FlCodeField
{
  FlField parent_instance;
};

G_DEFINE_FINAL_TYPE (FlCodeField, fl_code_field, FL_TYPE_FIELD)

typedef enum {
  PROP_INPUT_PURPOSE = 1,
} FlCodeFieldProperty;

static GtkWidget *
fl_code_field_create_entry (FlField *field)
{
  PangoAttrList *spaced = pango_attr_list_new ();
  GtkWidget *entry;

  pango_attr_list_insert (spaced, pango_attr_letter_spacing_new (6 * PANGO_SCALE));
  pango_attr_list_insert (spaced, pango_attr_font_features_new ("tnum=1"));
  entry = g_object_new (GTK_TYPE_ENTRY,
                        "attributes", spaced,
                        "input-purpose", GTK_INPUT_PURPOSE_DIGITS,
                        "input-hints", GTK_INPUT_HINT_NO_SPELLCHECK | GTK_INPUT_HINT_NO_EMOJI | GTK_INPUT_HINT_PRIVATE,
                        "css-classes", (const char *[]) { "code", NULL },
                        NULL);
  pango_attr_list_unref (spaced);

  return entry;
}

static void
fl_code_field_set_property (GObject      *object,
                            guint         id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch ((FlCodeFieldProperty) id)
    {
    case PROP_INPUT_PURPOSE:
      gtk_entry_set_input_purpose (GTK_ENTRY (fl_field_get_entry (FL_FIELD (object))), g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_code_field_class_init (FlCodeFieldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = fl_code_field_set_property;
  FL_FIELD_CLASS (klass)->create_entry = fl_code_field_create_entry;
  FL_FIELD_CLASS (klass)->typed_anew = TRUE;

  g_object_class_install_property (object_class, PROP_INPUT_PURPOSE,
    g_param_spec_enum ("input-purpose", NULL, NULL, GTK_TYPE_INPUT_PURPOSE, GTK_INPUT_PURPOSE_DIGITS,
                       G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
}

static void
fl_code_field_init (FlCodeField *self)
{
}
