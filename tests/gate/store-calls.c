/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "store-calls"

#include "config.h"

#include "store-calls.h"

#include <string.h>

static void
on_call_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

/* A key that is made of a name as if it were its digest. */
void
store_key (guint8     *key,
           const char *format,
           ...)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *name = NULL;
  gsize size = FL_GATE_KEY_SIZE;
  va_list words;

  va_start (words, format);
  name = g_strdup_vprintf (format, words);
  va_end (words);
  g_checksum_update (checksum, (const guchar *) name, -1);
  g_checksum_get_digest (checksum, key, &size);
}

FlGateCounter
store_counter (const char *name,
               guint       limit,
               guint       window)
{
  FlGateCounter counter = { .limit = limit, .window = window };

  store_key (counter.key, "%s", name);
  return counter;
}

gint
store_count (FlGateStore          *store,
             const FlGateCounter  *counters,
             gsize                 n_counters,
             GError              **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fl_gate_store_count (store, NULL, counters, n_counters, NULL, on_call_ready, &result);
  return fl_gate_store_count_finish (store, wait_for (&result), error);
}

gint
store_count_known (FlGateStore         *store,
                   const guint8        *known,
                   const FlGateCounter *counters,
                   gsize                n_counters)
{
  g_autoptr (GAsyncResult) result = NULL;

  fl_gate_store_count (store, known, counters, n_counters, NULL, on_call_ready, &result);
  return fl_gate_store_count_finish (store, wait_for (&result), NULL);
}

void
store_give_back (FlGateStore         *store,
                 const FlGateCounter *counters,
                 gsize                n_counters)
{
  store_give_back_known (store, NULL, 0, counters, n_counters);
}

void
store_give_back_known (FlGateStore         *store,
                       const guint8        *known,
                       guint                seconds,
                       const FlGateCounter *counters,
                       gsize                n_counters)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fl_gate_store_give_back (store, known, seconds, counters, n_counters, NULL, on_call_ready, &result);
  g_assert_true (fl_gate_store_give_back_finish (store, wait_for (&result), &error));
  g_assert_no_error (error);
}

gboolean
store_redeem (FlGateStore  *store,
              const char   *name,
              guint         seconds,
              GError      **error)
{
  return store_redeem_unless (store, name, NULL, seconds, error) == FL_GATE_USED_NOW;
}

FlGateUse
store_redeem_unless (FlGateStore  *store,
                     const char   *name,
                     const char   *unless,
                     guint         seconds,
                     GError      **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  guint8 key[FL_GATE_KEY_SIZE];
  guint8 bar[FL_GATE_KEY_SIZE];
  FlGateUse use = FL_GATE_USED_NOW;

  store_key (key, "%s", name);
  store_key (bar, "%s", unless != NULL ? unless : "");
  fl_gate_store_redeem (store, key, unless != NULL ? bar : NULL, seconds, NULL, on_call_ready, &result);
  g_assert_true (fl_gate_store_redeem_finish (store, wait_for (&result), &use, error) || use == FL_GATE_NOT_USED);
  return use;
}

void
store_remember (FlGateStore *store,
                const char  *name,
                const char  *value,
                guint        seconds)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint8 key[FL_GATE_KEY_SIZE];
  guint8 bytes[FL_GATE_KEY_SIZE];

  store_key (key, "%s", name);
  store_key (bytes, "%s", value);
  fl_gate_store_remember (store, key, bytes, seconds, NULL, on_call_ready, &result);
  g_assert_true (fl_gate_store_remember_finish (store, wait_for (&result), &error));
  g_assert_no_error (error);
}

GBytes *
store_recall (FlGateStore *store,
              const char  *name)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint8 key[FL_GATE_KEY_SIZE];
  GBytes *value = NULL;

  store_key (key, "%s", name);
  fl_gate_store_recall (store, key, NULL, on_call_ready, &result);
  g_assert_true (fl_gate_store_recall_finish (store, wait_for (&result), &value, &error));
  g_assert_no_error (error);
  return value;
}

gint
store_prune (FlGateStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint removed;

  fl_gate_store_prune (store, NULL, on_call_ready, &result);
  removed = fl_gate_store_prune_finish (store, wait_for (&result), &error);
  g_assert_no_error (error);
  return removed;
}
