/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GSocket *fl_loopback_listen      (const char  *address,
                                  int          backlog,
                                  GError     **error);
GSocket *fl_loopback_make_anchor (GError     **error);

G_END_DECLS
