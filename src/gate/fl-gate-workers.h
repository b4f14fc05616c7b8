/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-job.h"

G_BEGIN_DECLS

/**
 * FlGateWork:
 * @begin: makes what one thread works with, in that thread
 * @work: does jobs, all of them or none, or says why it could not
 * @end: frees what @begin made
 * @together: how many jobs are done together at most
 *
 * How a store does what it is asked for, in threads that may wait.
 */
typedef struct
{
  gpointer (*begin) (gpointer     data);
  gboolean (*work)  (gpointer     state,
                     FlGateJob  **jobs,
                     guint        n_jobs,
                     GError     **error);
  void     (*end)   (gpointer     state);
  guint    together;
} FlGateWork;

typedef struct _FlGateWorkers FlGateWorkers;

FlGateWorkers *fl_gate_workers_new  (const FlGateWork *how,
                                     guint             n_threads,
                                     gpointer          data,
                                     GDestroyNotify    destroy);
void           fl_gate_workers_take (FlGateWorkers    *self,
                                     GTask            *task);
void           fl_gate_workers_end  (FlGateWorkers    *self);

G_END_DECLS
