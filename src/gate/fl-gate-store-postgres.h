/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-store.h"

G_BEGIN_DECLS

#define FL_TYPE_GATE_STORE_POSTGRES (fl_gate_store_postgres_get_type ())
G_DECLARE_FINAL_TYPE (FlGateStorePostgres, fl_gate_store_postgres, FL, GATE_STORE_POSTGRES, GObject)

FlGateStore *fl_gate_store_postgres_new (const char  *dsn,
                                         GError     **error);

G_END_DECLS
