/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GSocketAddress *fl_loopback_parse       (const char      *text,
                                         gboolean         own_networks,
                                         GError         **error);
GSocket        *fl_loopback_listen      (GSocketAddress  *wanted,
                                         int              backlog,
                                         GError         **error);
GSocket        *fl_loopback_make_anchor (GError         **error);

G_END_DECLS
