/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-config.h"
#include "fl-gate-store.h"

G_BEGIN_DECLS

#define FL_TYPE_GATE (fl_gate_get_type ())
G_DECLARE_FINAL_TYPE (FlGate, fl_gate, FL, GATE, GObject)

FlGate     *fl_gate_new             (const FlGateConfig  *config,
                                     FlGateStore         *store);
gboolean    fl_gate_listen          (FlGate              *self,
                                     GError             **error);
char       *fl_gate_get_url         (FlGate              *self);
char       *fl_gate_get_metrics_url (FlGate              *self);
void        fl_gate_drain           (FlGate              *self);
guint64     fl_gate_get_open        (FlGate              *self);

G_END_DECLS
