/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-quotas"

#include "config.h"

#include "fl-gate-quotas.h"

#include "fl-clock.h"
#include "fl-gate-store-sqlite.h"

#include <sqlite3.h>
#include <string.h>

/* The rules, on a store that is forgotten at the end of each test. */

#define HOME "198.51.100.7"
#define CAFE "203.0.113.9"
#define OFFICE "192.0.2.20"

typedef struct
{
  FlGateStore  *store;
  FlGateLimits *limits;
  FlGateQuotas *quotas;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GBytes) key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);

  fixture->store = fl_gate_store_sqlite_new (":memory:");
  fixture->limits = fl_gate_limits_new ();
  g_assert_true (fl_gate_limits_set (fixture->limits, "OFFICE_NETWORKS", " 192.0.2.0/24  2001:db8:1::/48", NULL));
  fixture->quotas = fl_gate_quotas_new (fixture->store, key, fixture->limits);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_finalize_object (fixture->quotas);
  g_assert_finalize_object (fixture->limits);
  g_object_unref (fixture->store);
}

static void
set (Fixture    *fixture,
     const char *key,
     const char *value)
{
  g_autoptr (GError) error = NULL;

  fl_gate_limits_set (fixture->limits, key, value, &error);
  g_assert_no_error (error);
}

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

static gint
try (Fixture    *fixture,
     FlGateKind  kind,
     const char *address,
     const char *from)
{
  g_autoptr (GBytes) account = fl_gate_quotas_account (fixture->quotas, address);
  g_autoptr (GInetAddress) peer = g_inet_address_new_from_string (from);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint wait;

  fl_gate_quotas_try (fixture->quotas, kind, account, peer, NULL, on_call_ready, &result);
  wait = fl_gate_quotas_try_finish (fixture->quotas, wait_for (&result), &error);
  g_assert_no_error (error);
  return wait;
}

static void
done (Fixture    *fixture,
      gboolean    was_right,
      FlGateKind  kind,
      const char *address,
      const char *from)
{
  g_autoptr (GBytes) account = fl_gate_quotas_account (fixture->quotas, address);
  g_autoptr (GInetAddress) peer = g_inet_address_new_from_string (from);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (was_right)
    fl_gate_quotas_was_right (fixture->quotas, kind, account, peer, NULL, on_call_ready, &result);
  else
    fl_gate_quotas_was_nothing (fixture->quotas, kind, account, peer, NULL, on_call_ready, &result);
  g_assert_true (fl_gate_quotas_done_finish (fixture->quotas, wait_for (&result), &error));
  g_assert_no_error (error);
}

/* How many attempts are let through before one is refused. */
static guint
exhaust (Fixture    *fixture,
         FlGateKind  kind,
         const char *address,
         const char *from)
{
  guint n = 0;

  while (try (fixture, kind, address, from) == 0)
    g_assert_cmpuint (++n, <, 1000);
  return n;
}

static void
sign_in (Fixture    *fixture,
         const char *address,
         const char *from)
{
  g_assert_cmpint (try (fixture, FL_GATE_PASSWORD, address, from), ==, 0);
  done (fixture, TRUE, FL_GATE_PASSWORD, address, from);
}

static void
test_person (Fixture       *fixture,
             gconstpointer  data)
{
  gint wait;

  g_assert_cmpuint (exhaust (fixture, FL_GATE_PASSWORD, "anna@example.com", HOME), ==, 10);
  wait = try (fixture, FL_GATE_PASSWORD, "anna@example.com", HOME);
  g_assert_cmpint (wait, >, 80);
  g_assert_cmpint (wait, <=, 90);

  /* Every other kind, everybody else, and she herself elsewhere are as before. */
  g_assert_cmpuint (exhaust (fixture, FL_GATE_SECOND_FACTOR, "anna@example.com", HOME), ==, 10);
  g_assert_cmpuint (exhaust (fixture, FL_GATE_CODE, "anna@example.com", HOME), ==, 10);
  g_assert_cmpuint (exhaust (fixture, FL_GATE_MAIL, "anna@example.com", HOME), ==, 5);
  g_assert_cmpuint (exhaust (fixture, FL_GATE_PASSWORD, "erik@example.com", HOME), ==, 10);
  g_assert_cmpuint (exhaust (fixture, FL_GATE_PASSWORD, "anna@example.com", CAFE), ==, 10);

  fl_clock_advance (wait);
  g_assert_cmpuint (exhaust (fixture, FL_GATE_PASSWORD, "anna@example.com", HOME), ==, 1);
}

