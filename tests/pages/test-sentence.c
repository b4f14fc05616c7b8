/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fl-sentence.h"

static FlPolicy *
read_policy (const char *text)
{
  return fl_policy_new_from_data (text, strlen (text), "test");
}

/* Two sentences, or one that says both: what has happened, and what to do now. */
static void
test_every_problem (void)
{
  g_autoptr (FlPolicy) policy = fl_policy_new ();

  for (int problem = 0; problem <= FL_PROBLEM_PROTOCOL; problem++)
    {
      for (int step = 0; step < FL_N_STEPS; step++)
        {
          g_autoptr (GError) error = fl_problem_new (problem, "seen by nobody");
          g_autofree char *sentence = fl_sentence_for_problem (error, step, policy, NULL);

          g_assert_nonnull (sentence);
          g_assert_cmpint (g_utf8_strlen (sentence, -1), >=, strlen ("Tick this box first"));
          g_assert_cmpint (g_utf8_strlen (sentence, -1), <=, 130);
          g_assert_null (strstr (sentence, "seen by nobody"));
          g_assert_null (strchr (sentence, '%'));
          g_assert_null (strchr (sentence, '_'));
        }
    }
}

static void
test_every_notice (void)
{
  g_autoptr (FlPolicy) policy = fl_policy_new ();

  g_assert_null (fl_sentence_for_notice (FL_NOTICE_NONE, policy));
  for (int notice = FL_NOTICE_NONE + 1; notice <= FL_NOTICE_LINK_UNNEEDED; notice++)
    {
      g_autofree char *sentence = fl_sentence_for_notice (notice, policy);

      g_assert_nonnull (sentence);
      g_assert_true (g_str_has_suffix (sentence, "."));
    }
}

static void
test_differs_by_step (void)
{
  static const struct {
    FlProblem problem;
    FlStep one;
    FlStep other;
  } differing[] = {
    { FL_PROBLEM_CODE_MALFORMED, FL_STEP_INBOX, FL_STEP_ENROL },
    { FL_PROBLEM_CODE_REFUSED, FL_STEP_INBOX, FL_STEP_SECOND_FACTOR },
    { FL_PROBLEM_CODE_REFUSED, FL_STEP_ENROL, FL_STEP_SECOND_FACTOR },
    { FL_PROBLEM_CODE_USED, FL_STEP_INBOX, FL_STEP_SECOND_FACTOR },
    { FL_PROBLEM_CODE_MALFORMED, FL_STEP_SECOND_FACTOR, FL_STEP_RECOVERY_CODES },
    { FL_PROBLEM_CREDENTIALS_REFUSED, FL_STEP_PASSWORD, FL_STEP_PASSWORD_AGAIN },
    { FL_PROBLEM_ROBOT_REFUSED, FL_STEP_CREATE_PASSWORD, FL_STEP_INBOX },
    { FL_PROBLEM_MAIL_EXPIRED, FL_STEP_INBOX, FL_STEP_LINK },
    { FL_PROBLEM_TRIES_SPENT, FL_STEP_INBOX, FL_STEP_LINK },
    { FL_PROBLEM_THROTTLED, FL_STEP_PASSWORD, FL_STEP_CREATE_PASSWORD },
    { FL_PROBLEM_THROTTLED, FL_STEP_PASSWORD, FL_STEP_INBOX },
  };
  g_autoptr (FlPolicy) policy = fl_policy_new ();

  for (guint i = 0; i < G_N_ELEMENTS (differing); i++)
    {
      g_autoptr (GError) error = fl_problem_new (differing[i].problem, "test");
      g_autofree char *one = fl_sentence_for_problem (error, differing[i].one, policy, NULL);
      g_autofree char *other = fl_sentence_for_problem (error, differing[i].other, policy, NULL);

      g_assert_cmpstr (one, !=, other);
    }
}

/* Each way in which a network can fail is a sentence of its own. */
static void
test_networks_differ (void)
{
  g_autoptr (FlPolicy) policy = fl_policy_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int problem = FL_PROBLEM_OFFLINE; problem <= FL_PROBLEM_PROTOCOL; problem++)
    {
      g_autoptr (GError) error = fl_problem_new (problem, "test");

      g_assert_true (g_hash_table_add (seen, fl_sentence_for_problem (error, FL_STEP_EMAIL, policy, NULL)));
    }
}

static void
test_limits (void)
{
  g_autoptr (FlPolicy) policy = fl_policy_new ();
  g_autoptr (GError) shorter = fl_problem_new_limit (FL_PROBLEM_PASSWORD_SHORT, 12, "test");
  g_autoptr (GError) longer = fl_problem_new_limit (FL_PROBLEM_PASSWORD_LONG, 72, "test");
  g_autofree char *at_least = fl_sentence_for_problem (shorter, FL_STEP_NEW_PASSWORD, policy, NULL);
  g_autofree char *at_most = fl_sentence_for_problem (longer, FL_STEP_NEW_PASSWORD, policy, NULL);

  g_assert_nonnull (strstr (at_least, "12"));
  g_assert_nonnull (strstr (at_most, "72"));
}

