/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FL_TYPE_PAIR (fl_pair_get_type ())
G_DECLARE_FINAL_TYPE (FlPair, fl_pair, FL, PAIR, GtkWidget)

G_END_DECLS
