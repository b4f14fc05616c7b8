/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-store"

#include "config.h"

#include "fl-gate-store-sqlite.h"

#include "fl-clock.h"
#include "store-calls.h"
#include "store-cases.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The store in a file: what every store does, and what happens to files. */

static char *folder;
static guint file_number;

/* Each test has a file of its own, which it asks for once. */
static const char *
new_place (void)
{
  static char *path;
  static char *test;
  const char *name = g_test_get_path ();

  if (g_strcmp0 (name, test) != 0)
    {
      g_free (path);
      g_free (test);
      test = g_strdup (name);
      path = g_strdup_printf ("%s/gate-%u.db", folder, file_number++);
    }
  return path;
}

static const StoreBackend sqlite = { fl_gate_store_sqlite_new, new_place, fl_clock_advance };

static void
assert_error (FlGateStore  *store,
              GIOErrorEnum  code)
{
  const FlGateCounter counter = store_counter ("any", 9, 600);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) second = NULL;

  g_assert_false (store_redeem (store, "refused", 600, &error));
  g_assert_error (error, G_IO_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, new_place ()));
  g_assert_cmpint (store_count (store, &counter, 1, &second), ==, -1);
  g_assert_error (second, G_IO_ERROR, (gint) code);
}

/* The warning that comes once for each trouble, and the word that it has ended. */
static void
expect_trouble (const char *pattern)
{
  g_test_expect_message ("fl-gate", G_LOG_LEVEL_WARNING, pattern);
}

static void
expect_end (void)
{
  g_test_assert_expected_messages ();
  g_test_expect_message ("fl-gate", G_LOG_LEVEL_MESSAGE, "*can be used again*");
}

static void
assert_works (FlGateStore *store)
{
  static guint number;
  g_autofree char *name = g_strdup_printf ("works %u", number++);
  g_autoptr (GError) error = NULL;

  g_assert_true (store_redeem (store, name, 600, &error) || error != NULL);
  g_assert_no_error (error);
  g_assert_false (store_redeem (store, name, 600, NULL));
  g_test_assert_expected_messages ();
}

static sqlite3 *
open_database (void)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (new_place (), &db), ==, SQLITE_OK);
  return db;
}

static void
test_reopened (void)
{
  const FlGateCounter counter = store_counter ("kept", 1, 86400);
  g_autoptr (FlGateStore) first = fl_gate_store_sqlite_new (new_place ());
  g_autoptr (FlGateStore) second = NULL;

  g_assert_cmpint (store_count (first, &counter, 1, NULL), ==, 0);
  g_clear_object (&first);
  second = fl_gate_store_sqlite_new (new_place ());
  g_assert_cmpint (store_count (second, &counter, 1, NULL), >, 0);
}

static void
test_memory (void)
{
  g_autoptr (FlGateStore) store = fl_gate_store_sqlite_new (":memory:");

  assert_works (store);
}

static void
test_locked (void)
{
  g_autoptr (FlGateStore) store = fl_gate_store_sqlite_new (new_place ());
  sqlite3 *db;

  assert_works (store);
  db = open_database ();
  g_assert_cmpint (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  expect_trouble ("*locked*");
  assert_error (store, G_IO_ERROR_BUSY);
  expect_end ();
  g_assert_cmpint (sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
  assert_works (store);
  sqlite3_close (db);
}

static void
on_call_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  guint *tally = user_data;
  g_autoptr (GError) error = NULL;
  FlGateUse use;

  fl_gate_store_redeem_finish (FL_GATE_STORE (source), result, &use, &error);
  tally[0]++;
  tally[1] += g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY);
}

