/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-account-row.h"

/**
 * FlAccountRow:
 *
 * Whose account it is: the address beside a coloured initial, and below it the way to another address.
 *
 * The way stands below rather than beside the address, so that neither is cut at 360 px or with large text.
 */
struct _FlAccountRow
{
  GtkWidget parent_instance;

  AdwAvatar *avatar;
  GtkLabel *address;
  GtkWidget *another;
};

G_DEFINE_FINAL_TYPE (FlAccountRow, fl_account_row, GTK_TYPE_WIDGET)

enum {
  SIGNAL_ANOTHER,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_another_clicked (FlAccountRow *self)
{
  g_signal_emit (self, signals[SIGNAL_ANOTHER], 0);
}

static void
fl_account_row_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (fl_account_row_parent_class)->dispose (object);
}

static void
fl_account_row_class_init (FlAccountRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_account_row_dispose;

  /**
   * FlAccountRow::another:
   *
   * It is somebody else's account.
   */
  signals[SIGNAL_ANOTHER] =
    g_signal_new ("another", FL_TYPE_ACCOUNT_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "account");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-account-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FlAccountRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, FlAccountRow, address);
  gtk_widget_class_bind_template_child (widget_class, FlAccountRow, another);
  gtk_widget_class_bind_template_callback (widget_class, on_another_clicked);
}

static void
fl_account_row_init (FlAccountRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 14);
}

/**
 * fl_account_row_set_address:
 * @self: a row
 * @address: (nullable): whose account it is
 */
void
fl_account_row_set_address (FlAccountRow *self,
                            const char   *address)
{
  g_return_if_fail (FL_IS_ACCOUNT_ROW (self));

  adw_avatar_set_text (self->avatar, address != NULL ? address : "");
  gtk_label_set_label (self->address, address != NULL ? address : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, address != NULL ? address : "",
                                  -1);
}

/**
 * fl_account_row_set_changeable:
 * @self: a row
 * @changeable: whether the way to another address stands in it
 */
void
fl_account_row_set_changeable (FlAccountRow *self,
                               gboolean      changeable)
{
  g_return_if_fail (FL_IS_ACCOUNT_ROW (self));

  gtk_widget_set_visible (self->another, changeable);
}
