/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-store-postgres"

#include "config.h"

#include "fl-gate-store-postgres.h"

#include "gate-postgres.h"
#include "store-calls.h"
#include "store-cases.h"

#include <signal.h>
#include <string.h>

/* The store in PostgreSQL: what every store does, and what happens to servers. */

static GatePostgres *server;

static FlGateStore *
open_store (const char *dsn)
{
  g_autoptr (GError) error = NULL;
  FlGateStore *store = fl_gate_store_postgres_new (dsn, &error);

  g_assert_no_error (error);
  return store;
}

static gint64
ask (const char *sql)
{
  PGconn *connection = gate_postgres_connect (server);
  gint64 number = gate_postgres_ask (connection, sql);

  PQfinish (connection);
  return number;
}

/* One table for all tests, so each finds it empty. */
static const char *
new_place (void)
{
  static char *test;

  if (g_strcmp0 (g_test_get_path (), test) != 0)
    {
      g_free (test);
      test = g_strdup (g_test_get_path ());
      ask ("TRUNCATE first_login_gate.mark");
    }
  return gate_postgres_get_dsn (server);
}

/* The server's clock cannot be moved, so what it is compared with is. */
static void
pass (gint64 seconds)
{
  g_autofree char *sql = g_strdup_printf ("UPDATE first_login_gate.mark SET until = until - %" G_GINT64_FORMAT,
                                          seconds * G_USEC_PER_SEC);

  ask (sql);
}

static const StoreBackend postgres = { open_store, new_place, pass };

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
assert_error (FlGateStore  *store,
              GIOErrorEnum  code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (store_redeem (store, "refused", 600, &error));
  g_assert_error (error, G_IO_ERROR, (gint) code);
}

static void
assert_works (FlGateStore *store)
{
  static guint number;
  g_autofree char *name = g_strdup_printf ("works %u", number++);

  g_assert_true (store_redeem (store, name, 600, NULL));
  g_assert_false (store_redeem (store, name, 600, NULL));
}

static void
on_remember_ready (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  guint *answers = user_data;

  g_assert_true (fl_gate_store_remember_finish (FL_GATE_STORE (source), result, NULL));
  (*answers)++;
}

/* Has each of the threads make its connection: many calls at the same moment, until the server has them all. */
static void
fill_pool (FlGateStore *store)
{
  do
    {
      guint answers = 0;

      for (guint i = 0; i < 8; i++)
        {
          guint8 key[FL_GATE_KEY_SIZE];

          store_key (key, "pool");
          fl_gate_store_remember (store, key, key, 600, NULL, on_remember_ready, &answers);
        }
      while (answers < 8)
        g_main_context_iteration (NULL, TRUE);
    }
  while (ask ("SELECT count(*) FROM pg_stat_activity WHERE usename = 'first_login_gate'") < 4);
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *dsn;
    const char *message;
  } refused[] = {
    { "host=/run/postgresql password=hunter2", "passfile" },
    { "postgresql://gate:hunter2@127.0.0.1/kratos", "passfile" },
    { "postgresql://gate:hunter2@[127.0.0.1/kratos", "libpq" },
    { "host=127.0.0.1 hunter2", "libpq" },
    { "host=db.example dbname=kratos", "verify-full" },
    { "host=db.example sslmode=require", "verify-full" },
    { "postgresql://gate@127.0.0.1,db.example/kratos", "verify-full" },
    { "host=localhost hostaddr=192.0.2.1", "verify-full" },
  };
  static const char * const taken[] = {
    "postgresql:///kratos?user=first_login_gate",
    "host=/run/postgresql,127.0.0.1,::1,localhost dbname=kratos",
    "host=db.example sslmode=verify-full passfile=/run/credentials/gate/pgpass",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fl_gate_store_postgres_new (refused[i].dsn, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, refused[i].message));
      g_assert_null (strstr (error->message, "hunter2"));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    g_object_unref (open_store (taken[i]));
}

/* What deploy/gate/store.sql grants is enough for everything above, and for nothing else. */
static void
test_rights (void)
{
  static const char * const refused[] = {
    "CREATE TABLE first_login_gate.another (a int)", "DROP TABLE first_login_gate.mark", "TRUNCATE first_login_gate.mark",
    "CREATE ROLE another", "SELECT * FROM pg_authid", "CREATE SCHEMA another",
  };
  PGconn *connection = PQconnectdb (new_place ());

  g_assert_cmpint (PQstatus (connection), ==, CONNECTION_OK);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      PGresult *result = PQexec (connection, refused[i]);

      g_assert_cmpstr (PQresultErrorField (result, PG_DIAG_SQLSTATE), ==, "42501");
      PQclear (result);
    }
  PQfinish (connection);
}

