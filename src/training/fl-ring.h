/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FL_TYPE_RING (fl_ring_get_type ())
G_DECLARE_FINAL_TYPE (FlRing, fl_ring, FL, RING, GtkWidget)

GtkWidget *fl_ring_new      (void);
void       fl_ring_set_left (FlRing *self,
                             int     seconds,
                             int     of);

G_END_DECLS
