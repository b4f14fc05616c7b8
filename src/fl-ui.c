/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-ui"

#include "config.h"

#include <adwaita.h>

#include "fl-ui.h"
#include "fl-ui-resources.h"

static void
on_high_contrast_changed (AdwStyleManager  *manager,
                          GParamSpec       *pspec,
                          GtkStyleProvider *style)
{
  GdkDisplay *display = gdk_display_get_default ();

  if (adw_style_manager_get_high_contrast (manager))
    gtk_style_context_add_provider_for_display (display, style, GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
  else
    gtk_style_context_remove_provider_for_display (display, style);
}

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
  g_autoptr (GtkCssProvider) contrast = gtk_css_provider_new ();
  AdwStyleManager *manager = adw_style_manager_get_default ();
  GdkDisplay *display = gdk_display_get_default ();

  fl_ui_register_resource ();
  gtk_css_provider_load_from_resource (style, "/first-login/style.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (style), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_css_provider_load_from_resource (contrast, "/first-login/style-hc.css");
  g_signal_connect_data (manager, "notify::high-contrast", G_CALLBACK (on_high_contrast_changed),
                         g_object_ref (contrast), (GClosureNotify) (void (*) (void)) g_object_unref, 0);
  on_high_contrast_changed (manager, NULL, GTK_STYLE_PROVIDER (contrast));
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (display), "/first-login/icons");
}
