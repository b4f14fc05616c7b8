/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-trouble.h"

#define REST (60 * G_USEC_PER_SEC)

/**
 * fl_gate_trouble_begin:
 * @self: a store's trouble
 * @what: what is wrong
 *
 * Notes that a call failed, and tells of the first.
 */
void
fl_gate_trouble_begin (FlGateTrouble *self,
                       const char    *what)
{
  gint64 now = g_get_monotonic_time ();

  if (!self->is_there && (self->told_at == 0 || now - self->told_at > REST))
    {
      g_warning ("%s", what);
      self->is_told = TRUE;
      self->told_at = now;
    }
  self->is_there = TRUE;
}

/**
 * fl_gate_trouble_end:
 * @self: a store's trouble
 *
 * Notes that a call went well, and tells of it when there was trouble.
 */
void
fl_gate_trouble_end (FlGateTrouble *self)
{
  if (self->is_told)
    g_message ("The store can be used again.");
  self->is_there = self->is_told = FALSE;
}
