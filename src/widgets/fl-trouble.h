/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FL_TYPE_TROUBLE (fl_trouble_get_type ())
G_DECLARE_FINAL_TYPE (FlTrouble, fl_trouble, FL, TROUBLE, GtkWidget)

void       fl_trouble_set_text  (FlTrouble  *self,
                                 const char *text);
GtkWidget *fl_trouble_get_label (FlTrouble  *self);

G_END_DECLS
