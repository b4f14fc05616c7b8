/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-store.h"

G_BEGIN_DECLS

/* What is asked for, and how the task is answered. */
typedef enum {
  FL_GATE_COUNT,      /* int: seconds to wait, 0 when everything has been counted */
  FL_GATE_GIVE_BACK,  /* boolean */
  FL_GATE_REDEEM,     /* int: 1 the first time, else 0 */
  FL_GATE_REMEMBER,   /* boolean */
  FL_GATE_RECALL,     /* pointer: GBytes, NULL when the key is not there, empty when it was redeemed */
  FL_GATE_PRUNE,      /* int: rows removed */
} FlGateVerb;

/**
 * FlGateJob:
 *
 * What one call of a store asks for: the task data that passes between `FlGateStore` and what implements it. The counters
 * stand in the order of their keys, so that whoever locks them one after another never waits in a circle.
 */
typedef struct
{
  FlGateVerb    verb;
  FlGateCounter counters[FL_GATE_COUNTERS_MAX];
  gsize         n_counters;
  guint8        key[FL_GATE_KEY_SIZE];
  guint8        value[FL_GATE_KEY_SIZE];
  guint         seconds;
} FlGateJob;

G_END_DECLS
