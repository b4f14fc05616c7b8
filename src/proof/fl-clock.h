/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The one clock. Everything that compares times asks here, so that a test can move time instead of waiting for it. */

/* Seconds by which two clocks may differ before anybody is told. RFC 6238, section 5.2 has codes of one period of 30 s
 * before and after accepted: at two periods no code fits any more, and less may be nothing but a slow answer. */
#define FL_CLOCK_TOLERANCE 60

gint64 fl_clock_now     (void);            /* Unix time in seconds */
void   fl_clock_advance (gint64 seconds);  /* for tests: shifts what fl_clock_now() answers, in every thread */

G_END_DECLS
