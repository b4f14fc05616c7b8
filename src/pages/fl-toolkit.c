/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include "fl-toolkit.h"

#include <adwaita.h>

static void
tell_version (FlDoctor   *doctor,
              const char *name,
              guint       major,
              guint       minor,
              guint       micro)
{
  g_autofree char *text = g_strdup_printf ("%u.%u.%u", major, minor, micro);

  fl_doctor_add_fact (doctor, FL_CHECK_VERSIONS, name, text);
}

/**
 * fl_toolkit_tell:
 * @doctor: a doctor that has not examined yet
 * @window: (nullable): a window that is shown; %NULL where there is none, and GTK has not even been started
 *
 * Tells the doctor what the toolkit is, and what it draws with.
 */
void
fl_toolkit_tell (FlDoctor  *doctor,
                 GtkNative *window)
{
  GskRenderer *renderer = window != NULL ? gtk_native_get_renderer (window) : NULL;
  GdkSurface *surface = window != NULL ? gtk_native_get_surface (window) : NULL;

  tell_version (doctor, "gtk", gtk_get_major_version (), gtk_get_minor_version (), gtk_get_micro_version ());
  tell_version (doctor, "libadwaita", adw_get_major_version (), adw_get_minor_version (), adw_get_micro_version ());
  if (surface != NULL)
    fl_doctor_add_fact (doctor, FL_CHECK_RENDERING, "display", G_OBJECT_TYPE_NAME (gdk_surface_get_display (surface)));
  if (renderer != NULL)
    fl_doctor_add_fact (doctor, FL_CHECK_RENDERING, "renderer", G_OBJECT_TYPE_NAME (renderer));
}