/* Of two gates that prune at the same moment one does it. */
static void
test_one_prunes (void)
{
  g_autoptr (FlGateStore) one = open_store (new_place ());
  g_autoptr (FlGateStore) other = open_store (new_place ());

  g_assert_true (store_redeem (one, "first", 60, NULL));
  g_assert_cmpint (store_prune (one), ==, 0);
  pass (20);
  ask ("UPDATE first_login_gate.mark SET until = 0 WHERE until > 0 AND value IS NULL"
       " AND key <> decode (repeat ('00', 32), 'hex')");
  g_assert_cmpint (store_prune (other), ==, 0);
  pass (20);
  g_assert_cmpint (store_prune (other), ==, 1);
}

static void
test_nowhere (void)
{
  g_autoptr (FlGateStore) store = open_store ("host=/nonexistent dbname=postgres");

  expect_trouble ("*server*");
  assert_error (store, G_IO_ERROR_NOT_CONNECTED);
  for (guint i = 0; i < 50; i++)
    assert_error (store, G_IO_ERROR_NOT_CONNECTED);
  g_test_assert_expected_messages ();
}

/* Nobody notices when the server is restarted between two calls. */
static void
test_restarted (void)
{
  g_autoptr (FlGateStore) store = open_store (new_place ());
  const FlGateCounter counter = store_counter ("kept", 1, 86400);

  fill_pool (store);
  g_assert_cmpint (store_count (store, &counter, 1, NULL), ==, 0);
  gate_postgres_stop (server, SIGINT);
  gate_postgres_start (server);
  for (guint i = 0; i < 20; i++)
    assert_works (store);
  g_assert_cmpint (store_count (store, &counter, 1, NULL), >, 0);
}

static void
assert_works_again (FlGateStore *store)
{
  g_autoptr (GError) error = NULL;
  guint tries = 0;

  /* It rests a little between two tries. */
  while (!store_redeem (store, "again", 600, &error) && error != NULL)
    {
      g_clear_error (&error);
      g_usleep (10000);
      g_assert_cmpuint (tries++, <, 1000);
    }
  for (guint i = 0; i < 20; i++)
    assert_works (store);
}

static void
on_call_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

