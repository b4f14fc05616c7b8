/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <libpq-fe.h>

G_BEGIN_DECLS

typedef struct _GatePostgres GatePostgres;

const char   *gate_postgres_missing     (void);
GatePostgres *gate_postgres_new         (const char    *store_sql);
void          gate_postgres_free        (GatePostgres  *self);
const char   *gate_postgres_get_dsn     (GatePostgres  *self);
void          gate_postgres_start       (GatePostgres  *self);
void          gate_postgres_stop        (GatePostgres  *self,
                                         int            how);
PGconn       *gate_postgres_connect     (GatePostgres  *self);
gint64        gate_postgres_ask         (PGconn        *connection,
                                         const char    *sql);
void          gate_postgres_limit_files (const char    *pid,
                                         const char    *most);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GatePostgres, gate_postgres_free)

G_END_DECLS
