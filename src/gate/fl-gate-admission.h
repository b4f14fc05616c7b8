/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-call.h"

G_BEGIN_DECLS

void fl_gate_admission_begin (FlGateCall *call,
                              GBytes     *body);

G_END_DECLS
