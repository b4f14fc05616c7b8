/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fl-vault.h"

G_BEGIN_DECLS

/* One call to the keyring. */
typedef struct {
  GTask    *asked;          /* (nullable): whoever waits for it; NULL: the keyring object itself */
  gboolean  is_store;
  gboolean  may_prompt;     /* whether the keyring may ask for its own password */
  char     *name;
  FlSecret *secret;         /* (nullable): what to store, NULL clears; then what was found */
  guint64   serial;         /* of the store: a later one of the same name has a greater one */
} FlKeyringCall;

FlKeyringCall *fl_keyring_call_new  (gboolean        is_store,
                                     const char     *name,
                                     GTask          *asked);
void           fl_keyring_call_free (FlKeyringCall  *self);
gboolean       fl_keyring_call_run  (FlKeyringCall  *self,
                                     GCancellable   *cancellable,
                                     GError        **error);
FlVaultState   fl_keyring_call_look (GCancellable   *cancellable);
FlVaultState   fl_keyring_call_judge (const GError  *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlKeyringCall, fl_keyring_call_free)

G_END_DECLS
