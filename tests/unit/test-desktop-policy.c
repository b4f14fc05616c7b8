/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-desktop-policy"

#include "config.h"

#include "policy-fixture.h"

#include <string.h>

/* The policy: what holds, and what is refused and how that is told. */

static const char full[] =
  "# A comment\n"
  "[server]\n"
  "url=https://ID.example.com:443/\n"
  "landing=https://www.example.com/reset\n"
  "ca-file=ca.pem\n"
  "[organisation]\n"
  "name=Example Ltd\n"
  "name[sv]=Exempel AB\n"
  "[account]\n"
  "name=Example Account\n"
  "remember-address=false\n"
  "[product]\n"
  "name=Example HR\n"
  "url=https://hr.example.com/\n"
  "mobile-url=https://m.example.com\n"
  "[mail]\n"
  "sender=no-reply@example.com\n"
  "[two-factor]\n"
  "rule=optional\n"
  "until=2026-06-30\n"
  "apps=One; ;Two;;\n"
  "[password]\n"
  "minimum=15\n"
  "digit=true\n"
  "symbol=true\n"
  "[support]\n"
  "text=Ask Kim.\n"
  "text[sv]=Fråga Kim.\n"
  "phone=+46 8 1\n"
  "mail=help@example.com\n"
  "hours=8 to 17\n"
  "[language]\n"
  "offered=sv; en\n"
  "[privacy]\n"
  "text=Kept in Sweden.\n"
  "text[sv]=Lagras i Sverige.\n"
  "url=https://www.example.com/privacy\n"
  "[policy]\n"
  "locked=server.url\n";

#define END_OF_2026_06_30 1782863999 /* 2026-06-30T23:59:59Z: date -u -d '2026-06-30 23:59:59' +%s */

static FlPolicy *
read_text (const char *text)
{
  return fl_policy_new_from_data (text, strlen (text), "/etc/xdg/first-login/policy.conf");
}

static void
test_defaults (void)
{
  g_autoptr (FlPolicy) policy = fl_policy_new ();

  assert_mistakes (policy, "");
  g_assert_null (fl_policy_get_origins (policy)[0]);
  g_assert_null (fl_policy_get_server (policy));
  g_assert_null (fl_policy_get_landing (policy));
  g_assert_null (fl_policy_get_organisation (policy));
  g_assert_cmpstr (fl_policy_get_issuer (policy), ==, "Visma Connect");
  g_assert_true (fl_policy_get_may_remember (policy));
  g_assert_cmpstr (fl_policy_get_product (policy), ==, "Flex HRM");
  g_assert_cmpstr (fl_policy_get_product_url (policy), ==, "https://web.flexhrm.com/");
  g_assert_cmpstr (fl_policy_get_mobile_url (policy), ==, "https://mobile.flexhrm.com");
  g_assert_null (fl_policy_get_mail_sender (policy));
  g_assert_cmpint (fl_policy_get_second_factor_rule (policy, G_MAXINT64), ==, FL_SECOND_FACTOR_REQUIRED);
  g_assert_cmpint (fl_policy_get_optional_until (policy), ==, 0);
  g_assert_cmpuint (g_strv_length ((char **) fl_policy_get_authenticator_apps (policy)), ==, 3);
  g_assert_cmpint (fl_policy_get_password_minimum (policy), ==, 10);
  g_assert_cmpint (fl_policy_get_password_kinds (policy), ==, 0);
  g_assert_null (fl_policy_get_support_text (policy));
  g_assert_null (fl_policy_get_support_phone (policy));
  g_assert_null (fl_policy_get_support_mail (policy));
  g_assert_null (fl_policy_get_support_hours (policy));
  g_assert_null (fl_policy_get_ca_file (policy));
  g_assert_null (fl_policy_get_languages (policy));
  g_assert_null (fl_policy_get_privacy_text (policy));
  g_assert_null (fl_policy_get_privacy_url (policy));
  g_assert_false (fl_policy_is_locked (policy, "server", "url"));
}

