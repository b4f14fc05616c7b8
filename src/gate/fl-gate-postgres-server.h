/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <libpq-fe.h>

G_BEGIN_DECLS

typedef struct _FlGatePostgresServer FlGatePostgresServer;

FlGatePostgresServer *fl_gate_postgres_server_new     (const char            *dsn,
                                                       GError               **error);
void                  fl_gate_postgres_server_free    (FlGatePostgresServer  *self);
PGconn               *fl_gate_postgres_server_connect (FlGatePostgresServer  *self,
                                                       GError               **error);
void                  fl_gate_postgres_server_is_away (FlGatePostgresServer  *self,
                                                       const char            *why);
void                  fl_gate_postgres_server_is_ill  (FlGatePostgresServer  *self,
                                                       const char            *why);
void                  fl_gate_postgres_server_is_well (FlGatePostgresServer  *self);

G_END_DECLS
