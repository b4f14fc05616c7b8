/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-workers.h"

/* Calls that wait at most. A store that does ten thousand a second has a tenth of a second's work then; one that is slower
 * is in trouble, and whoever comes is better told so than kept waiting. */
#define MOST_WAITING 1024

/**
 * FlGateWorkers:
 *
 * The threads behind a store, and the one queue that they take their jobs from. Databases are waited for here, so that the
 * thread that serves people never does.
 */
struct _FlGateWorkers
{
  gatomicrefcount  refs;
  FlGateWork       work;
  gpointer         data;
  GDestroyNotify   destroy;
  GPtrArray       *taken;  /* of GTask, in this turn of the main loop */
  GAsyncQueue     *queue;  /* of GTask, or the workers themselves for a thread that is to end */
  GPtrArray       *threads;
};

static void
workers_unref (FlGateWorkers *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_ptr_array_unref (self->taken);
  g_async_queue_unref (self->queue);
  g_ptr_array_unref (self->threads);
  self->destroy (self->data);
  g_free (self);
}

static void
answer (GTask     *task,
        FlGateJob *job)
{
  switch (job->verb)
    {
    case FL_GATE_COUNT:
    case FL_GATE_REDEEM:
    case FL_GATE_PRUNE:
      g_task_return_int (task, job->number);
      break;

    case FL_GATE_GIVE_BACK:
    case FL_GATE_REMEMBER:
      g_task_return_boolean (task, TRUE);
      break;

    case FL_GATE_RECALL:
      g_task_return_pointer (task, g_steal_pointer (&job->bytes), (GDestroyNotify) g_bytes_unref);
      break;

    default:
      g_assert_not_reached ();
    }
}

/* Waits for a job, and takes what else waits with it; FALSE when the thread is to end. */
static gboolean
gather (FlGateWorkers *self,
        GPtrArray     *tasks,
        GPtrArray     *jobs)
{
  gpointer thing = g_async_queue_pop (self->queue);

  for (; thing != NULL && thing != self; thing = tasks->len < self->work.together ? g_async_queue_try_pop (self->queue) : NULL)
    {
      g_autoptr (GTask) task = thing;
      FlGateJob *job = g_task_get_task_data (task);

      if (g_task_return_error_if_cancelled (task))
        continue;
      job->again = FALSE;
      g_ptr_array_add (jobs, job);
      g_ptr_array_add (tasks, g_steal_pointer (&task));
    }
  if (thing == self && tasks->len > 0)
    g_async_queue_push (self->queue, self);
  return thing != self || tasks->len > 0;
}

static void
do_tasks (FlGateWorkers *self,
          gpointer       state,
          GPtrArray     *tasks,
          GPtrArray     *jobs)
{
  g_autoptr (GError) error = NULL;
  gboolean is_done = self->work.work (state, (FlGateJob **) jobs->pdata, jobs->len, &error);

  for (guint i = 0; i < tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (tasks, i);
      FlGateJob *job = g_ptr_array_index (jobs, i);

      if (!is_done)
        g_task_return_error (task, g_error_copy (error));
      else if (job->again)
        g_async_queue_push (self->queue, g_object_ref (task));
      else
        answer (task, job);
    }
}

static gpointer
work (gpointer data)
{
  FlGateWorkers *self = data;
  gpointer state = self->work.begin (self->data);
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) jobs = g_ptr_array_new ();

  while (gather (self, tasks, jobs))
    {
      if (jobs->len > 0)
        do_tasks (self, state, tasks, jobs);
      g_ptr_array_set_size (jobs, 0);
      g_ptr_array_set_size (tasks, 0);
    }
  self->work.end (state);
  workers_unref (self);
  return NULL;
}

/**
 * fl_gate_workers_new:
 * @how: what they do
 * @n_threads: how many there are
 * @data: (transfer full): what all of them share
 * @destroy: frees @data with the last of them
 *
 * Starts threads, which wait for what there is to do.
 *
 * Returns: (transfer full): the workers, to be ended by fl_gate_workers_end()
 */
FlGateWorkers *
fl_gate_workers_new (const FlGateWork *how,
                     guint             n_threads,
                     gpointer          data,
                     GDestroyNotify    destroy)
{
  FlGateWorkers *self = g_new0 (FlGateWorkers, 1);

  g_atomic_ref_count_init (&self->refs);
  self->work = *how;
  self->data = data;
  self->destroy = destroy;
  self->taken = g_ptr_array_new ();
  self->queue = g_async_queue_new ();
  self->threads = g_ptr_array_new ();
  for (guint i = 0; i < n_threads; i++)
    {
      g_atomic_ref_count_inc (&self->refs);
      g_ptr_array_add (self->threads, g_thread_new ("gate-store", work, self));
    }
  return self;
}

/* What came in one turn of the main loop is handed over at once: it can be done together then, and one waking does for all. */
static gboolean
on_turn_over (gpointer user_data)
{
  FlGateWorkers *self = user_data;

  g_async_queue_lock (self->queue);
  for (guint i = 0; i < self->taken->len; i++)
    g_async_queue_push_unlocked (self->queue, g_ptr_array_index (self->taken, i));
  g_async_queue_unlock (self->queue);
  g_ptr_array_set_size (self->taken, 0);
  return G_SOURCE_REMOVE;
}

/**
 * fl_gate_workers_take:
 * @self: workers
 * @task: (transfer full): with an FlGateJob as its data
 *
 * Has a job done and its task answered, or refuses it at once when too many wait. One thread calls it, and runs a main loop.
 */
void
fl_gate_workers_take (FlGateWorkers *self,
                      GTask         *task)
{
  g_autoptr (GSource) source = NULL;

  if (g_async_queue_length (self->queue) + (gint) self->taken->len >= MOST_WAITING)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY, "too many calls wait for the store");
      g_object_unref (task);
      return;
    }
  g_ptr_array_add (self->taken, task);
  if (self->taken->len > 1)
    return;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_turn_over, self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

/**
 * fl_gate_workers_end:
 * @self: (transfer full): workers, with nothing left to do
 *
 * Ends the threads and waits for them, but for the one that calls it: a task is sometimes let go last by the thread that
 * answered it, and with it the store.
 */
void
fl_gate_workers_end (FlGateWorkers *self)
{
  for (guint i = 0; i < self->threads->len; i++)
    g_async_queue_push (self->queue, self);
  for (guint i = 0; i < self->threads->len; i++)
    {
      GThread *thread = g_ptr_array_index (self->threads, i);

      if (thread == g_thread_self ())
        g_thread_unref (thread);
      else
        g_thread_join (thread);
    }
  workers_unref (self);
}