static void
test_killed_in_mid_call (void)
{
  g_autoptr (FlGateStore) store = open_store (new_place ());
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  PGconn *keeper;
  guint8 key[FL_GATE_KEY_SIZE];
  FlGateUse use;

  assert_works (store);
  keeper = gate_postgres_connect (server);
  gate_postgres_ask (keeper, "BEGIN; LOCK TABLE first_login_gate.mark IN ACCESS EXCLUSIVE MODE");
  store_key (key, "again");
  fl_gate_store_redeem (store, key, NULL, 600, NULL, on_call_ready, &result);
  while (ask ("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0)
    g_main_context_iteration (NULL, FALSE);

  expect_trouble ("*server*");
  gate_postgres_stop (server, SIGQUIT);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (fl_gate_store_redeem_finish (store, result, &use, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  for (guint i = 0; i < 20; i++)
    assert_error (store, G_IO_ERROR_NOT_CONNECTED);
  PQfinish (keeper);

  gate_postgres_start (server);
  expect_end ();
  assert_works_again (store);
  g_test_assert_expected_messages ();
  g_assert_false (store_redeem (store, "again", 600, NULL));
}

static void
test_locked (void)
{
  g_autoptr (FlGateStore) store = open_store (new_place ());
  PGconn *keeper;

  assert_works (store);
  keeper = gate_postgres_connect (server);
  gate_postgres_ask (keeper, "BEGIN; LOCK TABLE first_login_gate.mark IN ACCESS EXCLUSIVE MODE");
  expect_trouble ("*statement timeout*");
  assert_error (store, G_IO_ERROR_TIMED_OUT);
  expect_end ();
  PQfinish (keeper);
  assert_works (store);
  g_test_assert_expected_messages ();
}

/* The server is there and says nothing: as when a cable was pulled. */
static void
test_silent (void)
{
  g_autoptr (FlGateStore) store = open_store (new_place ());
  g_autoptr (GArray) backends = g_array_new (FALSE, FALSE, sizeof (int));
  PGconn *connection;
  PGresult *result;
  gint64 began;

  fill_pool (store);
  connection = gate_postgres_connect (server);
  result = PQexec (connection, "SELECT pid FROM pg_stat_activity WHERE usename = 'first_login_gate'");
  for (int row = 0; row < PQntuples (result); row++)
    {
      int pid = (int) g_ascii_strtoll (PQgetvalue (result, row, 0), NULL, 10);

      g_array_append_val (backends, pid);
      g_assert_cmpint (kill (pid, SIGSTOP), ==, 0);
    }
  PQclear (result);
  PQfinish (connection);

  expect_trouble ("*no answer*");
  assert_error (store, G_IO_ERROR_TIMED_OUT);
  g_test_assert_expected_messages ();
  /* Other threads find their own connections silent, and from then on new ones are made. */
  began = g_get_monotonic_time ();
  g_test_expect_message ("fl-gate", G_LOG_LEVEL_MESSAGE, "*can be used again*");
  assert_works_again (store);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 30 * G_USEC_PER_SEC);
  for (guint i = 0; i < backends->len; i++)
    kill (g_array_index (backends, int, i), SIGCONT);
}

static void
test_no_table (void)
{
  g_autoptr (FlGateStore) store = open_store (new_place ());

  assert_works (store);
  ask ("ALTER TABLE first_login_gate.mark RENAME TO elsewhere");
  expect_trouble ("*mark*");
  assert_error (store, G_IO_ERROR_NOT_FOUND);
  expect_end ();
  ask ("ALTER TABLE first_login_gate.elsewhere RENAME TO mark");
  assert_works (store);

  ask ("REVOKE ALL ON first_login_gate.mark FROM first_login_gate");
  assert_error (store, G_IO_ERROR_PERMISSION_DENIED);
  ask ("GRANT SELECT, INSERT, UPDATE, DELETE ON first_login_gate.mark TO first_login_gate");
  assert_works (store);
  g_test_assert_expected_messages ();
}

/* As after a change-over, when the address leads to a standby. */
static void
test_read_only (void)
{
  g_autoptr (FlGateStore) store = open_store (new_place ());

  assert_works (store);
  ask ("ALTER ROLE first_login_gate SET default_transaction_read_only = on");
  ask ("SELECT count(pg_terminate_backend (pid)) FROM pg_stat_activity WHERE usename = 'first_login_gate'");
  expect_trouble ("*read-only*");
  assert_error (store, G_IO_ERROR_NOT_CONNECTED);
  expect_end ();
  ask ("ALTER ROLE first_login_gate RESET default_transaction_read_only");
  assert_works_again (store);
  g_test_assert_expected_messages ();
}

/* No file of the store's connections may grow: for them, the disk is full. */
static void
limit_backends (const char *most)
{
  PGconn *connection = gate_postgres_connect (server);
  PGresult *result = PQexec (connection, "SELECT pid FROM pg_stat_activity WHERE usename = 'first_login_gate'");

  g_assert_cmpint (PQntuples (result), >, 0);
  for (int row = 0; row < PQntuples (result); row++)
    gate_postgres_limit_files (PQgetvalue (result, row, 0), most);
  PQclear (result);
  PQfinish (connection);
}

static void
test_full (void)
{
  g_autoptr (FlGateStore) store = open_store (new_place ());
  g_autoptr (GError) error = NULL;
  g_autofree char *size = NULL;
  guint kept = 0;

  fill_pool (store);
  /* The log's files have 1 MiB; the table's is larger, so that they still may be written. */
  ask ("INSERT INTO first_login_gate.mark (key, until)"
       " SELECT sha256 (number::text::bytea), 9e15::bigint FROM generate_series (1, 12000) AS number");
  size = g_strdup_printf ("%" G_GINT64_FORMAT, ask ("SELECT pg_relation_size ('first_login_gate.mark')"));
  limit_backends (size);
  expect_trouble ("*");
  for (; error == NULL; kept++)
    {
      g_autofree char *name = g_strdup_printf ("filling %u", kept);

      g_assert_true (store_redeem (store, name, 600, &error) || error != NULL);
      g_assert_cmpuint (kept, <, 100000);
    }
  g_test_message ("%s", error->message);
  expect_end ();
  limit_backends ("unlimited");
  assert_works (store);
  for (guint i = 0; i < kept - 1; i++)
    {
      g_autofree char *name = g_strdup_printf ("filling %u", i);

      g_assert_false (store_redeem (store, name, 600, NULL));
    }
  g_test_assert_expected_messages ();
}

int
main (int   argc,
      char *argv[])
{
  const char *missing;
  int result;

  if (argc == 3 && strcmp (argv[1], "--contend") == 0)
    return store_cases_contend (&postgres, argv[2]);

  g_test_init (&argc, &argv, NULL);
  missing = gate_postgres_missing ();
  if (missing != NULL)
    {
      g_print ("1..0 # SKIP %s\n", missing);
      return 0;
    }
  server = gate_postgres_new (g_getenv ("STORE_SQL"));
  store_cases_add (&postgres);
  g_test_add_func ("/store/postgres/addresses", test_addresses);
  g_test_add_func ("/store/postgres/rights", test_rights);
  g_test_add_func ("/store/postgres/one-prunes", test_one_prunes);
  g_test_add_func ("/store/postgres/nowhere", test_nowhere);
  g_test_add_func ("/store/postgres/restarted", test_restarted);
  g_test_add_func ("/store/postgres/killed-in-mid-call", test_killed_in_mid_call);
  g_test_add_func ("/store/postgres/locked", test_locked);
  g_test_add_func ("/store/postgres/silent", test_silent);
  g_test_add_func ("/store/postgres/no-table", test_no_table);
  g_test_add_func ("/store/postgres/read-only", test_read_only);
  g_test_add_func ("/store/postgres/full", test_full);
  result = g_test_run ();
  gate_postgres_free (server);
  return result;
}
