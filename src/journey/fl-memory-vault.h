/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-vault.h"

G_BEGIN_DECLS

#define FL_TYPE_MEMORY_VAULT (fl_memory_vault_get_type ())
G_DECLARE_FINAL_TYPE (FlMemoryVault, fl_memory_vault, FL, MEMORY_VAULT, GObject)

FlVault *fl_memory_vault_new (void);

G_END_DECLS
