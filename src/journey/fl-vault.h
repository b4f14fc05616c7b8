/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fl-secret.h"

G_BEGIN_DECLS

/* Whether what is kept here is still there after a restart. */
typedef enum {
  FL_VAULT_UNKNOWN,   /* not asked yet, or no answer yet */
  FL_VAULT_KEPT,      /* the keyring answers */
  FL_VAULT_MEMORY,    /* no keyring: kept until the program ends, as with all that follow */
  FL_VAULT_LOCKED,    /* there is a keyring, and the person has not unlocked it */
  FL_VAULT_SILENT,    /* there is a keyring, and it does not answer, or with errors only */
  FL_VAULT_NEVER,     /* nothing is to be kept, as in the training */
} FlVaultState;

/* The names under which things are kept. */
#define FL_VAULT_ADDRESS "address"
#define FL_VAULT_JOURNAL "journal"

#define FL_TYPE_VAULT (fl_vault_get_type ())
G_DECLARE_INTERFACE (FlVault, fl_vault, FL, VAULT, GObject)

/* Lookup and store are GTasks of the vault, with fl_vault_lookup() and fl_vault_store() as source tags, that end in an
 * FlSecret or NULL, and in a boolean. */
struct _FlVaultInterface
{
  GTypeInterface parent_iface;

  FlVaultState (*get_state) (FlVault *self);
  void         (*lookup)    (FlVault *self, const char *name,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void         (*store)     (FlVault *self, const char *name, FlSecret *secret,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
};

/* Interface property "state" (FlVaultState as uint) notifies. A NULL secret clears the name. Lookup of a name that
 * is not there gives NULL without an error; one that was not answered gives an error, and says nothing of what is there.
 * Stores of the same name arrive in the order in which they were made. */
gboolean     fl_vault_is_away       (FlVault *self);                               /* for now, what is kept here is kept in memory only */
FlVaultState fl_vault_get_state     (FlVault *self);
void         fl_vault_lookup        (FlVault *self, const char *name,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
FlSecret    *fl_vault_lookup_finish (FlVault *self, GAsyncResult *result, GError **error);
void         fl_vault_store         (FlVault *self, const char *name, FlSecret *secret,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean     fl_vault_store_finish  (FlVault *self, GAsyncResult *result, GError **error);

G_END_DECLS
