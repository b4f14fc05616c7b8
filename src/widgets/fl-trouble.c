/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include "fl-trouble.h"

/**
 * FlTrouble:
 *
 * The room above a page's main button for a problem that is about nothing that was typed.
 *
 * The room is always kept, so that nothing on the page moves when there is one.
 */
struct _FlTrouble
{
  GtkWidget parent_instance;

  GtkWidget *icon;
  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (FlTrouble, fl_trouble, GTK_TYPE_WIDGET)

static void
fl_trouble_dispose (GObject *object)
{
  FlTrouble *self = FL_TROUBLE (object);

  g_clear_pointer (&self->icon, gtk_widget_unparent);
  g_clear_pointer (&self->label, gtk_widget_unparent);

  G_OBJECT_CLASS (fl_trouble_parent_class)->dispose (object);
}

static void
fl_trouble_class_init (FlTroubleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_trouble_dispose;

  gtk_widget_class_set_css_name (widget_class, "trouble");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
fl_trouble_init (FlTrouble *self)
{
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 6);

  self->icon = g_object_new (GTK_TYPE_IMAGE,
                             "icon-name", "dialog-warning-symbolic",
                             "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                             "valign", GTK_ALIGN_START,
                             "visible", FALSE,
                             NULL);
  gtk_widget_set_parent (self->icon, GTK_WIDGET (self));
  self->label = g_object_new (GTK_TYPE_LABEL,
                              "wrap", TRUE,
                              "wrap-mode", PANGO_WRAP_WORD_CHAR,
                              "xalign", 0.0,
                              "yalign", 0.0,
                              "hexpand", TRUE,
                              "visible", FALSE,
                              NULL);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
}

/**
 * fl_trouble_set_text:
 * @self: the room above the main button
 * @text: (nullable): what is wrong and what to do now; %NULL when nothing is
 */
void
fl_trouble_set_text (FlTrouble  *self,
                     const char *text)
{
  g_return_if_fail (FL_IS_TROUBLE (self));

  gtk_widget_set_visible (self->icon, text != NULL);
  gtk_label_set_label (GTK_LABEL (self->label), text != NULL ? text : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text != NULL ? text : "", -1);
  gtk_widget_set_visible (self->label, text != NULL); /* an empty label is read aloud as "GtkLabel" */
}

/**
 * fl_trouble_get_label:
 * @self: the room above the main button
 *
 * Returns: (transfer none): the text's label, for others to be described by
 */
GtkWidget *
fl_trouble_get_label (FlTrouble *self)
{
  g_return_val_if_fail (FL_IS_TROUBLE (self), NULL);

  return self->label;
}
