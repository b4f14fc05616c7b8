/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-ui"

#include "config.h"

#include <adwaita.h>

#include "fl-ui.h"
#include "fl-ui-resources.h"

/**
 * fl_ui_init:
 *
 * Makes templates, style and icons known, after adw_init(). Both windows, the plain one and the training's, call it
 * once before they build a page.
 */
void
fl_ui_init (void)
{
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();
  GdkDisplay *display = gdk_display_get_default ();

  fl_ui_register_resource ();
  gtk_css_provider_load_from_resource (style, "/first-login/style.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (style), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (display), "/first-login/icons");
}
