/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include "fl-submit-button.h"

/**
 * FlSubmitButton:
 *
 * The main button of a page: full width, and busy at once while the server works.
 *
 * Its spinner appears only after 400 ms (GNOME HIG, spinners: not for what is over at once), in a place that is kept
 * free for it, so that the label does not move. The keyboard presses it at once; #GtkButton would take 250 ms to
 * show itself pressed first.
 */

#define SPINNER_DELAY 400  /* ms */

struct _FlSubmitButton
{
  GtkButton parent_instance;

  GtkWidget *label;
  GtkWidget *spinner;
  guint spinner_timeout;
};

G_DEFINE_FINAL_TYPE (FlSubmitButton, fl_submit_button, GTK_TYPE_BUTTON)

static void
on_spinner_due (gpointer data)
{
  FlSubmitButton *self = data;

  self->spinner_timeout = 0;
  gtk_spinner_start (GTK_SPINNER (self->spinner));
}

static void
fl_submit_button_activate (GtkButton *button)
{
  g_signal_emit_by_name (button, "clicked");
}

static void
fl_submit_button_dispose (GObject *object)
{
  g_clear_handle_id (&FL_SUBMIT_BUTTON (object)->spinner_timeout, g_source_remove);

  G_OBJECT_CLASS (fl_submit_button_parent_class)->dispose (object);
}

static void
fl_submit_button_class_init (FlSubmitButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fl_submit_button_dispose;
  GTK_BUTTON_CLASS (klass)->activate = fl_submit_button_activate;
}

static void
fl_submit_button_init (FlSubmitButton *self)
{
  GtkWidget *box = gtk_center_box_new ();

  self->label = g_object_new (GTK_TYPE_LABEL, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  self->spinner = gtk_spinner_new ();
  gtk_center_box_set_center_widget (GTK_CENTER_BOX (box), self->label);
  gtk_center_box_set_end_widget (GTK_CENTER_BOX (box), self->spinner);
  gtk_button_set_child (GTK_BUTTON (self), box);

  gtk_widget_add_css_class (GTK_WIDGET (self), "suggested-action");
  gtk_widget_add_css_class (GTK_WIDGET (self), "pill");
  gtk_widget_add_css_class (GTK_WIDGET (self), "submit");
}

/**
 * fl_submit_button_set_text:
 * @self: a submit button
 * @text: what it does; its accessible name too
 */
void
fl_submit_button_set_text (FlSubmitButton *self,
                           const char     *text)
{
  g_return_if_fail (FL_IS_SUBMIT_BUTTON (self));

  gtk_label_set_label (GTK_LABEL (self->label), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

/**
 * fl_submit_button_set_busy:
 * @self: a submit button
 * @busy: whether the server is being asked
 */
void
fl_submit_button_set_busy (FlSubmitButton *self,
                           gboolean        busy)
{
  g_return_if_fail (FL_IS_SUBMIT_BUTTON (self));

  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_BUSY, busy, -1);
  if (busy && self->spinner_timeout == 0 && !gtk_spinner_get_spinning (GTK_SPINNER (self->spinner)))
    {
      self->spinner_timeout = g_timeout_add_once (SPINNER_DELAY, on_spinner_due, self);
    }
  else if (!busy)
    {
      g_clear_handle_id (&self->spinner_timeout, g_source_remove);
      gtk_spinner_stop (GTK_SPINNER (self->spinner));
    }
}
