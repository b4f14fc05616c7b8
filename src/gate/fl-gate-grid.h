/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gint64 fl_gate_grid_next (gint64 begun,
                          gint64 now,
                          gint64 step);

G_END_DECLS
