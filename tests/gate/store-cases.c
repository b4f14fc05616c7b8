/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "store-cases"

#include "config.h"

#include "store-cases.h"

#include "store-calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What every store does, whichever it is.
 */

#define DAY 86400

/* What processes contend for in store_cases_contend(). */
#define PROCESSES 4
#define PRIZES 400
#define PLACES 250

typedef struct
{
  guint answered;
  guint won;
  guint failed;
} Tally;

static void
on_redeem_ready (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  Tally *tally = user_data;
  FlGateUse use;

  if (!fl_gate_store_redeem_finish (FL_GATE_STORE (source), result, &use, NULL))
    tally->failed++;
  tally->won += use == FL_GATE_USED_NOW;
  tally->answered++;
}

static void
on_count_ready (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  Tally *tally = user_data;
  gint wait = fl_gate_store_count_finish (FL_GATE_STORE (source), result, NULL);

  tally->failed += wait < 0;
  tally->won += wait == 0;
  tally->answered++;
}

static void
wait_for (const Tally *tally,
          guint        answers)
{
  while (tally->answered < answers)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_limit (gconstpointer data)
{
  const StoreBackend *backend = data;
  g_autoptr (FlGateStore) store = backend->open (backend->place ());
  const FlGateCounter counter = store_counter ("limit", 3, 300);
  gint wait;

  for (int i = 0; i < 3; i++)
    g_assert_cmpint (store_count (store, &counter, 1, NULL), ==, 0);
  for (int i = 0; i < 3; i++)
    {
      wait = store_count (store, &counter, 1, NULL);
      g_assert_cmpint (wait, >, 90);
      g_assert_cmpint (wait, <=, 100);
    }

  /* What is refused is not counted, so one has come back when the time is over that was told. */
  backend->pass (wait);
  g_assert_cmpint (store_count (store, &counter, 1, NULL), ==, 0);
  g_assert_cmpint (store_count (store, &counter, 1, NULL), >, 90);
  backend->pass (10 * 300);
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (store_count (store, &counter, 1, NULL), ==, 0);
  g_assert_cmpint (store_count (store, &counter, 1, NULL), >, 0);
}

static void
test_all_or_none (gconstpointer data)
{
  const StoreBackend *backend = data;
  g_autoptr (FlGateStore) store = backend->open (backend->place ());
  const FlGateCounter both[] = { store_counter ("wide", 4, DAY), store_counter ("narrow", 1, 600) };
  const FlGateCounter other[] = { store_counter ("narrow too", 1, 600), both[0], store_counter ("third", 9, 600) };

  g_assert_cmpint (store_count (store, both, 2, NULL), ==, 0);
  for (int i = 0; i < 10; i++)
    g_assert_cmpint (store_count (store, both, 2, NULL), >, 0);
  g_assert_cmpint (store_count (store, other, 3, NULL), ==, 0);
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (store_count (store, both, 1, NULL), ==, 0);
  g_assert_cmpint (store_count (store, both, 1, NULL), >, 600);

  /* The longest wait of all is the one that is told. */
  g_assert_cmpint (store_count (store, both, 2, NULL), >, 600);
}

static void
test_give_back (gconstpointer data)
{
  const StoreBackend *backend = data;
  g_autoptr (FlGateStore) store = backend->open (backend->place ());
  FlGateCounter counters[] = { store_counter ("given", 3, DAY), store_counter ("back", 5, DAY) };

  for (int i = 0; i < 3; i++)
    g_assert_cmpint (store_count (store, counters, 2, NULL), ==, 0);
  store_give_back (store, counters, 2);
  g_assert_cmpint (store_count (store, counters, 2, NULL), ==, 0);
  g_assert_cmpint (store_count (store, counters, 2, NULL), >, 0);

  /* The first is emptied, the second loses one of three. */
  counters[0].limit = 1;
  store_give_back (store, counters, 2);
  counters[0].limit = 3;
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (store_count (store, counters, 2, NULL), ==, 0);
  g_assert_cmpint (store_count (store, counters, 1, NULL), >, 0);
  g_assert_cmpint (store_count (store, counters + 1, 1, NULL), >, 0);

  /* More than was ever counted gives nobody more than the limit. */
  for (int i = 0; i < 20; i++)
    store_give_back (store, counters, 1);
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (store_count (store, counters, 1, NULL), ==, 0);
  g_assert_cmpint (store_count (store, counters, 1, NULL), >, 0);
}

/* What counts depends on whether a key is known, and being right makes it so. */
static void
test_known (gconstpointer data)
{
  const StoreBackend *backend = data;
  g_autoptr (FlGateStore) store = backend->open (backend->place ());
  FlGateCounter counters[] = {
    store_counter ("always", 9, DAY), store_counter ("known", 2, DAY), store_counter ("new", 3, DAY),
  };
  guint8 key[FL_GATE_KEY_SIZE];

  counters[1].when = FL_GATE_WHEN_KNOWN;
  counters[2].when = FL_GATE_WHEN_NEW;
  store_key (key, "network");
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (store_count_known (store, key, counters, 3), ==, 0);
  g_assert_cmpint (store_count_known (store, key, counters, 3), >, 0);

  /* It is given back where it was counted, and from then on the other one counts. */
  store_give_back_known (store, key, 600, counters, 3);
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (store_count_known (store, key, counters, 3), ==, 0);
  g_assert_cmpint (store_count_known (store, key, counters, 3), >, 0);
  store_give_back_known (store, key, 0, counters, 3);
  g_assert_cmpint (store_count_known (store, key, counters, 3), ==, 0);
  g_assert_cmpint (store_count_known (store, key, counters, 3), >, 0);

  backend->pass (601);
  g_assert_cmpint (store_count_known (store, key, counters, 3), ==, 0);
  g_assert_cmpint (store_count_known (store, key, counters, 3), >, 0);
  for (int i = 0; i < 4; i++)
    g_assert_cmpint (store_count (store, counters, 1, NULL), ==, 0);
  g_assert_cmpint (store_count (store, counters, 1, NULL), >, 0);
}

/* A counter that lies further ahead than its window comes from a clock that has been set back since. */
static void
test_clock_set_back (gconstpointer data)
{
  const StoreBackend *backend = data;
  g_autoptr (FlGateStore) store = backend->open (backend->place ());
  const FlGateCounter counter = store_counter ("clock", 2, 300);

  for (int i = 0; i < 2; i++)
    g_assert_cmpint (store_count (store, &counter, 1, NULL), ==, 0);
  backend->pass (-30);
  g_assert_cmpint (store_count (store, &counter, 1, NULL), >, 0);
  backend->pass (-DAY);
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (store_count (store, &counter, 1, NULL), ==, 0);
  g_assert_cmpint (store_count (store, &counter, 1, NULL), >, 0);
  backend->pass (30 + DAY);
}

static void
test_redeem (gconstpointer data)
{
  const StoreBackend *backend = data;
  g_autoptr (FlGateStore) store = backend->open (backend->place ());

  g_assert_true (store_redeem (store, "proof", 600, NULL));
  g_assert_false (store_redeem (store, "proof", 600, NULL));
  backend->pass (599);
  g_assert_false (store_redeem (store, "proof", 600, NULL));
  g_assert_true (store_redeem (store, "another", 600, NULL));
}

/* What bars leaves the proof as it is, until that is forgotten. */
static void
test_barred (gconstpointer data)
{
  const StoreBackend *backend = data;
  g_autoptr (FlGateStore) store = backend->open (backend->place ());

  g_assert_cmpint (store_redeem_unless (store, "first", "flow", 600, NULL), ==, FL_GATE_USED_NOW);
  g_assert_cmpint (store_redeem_unless (store, "first", "flow", 600, NULL), ==, FL_GATE_USED_ALREADY);
  g_assert_true (store_redeem (store, "flow", 300, NULL));
  g_assert_cmpint (store_redeem_unless (store, "second", "flow", 600, NULL), ==, FL_GATE_NOT_USED);
  g_assert_cmpint (store_redeem_unless (store, "first", "flow", 600, NULL), ==, FL_GATE_NOT_USED);
  g_assert_cmpint (store_redeem_unless (store, "second", "another flow", 600, NULL), ==, FL_GATE_USED_NOW);
  backend->pass (301);
  g_assert_cmpint (store_redeem_unless (store, "third", "flow", 600, NULL), ==, FL_GATE_USED_NOW);
}

static void
test_remember (gconstpointer data)
{
  const StoreBackend *backend = data;
  g_autoptr (FlGateStore) store = backend->open (backend->place ());
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;
  guint8 expected[FL_GATE_KEY_SIZE];

  g_assert_null (store_recall (store, "flow"));
  store_remember (store, "flow", "anna", 60);
  first = store_recall (store, "flow");
  store_key (expected, "anna");
  g_assert_cmpmem (g_bytes_get_data (first, NULL), g_bytes_get_size (first), expected, sizeof expected);

  store_remember (store, "flow", "erik", 600);
  backend->pass (61);
  second = store_recall (store, "flow");
  store_key (expected, "erik");
  g_assert_cmpmem (g_bytes_get_data (second, NULL), g_bytes_get_size (second), expected, sizeof expected);
  backend->pass (600);
  g_assert_null (store_recall (store, "flow"));
}

static void
test_prune (gconstpointer data)
{
  const StoreBackend *backend = data;
  g_autoptr (FlGateStore) store = backend->open (backend->place ());
  const FlGateCounter counter = store_counter ("kept", 2, DAY);
  Tally tally = { 0 };

  /* Fewer at a time than may wait. */
  for (guint i = 0; i < 2500; i++)
    {
      guint8 key[FL_GATE_KEY_SIZE];

      store_key (key, "over %u", i);
      fl_gate_store_redeem (store, key, NULL, 60, NULL, on_redeem_ready, &tally);
      wait_for (&tally, i > 500 ? i - 500 : 0);
    }
  wait_for (&tally, 2500);
  g_assert_cmpuint (tally.won, ==, 2500);
  g_assert_cmpint (store_count (store, &counter, 1, NULL), ==, 0);
  g_assert_cmpint (store_count (store, &counter, 1, NULL), ==, 0);
  store_remember (store, "kept", "value", DAY);
  g_assert_cmpint (store_prune (store), ==, 0);

  backend->pass (61);
  g_assert_cmpint (store_prune (store), >=, 2500);
  g_assert_cmpint (store_prune (store), ==, 0);
  g_assert_true (store_redeem (store, "over 7", 60, NULL));
  g_assert_cmpint (store_count (store, &counter, 1, NULL), >, 0);
  g_bytes_unref (store_recall (store, "kept"));
}

/* Two gates, and many calls at the same moment. */
static void
test_side_by_side (gconstpointer data)
{
  const StoreBackend *backend = data;
  g_autoptr (FlGateStore) one = backend->open (backend->place ());
  g_autoptr (FlGateStore) other = backend->open (backend->place ());
  const FlGateCounter wide = store_counter ("wide", 50, DAY);
  Tally redeemed = { 0 };
  Tally counted = { 0 };
  guint again = 0;

  for (guint i = 0; i < 400; i++)
    {
      FlGateCounter counters[2] = { wide };
      g_autofree char *name = g_strdup_printf ("own %u", i);
      guint8 key[FL_GATE_KEY_SIZE];

      store_key (key, "prize %u", i / 8);
      fl_gate_store_redeem (i % 2 == 0 ? one : other, key, NULL, 600, NULL, on_redeem_ready, &redeemed);
      counters[1] = store_counter (name, 1, DAY);
      fl_gate_store_count (i % 2 == 0 ? one : other, NULL, counters, 2, NULL, on_count_ready, &counted);
    }
  wait_for (&redeemed, 400);
  wait_for (&counted, 400);
  g_assert_cmpuint (redeemed.failed + counted.failed, ==, 0);
  g_assert_cmpuint (redeemed.won, ==, 50);
  g_assert_cmpuint (counted.won, ==, 50);

  /* Who was refused has nothing counted. */
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *name = g_strdup_printf ("own %u", i);
      FlGateCounter counter = store_counter (name, 1, DAY);

      again += store_count (one, &counter, 1, NULL) == 0;
    }
  g_assert_cmpuint (again, ==, 350);
}

