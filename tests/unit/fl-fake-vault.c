/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fake-vault"

#include "config.h"

#include "fl-fake-vault.h"

/*
 * FlFakeVault: a keyring that is slow, broken or full of surprises, as a test wants it.
 */
struct _FlFakeVault
{
  GObject       parent_instance;

  GHashTable   *secrets;
  GHashTable   *writes;
  GPtrArray    *waiting;    /* GTask, its data the name */
  gboolean      is_held;
  gboolean      is_broken;
};

enum {
  PROP_STATE = 1,
};

static void fl_fake_vault_vault_iface_init (FlVaultInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlFakeVault, fl_fake_vault, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_VAULT, fl_fake_vault_vault_iface_init))

static FlVaultState
fl_fake_vault_get_state (FlVault *vault)
{
  FlFakeVault *self = FL_FAKE_VAULT (vault);

  return self->is_held ? FL_VAULT_UNKNOWN : self->is_broken ? FL_VAULT_MEMORY : FL_VAULT_KEPT;
}

static void
end_lookup (FlFakeVault *self,
            GTask       *task)
{
  FlSecret *secret = g_hash_table_lookup (self->secrets, g_task_get_task_data (task));

  if (self->is_broken)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "The keyring is broken");
  else
    g_task_return_pointer (task, secret != NULL ? fl_secret_ref (secret) : NULL, (GDestroyNotify) fl_secret_unref);
}

static void
fl_fake_vault_lookup (FlVault             *vault,
                      const char          *name,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  FlFakeVault *self = FL_FAKE_VAULT (vault);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, fl_vault_lookup);
  g_task_set_task_data (task, g_strdup (name), g_free);
  if (self->is_held)
    g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  else
    end_lookup (self, task);
}

static void
fl_fake_vault_store (FlVault             *vault,
                     const char          *name,
                     FlSecret            *secret,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  FlFakeVault *self = FL_FAKE_VAULT (vault);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, fl_vault_store);
  g_hash_table_insert (self->writes, g_strdup (name), GUINT_TO_POINTER (fl_fake_vault_get_writes (self, name) + 1));
  if (self->is_broken)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "The keyring is broken");
      return;
    }

  if (secret != NULL)
    g_hash_table_replace (self->secrets, g_strdup (name), fl_secret_ref (secret));
  else
    g_hash_table_remove (self->secrets, name);
  g_task_return_boolean (task, TRUE);
}

static void
fl_fake_vault_vault_iface_init (FlVaultInterface *iface)
{
  iface->get_state = fl_fake_vault_get_state;
  iface->lookup = fl_fake_vault_lookup;
  iface->store = fl_fake_vault_store;
}

static void
fl_fake_vault_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_uint (value, fl_vault_get_state (FL_VAULT (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fl_fake_vault_finalize (GObject *object)
{
  FlFakeVault *self = FL_FAKE_VAULT (object);

  g_hash_table_unref (self->secrets);
  g_hash_table_unref (self->writes);
  g_ptr_array_unref (self->waiting);

  G_OBJECT_CLASS (fl_fake_vault_parent_class)->finalize (object);
}

static void
fl_fake_vault_class_init (FlFakeVaultClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fl_fake_vault_get_property;
  object_class->finalize = fl_fake_vault_finalize;

  g_object_class_override_property (object_class, PROP_STATE, "state");
}

static void
fl_fake_vault_init (FlFakeVault *self)
{
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fl_secret_unref);
  self->writes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

FlFakeVault *
fl_fake_vault_new (void)
{
  return g_object_new (FL_TYPE_FAKE_VAULT, NULL);
}

void
fl_fake_vault_put (FlFakeVault *self,
                   const char  *name,
                   const char  *text)
{
  g_hash_table_replace (self->secrets, g_strdup (name), fl_secret_new (text));
}

const char *
fl_fake_vault_peek (FlFakeVault *self,
                    const char  *name)
{
  FlSecret *secret = g_hash_table_lookup (self->secrets, name);

  return secret != NULL ? fl_secret_get_text (secret) : NULL;
}

void
fl_fake_vault_hold (FlFakeVault *self,
                    gboolean     held)
{
  g_autoptr (GPtrArray) waiting = NULL;

  self->is_held = held;
  g_object_notify (G_OBJECT (self), "state");
  if (held)
    return;

  waiting = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    end_lookup (self, g_ptr_array_index (waiting, i));
}

void
fl_fake_vault_break (FlFakeVault *self,
                     gboolean     broken)
{
  self->is_broken = broken;
  g_object_notify (G_OBJECT (self), "state");
}

guint
fl_fake_vault_get_writes (FlFakeVault *self,
                          const char  *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->writes, name));
}
