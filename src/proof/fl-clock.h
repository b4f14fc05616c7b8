/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The one clock. Everything that compares times asks here, so that a test can move time instead of waiting for it. */

/* Seconds by which two clocks may differ before anybody is told. RFC 6238, section 5.2 has codes of one period of 30 s
 * before and after accepted: at two periods no code fits any more, and less may be nothing but a slow answer. */
#define FL_CLOCK_TOLERANCE 60

/* Seconds by which a clock may seem to have moved when nobody has set it: time servers correct it a little now and then,
 * and answers take their time. */
#define FL_CLOCK_STEADY 5

gint64 fl_clock_now     (void);            /* Unix time in seconds */
gint64 fl_clock_mark    (void);            /* how this computer's clock is set now, for fl_clock_moved() */
gint64 fl_clock_moved   (gint64 mark);     /* seconds by which it has been set since; 0 while it has only gone on */
void   fl_clock_advance (gint64 seconds);  /* for tests: lets time pass, in every thread */
void   fl_clock_set     (gint64 seconds);  /* for tests: sets the clock, in every thread, while no time passes */

G_END_DECLS
