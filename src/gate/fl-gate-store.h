/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bytes of a key, and of a value: both are HMAC-SHA256 under the gate's key, so that a store tells nobody anything. */
#define FL_GATE_KEY_SIZE 32

/* Whether a counter counts, where a call names a key that may be known. */
typedef enum {
  FL_GATE_ALWAYS,
  FL_GATE_WHEN_KNOWN,
  FL_GATE_WHEN_NEW,
} FlGateWhen;

/**
 * FlGateCounter:
 * @key: what is counted
 * @limit: how many at once, at least 1; they come back one by one, evenly over @window
 * @window: seconds until all have come back, at least 1
 * @when: whether it counts at all
 *
 * One limit on how often something may happen. It is the generic cell rate algorithm (ITU-T I.371, annex A): all that a
 * store keeps is the moment at which everything has come back, which is also when it may forget the counter. In any @window
 * at most twice @limit are let through, and never more than @limit at once.
 */
typedef struct
{
  guint8     key[FL_GATE_KEY_SIZE];
  guint      limit;
  guint      window;
  FlGateWhen when;
} FlGateCounter;

/* What became of something that can be used once. When a connection broke in the middle, it may have been used already by
 * this very call, but it is never used for the first time twice. */
typedef enum {
  FL_GATE_USED_ALREADY,
  FL_GATE_USED_NOW,
  FL_GATE_NOT_USED,      /* as something else had been used, which bars it */
} FlGateUse;

/* Counters in one call. */
#define FL_GATE_COUNTERS_MAX 4

#define FL_TYPE_GATE_STORE (fl_gate_store_get_type ())
G_DECLARE_INTERFACE (FlGateStore, fl_gate_store, FL, GATE_STORE, GObject)

/* Answers the task, from whichever thread, with what its FlGateJob asks for (fl-gate-job.h). */
struct _FlGateStoreInterface
{
  GTypeInterface parent_iface;

  void (*take) (FlGateStore *self, GTask *task);
};

void     fl_gate_store_count               (FlGateStore          *self,
                                            const guint8         *known,
                                            const FlGateCounter  *counters,
                                            gsize                 n_counters,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
gint     fl_gate_store_count_finish        (FlGateStore          *self,
                                            GAsyncResult         *result,
                                            GError              **error);
void     fl_gate_store_give_back           (FlGateStore          *self,
                                            const guint8         *known,
                                            guint                 seconds,
                                            const FlGateCounter  *counters,
                                            gsize                 n_counters,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
gboolean fl_gate_store_give_back_finish    (FlGateStore          *self,
                                            GAsyncResult         *result,
                                            GError              **error);
void     fl_gate_store_redeem              (FlGateStore          *self,
                                            const guint8         *key,
                                            const guint8         *unless,
                                            guint                 seconds,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
gboolean fl_gate_store_redeem_finish       (FlGateStore          *self,
                                            GAsyncResult         *result,
                                            FlGateUse            *use,
                                            GError              **error);
void     fl_gate_store_remember            (FlGateStore          *self,
                                            const guint8         *key,
                                            const guint8         *value,
                                            guint                 seconds,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
gboolean fl_gate_store_remember_finish     (FlGateStore          *self,
                                            GAsyncResult         *result,
                                            GError              **error);
void     fl_gate_store_recall              (FlGateStore          *self,
                                            const guint8         *key,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
gboolean fl_gate_store_recall_finish       (FlGateStore          *self,
                                            GAsyncResult         *result,
                                            GBytes              **value,
                                            GError              **error);
void     fl_gate_store_prune               (FlGateStore          *self,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
gint     fl_gate_store_prune_finish        (FlGateStore          *self,
                                            GAsyncResult         *result,
                                            GError              **error);

G_END_DECLS
