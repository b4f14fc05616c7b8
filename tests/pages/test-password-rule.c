/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib.h>

#include "fl-password-rule.h"

#define ADDRESS "anna@flexhrm.example"

static gboolean
holds (FlPasswordRule  rule,
       const char     *password)
{
  return fl_password_rule_is_met (rule, password, ADDRESS, 10);
}

static void
test_length_counts_bytes (void)
{
  g_assert_false (holds (FL_PASSWORD_RULE_LENGTH, "123456789"));
  g_assert_true (holds (FL_PASSWORD_RULE_LENGTH, "1234567890"));
  /* nine letters, one of which takes two bytes: Kratos takes it */
  g_assert_true (holds (FL_PASSWORD_RULE_LENGTH, "blåbärsoj"));
  g_assert_true (holds (FL_PASSWORD_RULE_LENGTH, "        10"));
}

/* By the two measures of Kratos: edits, and the longest run in common. */
static void
test_likeness (void)
{
  g_assert_false (holds (FL_PASSWORD_RULE_UNLIKE_ADDRESS, ADDRESS));
  g_assert_false (holds (FL_PASSWORD_RULE_UNLIKE_ADDRESS, "ANNA@FLEXHRM.EXAMPLE"));
  g_assert_false (holds (FL_PASSWORD_RULE_UNLIKE_ADDRESS, "xnna@fxexhxm.example"));  /* three edits */
  g_assert_false (holds (FL_PASSWORD_RULE_UNLIKE_ADDRESS, "flexhrm1234"));           /* seven of eleven */
  g_assert_true (holds (FL_PASSWORD_RULE_UNLIKE_ADDRESS, "flexhrm1234567"));         /* seven of fourteen: just half */
  g_assert_true (holds (FL_PASSWORD_RULE_UNLIKE_ADDRESS, "correct horse battery"));
}

static void
test_likeness_of_long_texts (void)
{
  g_autofree char *password = g_strnfill (100000, 'a');
  g_autofree char *address = g_strnfill (100000, 'b');

  g_assert_true (fl_password_rule_is_met (FL_PASSWORD_RULE_UNLIKE_ADDRESS, password, ADDRESS, 10));
  g_assert_true (fl_password_rule_is_met (FL_PASSWORD_RULE_UNLIKE_ADDRESS, "correct horse", address, 10));
  g_assert_true (fl_password_rule_is_met (FL_PASSWORD_RULE_UNLIKE_ADDRESS, "correct horse", NULL, 10));
  g_assert_true (fl_password_rule_is_met (FL_PASSWORD_RULE_UNLIKE_ADDRESS, "correct horse", "", 10));
}

static void
test_kinds (void)
{
  g_assert_true (holds (FL_PASSWORD_RULE_LOWERCASE, "ABCdEF"));
  g_assert_false (holds (FL_PASSWORD_RULE_LOWERCASE, "ABC123"));
  g_assert_true (holds (FL_PASSWORD_RULE_LOWERCASE, "ÅÄå"));
  g_assert_true (holds (FL_PASSWORD_RULE_UPPERCASE, "abcÅ"));
  g_assert_false (holds (FL_PASSWORD_RULE_UPPERCASE, "abc1"));
  g_assert_true (holds (FL_PASSWORD_RULE_DIGIT, "abc1"));
  g_assert_false (holds (FL_PASSWORD_RULE_DIGIT, "abc"));
  g_assert_true (holds (FL_PASSWORD_RULE_SYMBOL, "abc 1"));
  g_assert_false (holds (FL_PASSWORD_RULE_SYMBOL, "abcÅ1"));
}

static void
test_nothing_typed (void)
{
  for (int rule = 0; rule < FL_N_PASSWORD_RULES; rule++)
    g_assert_false (fl_password_rule_is_met (rule, "", NULL, 0));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/password-rule/length-counts-bytes", test_length_counts_bytes);
  g_test_add_func ("/password-rule/likeness", test_likeness);
  g_test_add_func ("/password-rule/likeness-of-long-texts", test_likeness_of_long_texts);
  g_test_add_func ("/password-rule/kinds", test_kinds);
  g_test_add_func ("/password-rule/nothing-typed", test_nothing_typed);

  return g_test_run ();
}
