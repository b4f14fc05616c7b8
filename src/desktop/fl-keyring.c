/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-keyring"

#include "config.h"

#include "fl-keyring.h"
#include "fl-keyring-call.h"
#include "fl-keyring-watch.h"

#include <libsecret/secret.h>

/* FlKeyring is the vault of a real computer: what it keeps is in the person's keyring (the Secret Service, or in a
 * sandbox the Secret portal). Calls go out one after the other, so that stores arrive in order and a locked keyring asks
 * one question at a time, from a thread, so that nobody waits. Who has said no to a locked keyring's question is not asked
 * again. What could not be written is held in memory, answers lookups from there, and is written as soon as the keyring
 * is heard to be back. */

#define PATIENCE 3000  /* milliseconds; then people are told. A keyring that asks for its own password is still heard */
#define SETTLE 2000    /* milliseconds; a program that has been closed shall not linger */

struct _FlKeyring
{
  GObject         parent_instance;

  FlVaultState    state;
  guint           patience;
  guint           patience_id;
  gboolean        refused;  /* somebody did not want to unlock it */
  FlKeyringWatch *watch;    /* (nullable): while it is away */

  GQueue          waiting;  /* FlKeyringCall */
  FlKeyringCall  *running;
  GHashTable     *held;     /* name, FlKeyringCall: the newest store of each name that is not yet in the keyring */
  guint64         serial;
  GSList         *settling; /* GTask */
};

static void fl_keyring_vault_iface_init (FlVaultInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlKeyring, fl_keyring, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_VAULT, fl_keyring_vault_iface_init))

enum {
  PROP_PATIENCE = 1,
  PROP_STATE,
};

static void run_next (FlKeyring *self);

static FlKeyringCall *
copy_store (FlKeyringCall *call)
{
  FlKeyringCall *copy = fl_keyring_call_new (TRUE, call->name, NULL);

  copy->secret = call->secret != NULL ? fl_secret_ref (call->secret) : NULL;
  copy->serial = call->serial;

  return copy;
}

static gboolean
is_under_way (FlKeyring *self,
              guint64    serial)
{
  if (self->running != NULL && self->running->serial == serial)
    return TRUE;
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    {
      if (((FlKeyringCall *) l->data)->serial == serial)
        return TRUE;
    }
  return FALSE;
}

static void
write_held (FlKeyring *self)
{
  GHashTableIter iter;
  FlKeyringCall *held;

  g_hash_table_iter_init (&iter, self->held);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &held))
    {
      if (!is_under_way (self, held->serial))
        g_queue_push_tail (&self->waiting, copy_store (held));
    }
}

static gboolean
is_probed (FlKeyring *self)
{
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    {
      if (((FlKeyringCall *) l->data)->asked == NULL)
        return TRUE;
    }
  return self->running != NULL && self->running->asked == NULL;
}

/* The keyring may be back: what it has missed is brought, and where there is nothing, a question shows whether it is. */
static void
on_stirred (FlKeyring *self)
{
  write_held (self);
  if (!is_probed (self))
    g_queue_push_tail (&self->waiting, fl_keyring_call_new (FALSE, FL_VAULT_ADDRESS, NULL));
  run_next (self);
}

static void
watch (FlKeyring *self,
       gboolean   is_away)
{
  if (is_away && self->watch == NULL)
    {
      self->watch = fl_keyring_watch_new ();
      g_signal_connect_object (self->watch, "stirred", G_CALLBACK (on_stirred), self, G_CONNECT_SWAPPED);
    }
  else if (!is_away)
    {
      g_clear_object (&self->watch);
    }
}

static void
set_state (FlKeyring    *self,
           FlVaultState  state)
{
  gboolean was_away = fl_vault_is_away (FL_VAULT (self));

  if (self->state == state)
    return;

  self->state = state;
  watch (self, fl_vault_is_away (FL_VAULT (self)));
  if (state == FL_VAULT_KEPT && was_away)
    write_held (self);
  g_object_notify (G_OBJECT (self), "state");
}

static void
forget_held (FlKeyring     *self,
             FlKeyringCall *call)
{
  FlKeyringCall *held = g_hash_table_lookup (self->held, call->name);

  if (held != NULL && held->serial == call->serial)
    g_hash_table_remove (self->held, call->name);
}

static void
answer_lookup (FlKeyring     *self,
               FlKeyringCall *call,
               GError        *error)
{
  FlKeyringCall *held = g_hash_table_lookup (self->held, call->name);
  FlSecret *secret = held != NULL ? held->secret : call->secret;

  if (held == NULL && error != NULL)
    g_task_return_error (call->asked, g_error_copy (error));
  else
    g_task_return_pointer (call->asked, secret != NULL ? fl_secret_ref (secret) : NULL, (GDestroyNotify) fl_secret_unref);
}