/* Whoever knows the password is never slowed down by using it. */
static void
test_right_password (Fixture       *fixture,
                     gconstpointer  data)
{
  for (guint i = 0; i < 400; i++)
    sign_in (fixture, "anna@example.com", HOME);

  /* Nine mistakes, then the right one, again and again. */
  for (guint i = 0; i < 20; i++)
    {
      for (guint j = 0; j < 9; j++)
        g_assert_cmpint (try (fixture, FL_GATE_PASSWORD, "anna@example.com", HOME), ==, 0);
      sign_in (fixture, "anna@example.com", HOME);
    }
  g_assert_cmpuint (exhaust (fixture, FL_GATE_PASSWORD, "anna@example.com", HOME), ==, 10);
}

/* What nobody judged is given back, and nothing else with it. */
static void
test_nothing (Fixture       *fixture,
              gconstpointer  data)
{
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (try (fixture, FL_GATE_CODE, "anna@example.com", HOME), ==, 0);
  for (guint i = 0; i < 400; i++)
    {
      g_assert_cmpint (try (fixture, FL_GATE_CODE, "anna@example.com", HOME), ==, 0);
      done (fixture, FALSE, FL_GATE_CODE, "anna@example.com", HOME);
    }
  g_assert_cmpuint (exhaust (fixture, FL_GATE_CODE, "anna@example.com", HOME), ==, 5);
}

/* From many networks a guesser has what an account has, and not what each network has. */
static void
test_account (Fixture       *fixture,
              gconstpointer  data)
{
  guint guesses = 0;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *from = g_strdup_printf ("203.0.%u.1", i);

      guesses += exhaust (fixture, FL_GATE_PASSWORD, "anna@example.com", from);
    }
  g_assert_cmpuint (guesses, ==, 100);
  g_assert_cmpuint (exhaust (fixture, FL_GATE_PASSWORD, "erik@example.com", HOME), ==, 10);
}

/* After that the person gets in where they have been before, and in the office, and gets their mail. */
static void
test_no_lock_out (Fixture       *fixture,
                  gconstpointer  data)
{
  sign_in (fixture, "anna@example.com", HOME);
  fl_clock_advance (25 * 24 * 60 * 60);
  test_account (fixture, NULL);

  g_assert_cmpint (try (fixture, FL_GATE_PASSWORD, "anna@example.com", CAFE), >, 0);
  sign_in (fixture, "anna@example.com", HOME);
  g_assert_cmpuint (exhaust (fixture, FL_GATE_PASSWORD, "anna@example.com", HOME), ==, 10);
  g_assert_cmpuint (exhaust (fixture, FL_GATE_PASSWORD, "anna@example.com", OFFICE), ==, 10);
  g_assert_cmpuint (exhaust (fixture, FL_GATE_MAIL, "anna@example.com", CAFE), ==, 5);

  /* A month after the last time the network is one like any other. */
  fl_clock_advance (31 * 24 * 60 * 60);
  test_account (fixture, NULL);
  g_assert_cmpint (try (fixture, FL_GATE_PASSWORD, "anna@example.com", HOME), >, 0);
}

/* Nor does somebody in her own network have more guesses than an account has. */
static void
test_guesser_at_home (Fixture       *fixture,
                      gconstpointer  data)
{
  guint guesses = 0;

  sign_in (fixture, "anna@example.com", HOME);
  for (guint i = 0; i < 100; i++)
    {
      fl_clock_advance (15 * 60);
      guesses += exhaust (fixture, FL_GATE_PASSWORD, "anna@example.com", HOME);
    }
  g_assert_cmpuint (guesses, >=, 190);
  g_assert_cmpuint (guesses, <, 210);
}

/* With a stolen password and many networks there are not more guesses at the second factor. */
static void
test_stolen_password (Fixture       *fixture,
                      gconstpointer  data)
{
  guint guesses = 0;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *from = g_strdup_printf ("203.0.%u.1", i);

      sign_in (fixture, "anna@example.com", from);
      guesses += exhaust (fixture, FL_GATE_SECOND_FACTOR, "anna@example.com", from);
    }
  g_assert_cmpuint (guesses, ==, 100);
}

