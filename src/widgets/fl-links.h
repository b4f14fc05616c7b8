/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FL_TYPE_LINKS (fl_links_get_type ())
G_DECLARE_FINAL_TYPE (FlLinks, fl_links, FL, LINKS, GtkWidget)

void fl_links_append   (FlLinks   *self,
                        GtkWidget *link);
void fl_links_set_busy (FlLinks   *self,
                        gboolean   busy);

G_END_DECLS