/* How wrong the phone's clock is, in either direction, and where phones have the setting. */
static void
test_phone_clock (void)
{
  static const struct {
    int ahead;
    const char *words;
  } cases[] = {
    { -300, "Your phone’s clock is 5 min behind." },
    { -150, "Your phone’s clock is 2 min 30 s behind." },
    { -90, "Your phone’s clock is 1 min 30 s behind." },
    { -60, "That code was right a minute ago." },
    { 60, "Your phone’s clock is 1 min ahead." },
    { 90, "Your phone’s clock is 1 min 30 s ahead." },
    { 300, "Your phone’s clock is 5 min ahead." },
  };
  g_autoptr (FlPolicy) policy = fl_policy_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = fl_problem_new_ahead (FL_PROBLEM_CODE_SKEWED, cases[i].ahead, "test");
      g_autofree char *sentence = fl_sentence_for_problem (error, FL_STEP_ENROL, policy, NULL);

      g_assert_true (g_str_has_prefix (sentence, cases[i].words));
      g_assert_nonnull (strstr (sentence, "\nAndroid: "));
      g_assert_nonnull (strstr (sentence, "iPhone: "));
      g_assert_cmpint (g_utf8_strlen (sentence, strchr (sentence, '\n') - sentence), <=, 140);
    }
}

static void
test_times (void)
{
  g_autoptr (FlPolicy) policy = fl_policy_new ();
  /* 10:42 UTC; the test runs in UTC */
  g_autoptr (GError) superseded = fl_problem_new_until (FL_PROBLEM_MAIL_SUPERSEDED, 1767868920, "test");
  g_autoptr (GError) throttled = fl_problem_new_until (FL_PROBLEM_THROTTLED, 1767868920, "test");
  g_autofree char *newer = fl_sentence_for_problem (superseded, FL_STEP_INBOX, policy, NULL);
  g_autofree char *at = fl_sentence_for_problem (throttled, FL_STEP_PASSWORD, policy, NULL);
  g_autofree char *in = fl_sentence_for_problem (throttled, FL_STEP_PASSWORD, policy, "0:41");
  g_autofree char *codes = fl_sentence_for_problem (throttled, FL_STEP_INBOX, policy, "0:41");

  g_assert_nonnull (strstr (newer, "10:42"));
  g_assert_nonnull (strstr (at, "10:42"));
  g_assert_nonnull (strstr (in, "0:41"));
  g_assert_null (strstr (in, "10:42"));
  g_assert_cmpstr (codes, ==, in);
}

static void
test_whom_to_ask (void)
{
  g_autoptr (FlPolicy) named = read_policy ("[support]\ntext=Ask Eva.\nphone=08-123\nhours=mornings\n");
  g_autoptr (FlPolicy) unnamed = fl_policy_new ();
  g_autofree char *who = fl_sentence_for_support (named);
  g_autofree char *anybody = fl_sentence_for_support (unnamed);

  g_assert_cmpstr (who, ==, "Ask Eva.\n08-123 · mornings");
  g_assert_cmpstr (anybody, ==, "Ask your IT department.");
}

static void
test_apps (void)
{
  g_autoptr (FlPolicy) policy = read_policy ("[two-factor]\napps=Aegis;Ente Auth\n");
  g_autofree char *apps = fl_sentence_for_apps (policy);

  g_assert_nonnull (strstr (apps, "Aegis, Ente Auth"));
}

static void
test_account_name (void)
{
  g_autoptr (FlPolicy) policy = read_policy ("[account]\nname=Contoso ID\n");
  g_autoptr (GError) error = fl_problem_new (FL_PROBLEM_ACCOUNT_DISABLED, "test");
  g_autofree char *sentence = fl_sentence_for_problem (error, FL_STEP_PASSWORD, policy, NULL);

  g_assert_nonnull (strstr (sentence, "Contoso ID"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sentence/every-problem", test_every_problem);
  g_test_add_func ("/sentence/every-notice", test_every_notice);
  g_test_add_func ("/sentence/differs-by-step", test_differs_by_step);
  g_test_add_func ("/sentence/networks-differ", test_networks_differ);
  g_test_add_func ("/sentence/limits", test_limits);
  g_test_add_func ("/sentence/phone-clock", test_phone_clock);
  g_test_add_func ("/sentence/times", test_times);
  g_test_add_func ("/sentence/whom-to-ask", test_whom_to_ask);
  g_test_add_func ("/sentence/apps", test_apps);
  g_test_add_func ("/sentence/account-name", test_account_name);

  return g_test_run ();
}
