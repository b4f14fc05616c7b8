/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-vault.h"

G_BEGIN_DECLS

#define FL_TYPE_FAKE_VAULT (fl_fake_vault_get_type ())
G_DECLARE_FINAL_TYPE (FlFakeVault, fl_fake_vault, FL, FAKE_VAULT, GObject)

FlFakeVault *fl_fake_vault_new     (void);
void         fl_fake_vault_put     (FlFakeVault *self, const char *name, const char *text);
const char  *fl_fake_vault_peek    (FlFakeVault *self, const char *name);
void         fl_fake_vault_hold    (FlFakeVault *self, gboolean held);    /* lookups wait, as for a locked keyring */
void         fl_fake_vault_break   (FlFakeVault *self, gboolean broken);  /* from now on everything fails, or nothing */
guint        fl_fake_vault_get_writes (FlFakeVault *self, const char *name);

G_END_DECLS
