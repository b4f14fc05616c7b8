/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-vault.h"

G_BEGIN_DECLS

#define FL_TYPE_KEYRING (fl_keyring_get_type ())
G_DECLARE_FINAL_TYPE (FlKeyring, fl_keyring, FL, KEYRING, GObject)

FlVault  *fl_keyring_new           (void);
void      fl_keyring_settle_async  (FlKeyring            *self,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
gboolean  fl_keyring_settle_finish (FlKeyring            *self,
                                    GAsyncResult         *result,
                                    GError              **error);
void      fl_keyring_look_async    (GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
FlVaultState fl_keyring_look_finish (GAsyncResult        *result);

G_END_DECLS
