/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-store.h"

G_BEGIN_DECLS

/* Calls of a store that wait for their answer, and many at once. */

FlGateCounter  store_counter         (const char           *name,
                                      guint                 limit,
                                      guint                 window);
void           store_key             (guint8               *key,
                                      const char           *format,
                                      ...) G_GNUC_PRINTF (2, 3);
gint           store_count           (FlGateStore          *store,
                                      const FlGateCounter  *counters,
                                      gsize                 n_counters,
                                      GError              **error);
gint           store_count_known     (FlGateStore          *store,
                                      const guint8         *known,
                                      const FlGateCounter  *counters,
                                      gsize                 n_counters);
void           store_give_back       (FlGateStore          *store,
                                      const FlGateCounter  *counters,
                                      gsize                 n_counters);
void           store_give_back_known (FlGateStore          *store,
                                      const guint8         *known,
                                      guint                 seconds,
                                      const FlGateCounter  *counters,
                                      gsize                 n_counters);
gboolean       store_redeem          (FlGateStore          *store,
                                      const char           *name,
                                      guint                 seconds,
                                      GError              **error);
FlGateUse      store_redeem_unless   (FlGateStore          *store,
                                      const char           *name,
                                      const char           *unless,
                                      guint                 seconds,
                                      GError              **error);
void           store_remember        (FlGateStore          *store,
                                      const char           *name,
                                      const char           *value,
                                      guint                 seconds);
GBytes        *store_recall          (FlGateStore          *store,
                                      const char           *name);
gint           store_prune           (FlGateStore          *store);

G_END_DECLS