/* Where the second factor was right before, it can be used whatever others do. */
static void
test_second_factor_at_home (Fixture       *fixture,
                            gconstpointer  data)
{
  g_assert_cmpint (try (fixture, FL_GATE_SECOND_FACTOR, "anna@example.com", HOME), ==, 0);
  done (fixture, TRUE, FL_GATE_SECOND_FACTOR, "anna@example.com", HOME);
  test_stolen_password (fixture, NULL);
  g_assert_cmpuint (exhaust (fixture, FL_GATE_SECOND_FACTOR, "anna@example.com", HOME), ==, 10);
}

/* One password on every account. */
static void
test_spraying (Fixture       *fixture,
               gconstpointer  data)
{
  guint guesses = 0;

  sign_in (fixture, "anna@example.com", CAFE);
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *address = g_strdup_printf ("person%u@example.com", i);

      guesses += try (fixture, FL_GATE_PASSWORD, address, "203.0.113.77") == 0;
    }
  g_assert_cmpuint (guesses, ==, 300);

  /* Who is known there is not held up by it. */
  g_assert_cmpint (try (fixture, FL_GATE_PASSWORD, "erik@example.com", CAFE), >, 0);
  sign_in (fixture, "anna@example.com", CAFE);
}

static void
test_office (Fixture       *fixture,
             gconstpointer  data)
{
  guint through = 0;

  set (fixture, "OFFICE_FACTOR", "3");
  set (fixture, "MAIL_PER_NETWORK", "40/3600");
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *address = g_strdup_printf ("person%u@example.com", i);

      through += try (fixture, FL_GATE_MAIL, address, i % 2 ? OFFICE : "192.0.2.99") == 0;
    }
  g_assert_cmpuint (through, ==, 120);
  g_assert_cmpint (try (fixture, FL_GATE_MAIL, "erik@example.com", "2001:db8:1:2::3"), ==, 0);
}

/* Which addresses are one network. */
static void
test_networks (Fixture       *fixture,
               gconstpointer  data)
{
  static const struct
  {
    const char *one;
    const char *other;
    gboolean    is_same;
  } pairs[] = {
    { "198.51.100.1", "198.51.100.254", TRUE },
    { "198.51.100.1", "198.51.101.1", FALSE },
    { "2001:db8:0:100::1", "2001:db8:0:1ff:ffff::9", TRUE },
    { "2001:db8:0:100::1", "2001:db8:0:200::1", FALSE },
    { "198.51.100.1", "::ffff:198.51.100.200", TRUE },
    { "::ffff:198.51.100.1", "::ffff:198.51.101.1", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *address = g_strdup_printf ("person%" G_GSIZE_FORMAT "@example.com", i);

      exhaust (fixture, FL_GATE_PASSWORD, address, pairs[i].one);
      g_assert_cmpint (try (fixture, FL_GATE_PASSWORD, address, pairs[i].other) > 0, ==, pairs[i].is_same);
    }
}

/* The ways of writing one address that Kratos takes for the same. */
static void
test_spellings (Fixture       *fixture,
                gconstpointer  data)
{
  static const char * const same[] = {
    "ANNA@EXAMPLE.COM", " anna@example.com", "anna@example.com\t\n", "Anna@Example.Com",
  };
  g_autoptr (GBytes) account = fl_gate_quotas_account (fixture->quotas, "anna@example.com");
  g_autoptr (GBytes) kiril = fl_gate_quotas_account (fixture->quotas, "kiril@example.com");
  g_autoptr (GBytes) signs = fl_gate_quotas_account (fixture->quotas, "\xe2\x84\xaa\xc4\xb0ril@example.com");
  g_autoptr (GBytes) other = fl_gate_quotas_account (fixture->quotas, "anna@example.co");

  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autoptr (GBytes) again = fl_gate_quotas_account (fixture->quotas, same[i]);

      g_assert_true (g_bytes_equal (account, again));
    }
  /* KELVIN SIGN and a capital I with a dot: Go folds them to k and i. */
  g_assert_true (g_bytes_equal (kiril, signs));
  g_assert_false (g_bytes_equal (account, other));
  g_assert_cmpuint (g_bytes_get_size (account), ==, FL_GATE_KEY_SIZE);
}

static GBytes *
whose (Fixture     *fixture,
       FlGateThing  thing,
       const char  *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  GBytes *account = NULL;

  fl_gate_quotas_whose (fixture->quotas, thing, text, NULL, on_call_ready, &result);
  g_assert_true (fl_gate_quotas_whose_finish (fixture->quotas, wait_for (&result), &account, NULL));
  return account;
}