static void
test_full (void)
{
  g_autoptr (FlPolicy) policy = read_text (full);

  assert_mistakes (policy, "");
  g_assert_cmpstr (fl_policy_get_origins (policy)[0], ==, "/etc/xdg/first-login/policy.conf");
  g_assert_cmpstr (fl_policy_get_server (policy), ==, "https://id.example.com");
  g_assert_cmpstr (fl_policy_get_landing (policy), ==, "https://www.example.com/reset");
  g_assert_cmpstr (fl_policy_get_organisation (policy), ==, "Example Ltd");
  g_assert_cmpstr (fl_policy_get_issuer (policy), ==, "Example Account");
  g_assert_false (fl_policy_get_may_remember (policy));
  g_assert_cmpstr (fl_policy_get_product (policy), ==, "Example HR");
  g_assert_cmpstr (fl_policy_get_product_url (policy), ==, "https://hr.example.com/");
  g_assert_cmpstr (fl_policy_get_mobile_url (policy), ==, "https://m.example.com");
  g_assert_cmpstr (fl_policy_get_mail_sender (policy), ==, "no-reply@example.com");
  g_assert_cmpuint (g_strv_length ((char **) fl_policy_get_authenticator_apps (policy)), ==, 2);
  g_assert_cmpstr (fl_policy_get_authenticator_apps (policy)[1], ==, "Two");
  g_assert_cmpint (fl_policy_get_password_minimum (policy), ==, 15);
  g_assert_cmpint (fl_policy_get_password_kinds (policy), ==, FL_PASSWORD_DIGIT | FL_PASSWORD_SYMBOL);
  g_assert_cmpstr (fl_policy_get_support_text (policy), ==, "Ask Kim.");
  g_assert_cmpstr (fl_policy_get_support_phone (policy), ==, "+46 8 1");
  g_assert_cmpstr (fl_policy_get_support_mail (policy), ==, "help@example.com");
  g_assert_cmpstr (fl_policy_get_support_hours (policy), ==, "8 to 17");
  g_assert_cmpstr (fl_policy_get_ca_file (policy), ==, "/etc/xdg/first-login/ca.pem");
  g_assert_cmpuint (g_strv_length ((char **) fl_policy_get_languages (policy)), ==, 2);
  g_assert_cmpstr (fl_policy_get_languages (policy)[0], ==, "sv");
  g_assert_cmpstr (fl_policy_get_languages (policy)[1], ==, "en");
  g_assert_cmpstr (fl_policy_get_privacy_text (policy), ==, "Kept in Sweden.");
  g_assert_cmpstr (fl_policy_get_privacy_url (policy), ==, "https://www.example.com/privacy");
  g_assert_true (fl_policy_is_locked (policy, "server", "url"));
  g_assert_false (fl_policy_is_locked (policy, "account", "remember-address"));

  fl_policy_set_language (policy, "sv");
  g_assert_cmpstr (fl_policy_get_privacy_text (policy), ==, "Lagras i Sverige.");
  g_assert_cmpstr (fl_policy_get_organisation (policy), ==, "Exempel AB");
  g_assert_cmpstr (fl_policy_get_support_text (policy), ==, "Fråga Kim.");
  g_assert_cmpstr (fl_policy_get_support_hours (policy), ==, "8 to 17");
  fl_policy_set_language (policy, "en");
  g_assert_cmpstr (fl_policy_get_organisation (policy), ==, "Example Ltd");
}

static void
test_second_factor (void)
{
  g_autoptr (FlPolicy) until = read_text (full);
  g_autoptr (FlPolicy) optional = read_text ("[two-factor]\nrule=optional\n");
  g_autoptr (FlPolicy) off = read_text ("[two-factor]\nrule=off\n");

  g_assert_cmpint (fl_policy_get_optional_until (until), ==, END_OF_2026_06_30);
  g_assert_cmpint (fl_policy_get_second_factor_rule (until, 0), ==, FL_SECOND_FACTOR_OPTIONAL);
  g_assert_cmpint (fl_policy_get_second_factor_rule (until, END_OF_2026_06_30), ==, FL_SECOND_FACTOR_OPTIONAL);
  g_assert_cmpint (fl_policy_get_second_factor_rule (until, END_OF_2026_06_30 + 1), ==, FL_SECOND_FACTOR_REQUIRED);
  g_assert_cmpint (fl_policy_get_second_factor_rule (optional, G_MAXINT64), ==, FL_SECOND_FACTOR_OPTIONAL);
  g_assert_cmpint (fl_policy_get_second_factor_rule (off, 0), ==, FL_SECOND_FACTOR_OFF);
}

static void
assert_value (const FlPolicyKey *key,
              const char        *value,
              const char        *wanted)
{
  g_autofree char *text = g_strdup_printf ("[%s]\n%s=%s\n", key->group, key->key, value);
  g_autoptr (FlPolicy) policy = read_text (text);

  assert_mistakes (policy, wanted);
}

