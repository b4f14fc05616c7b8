/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-qr-code.h"
#include "fl-qr-window.h"

/**
 * FlQrWindow:
 *
 * A QR code as large as its parent window, for an old phone, or for the last row of a room.
 *
 * Escape closes it.
 */
struct _FlQrWindow
{
  AdwWindow parent_instance;

  FlQrCode *picture;
};

G_DEFINE_FINAL_TYPE (FlQrWindow, fl_qr_window, ADW_TYPE_WINDOW)

static void
fl_qr_window_class_init (FlQrWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (FL_TYPE_QR_CODE);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-qr-window.ui");
  gtk_widget_class_bind_template_child (widget_class, FlQrWindow, picture);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
fl_qr_window_init (FlQrWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fl_qr_window_new:
 * @parent: (nullable): the window that it covers
 * @text: what the picture says
 *
 * Returns: (transfer none): a window, to be presented
 */
GtkWidget *
fl_qr_window_new (GtkWindow *parent,
                  FlSecret  *text)
{
  FlQrWindow *self = g_object_new (FL_TYPE_QR_WINDOW, "transient-for", parent, NULL);

  fl_qr_code_set_text (self->picture, text);
  if (parent != NULL)
    gtk_window_set_default_size (GTK_WINDOW (self),
                                 gtk_widget_get_width (GTK_WIDGET (parent)),
                                 gtk_widget_get_height (GTK_WIDGET (parent)));

  return GTK_WIDGET (self);
}
