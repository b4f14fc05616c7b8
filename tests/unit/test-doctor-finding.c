/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-doctor-finding"

#include "config.h"

#include "fl-finding.h"
#include "fl-problem.h"
#include "fl-scrub.h"

#include <string.h>

/* What a finding holds: words that do not change, one verdict for each of them, and nothing about a person. */

static void
test_scrub (void)
{
  const struct {
    const char *text;
    const char *scrubbed;
  } cases[] = {
    { "http://user:pass@proxy.example:3128/", "http://proxy.example:3128/" },
    { "socks5://user@proxy.example", "socks5://proxy.example" },
    { "http://a:b@x:1, http://c:d@y:2", "http://x:1, http://y:2" },
    { "http://user:p@ss@proxy.example", "http://proxy.example" },
    { "https://id.example.com/self-service/recovery?flow=1&code=123456", "https://id.example.com/self-service/recovery" },
    { "https://id.example.com/#code=1", "https://id.example.com/" },
    { "first-login:recover?flow=1&code=123456 and", "first-login:… and" },
    { "otpauth:secret", "otpauth:…" },
    { "Ask anna@flexhrm.example.", "Ask …" },
    { "/var/people/canary/.config/first-login/policy.conf", "~/.config/first-login/policy.conf" },
    { "/var/people/canary", "~" },
    { "/var/people/canary-two/x", "/var/people/canary-two/x" },
    { "/var/people/canaryx/x", "/var/people/canaryx/x" },
    { "/etc/xdg/first-login/policy.conf:3 server.url: not-https", "/etc/xdg/first-login/policy.conf:3 server.url: not-https" },
    { "https://id.example.com", "https://id.example.com" },
    { "CN=id.example.com,O=Example", "CN=id.example.com,O=Example" },
    { "2120-01-01T00:00:00Z", "2120-01-01T00:00:00Z" },
    { "[2001:db8::1]:443", "[2001:db8::1]:443" },
    { "\xff what is not text", "\xef\xbf\xbd what is not text" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *scrubbed = fl_scrub (cases[i].text);

      g_assert_cmpstr (scrubbed, ==, cases[i].scrubbed);
    }
}

/* The person's name is taken out as a word, and nowhere else. Nobody's is root. */
static void
test_name (void)
{
  const char *user = g_get_user_name ();
  g_autofree char *text = g_strdup_printf ("/media/%s/stick x%s", user, user);
  g_autofree char *expected = g_strdup_printf ("/media/…/stick x%s", user);
  g_autofree char *scrubbed = fl_scrub (text);

  g_assert_cmpstr (scrubbed, ==, g_str_equal (user, "root") ? text : expected);
}

static void
test_facts (void)
{
  g_autoptr (FlFinding) finding = fl_finding_new (FL_CHECK_PROXY);

  g_assert_cmpint (fl_finding_get_verdict (finding), ==, FL_VERDICT_NONE);
  g_assert_null (fl_finding_get_facts (finding)[0]);
  fl_finding_add_fact (finding, "proxies", "http://canary:canary@127.0.0.1:1");
  fl_finding_add_fact (finding, "nothing", NULL);
  fl_finding_add_fact (finding, "more", "x");
  g_assert_cmpstr (fl_finding_get_fact (finding, "proxies"), ==, "http://127.0.0.1:1");
  g_assert_cmpstr (fl_finding_get_fact (finding, "more"), ==, "x");
  g_assert_null (fl_finding_get_fact (finding, "nothing"));
  g_assert_cmpuint (g_strv_length ((char **) fl_finding_get_facts (finding)), ==, 4);
}

static void
on_notified (FlFinding  *finding,
             GParamSpec *pspec,
             gpointer    user_data)
{
  *(FlVerdict *) user_data = fl_finding_get_verdict (finding);
}

static void
test_problem (void)
{
  g_autoptr (FlFinding) known = fl_finding_new (FL_CHECK_API);
  g_autoptr (FlFinding) other = fl_finding_new (FL_CHECK_API);
  g_autoptr (GError) throttled = fl_problem_new_until (FL_PROBLEM_THROTTLED, 1767868920, "test");
  g_autoptr (GError) foreign = fl_problem_new (FL_PROBLEM_PASSWORD_SHORT, "test");
  FlVerdict heard = FL_VERDICT_NONE;

  g_signal_connect (known, "notify::verdict", G_CALLBACK (on_notified), &heard);
  fl_finding_end_problem (known, throttled);
  g_assert_cmpint (heard, ==, FL_VERDICT_YELLOW);
  g_assert_cmpstr (fl_finding_get_word (known), ==, "throttled");
  g_assert_cmpint (fl_problem_get_until (fl_finding_get_problem (known)), ==, 1767868920);

  fl_finding_end_problem (other, foreign);
  g_assert_cmpstr (fl_finding_get_word (other), ==, "protocol");
  g_assert_cmpint (fl_finding_get_verdict (other), ==, FL_VERDICT_RED);
}

/* A script that matches check and cause finds one verdict, and each cause is good for something. */
static void
test_kinds (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean is_used[FL_N_CAUSES] = { FALSE };
  gsize n_kinds;
  const FlFindingKind *kinds = fl_finding_get_kinds (&n_kinds);

  for (gsize i = 0; i < n_kinds; i++)
    {
      const char *cause = kinds[i].problem >= 0 ? fl_problem_get_name (kinds[i].problem) : fl_cause_get_name (kinds[i].cause);
      char *name = g_strdup_printf ("%s %s", fl_check_get_name (kinds[i].check), cause);

      g_assert_true (g_hash_table_add (seen, name));
      g_assert_cmpint (kinds[i].verdict, !=, FL_VERDICT_NONE);
      g_assert_true (i == 0 || kinds[i].check == kinds[i - 1].check || kinds[i].check == kinds[i - 1].check + 1);
      is_used[kinds[i].cause] = TRUE;
    }
  for (gsize cause = 0; cause < FL_N_CAUSES; cause++)
    g_assert_true (is_used[cause]);
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("HOME", "/var/people/canary", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/doctor/finding/scrub", test_scrub);
  g_test_add_func ("/doctor/finding/name", test_name);
  g_test_add_func ("/doctor/finding/facts", test_facts);
  g_test_add_func ("/doctor/finding/problem", test_problem);
  g_test_add_func ("/doctor/finding/kinds", test_kinds);

  return g_test_run ();
}
