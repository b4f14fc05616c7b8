/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-trouble.h"

/**
 * FlTrouble:
 *
 * The room below a page's main button: for a problem that is about no field, and for Cancel while the server works.
 *
 * The two never stand there together, so one room, which is always kept, is enough, and nothing on the page moves.
 */
struct _FlTrouble
{
  GtkWidget parent_instance;

  GtkWidget *line;
  GtkWidget *icon;
  GtkWidget *label;
  GtkWidget *cancel;
  guint cancel_timeout;
};

#define CANCEL_DELAY 400  /* ms; as the main button's spinner */

G_DEFINE_FINAL_TYPE (FlTrouble, fl_trouble, GTK_TYPE_WIDGET)

enum {
  SIGNAL_CANCELLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_cancel_due (gpointer data)
{
  FlTrouble *self = data;

  self->cancel_timeout = 0;
  gtk_widget_set_visible (self->cancel, TRUE);
}

static void
on_cancel_clicked (FlTrouble *self)
{
  g_signal_emit (self, signals[SIGNAL_CANCELLED], 0);
}

static void
fl_trouble_dispose (GObject *object)
{
  FlTrouble *self = FL_TROUBLE (object);

  g_clear_handle_id (&self->cancel_timeout, g_source_remove);
  g_clear_pointer (&self->line, gtk_widget_unparent);
  g_clear_pointer (&self->cancel, gtk_widget_unparent);

  G_OBJECT_CLASS (fl_trouble_parent_class)->dispose (object);
}

static void
fl_trouble_class_init (FlTroubleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_trouble_dispose;

  /**
   * FlTrouble::cancelled:
   *
   * The server shall not be waited for any longer.
   */
  signals[SIGNAL_CANCELLED] =
    g_signal_new ("cancelled", FL_TYPE_TROUBLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "trouble");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
fl_trouble_init (FlTrouble *self)
{
  self->icon = g_object_new (GTK_TYPE_IMAGE,
                             "icon-name", "dialog-warning-symbolic",
                             "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                             "valign", GTK_ALIGN_START,
                             "visible", FALSE,
                             NULL);
  self->label = g_object_new (GTK_TYPE_LABEL,
                              "wrap", TRUE,
                              "wrap-mode", PANGO_WRAP_WORD_CHAR,
                              "natural-wrap-mode", GTK_NATURAL_WRAP_NONE,
                              "xalign", 0.0,
                              "yalign", 0.0,
                              NULL);
  self->line = g_object_new (GTK_TYPE_BOX,
                             "css-name", "troubleline",
                             "spacing", 8,
                             "halign", GTK_ALIGN_CENTER,
                             NULL);
  gtk_box_append (GTK_BOX (self->line), self->icon);
  gtk_box_append (GTK_BOX (self->line), self->label);
  gtk_widget_set_parent (self->line, GTK_WIDGET (self));

  self->cancel = g_object_new (GTK_TYPE_BUTTON,
                               /* Translators: stops waiting for the server's answer */
                               "label", _("Cancel"),
                               "halign", GTK_ALIGN_CENTER,
                               "valign", GTK_ALIGN_START,
                               "visible", FALSE,
                               "css-classes", (const char *[]) { "flat", "quiet", NULL },
                               NULL);
  g_signal_connect_object (self->cancel, "clicked", G_CALLBACK (on_cancel_clicked), self, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (self->cancel, GTK_WIDGET (self));
}

/**
 * fl_trouble_set_text:
 * @self: the room below the main button
 * @text: (nullable): what is wrong and what to do now; %NULL when nothing is
 */
void
fl_trouble_set_text (FlTrouble  *self,
                     const char *text)
{
  g_return_if_fail (FL_IS_TROUBLE (self));

  gtk_widget_set_visible (self->icon, text != NULL);
  gtk_label_set_label (GTK_LABEL (self->label), text != NULL ? text : "");
}

/**
 * fl_trouble_set_busy:
 * @self: the room below the main button
 * @busy: whether the server is being asked: then Cancel appears, unless the answer is there at once
 */
void
fl_trouble_set_busy (FlTrouble *self,
                     gboolean   busy)
{
  g_return_if_fail (FL_IS_TROUBLE (self));

  gtk_widget_set_visible (self->line, !busy);
  if (busy && self->cancel_timeout == 0 && !gtk_widget_get_visible (self->cancel))
    {
      self->cancel_timeout = g_timeout_add_once (CANCEL_DELAY, on_cancel_due, self);
    }
  else if (!busy)
    {
      g_clear_handle_id (&self->cancel_timeout, g_source_remove);
      gtk_widget_set_visible (self->cancel, FALSE);
    }
}

/**
 * fl_trouble_get_label:
 * @self: the room below the main button
 *
 * Returns: (transfer none): the text's label, for others to be described by
 */
GtkWidget *
fl_trouble_get_label (FlTrouble *self)
{
  g_return_val_if_fail (FL_IS_TROUBLE (self), NULL);

  return self->label;
}