/* All begin at the same moment, when each has said that it is there. */
static void
test_processes (gconstpointer data)
{
  const StoreBackend *backend = data;
  g_autoptr (FlGateStore) store = backend->open (backend->place ());
  GSubprocess *processes[PROCESSES];
  guint prizes = 0;
  guint places = 0;

  g_assert_cmpint (store_prune (store), ==, 0);
  for (guint i = 0; i < PROCESSES; i++)
    {
      char ready[1];

      processes[i] = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL,
                                       "/proc/self/exe", "--contend", backend->place (), NULL);
      g_assert_cmpint (g_input_stream_read (g_subprocess_get_stdout_pipe (processes[i]), ready, 1, NULL, NULL), ==, 1);
    }
  for (guint i = 0; i < PROCESSES; i++)
    g_assert_true (g_output_stream_close (g_subprocess_get_stdin_pipe (processes[i]), NULL, NULL));
  for (guint i = 0; i < PROCESSES; i++)
    {
      char said[64] = { 0 };
      g_auto (GStrv) numbers = NULL;

      g_assert_true (g_input_stream_read_all (g_subprocess_get_stdout_pipe (processes[i]), said, sizeof said - 1, NULL,
                                              NULL, NULL));
      g_assert_true (g_subprocess_wait_check (processes[i], NULL, NULL));
      numbers = g_strsplit (said, " ", 2);
      prizes += (guint) atoi (numbers[0]);
      places += (guint) atoi (numbers[1]);
      g_object_unref (processes[i]);
    }
  g_assert_cmpuint (prizes, ==, PRIZES);
  g_assert_cmpuint (places, ==, PLACES);
}

