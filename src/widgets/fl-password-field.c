/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-password-field.h"
#include "fl-text.h"

/**
 * FlPasswordField:
 *
 * A field for a password, with a toggle that shows what was typed.
 *
 * It wraps #GtkPasswordEntry for its role, caps-lock warning and non-pageable memory; the entry's own peek icon has
 * neither focus nor a name at the floor, so a real toggle button stands beside it. Text is taken as it is typed or
 * pasted, never altered: what is blank at the ends of what was pasted is spoken of, as it cannot be seen, but stays.
 *
 * What is selected is offered to the middle button of every program. A password that is shown is selected by nobody but
 * the person: one that was refused is then there to be corrected rather than typed anew.
 */

#define LENGTH_MAX 4096  /* bytes; more than password managers make, and however it is escaped, no request is too large */

struct _FlPasswordField
{
  FlField parent_instance;

  GtkWidget *reveal;
  gboolean pasted;
};

G_DEFINE_FINAL_TYPE (FlPasswordField, fl_password_field, FL_TYPE_FIELD)

static GtkText *
get_text (FlPasswordField *self)
{
  return GTK_TEXT (gtk_editable_get_delegate (fl_field_get_entry (FL_FIELD (self))));
}

static void
deselect (GtkText *text)
{
  gtk_editable_set_position (GTK_EDITABLE (text), gtk_editable_get_position (GTK_EDITABLE (text)));
}

static void
on_reveal_toggled (FlPasswordField *self)
{
  gboolean shown = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->reveal));
  GtkText *text = get_text (self);

  if (shown)
    deselect (text);
  gtk_text_set_visibility (text, shown);
  gtk_button_set_icon_name (GTK_BUTTON (self->reveal), shown ? "view-conceal-symbolic" : "view-reveal-symbolic");
}

/* Emoji are joined by format characters, so that those do not count inside. */
static gboolean
is_hidden_inside (gunichar character)
{
  GUnicodeType type = g_unichar_type (character);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* What a person does not see in a password. */
static const char *
find_remark (const char *password)
{
  const char *last = g_utf8_find_prev_char (password, password + strlen (password));
  gboolean at_start = fl_text_is_blank (g_utf8_get_char (password));
  gboolean at_end = last != NULL && fl_text_is_blank (g_utf8_get_char (last));

  if (at_start && at_end)
    return _("It begins and ends with a blank. Delete them, unless they belong to the password.");
  if (at_start)
    return _("It begins with a blank. Delete it, unless it belongs to the password.");
  if (at_end)
    return _("It ends with a blank or a line end. Delete it, unless it belongs to the password.");

  for (const char *p = password; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (is_hidden_inside (g_utf8_get_char (p)))
        return _("There is a tab or a line end in it. Delete it, unless it belongs to the password.");
    }

  return NULL;
}

/* Who types a blank knows of it; between two words it would be spoken of at every one. */
static void
on_text_inserted (FlPasswordField *self,
                  const char      *text,
                  int              length)
{
  self->pasted |= g_utf8_strlen (text, length) > 1;
}

static void
on_text_changed (FlPasswordField *self)
{
  const char *password = fl_field_get_text (FL_FIELD (self));

  self->pasted &= *password != '\0';
  fl_field_set_remark (FL_FIELD (self), self->pasted ? find_remark (password) : NULL);
}

static GtkWidget *
fl_password_field_create_entry (FlField *field)
{
  FlPasswordField *self = FL_PASSWORD_FIELD (field);
  GtkWidget *entry = gtk_password_entry_new ();

  g_signal_connect_object (entry, "changed", G_CALLBACK (on_text_changed), self, G_CONNECT_SWAPPED);
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
fl_password_field_constructed (GObject *object)
{
  FlPasswordField *self = FL_PASSWORD_FIELD (object);

  G_OBJECT_CLASS (fl_password_field_parent_class)->constructed (object);

  /* After the field itself, so that nothing is heard of what that refuses. */
  g_signal_connect_object (get_text (self), "insert-text",
                           G_CALLBACK (on_text_inserted), self, G_CONNECT_SWAPPED);
}

/* GTK selects what Tab leads to. */
static gboolean
fl_password_field_focus (GtkWidget        *widget,
                         GtkDirectionType  direction)
{
  GtkText *text = get_text (FL_PASSWORD_FIELD (widget));
  gboolean was_here = gtk_widget_has_focus (GTK_WIDGET (text));
  gboolean moved = GTK_WIDGET_CLASS (fl_password_field_parent_class)->focus (widget, direction);

  if (moved && !was_here && gtk_text_get_visibility (text))
    deselect (text);

  return moved;
}

static void
fl_password_field_class_init (FlPasswordFieldClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = fl_password_field_constructed;
  GTK_WIDGET_CLASS (klass)->focus = fl_password_field_focus;
  FL_FIELD_CLASS (klass)->create_entry = fl_password_field_create_entry;
  FL_FIELD_CLASS (klass)->typed_anew = TRUE;
  FL_FIELD_CLASS (klass)->length_max = LENGTH_MAX;
  FL_FIELD_CLASS (klass)->too_long =
    N_("That is too long for a password, and nothing of it was taken. Copy it once more.");
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
