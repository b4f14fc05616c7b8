/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-call.h"

G_BEGIN_DECLS

FlGateKind fl_gate_verdict_kind  (const FlGateCall *call);
void       fl_gate_verdict_reach (FlGateCall       *call,
                                  const GError     *error);

G_END_DECLS
