/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-vault"

#include "config.h"

#include "fl-vault.h"

/*
 * FlVault: where the few things are kept that outlive the program.
 *
 * An interface, because the journey knows neither keyrings nor D-Bus. Nothing here waits: the first frame is drawn
 * before a keyring has answered, or while it asks for its own password.
 */

G_DEFINE_INTERFACE (FlVault, fl_vault, G_TYPE_OBJECT)

static void
fl_vault_default_init (FlVaultInterface *iface)
{
  g_object_interface_install_property (iface,
                                       g_param_spec_uint ("state", NULL, NULL,
                                                          FL_VAULT_UNKNOWN, FL_VAULT_NEVER, FL_VAULT_UNKNOWN,
                                                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                                                          G_PARAM_STATIC_STRINGS));
}

/**
 * fl_vault_get_state:
 * @self: a vault
 *
 * Tells whether what is kept here is still there after a restart.
 *
 * Returns: the state; changes are notified by the property "state"
 */
FlVaultState
fl_vault_get_state (FlVault *self)
{
  g_return_val_if_fail (FL_IS_VAULT (self), FL_VAULT_UNKNOWN);

  return FL_VAULT_GET_IFACE (self)->get_state (self);
}

/**
 * fl_vault_is_away:
 * @self: a vault
 *
 * Tells whether people lose something by closing the program now, and have to be told.
 *
 * Returns: whether what should be kept here cannot be, for now
 */
gboolean
fl_vault_is_away (FlVault *self)
{
  FlVaultState state;

  g_return_val_if_fail (FL_IS_VAULT (self), FALSE);

  state = fl_vault_get_state (self);
  return state == FL_VAULT_MEMORY || state == FL_VAULT_LOCKED || state == FL_VAULT_SILENT;
}

/**
 * fl_vault_lookup:
 * @self: a vault
 * @name: a name, such as %FL_VAULT_ADDRESS
 * @cancellable: (nullable): ends the lookup early
 * @callback: called when the vault has answered
 * @user_data: for @callback
 *
 * Looks for what is kept under @name.
 */
void
fl_vault_lookup (FlVault             *self,
                 const char          *name,
                 GCancellable        *cancellable,
                 GAsyncReadyCallback  callback,
                 gpointer             user_data)
{
  g_return_if_fail (FL_IS_VAULT (self));
  g_return_if_fail (name != NULL);

  FL_VAULT_GET_IFACE (self)->lookup (self, name, cancellable, callback, user_data);
}

/**
 * fl_vault_lookup_finish:
 * @self: a vault
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends fl_vault_lookup().
 *
 * Returns: (transfer full) (nullable): what was kept; %NULL without an error if there is nothing, and with one where
 *   nobody knows
 */
FlSecret *
fl_vault_lookup_finish (FlVault       *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_vault_lookup), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * fl_vault_store:
 * @self: a vault
 * @name: a name, such as %FL_VAULT_JOURNAL
 * @secret: (nullable): what to keep; %NULL clears the name
 * @cancellable: (nullable): ends the store early
 * @callback: (nullable): called when the vault has answered
 * @user_data: for @callback
 *
 * Keeps @secret under @name in place of what was there. Stores of one name arrive in the order in which they were made.
 */
void
fl_vault_store (FlVault             *self,
                const char          *name,
                FlSecret            *secret,
                GCancellable        *cancellable,
                GAsyncReadyCallback  callback,
                gpointer             user_data)
{
  g_return_if_fail (FL_IS_VAULT (self));
  g_return_if_fail (name != NULL);

  FL_VAULT_GET_IFACE (self)->store (self, name, secret, cancellable, callback, user_data);
}

/**
 * fl_vault_store_finish:
 * @self: a vault
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends fl_vault_store().
 *
 * Returns: whether it is kept now
 */
gboolean
fl_vault_store_finish (FlVault       *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_vault_store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
