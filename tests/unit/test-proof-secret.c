/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-proof"

#include "config.h"

#include "fl-clock.h"
#include "fl-secret.h"

#include <signal.h>
#include <string.h>

static void
test_text (void)
{
  g_autoptr (FlSecret) empty = fl_secret_new ("");
  g_autoptr (FlSecret) word = fl_secret_new ("correct horse");
  g_autoptr (FlSecret) part = fl_secret_new_length ("correct horse", 7);
  g_autoptr (FlSecret) binary = fl_secret_new_length ("a\0b", 3);
  g_autoptr (FlSecret) nothing = fl_secret_new_length (NULL, 0);

  g_assert_cmpstr (fl_secret_get_text (empty), ==, "");
  g_assert_cmpuint (fl_secret_get_length (empty), ==, 0);
  g_assert_cmpstr (fl_secret_get_text (word), ==, "correct horse");
  g_assert_cmpuint (fl_secret_get_length (word), ==, 13);
  g_assert_cmpstr (fl_secret_get_text (part), ==, "correct");
  g_assert_cmpmem (fl_secret_get_text (binary), fl_secret_get_length (binary) + 1, "a\0b", 4);
  g_assert_cmpstr (fl_secret_get_text (nothing), ==, "");
}

static void
test_copy (void)
{
  char typed[] = "correct horse";
  g_autoptr (FlSecret) secret = fl_secret_new (typed);

  fl_secret_wipe (typed, sizeof typed);
  g_assert_cmpmem (typed, sizeof typed, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", sizeof typed);
  g_assert_cmpstr (fl_secret_get_text (secret), ==, "correct horse");
}

static void
test_equal (void)
{
  g_autoptr (FlSecret) a = fl_secret_new ("123456");
  g_autoptr (FlSecret) b = fl_secret_new ("123456");
  g_autoptr (FlSecret) c = fl_secret_new ("123457");
  g_autoptr (FlSecret) d = fl_secret_new ("1234567");
  g_autoptr (FlSecret) e = fl_secret_new_length ("123456\0x", 8);
  g_autoptr (FlSecret) f = fl_secret_new_length ("123456\0y", 8);

  g_assert_true (fl_secret_equal (a, a));
  g_assert_true (fl_secret_equal (a, b));
  g_assert_false (fl_secret_equal (a, c));
  g_assert_false (fl_secret_equal (a, d));
  g_assert_false (fl_secret_equal (a, e));
  g_assert_false (fl_secret_equal (e, f));
  g_assert_false (fl_secret_equal (a, NULL));
  g_assert_false (fl_secret_equal (NULL, a));
  g_assert_true (fl_secret_equal (NULL, NULL));
}

static gpointer
ref_and_unref (gpointer data)
{
  for (int i = 0; i < 10000; i++)
    fl_secret_unref (fl_secret_ref (data));

  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (FlSecret) secret = fl_secret_new ("shared");
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("secret", ref_and_unref, secret);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  g_assert_cmpstr (fl_secret_get_text (secret), ==, "shared");
}

static void
test_boxed (void)
{
  g_autoptr (FlSecret) secret = fl_secret_new ("boxed");
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, FL_TYPE_SECRET);
  g_value_set_boxed (&value, secret);
  g_assert_true (g_value_get_boxed (&value) == secret);
}

static void
test_gone (void)
{
  if (g_test_subprocess ())
    {
      FlSecret *secret = fl_secret_new ("gone");
      const char *text = fl_secret_get_text (secret);

      /* A sanitizer would turn the signal into an ordinary exit. */
      signal (SIGSEGV, SIG_DFL);
      fl_secret_unref (secret);
      g_print ("%c", *(const volatile char *) text);
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
}

static void
test_wipe_nothing (void)
{
  fl_secret_wipe (NULL, 0);
  fl_secret_wipe_string (NULL);
  fl_secret_wipe_string (g_strdup ("wiped and freed"));
}

static void
test_grow (void)
{
  gsize size = 0;
  g_autofree char *memory = fl_secret_grow (NULL, &size, 4);

  g_assert_cmpuint (size, ==, 4);
  memcpy (memory, "abcd", 4);
  memory = fl_secret_grow (memory, &size, 5);
  g_assert_cmpuint (size, ==, 8);
  g_assert_cmpmem (memory, 4, "abcd", 4);
  memory = fl_secret_grow (memory, &size, 100);
  g_assert_cmpuint (size, ==, 100);
  g_assert_cmpmem (memory, 4, "abcd", 4);
}

static void
test_random (void)
{
  guint8 a[16] = { 0, };
  guint8 b[16] = { 0, };

  fl_secret_random (a, sizeof a);
  fl_secret_random (b, sizeof b);
  g_assert_cmpint (memcmp (a, b, sizeof a), !=, 0);
}

static void
test_megabyte (void)
{
  g_autofree char *text = g_strnfill (1024 * 1024, 'x');
  g_autoptr (FlSecret) secret = fl_secret_new (text);

  g_assert_cmpstr (fl_secret_get_text (secret), ==, text);
}

static void
test_clock (void)
{
  gint64 before = g_get_real_time () / G_USEC_PER_SEC;
  gint64 now = fl_clock_now ();

  g_assert_cmpint (now, >=, before);
  g_assert_cmpint (now, <=, g_get_real_time () / G_USEC_PER_SEC);

  fl_clock_advance (86400);
  g_assert_cmpint (fl_clock_now (), >=, now + 86400);
  fl_clock_advance (-2 * 86400);
  g_assert_cmpint (fl_clock_now (), <, now);
  fl_clock_advance (86400);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proof/secret/text", test_text);
  g_test_add_func ("/proof/secret/copy", test_copy);
  g_test_add_func ("/proof/secret/equal", test_equal);
  g_test_add_func ("/proof/secret/threads", test_threads);
  g_test_add_func ("/proof/secret/boxed", test_boxed);
  g_test_add_func ("/proof/secret/gone", test_gone);
  g_test_add_func ("/proof/secret/wipe-nothing", test_wipe_nothing);
  g_test_add_func ("/proof/secret/grow", test_grow);
  g_test_add_func ("/proof/secret/random", test_random);
  g_test_add_func ("/proof/secret/megabyte", test_megabyte);
  g_test_add_func ("/proof/clock", test_clock);

  return g_test_run ();
}
