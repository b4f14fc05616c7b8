/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean  fl_policy_is_day     (const char *text);
char     *fl_policy_guess_day  (const char *text);
gint64    fl_policy_end_of_day (const char *text);

G_END_DECLS