static FlGateUse
redeem (Fixture     *fixture,
        FlGateThing  thing,
        const char  *text,
        const char  *flow)
{
  g_autoptr (GAsyncResult) result = NULL;
  FlGateUse use;

  fl_gate_quotas_redeem (fixture->quotas, thing, text, flow, 600, NULL, on_call_ready, &result);
  g_assert_true (fl_gate_quotas_redeem_finish (fixture->quotas, wait_for (&result), &use, NULL));
  return use;
}

static void
test_things (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GBytes) account = fl_gate_quotas_account (fixture->quotas, "anna@example.com");
  g_autoptr (GBytes) stand_in = fl_gate_quotas_stand_in (fixture->quotas, FL_GATE_FLOW, "f1");
  g_autoptr (GBytes) found = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  fl_gate_quotas_note (fixture->quotas, FL_GATE_FLOW, "f1", account, 600, NULL, on_call_ready, &result);
  g_assert_true (fl_gate_quotas_note_finish (fixture->quotas, wait_for (&result), NULL));
  found = whose (fixture, FL_GATE_FLOW, "f1");
  g_assert_true (g_bytes_equal (found, account));
  g_assert_false (g_bytes_equal (stand_in, account));
  g_assert_null (whose (fixture, FL_GATE_SESSION, "f1"));
  g_assert_null (whose (fixture, FL_GATE_FLOW, "f2"));

  g_assert_cmpint (redeem (fixture, FL_GATE_PROOF, "p1", "f1"), ==, FL_GATE_USED_NOW);
  g_assert_cmpint (redeem (fixture, FL_GATE_PROOF, "p1", "f1"), ==, FL_GATE_USED_ALREADY);
  g_assert_cmpint (redeem (fixture, FL_GATE_FLOW, "p1", NULL), ==, FL_GATE_USED_NOW);
  g_assert_cmpint (redeem (fixture, FL_GATE_FLOW, "f1", NULL), ==, FL_GATE_USED_NOW);
  g_assert_cmpint (redeem (fixture, FL_GATE_FLOW, "f1", NULL), ==, FL_GATE_USED_ALREADY);
  g_assert_cmpint (redeem (fixture, FL_GATE_PROOF, "p2", "f1"), ==, FL_GATE_NOT_USED);
  g_assert_cmpint (redeem (fixture, FL_GATE_PROOF, "p2", "f2"), ==, FL_GATE_USED_NOW);

  fl_clock_advance (601);
  g_assert_null (whose (fixture, FL_GATE_FLOW, "f1"));
}

/* What a person's first sign-in leaves in the file tells nobody who that was. */
static void
test_nothing_readable (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("test-quotas-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "gate.db", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GSubprocess) remover = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) account = fl_gate_quotas_account (fixture->quotas, "anna@example.com");
  gsize length;
  sqlite3 *db;

  g_assert_no_error (error);
  g_clear_object (&fixture->quotas);
  g_clear_object (&fixture->store);
  fixture->store = fl_gate_store_sqlite_new (path);
  {
    g_autoptr (GBytes) key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);

    fixture->quotas = fl_gate_quotas_new (fixture->store, key, fixture->limits);
  }
  sign_in (fixture, "anna@example.com", HOME);
  exhaust (fixture, FL_GATE_MAIL, "anna@example.com", CAFE);
  fl_gate_quotas_note (fixture->quotas, FL_GATE_SESSION, "ory_st_secret", account, 600, NULL, on_call_ready, &result);
  wait_for (&result);
  g_assert_cmpint (redeem (fixture, FL_GATE_FLOW, "4f1d7a2e-flow", NULL), ==, FL_GATE_USED_NOW);

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA wal_checkpoint (TRUNCATE)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_cmpuint (length, >, 4096);
  g_assert_null (memmem (content, length, "anna", 4));
  g_assert_null (memmem (content, length, "secret", 6));
  g_assert_null (memmem (content, length, "4f1d7a2e", 8));
  g_assert_null (memmem (content, length, "\xc6\x33\x64", 3));
  g_assert_null (memmem (content, length, "198.51", 6));

  remover = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-rf", "--", folder, NULL);
  g_subprocess_wait (remover, NULL, NULL);
}

