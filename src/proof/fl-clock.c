/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-clock"

#include "config.h"

#include "fl-clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic gint64 passed;
static _Atomic gint64 set;

/**
 * fl_clock_now:
 *
 * Tells the time that everything here compares with.
 *
 * Returns: Unix time in seconds, plus what tests have moved
 */
gint64
fl_clock_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC + atomic_load (&passed) + atomic_load (&set);
}

/**
 * fl_clock_mark:
 *
 * Notes how far this computer's clock is from the time that has passed since the computer started, asleep or awake
 * (CLOCK_BOOTTIME, clock_gettime(2)). Both go on together, until somebody sets the clock.
 *
 * Returns: the mark, for [func@clock_moved]
 */
gint64
fl_clock_mark (void)
{
  struct timespec since_start;

  clock_gettime (CLOCK_BOOTTIME, &since_start);

  return fl_clock_now () - since_start.tv_sec - atomic_load (&passed);
}

/**
 * fl_clock_moved:
 * @mark: what [func@clock_mark] answered once
 *
 * Tells how far the clock has been set since then. Times that were noted then are as wrong by now.
 *
 * Returns: seconds, positive when it was set forward; 0 while it has only gone on
 */
gint64
fl_clock_moved (gint64 mark)
{
  gint64 moved = fl_clock_mark () - mark;

  return ABS (moved) > FL_CLOCK_STEADY ? moved : 0;
}

/**
 * fl_clock_advance:
 * @seconds: how far to move; negative moves back
 *
 * Lets so much time pass, in every thread of this process, so that a test sees codes expire without waiting.
 */
void
fl_clock_advance (gint64 seconds)
{
  atomic_fetch_add (&passed, seconds);
}

/**
 * fl_clock_set:
 * @seconds: how far to move; negative moves back
 *
 * Shifts what [func@clock_now] answers, in every thread of this process, as when a person sets the clock: no time passes.
 */
void
fl_clock_set (gint64 seconds)
{
  atomic_fetch_add (&set, seconds);
}
