/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-journey-problem"

#include "config.h"

#include "fl-problem.h"

#include <gio/gio.h>

static void
test_data (void)
{
  g_autoptr (GError) plain = fl_problem_new (FL_PROBLEM_OFFLINE, "no route");
  g_autoptr (GError) until = fl_problem_new_until (FL_PROBLEM_THROTTLED, 1700000000, "429");
  g_autoptr (GError) limit = fl_problem_new_limit (FL_PROBLEM_PASSWORD_SHORT, 8, "4000032");
  g_autoptr (GError) ahead = fl_problem_new_ahead (FL_PROBLEM_CODE_SKEWED, -150, "five periods");

  g_assert_error (plain, FL_PROBLEM, FL_PROBLEM_OFFLINE);
  g_assert_cmpstr (plain->message, ==, "no route");
  g_assert_cmpint (fl_problem_get_until (plain), ==, 0);
  g_assert_cmpint (fl_problem_get_limit (plain), ==, 0);

  g_assert_error (until, FL_PROBLEM, FL_PROBLEM_THROTTLED);
  g_assert_cmpint (fl_problem_get_until (until), ==, 1700000000);

  g_assert_error (limit, FL_PROBLEM, FL_PROBLEM_PASSWORD_SHORT);
  g_assert_cmpint (fl_problem_get_limit (limit), ==, 8);
  g_assert_cmpint (fl_problem_get_ahead (limit), ==, 0);

  g_assert_error (ahead, FL_PROBLEM, FL_PROBLEM_CODE_SKEWED);
  g_assert_cmpint (fl_problem_get_ahead (ahead), ==, -150);
}

static void
test_copy (void)
{
  g_autoptr (GError) until = fl_problem_new_until (FL_PROBLEM_SERVER_FAULT, 1700000001, "503");
  g_autoptr (GError) limit = fl_problem_new_limit (FL_PROBLEM_PASSWORD_LONG, 72, "4000033");
  g_autoptr (GError) until_copy = g_error_copy (until);
  g_autoptr (GError) limit_copy = g_error_copy (limit);

  g_assert_cmpint (fl_problem_get_until (until_copy), ==, 1700000001);
  g_assert_cmpint (fl_problem_get_limit (limit_copy), ==, 72);
}

static void
test_other_domain (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "something else");

  g_assert_cmpint (fl_problem_get_until (error), ==, 0);
  g_assert_cmpint (fl_problem_get_limit (error), ==, 0);
}

static void
test_names (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = 0; code <= FL_PROBLEM_PROTOCOL; code++)
    {
      const char *name = fl_problem_get_name (code);

      g_assert_nonnull (name);
      g_assert_true (g_hash_table_add (seen, (gpointer) name));
    }
  g_assert_cmpstr (fl_problem_get_name (FL_PROBLEM_THROTTLED), ==, "throttled");
  g_assert_cmpstr (fl_problem_get_name (FL_PROBLEM_PROTOCOL + 1), ==, "unknown");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/problem/data", test_data);
  g_test_add_func ("/problem/copy", test_copy);
  g_test_add_func ("/problem/other-domain", test_other_domain);
  g_test_add_func ("/problem/names", test_names);

  return g_test_run ();
}