/* While somebody else keeps the file nothing is done, and what waits is bounded. */
static void
test_too_many (void)
{
  g_autoptr (FlGateStore) store = fl_gate_store_sqlite_new (new_place ());
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  guint tally[2] = { 0 };
  sqlite3 *db;

  /* Where the calls take longer to come than the store waits for the file, there is a warning, and rightly so. */
  assert_works (store);
  db = open_database ();
  g_assert_cmpint (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  for (guint i = 0; i < 3000; i++)
    {
      guint8 key[FL_GATE_KEY_SIZE];

      store_key (key, "many %u", i);
      fl_gate_store_redeem (store, key, NULL, 600, NULL, on_call_ready, tally);
    }
  while (tally[0] < 1900)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (tally[1], >=, 1900);
  g_assert_cmpint (sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
  while (tally[0] < 3000)
    g_main_context_iteration (NULL, TRUE);
  sqlite3_close (db);
  g_log_set_always_fatal (fatal);
}

static void
test_nowhere (void)
{
  g_autofree char *nowhere = g_strdup_printf ("%s.d", new_place ());
  g_autofree char *path = g_build_filename (nowhere, "gate.db", NULL);
  g_autoptr (FlGateStore) store = fl_gate_store_sqlite_new (path);

  expect_trouble ("*unable to open*");
  assert_error (store, G_IO_ERROR_NOT_FOUND);
  expect_end ();
  g_assert_cmpint (g_mkdir (nowhere, 0700), ==, 0);
  assert_works (store);
}

/* Root may write everywhere, so it becomes nobody for a while. Returns whether it could. */
static gboolean
be_nobody (gboolean nobody)
{
  return getuid () != 0 || seteuid (nobody ? 65534 : 0) == 0;
}

static void
test_read_only (void)
{
  g_autoptr (FlGateStore) store = fl_gate_store_sqlite_new (new_place ());

  assert_works (store);
  g_clear_object (&store);
  g_assert_cmpint (g_chmod (new_place (), 0444), ==, 0);
  if (!be_nobody (TRUE))
    {
      g_test_skip ("cannot be another user here");
      return;
    }

  store = fl_gate_store_sqlite_new (new_place ());
  expect_trouble ("*may only be read*");
  assert_error (store, G_IO_ERROR_READ_ONLY);
  expect_end ();
  g_assert_true (be_nobody (FALSE));
  g_assert_cmpint (g_chmod (new_place (), 0600), ==, 0);
  assert_works (store);
}

static void
test_corrupt (void)
{
  g_autoptr (FlGateStore) store = fl_gate_store_sqlite_new (new_place ());
  g_autofree char *rubbish = g_strnfill (20000, 'x');

  g_assert_true (g_file_set_contents (new_place (), rubbish, 20000, NULL));
  expect_trouble ("*not a database*");
  assert_error (store, G_IO_ERROR_INVALID_DATA);
  expect_end ();
  g_assert_cmpint (g_unlink (new_place ()), ==, 0);
  assert_works (store);
}

/* Its pages are overwritten while it is in use. */
static void
test_damaged (void)
{
  g_autoptr (FlGateStore) store = fl_gate_store_sqlite_new (new_place ());
  g_autoptr (GError) error = NULL;
  g_autofree char *rubbish = g_strnfill (4096, 'x');
  sqlite3 *db;
  FILE *file;

  for (guint i = 0; i < 200; i++)
    assert_works (store);
  db = open_database ();
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA wal_checkpoint (TRUNCATE)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  file = fopen (new_place (), "r+");
  for (long page = 1; page < 40; page++)
    {
      fseek (file, page * 4096, SEEK_SET);
      g_assert_cmpuint (fwrite (rubbish, 4096, 1, file), ==, 1);
    }
  fclose (file);
  g_clear_object (&store);

  store = fl_gate_store_sqlite_new (new_place ());
  expect_trouble ("*malformed*");
  g_assert_false (store_redeem (store, "damaged", 600, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  expect_end ();
  g_assert_cmpint (g_unlink (new_place ()), ==, 0);
  assert_works (store);
}

static void
test_other_version (void)
{
  g_autoptr (FlGateStore) store = fl_gate_store_sqlite_new (new_place ());
  sqlite3 *db = open_database ();

  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 7", NULL, NULL, NULL), ==, SQLITE_OK);
  expect_trouble ("*schema version 7*");
  assert_error (store, G_IO_ERROR_NOT_SUPPORTED);
  expect_end ();
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 0", NULL, NULL, NULL), ==, SQLITE_OK);
  assert_works (store);
  sqlite3_close (db);
}

/* No file of this process may grow: for it, the disk is full. */
static void
limit_files (rlim_t most)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (most, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* At the first refusals the store still finds room by closing the file, which empties the log; then there is none. */
static void
test_full (void)
{
  g_autoptr (FlGateStore) store = fl_gate_store_sqlite_new (new_place ());
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (guint));
  const FlGateCounter counter = store_counter ("counted", 1, 86400);
  guint refused = 0;

  g_assert_cmpint (store_count (store, &counter, 1, NULL), ==, 0);
  assert_works (store);
  /* However often that goes on and off, it is told once. */
  expect_trouble ("*");
  g_test_expect_message ("fl-gate", G_LOG_LEVEL_MESSAGE, "*can be used again*");
  limit_files (70000);
  for (guint i = 0; refused < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("filling %u", i);
      g_autoptr (GError) error = NULL;

      if (store_redeem (store, name, 600, &error))
        g_array_append_val (kept, i);
      refused = error != NULL ? refused + 1 : 0;
    }
  g_assert_cmpuint (kept->len, >, 10);
  g_assert_false (store_redeem (store, "refused", 600, NULL));
  limit_files (RLIM_INFINITY);

  assert_works (store);
  for (guint i = 0; i < kept->len; i++)
    {
      g_autofree char *name = g_strdup_printf ("filling %u", g_array_index (kept, guint, i));

      g_assert_false (store_redeem (store, name, 600, NULL));
    }
  g_assert_true (store_redeem (store, "refused", 600, NULL));
  g_assert_cmpint (store_count (store, &counter, 1, NULL), >, 0);
}

static void
on_together_ready (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  guint *tally = user_data;
  FlGateUse use;

  if (fl_gate_store_redeem_finish (FL_GATE_STORE (source), result, &use, NULL))
    tally[use == FL_GATE_USED_NOW]++;
  else
    tally[2]++;
}

/* Has proofs redeemed in one turn of the main loop, and says how many were used before, how many are now, and how many failed. */
static void
redeem_together (FlGateStore *store,
                 guint        first,
                 guint        count,
                 guint       *tally)
{
  memset (tally, 0, 3 * sizeof *tally);
  for (guint i = 0; i < count; i++)
    {
      guint8 key[FL_GATE_KEY_SIZE];

      store_key (key, "together %u", first + i);
      fl_gate_store_redeem (store, key, NULL, 600, NULL, on_together_ready, tally);
    }
  while (tally[0] + tally[1] + tally[2] < count)
    g_main_context_iteration (NULL, TRUE);
}

/* The disk is full in the middle of what one commit writes for many: then it has been written for none of them. */
static void
test_full_together (void)
{
  g_autoptr (FlGateStore) store = fl_gate_store_sqlite_new (new_place ());
  g_autofree char *log = g_strconcat (new_place (), "-wal", NULL);
  GStatBuf status;
  guint tally[3];

  redeem_together (store, 0, 100, tally);
  g_assert_cmpuint (tally[1], ==, 100);
  g_assert_cmpint (g_stat (log, &status), ==, 0);
  expect_trouble ("*");
  limit_files ((rlim_t) status.st_size + 10000);
  redeem_together (store, 100, 40, tally);
  limit_files (RLIM_INFINITY);
  g_assert_cmpuint (tally[2], ==, 40);

  expect_end ();
  redeem_together (store, 0, 140, tally);
  g_assert_cmpuint (tally[0], ==, 100);
  g_assert_cmpuint (tally[1], ==, 40);
  g_test_assert_expected_messages ();
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) remover = NULL;
  int result;

  if (argc == 3 && strcmp (argv[1], "--contend") == 0)
    return store_cases_contend (&sqlite, argv[2]);

  g_test_init (&argc, &argv, NULL);
  signal (SIGXFSZ, SIG_IGN);
  folder = g_dir_make_tmp ("test-store-XXXXXX", &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (folder, 0755), ==, 0);

  store_cases_add (&sqlite);
  g_test_add_func ("/store/sqlite/reopened", test_reopened);
  g_test_add_func ("/store/sqlite/memory", test_memory);
  g_test_add_func ("/store/sqlite/locked", test_locked);
  g_test_add_func ("/store/sqlite/too-many", test_too_many);
  g_test_add_func ("/store/sqlite/nowhere", test_nowhere);
  g_test_add_func ("/store/sqlite/read-only", test_read_only);
  g_test_add_func ("/store/sqlite/corrupt", test_corrupt);
  g_test_add_func ("/store/sqlite/damaged", test_damaged);
  g_test_add_func ("/store/sqlite/other-version", test_other_version);
  g_test_add_func ("/store/sqlite/full", test_full);
  g_test_add_func ("/store/sqlite/full-together", test_full_together);
  result = g_test_run ();

  remover = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-rf", "--", folder, NULL);
  g_subprocess_wait (remover, NULL, NULL);
  return result;
}
