/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-quotas-private.h"

#include <string.h>

/*
 * What is remembered about flows, tokens and proofs: whose they are, and whether they have been used up.
 */

static GTask *
new_task (FlGateQuotas        *self,
          gpointer             tag,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  return task;
}

static void
on_remember_ready (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (fl_gate_store_remember_finish (FL_GATE_STORE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * fl_gate_quotas_note:
 * @self: quotas
 * @thing: what @text is
 * @text: a flow or a token
 * @account: whose it is
 * @seconds: for how long that matters
 * @cancellable: (nullable): ends the call early
 * @callback: (nullable): called when it is noted
 * @user_data: for @callback
 *
 * Notes whose a flow or a token is, as an answer of Kratos has shown.
 */
void
fl_gate_quotas_note (FlGateQuotas        *self,
                     FlGateThing          thing,
                     const char          *text,
                     GBytes              *account,
                     guint                seconds,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  guint8 key[FL_GATE_KEY_SIZE];

  g_return_if_fail (FL_IS_GATE_QUOTAS (self));

  fl_gate_quotas_digest_thing (self, key, "whose", thing, text);
  fl_gate_store_remember (self->store, key, g_bytes_get_data (account, NULL), seconds, cancellable, on_remember_ready,
                          new_task (self, fl_gate_quotas_note, cancellable, callback, user_data));
}

/**
 * fl_gate_quotas_note_finish:
 * @self: quotas
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends fl_gate_quotas_note().
 *
 * Returns: whether it is noted
 */
gboolean
fl_gate_quotas_note_finish (FlGateQuotas  *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_gate_quotas_note), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_recall_ready (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GBytes *account = NULL;
  GError *error = NULL;

  if (fl_gate_store_recall_finish (FL_GATE_STORE (source), result, &account, &error))
    g_task_return_pointer (task, account, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

/**
 * fl_gate_quotas_whose:
 * @self: quotas
 * @thing: what @text is
 * @text: a flow or a token
 * @cancellable: (nullable): ends the call early
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * Asks whose a flow or a token is.
 */
void
fl_gate_quotas_whose (FlGateQuotas        *self,
                      FlGateThing          thing,
                      const char          *text,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  guint8 key[FL_GATE_KEY_SIZE];

  g_return_if_fail (FL_IS_GATE_QUOTAS (self));

  fl_gate_quotas_digest_thing (self, key, "whose", thing, text);
  fl_gate_store_recall (self->store, key, cancellable, on_recall_ready,
                        new_task (self, fl_gate_quotas_whose, cancellable, callback, user_data));
}

/**
 * fl_gate_quotas_whose_finish:
 * @self: quotas
 * @result: what the callback was given
 * @account: (out) (transfer full) (nullable): the account; %NULL when nobody knows
 * @error: return location for an error
 *
 * Ends fl_gate_quotas_whose().
 *
 * Returns: whether the store has answered
 */
gboolean
fl_gate_quotas_whose_finish (FlGateQuotas  *self,
                             GAsyncResult  *result,
                             GBytes       **account,
                             GError       **error)
{
  GError *failure = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_gate_quotas_whose), FALSE);

  *account = g_task_propagate_pointer (G_TASK (result), &failure);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, failure);
  return FALSE;
}

static void
on_redeem_ready (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  FlGateUse use;

  if (fl_gate_store_redeem_finish (FL_GATE_STORE (source), result, &use, &error))
    g_task_return_int (task, use);
  else
    g_task_return_error (task, error);
}

/**
 * fl_gate_quotas_redeem:
 * @self: quotas
 * @thing: what @text is
 * @text: a flow or a proof
 * @flow: (nullable): a flow that must not have been redeemed itself
 * @seconds: for how long, at the least, that is to be remembered
 * @cancellable: (nullable): ends the call early; it may be used up all the same
 * @callback: (nullable): called when it is known
 * @user_data: for @callback
 *
 * Uses something up.
 */
void
fl_gate_quotas_redeem (FlGateQuotas        *self,
                       FlGateThing          thing,
                       const char          *text,
                       const char          *flow,
                       guint                seconds,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  guint8 key[FL_GATE_KEY_SIZE];
  guint8 unless[FL_GATE_KEY_SIZE];

  g_return_if_fail (FL_IS_GATE_QUOTAS (self));

  fl_gate_quotas_digest_thing (self, key, "used", thing, text);
  if (flow != NULL)
    fl_gate_quotas_digest_thing (self, unless, "used", FL_GATE_FLOW, flow);
  fl_gate_store_redeem (self->store, key, flow != NULL ? unless : NULL, seconds, cancellable, on_redeem_ready,
                        new_task (self, fl_gate_quotas_redeem, cancellable, callback, user_data));
}

/**
 * fl_gate_quotas_redeem_finish:
 * @self: quotas
 * @result: what the callback was given
 * @use: (out): what became of it
 * @error: return location for an error
 *
 * Ends fl_gate_quotas_redeem().
 *
 * Returns: whether the store has answered
 */
gboolean
fl_gate_quotas_redeem_finish (FlGateQuotas  *self,
                              GAsyncResult  *result,
                              FlGateUse     *use,
                              GError       **error)
{
  gssize answer;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_gate_quotas_redeem), FALSE);

  answer = g_task_propagate_int (G_TASK (result), error);
  *use = answer >= 0 ? (FlGateUse) answer : FL_GATE_NOT_USED;
  return answer >= 0;
}
