/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <string.h>
#include <glib/gi18n-lib.h>
#include <zxcvbn.h>

#include "fl-secret.h"
#include "fl-announce.h"
#include "fl-strength-meter.h"

/**
 * FlStrengthMeter:
 *
 * Says how hard a password is to guess, by four bars and by a word.
 *
 * It advises, and refuses nothing: what is good enough is the server's to say. The word is the meter's accessible value,
 * and is spoken when it changes, not at every key.
 */

#define N_BARS 4
#define LOOKED_AT 100  /* bytes; zxcvbn takes 4 ms for the worst text of this length, and gives no more for a longer one */

struct _FlStrengthMeter
{
  GtkWidget parent_instance;

  FlStrength strength;
  GtkWidget *bars[N_BARS];
  GtkWidget *word;
};

G_DEFINE_FINAL_TYPE (FlStrengthMeter, fl_strength_meter, GTK_TYPE_WIDGET)

/* The scale of zxcvbn's authors (scoring.coffee of 1.0, whose entropy the C library computes): a guesser of 10^4 tries
 * a second, who on average needs half of all, takes less than 10^2 s, 10^4 s, 10^6 s. */
static FlStrength
strength_from_entropy (double bits)
{
  if (bits < 20.9)
    return FL_STRENGTH_VERY_WEAK;
  if (bits < 27.6)
    return FL_STRENGTH_WEAK;
  if (bits < 34.2)
    return FL_STRENGTH_GOOD;

  return FL_STRENGTH_STRONG;
}

static const char *
get_word (FlStrength strength)
{
  switch (strength)
    {
    case FL_STRENGTH_VERY_WEAK:
      /* Translators: how hard a password is to guess */
      return _("Very easy to guess");
    case FL_STRENGTH_WEAK:
      /* Translators: how hard a password is to guess */
      return _("Easy to guess");
    case FL_STRENGTH_GOOD:
      /* Translators: how hard a password is to guess */
      return _("Hard to guess");
    case FL_STRENGTH_STRONG:
      /* Translators: how hard a password is to guess */
      return _("Very hard to guess");
    case FL_STRENGTH_NONE:
    default:
      return "";
    }
}

static const char *
get_css_class (FlStrength strength)
{
  static const char * const classes[] = { "none", "very-weak", "weak", "good", "strong" };

  return classes[strength];
}

static void
set_strength (FlStrengthMeter *self,
              FlStrength       strength)
{
  const char *word = get_word (strength);

  if (self->strength == strength)
    return;

  gtk_widget_remove_css_class (GTK_WIDGET (self), get_css_class (self->strength));
  gtk_widget_add_css_class (GTK_WIDGET (self), get_css_class (strength));
  self->strength = strength;
  for (int i = 0; i < N_BARS; i++)
    {
      if (i < (int) strength)
        gtk_widget_add_css_class (self->bars[i], "filled");
      else
        gtk_widget_remove_css_class (self->bars[i], "filled");
    }

  gtk_label_set_label (GTK_LABEL (self->word), word);
  gtk_widget_set_visible (self->word, *word != '\0'); /* an empty label is read aloud as "GtkLabel" */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, (double) strength,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, word,
                                  -1);
  if (strength != FL_STRENGTH_NONE)
    fl_announce (GTK_WIDGET (self), word);
}

static void
fl_strength_meter_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (fl_strength_meter_parent_class)->dispose (object);
}

static void
fl_strength_meter_class_init (FlStrengthMeterClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_strength_meter_dispose;
  gtk_widget_class_set_css_name (widget_class, "strengthmeter");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_METER);
}

static void
fl_strength_meter_init (FlStrengthMeter *self)
{
  GtkWidget *line = g_object_new (GTK_TYPE_BOX, "spacing", 4, "homogeneous", TRUE, NULL);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  for (int i = 0; i < N_BARS; i++)
    {
      self->bars[i] = g_object_new (GTK_TYPE_BOX, "css-name", "bar", "hexpand", TRUE, NULL);
      gtk_box_append (GTK_BOX (line), self->bars[i]);
    }
  gtk_widget_set_parent (line, GTK_WIDGET (self));

  self->word = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "visible", FALSE, NULL);
  gtk_widget_set_parent (self->word, GTK_WIDGET (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Password strength"),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, (double) FL_STRENGTH_STRONG,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 0.0,
                                  -1);
}

/**
 * fl_strength_meter_set_password:
 * @self: a meter
 * @password: what has been typed so far
 * @words: (array zero-terminated=1): what a guesser would try first here, such as the address
 */
void
fl_strength_meter_set_password (FlStrengthMeter    *self,
                                const char         *password,
                                const char * const *words)
{
  char head[LOOKED_AT + 1];
  gsize length = strnlen (password, LOOKED_AT);

  g_return_if_fail (FL_IS_STRENGTH_METER (self));

  memcpy (head, password, length);
  head[length] = '\0';
  set_strength (self, length > 0 ? strength_from_entropy (ZxcvbnMatch (head, (const char **) words, NULL)) : FL_STRENGTH_NONE);
  fl_secret_wipe (head, sizeof head);
}

/**
 * fl_strength_meter_get_strength:
 * @self: a meter
 *
 * Returns: how hard the password is to guess
 */
FlStrength
fl_strength_meter_get_strength (FlStrengthMeter *self)
{
  g_return_val_if_fail (FL_IS_STRENGTH_METER (self), FL_STRENGTH_NONE);

  return self->strength;
}

/**
 * fl_strength_meter_get_text:
 * @self: a meter
 *
 * Returns: (transfer none): the same as a word
 */
const char *
fl_strength_meter_get_text (FlStrengthMeter *self)
{
  g_return_val_if_fail (FL_IS_STRENGTH_METER (self), "");

  return gtk_label_get_label (GTK_LABEL (self->word));
}
