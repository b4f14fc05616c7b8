/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-job.h"

/**
 * fl_gate_job_free:
 * @self: (transfer full): a job
 *
 * Frees a job with its answer.
 */
void
fl_gate_job_free (FlGateJob *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

/**
 * fl_gate_job_step:
 * @counter: a counter
 *
 * Returns: microseconds after which one of what was counted has come back; at least 1
 */
gint64
fl_gate_job_step (const FlGateCounter *counter)
{
  return MAX ((gint64) counter->window * G_USEC_PER_SEC / counter->limit, 1);
}

/**
 * fl_gate_job_wait:
 * @microseconds: until there is room again
 *
 * Returns: whole seconds, for people and `Retry-After`; never 0, which would mean that it was counted
 */
gint
fl_gate_job_wait (gint64 microseconds)
{
  return (gint) CLAMP ((microseconds + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC, 1, G_MAXINT);
}
