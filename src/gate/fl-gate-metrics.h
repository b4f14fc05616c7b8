/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-limits.h"
#include "fl-gate-reason.h"

G_BEGIN_DECLS

#define FL_GATE_METRICS_BUCKETS 11

/**
 * FlGateMetrics:
 * @calls: answered calls, by their status divided by 100
 * @refusals: by reason
 * @quotas: refusals of @refusals[%FL_GATE_QUOTA], by what was tried
 * @challenges: given out
 * @proofs: that were good
 * @open: calls that wait for their answer
 * @passwords: passwords that Kratos is checking
 * @held: answers that were held to the grid
 * @overruns: of these, those that were not ready at the first line of the grid
 * @store_failures: calls of the store that failed
 * @store_is_up: whether the last one did not
 * @upstream_buckets: answers of Kratos by the time they took, not added up
 * @upstream_count: answers of Kratos
 * @upstream_time: microseconds that they took
 *
 * What the gate has done since it began, for those who watch it. No number tells of anybody.
 */
typedef struct
{
  guint64  calls[FL_GATE_CALL_KINDS][6];
  guint64  refusals[FL_GATE_CALL_KINDS][FL_GATE_REASONS];
  guint64  quotas[FL_GATE_KINDS];
  guint64  challenges;
  guint64  proofs;
  guint64  open;
  guint64  passwords;
  guint64  held;
  guint64  overruns;
  guint64  store_failures;
  gboolean store_is_up;
  guint64  upstream_buckets[FL_GATE_METRICS_BUCKETS + 1];
  guint64  upstream_count;
  gint64   upstream_time;
} FlGateMetrics;

void  fl_gate_metrics_observe_upstream (FlGateMetrics       *self,
                                        gint64               microseconds);
char *fl_gate_metrics_to_text          (const FlGateMetrics *self);

G_END_DECLS