/**
 * store_cases_contend:
 * @backend: how to open the store
 * @place: where it is
 *
 * What each process of test_processes() does: takes what it can get, and prints how much that was.
 *
 * Returns: 0 when every call was answered
 */
int
store_cases_contend (const StoreBackend *backend,
                     const char         *place)
{
  g_autoptr (FlGateStore) store = backend->open (place);
  const FlGateCounter counters[] = { store_counter ("door", PLACES, DAY), store_counter ("house", 2 * PLACES, DAY) };
  Tally prizes = { 0 };
  Tally places = { 0 };
  Tally ready = { 0 };
  guint8 own[FL_GATE_KEY_SIZE];

  store_key (own, "process %d", (int) getpid ());
  fl_gate_store_redeem (store, own, NULL, 600, NULL, on_redeem_ready, &ready);
  wait_for (&ready, 1);
  if (ready.won != 1 || write (STDOUT_FILENO, "r", 1) != 1 || getchar () != EOF)
    return 1;

  for (guint i = 0; i < PRIZES; i++)
    {
      guint8 key[FL_GATE_KEY_SIZE];

      store_key (key, "prize %u", i);
      fl_gate_store_redeem (store, key, NULL, 600, NULL, on_redeem_ready, &prizes);
      fl_gate_store_count (store, NULL, counters, 2, NULL, on_count_ready, &places);
    }
  wait_for (&prizes, PRIZES);
  wait_for (&places, PRIZES);
  g_print ("%u %u", prizes.won, places.won);
  return prizes.failed + places.failed == 0 ? 0 : 1;
}

