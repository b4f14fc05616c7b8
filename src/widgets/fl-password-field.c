/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "fl-password-field.h"

/**
 * FlPasswordField:
 *
 * A field for a password, with a toggle that shows what was typed.
 *
 * It wraps #GtkPasswordEntry for its role, caps-lock warning and non-pageable memory; the entry's own peek icon has
 * neither focus nor a name at the floor, so a real toggle button stands beside it. Text is taken as it is typed or
 * pasted, never altered: what is longer than the entry can hold is refused, where GTK would cut it off.
 */

#define LENGTH_MAX 65534  /* bytes; what a #GtkEntryBuffer keeps */

struct _FlPasswordField
{
  FlField parent_instance;

  GtkWidget *reveal;
};

G_DEFINE_FINAL_TYPE (FlPasswordField, fl_password_field, FL_TYPE_FIELD)

static void
on_reveal_toggled (FlPasswordField *self)
{
  gboolean shown = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->reveal));

  gtk_text_set_visibility (GTK_TEXT (gtk_editable_get_delegate (fl_field_get_entry (FL_FIELD (self)))), shown);
  gtk_button_set_icon_name (GTK_BUTTON (self->reveal), shown ? "view-conceal-symbolic" : "view-reveal-symbolic");
}

static void
on_insert_text (FlPasswordField *self,
                const char      *text,
                int              length,
                int             *position,
                GtkEditable     *editable)
{
  if (strlen (gtk_editable_get_text (editable)) + (gsize) length <= LENGTH_MAX)
    return;

  g_signal_stop_emission_by_name (editable, "insert-text");
  fl_field_set_error (FL_FIELD (self), _("That is too long for a password, and nothing of it was taken. Copy it once more."));
}

static GtkWidget *
fl_password_field_create_entry (FlField *field)
{
  FlPasswordField *self = FL_PASSWORD_FIELD (field);
  GtkWidget *entry = gtk_password_entry_new ();

  g_signal_connect_object (gtk_editable_get_delegate (GTK_EDITABLE (entry)), "insert-text",
                           G_CALLBACK (on_insert_text), self, G_CONNECT_SWAPPED);
  self->reveal = g_object_new (GTK_TYPE_TOGGLE_BUTTON,
                               "icon-name", "view-reveal-symbolic",
                               "tooltip-text", _("Show password"),
                               "css-classes", (const char *[]) { "flat", "circular", "reveal", NULL },
                               NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->reveal),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Show password"),
                                  -1);
  g_signal_connect_object (self->reveal, "toggled", G_CALLBACK (on_reveal_toggled), self, G_CONNECT_SWAPPED);
  fl_field_add_suffix (field, self->reveal);

  return entry;
}

static void
fl_password_field_class_init (FlPasswordFieldClass *klass)
{
  FL_FIELD_CLASS (klass)->create_entry = fl_password_field_create_entry;
  FL_FIELD_CLASS (klass)->typed_anew = TRUE;
}

static void
fl_password_field_init (FlPasswordField *self)
{
}

/**
 * fl_password_field_dup_secret:
 * @self: a field
 *
 * Returns: (transfer full): what was typed, unaltered
 */
FlSecret *
fl_password_field_dup_secret (FlPasswordField *self)
{
  return fl_secret_new (fl_field_get_text (FL_FIELD (self)));
}
