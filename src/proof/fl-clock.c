/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-clock"

#include "config.h"

#include "fl-clock.h"

#include <stdatomic.h>

static _Atomic gint64 offset;

/**
 * fl_clock_now:
 *
 * Tells the time that everything here compares with.
 *
 * Returns: Unix time in seconds, plus what tests have advanced
 */
gint64
fl_clock_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC + atomic_load (&offset);
}

/**
 * fl_clock_advance:
 * @seconds: how far to move; negative moves back
 *
 * Shifts what [func@clock_now] answers from now on, in every thread of this process, so that a test sees codes expire
 * without waiting.
 */
void
fl_clock_advance (gint64 seconds)
{
  atomic_fetch_add (&offset, seconds);
}