static void
test_cancelled (gconstpointer data)
{
  const StoreBackend *backend = data;
  g_autoptr (FlGateStore) store = backend->open (backend->place ());
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint8 key[FL_GATE_KEY_SIZE];
  Tally tally = { 0 };

  g_cancellable_cancel (cancellable);
  store_key (key, "cancelled");
  fl_gate_store_redeem (store, key, NULL, 600, cancellable, on_redeem_ready, &tally);
  wait_for (&tally, 1);
  g_assert_cmpuint (tally.failed, ==, 1);
  g_assert_true (store_redeem (store, "cancelled", 600, NULL));
}

/**
 * store_cases_add:
 * @backend: what to test
 *
 * Adds the cases.
 */
void
store_cases_add (const StoreBackend *backend)
{
  g_test_add_data_func ("/store/limit", backend, test_limit);
  g_test_add_data_func ("/store/all-or-none", backend, test_all_or_none);
  g_test_add_data_func ("/store/give-back", backend, test_give_back);
  g_test_add_data_func ("/store/known", backend, test_known);
  g_test_add_data_func ("/store/clock-set-back", backend, test_clock_set_back);
  g_test_add_data_func ("/store/redeem", backend, test_redeem);
  g_test_add_data_func ("/store/barred", backend, test_barred);
  g_test_add_data_func ("/store/remember", backend, test_remember);
  g_test_add_data_func ("/store/prune", backend, test_prune);
  g_test_add_data_func ("/store/side-by-side", backend, test_side_by_side);
  g_test_add_data_func ("/store/processes", backend, test_processes);
  g_test_add_data_func ("/store/cancelled", backend, test_cancelled);
}
