/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-store.h"

#include "fl-gate-job.h"

#include <string.h>

/*
 * FlGateStore: what gates know together, and keep over a restart.
 *
 * An interface, so that one host needs no server for it, and many share the one that is there anyway. Every call is right
 * when several gates make it at the same moment, and nothing waits in the caller's thread. An error says that the store
 * could not be asked; the same call succeeds when the fault has ended. Times are the store's own: gates whose clocks differ
 * agree on them.
 */

G_DEFINE_INTERFACE (FlGateStore, fl_gate_store, G_TYPE_OBJECT)

static void
fl_gate_store_default_init (FlGateStoreInterface *iface)
{
}

static int
compare_counters (gconstpointer a,
                  gconstpointer b)
{
  return memcmp (((const FlGateCounter *) a)->key, ((const FlGateCounter *) b)->key, FL_GATE_KEY_SIZE);
}

static void
take (FlGateStore         *self,
      FlGateJob           *job,
      gpointer             tag,
      GCancellable        *cancellable,
      GAsyncReadyCallback  callback,
      gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, job, (GDestroyNotify) fl_gate_job_free);
  FL_GATE_STORE_GET_IFACE (self)->take (self, task);
}

static FlGateJob *
new_job (FlGateVerb    verb,
         const guint8 *key,
         guint         seconds)
{
  FlGateJob *job = g_new0 (FlGateJob, 1);

  job->verb = verb;
  job->seconds = seconds;
  if (key != NULL)
    memcpy (job->key, key, FL_GATE_KEY_SIZE);
  return job;
}

static FlGateJob *
new_counters (FlGateVerb           verb,
              const guint8        *known,
              guint                seconds,
              const FlGateCounter *counters,
              gsize                n_counters)
{
  FlGateJob *job = new_job (verb, NULL, seconds);

  job->has_other = known != NULL;
  if (known != NULL)
    memcpy (job->other, known, FL_GATE_KEY_SIZE);
  memcpy (job->counters, counters, n_counters * sizeof *counters);
  job->n_counters = n_counters;
  qsort (job->counters, n_counters, sizeof *counters, compare_counters);
  return job;
}

/**
 * fl_gate_store_count:
 * @self: a store
 * @known: (nullable) (array fixed-size=32): a key that fl_gate_store_give_back() may have made known
 * @counters: (array length=n_counters): what is to be counted, each key once
 * @n_counters: how many, 1 to %FL_GATE_COUNTERS_MAX
 * @cancellable: (nullable): ends the call early; it may have counted all the same
 * @callback: called when the store has answered
 * @user_data: for @callback
 *
 * Counts once in each of @counters that counts here, or, where one of them has reached its limit, in none.
 */
void
fl_gate_store_count (FlGateStore         *self,
                     const guint8        *known,
                     const FlGateCounter *counters,
                     gsize                n_counters,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_return_if_fail (FL_IS_GATE_STORE (self));
  g_return_if_fail (n_counters > 0 && n_counters <= FL_GATE_COUNTERS_MAX);

  take (self, new_counters (FL_GATE_COUNT, known, 0, counters, n_counters), fl_gate_store_count, cancellable, callback,
        user_data);
}

/**
 * fl_gate_store_count_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends fl_gate_store_count().
 *
 * Returns: 0 when it has been counted, else the seconds until it may be; -1 with an error
 */
gint
fl_gate_store_count_finish (FlGateStore   *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_gate_store_count), -1);

  return (gint) g_task_propagate_int (G_TASK (result), error);
}

/**
 * fl_gate_store_give_back:
 * @self: a store
 * @known: (nullable) (array fixed-size=32): the key with which it was counted
 * @seconds: for how long @known is known from now on; 0 leaves that as it is
 * @counters: (array length=n_counters): what had been counted, with the same limits; with a limit of 1, everything that was
 *   ever counted there is given back
 * @n_counters: how many, 1 to %FL_GATE_COUNTERS_MAX
 * @cancellable: (nullable): ends the call early; it may have given back all the same
 * @callback: (nullable): called when the store has answered
 * @user_data: for @callback
 *
 * Takes one from each of @counters, where what was counted turned out not to be what they count.
 */
void
fl_gate_store_give_back (FlGateStore         *self,
                         const guint8        *known,
                         guint                seconds,
                         const FlGateCounter *counters,
                         gsize                n_counters,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_return_if_fail (FL_IS_GATE_STORE (self));
  g_return_if_fail (n_counters > 0 && n_counters <= FL_GATE_COUNTERS_MAX);
  g_return_if_fail (known != NULL || seconds == 0);

  take (self, new_counters (FL_GATE_GIVE_BACK, known, seconds, counters, n_counters), fl_gate_store_give_back, cancellable,
        callback, user_data);
}

/**
 * fl_gate_store_give_back_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends fl_gate_store_give_back().
 *
 * Returns: whether it has been given back
 */
