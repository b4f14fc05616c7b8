/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fl-gate-reason.h"

G_BEGIN_DECLS

/**
 * FlGateLog:
 * @second: the monotonic second that @lines were written in
 * @lines: how many
 * @passed_over: refusals since, of which nothing was written
 *
 * Tells of refusals, a line each, while they are few enough to be read.
 */
typedef struct
{
  gint64  second;
  guint   lines;
  guint64 passed_over;
} FlGateLog;

void fl_gate_log_refusal (FlGateLog      *self,
                          FlGateCallKind  kind,
                          FlGateReason    reason,
                          GInetAddress   *peer);

G_END_DECLS