static void
answer (FlKeyring     *self,
        FlKeyringCall *call,
        GError        *error)
{
  gboolean cancelled = call->asked != NULL && g_cancellable_is_cancelled (g_task_get_cancellable (call->asked));
  gboolean expected = fl_vault_is_away (FL_VAULT (self));
  g_autoptr (GError) taken = error;

  if (call->is_store && (error == NULL || cancelled))
    forget_held (self, call);
  if (!cancelled)
    {
      self->refused = g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED);
      set_state (self, fl_keyring_call_judge (error));
    }
  if (error != NULL && !cancelled)
    g_info ("No answer from the keyring: %s", error->message);

  if (call->asked == NULL)
    return;
  if (cancelled)
    g_task_return_error_if_cancelled (call->asked);
  else if (!call->is_store)
    answer_lookup (self, call, error);
  else if (error == NULL || expected)
    g_task_return_boolean (call->asked, TRUE);
  else
    g_task_return_error (call->asked, g_steal_pointer (&taken));
}

static gboolean
on_patience_ended (gpointer user_data)
{
  FlKeyring *self = FL_KEYRING (user_data);

  self->patience_id = 0;
  set_state (self, FL_VAULT_SILENT);

  return G_SOURCE_REMOVE;
}

static void
run_in_thread (GTask        *task,
               gpointer      source_object,
               gpointer      task_data,
               GCancellable *cancellable)
{
  GError *error = NULL;
  gboolean done = fl_keyring_call_run (task_data, cancellable, &error);

  fl_secret_wipe_stack ();
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_call_ended (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  FlKeyring *self = FL_KEYRING (source);
  g_autoptr (FlKeyringCall) call = g_steal_pointer (&self->running);
  GError *error = NULL;

  g_clear_handle_id (&self->patience_id, g_source_remove);
  g_task_propagate_boolean (G_TASK (result), &error);
  answer (self, call, error);
  run_next (self);
}

static gboolean
has_stores_under_way (FlKeyring *self)
{
  if (self->running != NULL && self->running->is_store)
    return TRUE;
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    {
      if (((FlKeyringCall *) l->data)->is_store)
        return TRUE;
    }
  return FALSE;
}

static void
end_settling (FlKeyring *self)
{
  GSList *tasks = g_steal_pointer (&self->settling);

  for (GSList *l = tasks; l != NULL; l = l->next)
    {
      g_source_destroy (g_task_get_task_data (l->data));
      g_task_return_boolean (l->data, g_hash_table_size (self->held) == 0);
    }
  g_slist_free_full (tasks, g_object_unref);
}

static void
run_next (FlKeyring *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->running != NULL)
    return;
  if (!has_stores_under_way (self))
    end_settling (self);

  self->running = g_queue_pop_head (&self->waiting);
  if (self->running == NULL)
    return;

  self->running->may_prompt = !self->refused;
  task = g_task_new (self, self->running->asked != NULL ? g_task_get_cancellable (self->running->asked) : NULL,
                     on_call_ended, NULL);
  g_task_set_source_tag (task, run_next);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self->running, NULL);
  self->patience_id = g_timeout_add (self->patience, on_patience_ended, self);
  g_task_run_in_thread (task, run_in_thread);
}

static gboolean
on_waiting_cancelled (GCancellable *cancellable,
                      gpointer      user_data)
{
  GTask *asked = G_TASK (user_data);
  FlKeyring *self = FL_KEYRING (g_task_get_source_object (asked));

  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    {
      FlKeyringCall *call = l->data;

      if (call->asked != asked)
        continue;
      g_queue_delete_link (&self->waiting, l);
      answer (self, call, NULL);
      fl_keyring_call_free (call);
      break;
    }

  return G_SOURCE_REMOVE;
}

static void
on_asked_completed (GSource *watch)
{
  g_source_destroy (watch);
}

static void
on_watch_released (gpointer  watch,
                   GClosure *closure)
{
  g_source_unref (watch);
}

static void
put_in_line (FlKeyring     *self,
             FlKeyringCall *call)
{
  GCancellable *cancellable = g_task_get_cancellable (call->asked);

  if (cancellable != NULL)
    {
      g_autoptr (GSource) watch = g_cancellable_source_new (cancellable);

      g_source_set_callback (watch, G_SOURCE_FUNC (on_waiting_cancelled), g_object_ref (call->asked), g_object_unref);
      g_source_attach (watch, g_task_get_context (call->asked));
      g_signal_connect_data (call->asked, "notify::completed", G_CALLBACK (on_asked_completed),
                             g_source_ref (watch), on_watch_released, G_CONNECT_SWAPPED);
    }

  g_queue_push_tail (&self->waiting, call);
  run_next (self);
}

static FlVaultState
fl_keyring_get_state (FlVault *vault)
{
  return FL_KEYRING (vault)->state;
}

static void
fl_keyring_lookup (FlVault             *vault,
                   const char          *name,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  FlKeyring *self = FL_KEYRING (vault);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  FlKeyringCall *held = g_hash_table_lookup (self->held, name);

  g_task_set_source_tag (task, fl_vault_lookup);
  if (held != NULL)
    {
      g_autoptr (FlKeyringCall) call = fl_keyring_call_new (FALSE, name, task);

      answer_lookup (self, call, NULL);
      return;
    }

  put_in_line (self, fl_keyring_call_new (FALSE, name, task));
}

