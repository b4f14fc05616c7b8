/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-memory-vault"

#include "config.h"

#include "fl-memory-vault.h"

/*
 * FlMemoryVault: a vault that forgets everything when the program ends.
 *
 * For the training, where nothing may reach the keyring of the person at the desk, and for tests.
 */
struct _FlMemoryVault
{
  GObject     parent_instance;

  GHashTable *secrets; /* name, FlSecret */
};

enum {
  PROP_STATE = 1,
};

static void fl_memory_vault_vault_iface_init (FlVaultInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlMemoryVault, fl_memory_vault, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_VAULT, fl_memory_vault_vault_iface_init))

static FlVaultState
fl_memory_vault_get_state (FlVault *vault)
{
  return FL_VAULT_NEVER;
}

static void
fl_memory_vault_lookup (FlVault             *vault,
                        const char          *name,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  FlMemoryVault *self = FL_MEMORY_VAULT (vault);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  FlSecret *secret = g_hash_table_lookup (self->secrets, name);

  g_task_set_source_tag (task, fl_vault_lookup);
  g_task_return_pointer (task, secret != NULL ? fl_secret_ref (secret) : NULL, (GDestroyNotify) fl_secret_unref);
}

static void
fl_memory_vault_store (FlVault             *vault,
                       const char          *name,
                       FlSecret            *secret,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  FlMemoryVault *self = FL_MEMORY_VAULT (vault);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, fl_vault_store);
  if (secret != NULL)
    g_hash_table_replace (self->secrets, g_strdup (name), fl_secret_ref (secret));
  else
    g_hash_table_remove (self->secrets, name);
  g_task_return_boolean (task, TRUE);
}

static void
fl_memory_vault_vault_iface_init (FlVaultInterface *iface)
{
  iface->get_state = fl_memory_vault_get_state;
  iface->lookup = fl_memory_vault_lookup;
  iface->store = fl_memory_vault_store;
}

static void
fl_memory_vault_get_property (GObject    *object,
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
fl_memory_vault_finalize (GObject *object)
{
  FlMemoryVault *self = FL_MEMORY_VAULT (object);

  g_hash_table_unref (self->secrets);

  G_OBJECT_CLASS (fl_memory_vault_parent_class)->finalize (object);
}

static void
fl_memory_vault_class_init (FlMemoryVaultClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fl_memory_vault_get_property;
  object_class->finalize = fl_memory_vault_finalize;

  g_object_class_override_property (object_class, PROP_STATE, "state");
}

static void
fl_memory_vault_init (FlMemoryVault *self)
{
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fl_secret_unref);
}

/**
 * fl_memory_vault_new:
 *
 * Makes an empty vault.
 *
 * Returns: (transfer full): a new vault
 */
FlVault *
fl_memory_vault_new (void)
{
  return g_object_new (FL_TYPE_MEMORY_VAULT, NULL);
}
