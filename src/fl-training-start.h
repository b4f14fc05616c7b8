/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int      fl_training_become (char   **arguments);
gboolean fl_training_launch (GError **error);

G_END_DECLS
