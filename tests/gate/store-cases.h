/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-store.h"

G_BEGIN_DECLS

/**
 * StoreBackend:
 * @open: opens the store at a place: a path, or an address
 * @place: the place of the test that runs; empty at its begin
 * @pass: lets time pass for what is kept at that place
 *
 * What is tested with one implementation after another.
 */
typedef struct
{
  FlGateStore *(*open)  (const char *place);
  const char  *(*place) (void);
  void         (*pass)  (gint64 seconds);
} StoreBackend;

void store_cases_add     (const StoreBackend *backend);
int  store_cases_contend (const StoreBackend *backend,
                          const char         *place);

G_END_DECLS