gboolean
fl_gate_store_give_back_finish (FlGateStore   *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_gate_store_give_back), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * fl_gate_store_redeem:
 * @self: a store
 * @key: (array fixed-size=32): what can be used once
 * @unless: (nullable) (array fixed-size=32): what bars it when it has been used itself
 * @seconds: for how long, at the least, that is to be remembered
 * @cancellable: (nullable): ends the call early; it may be used up all the same
 * @callback: called when the store has answered
 * @user_data: for @callback
 *
 * Uses @key up.
 */
void
fl_gate_store_redeem (FlGateStore         *self,
                      const guint8        *key,
                      const guint8        *unless,
                      guint                seconds,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  FlGateJob *job;

  g_return_if_fail (FL_IS_GATE_STORE (self));

  job = new_job (FL_GATE_REDEEM, key, seconds);
  job->has_other = unless != NULL;
  if (unless != NULL)
    memcpy (job->other, unless, FL_GATE_KEY_SIZE);
  take (self, job, fl_gate_store_redeem, cancellable, callback, user_data);
}

/**
 * fl_gate_store_redeem_finish:
 * @self: a store
 * @result: what the callback was given
 * @use: (out): what became of it
 * @error: return location for an error
 *
 * Ends fl_gate_store_redeem().
 *
 * Returns: whether the store has answered
 */
gboolean
fl_gate_store_redeem_finish (FlGateStore   *self,
                             GAsyncResult  *result,
                             FlGateUse     *use,
                             GError       **error)
{
  gssize answer;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_gate_store_redeem), FALSE);

  answer = g_task_propagate_int (G_TASK (result), error);
  *use = answer >= 0 ? (FlGateUse) answer : FL_GATE_NOT_USED;
  return answer >= 0;
}

/**
 * fl_gate_store_remember:
 * @self: a store
 * @key: (array fixed-size=32): under which key
 * @value: (array fixed-size=32): what is to be remembered, in place of what was there
 * @seconds: for how long
 * @cancellable: (nullable): ends the call early; it may be remembered all the same
 * @callback: (nullable): called when the store has answered
 * @user_data: for @callback
 *
 * Keeps @value under @key.
 */
void
fl_gate_store_remember (FlGateStore         *self,
                        const guint8        *key,
                        const guint8        *value,
                        guint                seconds,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  FlGateJob *job;

  g_return_if_fail (FL_IS_GATE_STORE (self));

  job = new_job (FL_GATE_REMEMBER, key, seconds);
  memcpy (job->value, value, FL_GATE_KEY_SIZE);
  take (self, job, fl_gate_store_remember, cancellable, callback, user_data);
}

/**
 * fl_gate_store_remember_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends fl_gate_store_remember().
 *
 * Returns: whether it is kept
 */
gboolean
fl_gate_store_remember_finish (FlGateStore   *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_gate_store_remember), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * fl_gate_store_recall:
 * @self: a store
 * @key: (array fixed-size=32): a key
 * @cancellable: (nullable): ends the call early
 * @callback: called when the store has answered
 * @user_data: for @callback
 *
 * Looks for what is kept under @key.
 */
void
fl_gate_store_recall (FlGateStore         *self,
                      const guint8        *key,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_return_if_fail (FL_IS_GATE_STORE (self));

  take (self, new_job (FL_GATE_RECALL, key, 0), fl_gate_store_recall, cancellable, callback, user_data);
}

/**
 * fl_gate_store_recall_finish:
 * @self: a store
 * @result: what the callback was given
 * @value: (out) (transfer full) (nullable): the %FL_GATE_KEY_SIZE bytes; %NULL when nothing is kept
 * @error: return location for an error
 *
 * Ends fl_gate_store_recall().
 *
 * Returns: whether the store has answered
 */
gboolean
fl_gate_store_recall_finish (FlGateStore   *self,
                             GAsyncResult  *result,
                             GBytes       **value,
                             GError       **error)
{
  GError *failure = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_gate_store_recall), FALSE);

  *value = g_task_propagate_pointer (G_TASK (result), &failure);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, failure);
  return FALSE;
}

/**
 * fl_gate_store_prune:
 * @self: a store
 * @cancellable: (nullable): ends the call early
 * @callback: (nullable): called when the store has answered
 * @user_data: for @callback
 *
 * Removes what no longer matters, as far as one turn goes; another gate may be at it already. To be called every minute.
 */
void
fl_gate_store_prune (FlGateStore         *self,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_return_if_fail (FL_IS_GATE_STORE (self));

  take (self, new_job (FL_GATE_PRUNE, NULL, 0), fl_gate_store_prune, cancellable, callback, user_data);
}

/**
 * fl_gate_store_prune_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends fl_gate_store_prune().
 *
 * Returns: how many rows have been removed; -1 with an error
 */
gint
fl_gate_store_prune_finish (FlGateStore   *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_gate_store_prune), -1);

  return (gint) g_task_propagate_int (G_TASK (result), error);
}
