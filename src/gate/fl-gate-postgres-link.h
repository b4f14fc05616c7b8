/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-postgres-server.h"

G_BEGIN_DECLS

/* Parameters of a statement at most: four for each counter, and one. */
#define FL_GATE_POSTGRES_VALUES 17

/**
 * FlGatePostgresValues:
 *
 * The parameters of a statement, in the order in which they were added.
 */
typedef struct
{
  int         n;
  const char *values[FL_GATE_POSTGRES_VALUES];
  int         lengths[FL_GATE_POSTGRES_VALUES];
  int         formats[FL_GATE_POSTGRES_VALUES];
  char        numbers[FL_GATE_POSTGRES_VALUES][24];
} FlGatePostgresValues;

void                fl_gate_postgres_values_add_bytes  (FlGatePostgresValues        *self,
                                                        const guint8                *bytes,
                                                        gsize                        length);
void                fl_gate_postgres_values_add_number (FlGatePostgresValues        *self,
                                                        gint64                       number);

typedef struct _FlGatePostgresLink FlGatePostgresLink;

FlGatePostgresLink *fl_gate_postgres_link_new          (FlGatePostgresServer        *server);
void                fl_gate_postgres_link_free         (FlGatePostgresLink          *self);
PGresult           *fl_gate_postgres_link_run          (FlGatePostgresLink          *self,
                                                        const char                  *sql,
                                                        const FlGatePostgresValues  *values,
                                                        GError                     **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PGresult, PQclear)

G_END_DECLS