/* The store is down: nothing is known, and that is what is said. */
static void
test_store_down (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (FlGateStore) nowhere = fl_gate_store_sqlite_new ("/nonexistent/gate.db");
  g_autoptr (GBytes) key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (FlGateQuotas) quotas = fl_gate_quotas_new (nowhere, key, fixture->limits);
  g_autoptr (GBytes) account = fl_gate_quotas_account (quotas, "anna@example.com");
  g_autoptr (GInetAddress) peer = g_inet_address_new_from_string (HOME);
  g_autoptr (GAsyncResult) tried = NULL;
  g_autoptr (GAsyncResult) redeemed = NULL;
  g_autoptr (GAsyncResult) right = NULL;
  g_autoptr (GError) error = NULL;
  FlGateUse use = FL_GATE_USED_NOW;

  g_test_expect_message ("fl-gate", G_LOG_LEVEL_WARNING, "*unable to open*");
  fl_gate_quotas_try (quotas, FL_GATE_PASSWORD, account, peer, NULL, on_call_ready, &tried);
  g_assert_cmpint (fl_gate_quotas_try_finish (quotas, wait_for (&tried), &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  fl_gate_quotas_redeem (quotas, FL_GATE_PROOF, "nonce", "flow", 600, NULL, on_call_ready, &redeemed);
  g_assert_false (fl_gate_quotas_redeem_finish (quotas, wait_for (&redeemed), &use, NULL));
  g_assert_cmpint (use, ==, FL_GATE_NOT_USED);
  fl_gate_quotas_was_right (quotas, FL_GATE_PASSWORD, account, peer, NULL, on_call_ready, &right);
  g_assert_false (fl_gate_quotas_done_finish (quotas, wait_for (&right), NULL));
  g_test_assert_expected_messages ();
}

static void
test_settings (Fixture       *fixture,
               gconstpointer  data)
{
  static const struct
  {
    const char *key;
    const char *value;
  } refused[] = {
    { "PASSWORD_PER_PERSON", "" }, { "PASSWORD_PER_PERSON", "10" }, { "PASSWORD_PER_PERSON", "0/60" },
    { "PASSWORD_PER_PERSON", "10/0" }, { "PASSWORD_PER_PERSON", "10/60/3" }, { "PASSWORD_PER_PERSON", "-1/60" },
    { "PASSWORD_PER_PERSON", "10/1h" }, { "PASSWORD_PER_PERSON", "99999999999/60" }, { "OFFICE_FACTOR", "0" },
    { "OFFICE_FACTOR", "many" }, { "OFFICE_NETWORKS", "office" }, { "OFFICE_NETWORKS", "192.0.2.1/33" },
    { "OFFICE_NETWORKS", "192.0.2.0/24,192.0.3.0/24" }, { "PASSWORD_PER_MOON", "1/1" },
  };
  const char * const *keys = fl_gate_limits_get_keys ();
  g_autoptr (GInetAddress) home = g_inet_address_new_from_string (HOME);
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (fl_gate_limits_set (fixture->limits, refused[i].key, refused[i].value, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_true (g_str_has_prefix (error->message, "wants "));
    }
  for (; keys[n] != NULL; n++)
    if (!g_str_has_prefix (keys[n], "OFFICE_"))
      set (fixture, keys[n], "7/77");
  g_assert_cmpuint (n, ==, 14);
  for (FlGateKind kind = 0; kind < FL_GATE_KINDS; kind++)
    for (FlGateReach reach = 0; reach < FL_GATE_REACHES; reach++)
      {
        FlGateLimit limit = fl_gate_limits_get (fixture->limits, kind, reach, home);

        g_assert_cmpuint (limit.limit, ==, 7);
        g_assert_cmpuint (limit.window, ==, 77);
      }
  set (fixture, "OFFICE_NETWORKS", "");
  set (fixture, "OFFICE_NETWORKS", "198.51.100.7");
  g_assert_true (fl_gate_limits_is_office (fixture->limits, home));
}

#define ADD(name, function) g_test_add ("/quotas/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("person", test_person);
  ADD ("right-password", test_right_password);
  ADD ("nothing", test_nothing);
  ADD ("account", test_account);
  ADD ("no-lock-out", test_no_lock_out);
  ADD ("guesser-at-home", test_guesser_at_home);
  ADD ("stolen-password", test_stolen_password);
  ADD ("second-factor-at-home", test_second_factor_at_home);
  ADD ("spraying", test_spraying);
  ADD ("office", test_office);
  ADD ("networks", test_networks);
  ADD ("spellings", test_spellings);
  ADD ("things", test_things);
  ADD ("nothing-readable", test_nothing_readable);
  ADD ("store-down", test_store_down);
  ADD ("settings", test_settings);
  return g_test_run ();
}
