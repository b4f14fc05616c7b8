/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-store.h"

G_BEGIN_DECLS

#define FL_TYPE_GATE_STORE_SQLITE (fl_gate_store_sqlite_get_type ())
G_DECLARE_FINAL_TYPE (FlGateStoreSqlite, fl_gate_store_sqlite, FL, GATE_STORE_SQLITE, GObject)

FlGateStore *fl_gate_store_sqlite_new (const char *path);

G_END_DECLS
