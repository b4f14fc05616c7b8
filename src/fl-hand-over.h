/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean fl_hand_over      (GApplication  *application,
                            const char    *link,
                            GError       **error);
void     fl_hand_over_link (GApplication  *application,
                            const char    *link);

G_END_DECLS
