/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-store.h"

G_BEGIN_DECLS

/* What is asked for, and what the number means that answers it. */
typedef enum {
  FL_GATE_COUNT,      /* seconds to wait, 0 when everything has been counted */
  FL_GATE_GIVE_BACK,
  FL_GATE_REDEEM,     /* an FlGateUse */
  FL_GATE_REMEMBER,
  FL_GATE_RECALL,     /* and the value in bytes: NULL when the key is not there, empty when nothing was kept with it */
  FL_GATE_PRUNE,      /* rows removed */
} FlGateVerb;

/* Microseconds that a counter may lie beyond its window. What lies further comes from a clock that has been set back since,
 * and is forgotten; less is what servers' clocks differ by when one takes over from another. */
#define FL_GATE_CLOCK_SLACK ((gint64) 60 * G_USEC_PER_SEC)

/* Rows that are removed at once; whoever waits for them waits a few milliseconds. */
#define FL_GATE_PRUNE_ROWS 1000

/**
 * FlGateJob:
 *
 * What one call of a store asks for, and its answer: the task data that passes between `FlGateStore` and what implements it.
 * The counters stand in the order of their keys, so that whoever locks them one after another never waits in a circle.
 */
typedef struct
{
  FlGateVerb    verb;
  FlGateCounter counters[FL_GATE_COUNTERS_MAX];
  gsize         n_counters;
  guint8        key[FL_GATE_KEY_SIZE];
  guint8        value[FL_GATE_KEY_SIZE];
  gboolean      has_other;
  guint8        other[FL_GATE_KEY_SIZE];  /* what may be known, or bars */
  guint         seconds;

  gint          number;
  GBytes       *bytes;
  gboolean      again;  /* not done yet: the other calls first, then the rest of this one */
} FlGateJob;

void   fl_gate_job_free (FlGateJob           *self);
gint64 fl_gate_job_step (const FlGateCounter *counter);
gint   fl_gate_job_wait (gint64               microseconds);

G_END_DECLS