static void
fl_keyring_store (FlVault             *vault,
                  const char          *name,
                  FlSecret            *secret,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  FlKeyring *self = FL_KEYRING (vault);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  FlKeyringCall *call = fl_keyring_call_new (TRUE, name, task);

  g_task_set_source_tag (task, fl_vault_store);
  call->secret = secret != NULL ? fl_secret_ref (secret) : NULL;
  call->serial = ++self->serial;
  g_hash_table_replace (self->held, g_strdup (name), copy_store (call));
  put_in_line (self, call);
}

static void
fl_keyring_vault_iface_init (FlVaultInterface *iface)
{
  iface->get_state = fl_keyring_get_state;
  iface->lookup = fl_keyring_lookup;
  iface->store = fl_keyring_store;
}

static void
fl_keyring_get_property (GObject    *object,
                         guint       id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  FlKeyring *self = FL_KEYRING (object);

  switch (id)
    {
    case PROP_PATIENCE:
      g_value_set_uint (value, self->patience);
      break;
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_keyring_set_property (GObject      *object,
                         guint         id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  FlKeyring *self = FL_KEYRING (object);

  switch (id)
    {
    case PROP_PATIENCE:
      self->patience = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_keyring_finalize (GObject *object)
{
  FlKeyring *self = FL_KEYRING (object);

  /* Every call that waits or runs holds this object: there are none now. */
  g_clear_object (&self->watch);
  g_hash_table_unref (self->held);

  G_OBJECT_CLASS (fl_keyring_parent_class)->finalize (object);
}

static void
fl_keyring_class_init (FlKeyringClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fl_keyring_get_property;
  object_class->set_property = fl_keyring_set_property;
  object_class->finalize = fl_keyring_finalize;

  /**
   * FlKeyring:patience:
   *
   * Milliseconds after which a keyring that does not answer counts as none, for now.
   */
  g_object_class_install_property (object_class, PROP_PATIENCE,
                                   g_param_spec_uint ("patience", NULL, NULL, 0, G_MAXUINT, PATIENCE,
                                                      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                                                      G_PARAM_STATIC_STRINGS));
  g_object_class_override_property (object_class, PROP_STATE, "state");
}

static void
fl_keyring_init (FlKeyring *self)
{
  g_queue_init (&self->waiting);
  self->held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fl_keyring_call_free);
}

/**
 * fl_keyring_new:
 *
 * Makes the vault of this computer's keyring. Nothing is asked of it before the first lookup or store. A store fails
 * where a keyring was there before, or may have been; without one, memory is all that was promised.
 *
 * Returns: (transfer full): a new vault
 */
FlVault *
fl_keyring_new (void)
{
  return g_object_new (FL_TYPE_KEYRING, NULL);
}

static gboolean
on_settle_ended (gpointer user_data)
{
  end_settling (FL_KEYRING (user_data));

  return G_SOURCE_REMOVE;
}

/**
 * fl_keyring_settle_async:
 * @self: a keyring
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Waits until every store has been written, at most two seconds: for the end of the program.
 */
void
fl_keyring_settle_async (FlKeyring           *self,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task;
  GSource *timeout;

  g_return_if_fail (FL_IS_KEYRING (self));

  timeout = g_timeout_source_new (SETTLE);
  g_source_set_callback (timeout, on_settle_ended, self, NULL);
  g_source_attach (timeout, NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, fl_keyring_settle_async);
  write_held (self);
  run_next (self);
  g_task_set_task_data (task, timeout, (GDestroyNotify) g_source_unref);
  self->settling = g_slist_prepend (self->settling, task);
  if (!has_stores_under_way (self))
    end_settling (self);
}

/**
 * fl_keyring_settle_finish:
 * @self: a keyring
 * @result: what the callback was given
 * @error: return location for an error; there is none
 *
 * Returns: whether everything has been written
 */
gboolean
fl_keyring_settle_finish (FlKeyring     *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
look_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  g_task_return_int (task, (gssize) fl_keyring_call_look (cancellable));
}

/**
 * fl_keyring_look_async:
 * @cancellable: (nullable): ends the wait for an answer
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Sees how the keyring is, without anybody being asked for its password.
 */
void
fl_keyring_look_async (GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, fl_keyring_look_async);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, look_in_thread);
}

/**
 * fl_keyring_look_finish:
 * @result: what the callback was given
 *
 * Returns: how the keyring is; %FL_VAULT_SILENT when it had not answered before the end of the wait
 */
FlVaultState
fl_keyring_look_finish (GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  gssize state;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FL_VAULT_UNKNOWN);

  state = g_task_propagate_int (G_TASK (result), &error);
  return error == NULL ? (FlVaultState) state : FL_VAULT_SILENT;
}
