/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "fl-gate-reason.h"

G_BEGIN_DECLS

void fl_gate_shape_refuse (SoupServerMessage *message,
                           FlGateCallKind     kind,
                           const char        *flow,
                           FlGateReason       reason,
                           guint              status,
                           gint64             retry_after);

G_END_DECLS
