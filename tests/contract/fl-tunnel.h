/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _FlTunnel FlTunnel;

FlTunnel *fl_tunnel_new      (guint16     target,
                              const char *answer);
void      fl_tunnel_free     (FlTunnel   *self);
guint16   fl_tunnel_get_port (FlTunnel   *self);

G_END_DECLS
