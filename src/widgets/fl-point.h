/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FL_TYPE_POINT (fl_point_get_type ())
G_DECLARE_FINAL_TYPE (FlPoint, fl_point, FL, POINT, GtkWidget)

void fl_point_set_title (FlPoint    *self,
                         const char *title);
void fl_point_set_text  (FlPoint    *self,
                         const char *text);

G_END_DECLS
