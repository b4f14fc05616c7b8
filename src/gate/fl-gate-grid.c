/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-grid.h"

/**
 * fl_gate_grid_next:
 * @begun: when a call began, in monotonic microseconds
 * @now: when its answer is ready
 * @step: microseconds between two lines of the grid
 *
 * An answer that leaves only so many whole steps after its call tells no more about what was done for it than their number,
 * which is one as long as the work takes less than a step.
 *
 * Returns: when the answer may leave: after at least one step, and not before @now
 */
gint64
fl_gate_grid_next (gint64 begun,
                   gint64 now,
                   gint64 step)
{
  gint64 elapsed = MAX (now - begun, 1);

  return begun + (elapsed + step - 1) / step * step;
}