static void
test_table (void)
{
  gsize n_keys;
  const FlPolicyKey *keys = fl_policy_get_keys (&n_keys);

  /* Every example and every default is one that the file might have; two go with another key. */
  g_assert_cmpuint (n_keys, >, 0);
  for (gsize i = 0; i < n_keys; i++)
    {
      const char *wanted = g_str_equal (keys[i].key, "until") ? "2 two-factor.until until-alone"
                           : g_str_equal (keys[i].key, "locked") ? "2 policy.locked nothing-to-lock" : "";

      assert_value (&keys[i], keys[i].example, wanted);
      if (keys[i].fallback != NULL)
        assert_value (&keys[i], keys[i].fallback, "");
      g_assert_cmpuint (strlen (keys[i].doc), >, 0);
      g_assert_cmpuint (strlen (keys[i].effect), >, 0);
    }
}

/* A value of the example file for each key, commented out or not. */
static char *
find_example (const char        *text,
              const FlPolicyKey *key)
{
  g_autofree char *header = g_strdup_printf ("\n[%s]\n", key->group);
  const char *start = strstr (text, header);
  g_autofree char *section = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GRegex) regex = NULL;
  g_autoptr (GMatchInfo) match = NULL;
  const char *end;

  g_assert_nonnull (start);
  start += strlen (header);
  end = strstr (start, "\n[");
  section = end != NULL ? g_strndup (start, (gsize) (end - start)) : g_strdup (start);
  line = g_strdup_printf ("^#?%s=(.*)$", key->key);
  regex = g_regex_new (line, G_REGEX_MULTILINE, 0, NULL);
  g_regex_match (regex, section, 0, &match);

  return g_match_info_fetch (match, 1);
}

static void
test_example (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", "example.conf", NULL);
  g_autofree char *text = NULL;
  g_autofree char *all = NULL;
  g_autoptr (GRegex) commented = g_regex_new ("^#(?=[a-z-]+(\\[sv\\])?=)", G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (FlPolicy) as_it_is = NULL;
  g_autoptr (FlPolicy) with_all = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_keys;
  const FlPolicyKey *keys = fl_policy_get_keys (&n_keys);

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  as_it_is = read_text (text);
  assert_mistakes (as_it_is, "");

  /* It names every key of the table, and the values that it shows are those of the table. */
  for (gsize i = 0; i < n_keys; i++)
    {
      g_autofree char *value = find_example (text, &keys[i]);

      g_assert_cmpstr (value, ==, keys[i].fallback != NULL ? keys[i].fallback : keys[i].example);
    }

  /* What it suggests can be had; "until" is the exception that wants another rule. */
  all = g_regex_replace (commented, text, -1, 0, "", 0, &error);
  g_assert_no_error (error);
  with_all = read_text (all);
  g_assert_cmpuint (fl_policy_get_mistakes (with_all)->len, ==, 1);
  g_assert_cmpint (((FlPolicyMistake *) fl_policy_get_mistakes (with_all)->pdata[0])->fault, ==, FL_POLICY_UNTIL_ALONE);
}

/* What comes with the program says nothing, and would be right if it did. */
static void
test_vendor (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", "vendor.conf", NULL);
  g_autofree char *text = NULL;
  g_autofree char *all = NULL;
  g_autoptr (GRegex) commented = g_regex_new ("^#(?=[a-z]+=|\\[)", G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (FlPolicy) as_it_is = NULL;
  g_autoptr (FlPolicy) with_all = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_keys;
  const FlPolicyKey *keys = fl_policy_get_keys (&n_keys);

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  as_it_is = read_text (text);
  assert_mistakes (as_it_is, "");
  for (gsize i = 0; i < n_keys; i++)
    g_assert_null (fl_policy_get_value_origin (as_it_is, &keys[i]));

  all = g_regex_replace (commented, text, -1, 0, "", 0, &error);
  g_assert_no_error (error);
  with_all = read_text (all);
  assert_mistakes (with_all, "");
  g_assert_true (fl_policy_is_locked (with_all, "server", "url"));
}

static void
test_training (void)
{
  g_autoptr (FlPolicy) policy = fl_policy_new_training ();

  assert_mistakes (policy, "");
  g_assert_null (fl_policy_get_server (policy));
  g_assert_null (fl_policy_get_origins (policy)[0]);
  g_assert_cmpstr (fl_policy_get_product (policy), ==, "Flex HRM");
  g_assert_nonnull (fl_policy_get_support_phone (policy));
  fl_policy_set_language (policy, "sv");
  g_assert_cmpstr (fl_policy_get_support_text (policy), ==, "Fråga din kursledare.");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/policy/defaults", test_defaults);
  g_test_add_func ("/policy/full", test_full);
  g_test_add_func ("/policy/second-factor", test_second_factor);
  g_test_add_func ("/policy/table", test_table);
  g_test_add_func ("/policy/example", test_example);
  g_test_add_func ("/policy/vendor", test_vendor);
  g_test_add_func ("/policy/training", test_training);

  return g_test_run ();
}
