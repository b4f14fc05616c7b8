/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-quotas-private.h"

#include <string.h>

/*
 * What is remembered about flows, tokens and proofs: whose they are, and whether they have been used up.
 */

/* Ends a task of ours as the store's has ended. */
static void
pass_on (GTask    *task,
         gboolean  answered,
         gboolean  answer,
         GError   *error)
{
  if (answered)
    g_task_return_boolean (task, answer);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

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
  GError *error = NULL;
  gboolean answered = fl_gate_store_remember_finish (FL_GATE_STORE (source), result, &error);

  pass_on (user_data, answered, TRUE, error);
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
  GError *error = NULL;
  gboolean first;
  gboolean answered = fl_gate_store_redeem_finish (FL_GATE_STORE (source), result, &first, &error);

  pass_on (user_data, answered, first, error);
}

/**
 * fl_gate_quotas_redeem:
 * @self: quotas
 * @thing: what @text is
 * @text: a flow or a proof
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
                       guint                seconds,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  guint8 key[FL_GATE_KEY_SIZE];

  g_return_if_fail (FL_IS_GATE_QUOTAS (self));

  fl_gate_quotas_digest_thing (self, key, "used", thing, text);
  fl_gate_store_redeem (self->store, key, seconds, cancellable, on_redeem_ready,
                        new_task (self, fl_gate_quotas_redeem, cancellable, callback, user_data));
}

/* A boolean that has no value of its own for "no answer". */
static gboolean
propagate_answer (GAsyncResult  *result,
                  gboolean      *answer,
                  GError       **error)
{
  GError *failure = NULL;

  *answer = g_task_propagate_boolean (G_TASK (result), &failure);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, failure);
  return FALSE;
}

/**
 * fl_gate_quotas_redeem_finish:
 * @self: quotas
 * @result: what the callback was given
 * @first: (out): whether it had not been used before
 * @error: return location for an error
 *
 * Ends fl_gate_quotas_redeem().
 *
 * Returns: whether the store has answered
 */
gboolean
fl_gate_quotas_redeem_finish (FlGateQuotas  *self,
                              GAsyncResult  *result,
                              gboolean      *first,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_gate_quotas_redeem), FALSE);

  return propagate_answer (result, first, error);
}

static void
on_was_redeemed_ready (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  GError *error = NULL;
  gboolean redeemed;
  gboolean answered = fl_gate_store_was_redeemed_finish (FL_GATE_STORE (source), result, &redeemed, &error);

  pass_on (user_data, answered, redeemed, error);
}

/**
 * fl_gate_quotas_was_redeemed:
 * @self: quotas
 * @thing: what @text is
 * @text: a flow or a proof
 * @cancellable: (nullable): ends the call early
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * Asks whether something has been used up.
 */
void
fl_gate_quotas_was_redeemed (FlGateQuotas        *self,
                             FlGateThing          thing,
                             const char          *text,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  guint8 key[FL_GATE_KEY_SIZE];

  g_return_if_fail (FL_IS_GATE_QUOTAS (self));

  fl_gate_quotas_digest_thing (self, key, "used", thing, text);
  fl_gate_store_was_redeemed (self->store, key, cancellable, on_was_redeemed_ready,
                              new_task (self, fl_gate_quotas_was_redeemed, cancellable, callback, user_data));
}

/**
 * fl_gate_quotas_was_redeemed_finish:
 * @self: quotas
 * @result: what the callback was given
 * @redeemed: (out): whether it has been used up
 * @error: return location for an error
 *
 * Ends fl_gate_quotas_was_redeemed().
 *
 * Returns: whether the store has answered
 */
gboolean
fl_gate_quotas_was_redeemed_finish (FlGateQuotas  *self,
                                    GAsyncResult  *result,
                                    gboolean      *redeemed,
                                    GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_gate_quotas_was_redeemed), FALSE);

  return propagate_answer (result, redeemed, error);
}
