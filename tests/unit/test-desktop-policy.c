/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-desktop-policy"

#include "config.h"

#include "fl-policy.h"

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
assert_mistake (FlPolicy      *policy,
                FlPolicyError  code,
                const char    *message)
{
  const GError *mistake = fl_policy_get_mistake (policy);

  g_assert_nonnull (mistake);
  g_assert_cmpstr (mistake->message, ==, message);
  g_assert_true (g_error_matches (mistake, FL_POLICY_ERROR, (int) code));
}

static void
test_defaults (void)
{
  g_autoptr (FlPolicy) policy = fl_policy_new ();

  g_assert_null (fl_policy_get_mistake (policy));
  g_assert_null (fl_policy_get_origin (policy));
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

  g_assert_no_error (fl_policy_get_mistake (policy));
  g_assert_cmpstr (fl_policy_get_origin (policy), ==, "/etc/xdg/first-login/policy.conf");
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

typedef struct {
  const char *name;
  const char *text;
  FlPolicyError code;
  const char *message;
} Mistake;

#define URL_MESSAGE "not an address that begins with https://"

static const Mistake mistakes[] = {
  { "group", "[sever]\nurl=https://id.example.com\n",
    FL_POLICY_ERROR_UNKNOWN_KEY, "line 2: [sever] url is not known" },
  { "key", "[product]\nname=This holds\n\n[server]\nurll=x\n",
    FL_POLICY_ERROR_UNKNOWN_KEY, "line 5: [server] urll is not known" },
  { "translated-word", "[mail]\nsender[sv]=x\n",
    FL_POLICY_ERROR_UNKNOWN_KEY, "line 2: [mail] sender[sv] is not known" },
  { "server-http", "[server]\nurl=http://id.example.com\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [server] url: Not the address of a server with https" },
  { "server-bare", "[server]\n\n  url = id.example.com\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 3: [server] url: " URL_MESSAGE },
  { "landing", "[server]\nlanding=javascript:alert(1)\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [server] landing: " URL_MESSAGE },
  { "product", "[product]\nurl=http://hr.example.com\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [product] url: " URL_MESSAGE },
  { "rule", "[two-factor]\nrule=maybe\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [two-factor] rule: none of required, optional, off" },
  { "day", "[two-factor]\nrule=optional\nuntil=2026-02-30\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 3: [two-factor] until: not a day like 2026-06-30" },
  { "day-short", "[two-factor]\nrule=optional\nuntil=2026-6-3\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 3: [two-factor] until: not a day like 2026-06-30" },
  { "day-alone", "[two-factor]\nuntil=2026-06-30\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [two-factor] until goes with rule=optional only" },
  { "number", "[password]\nminimum=ten\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [password] minimum: not a number from 1 to 72" },
  { "number-large", "[password]\nminimum=73\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [password] minimum: not a number from 1 to 72" },
  { "boolean", "[account]\nremember-address=yes\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [account] remember-address: neither true nor false" },
  { "control", "[product]\nname=a\\nb\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [product] name: it contains control characters" },
  { "control-translated", "[support]\ntext=Ask\\tKim\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [support] text: it contains control characters" },
  { "bidi", "[product]\nname=Flex \u202eMRH\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [product] name: it contains characters that change the direction of text" },
  { "bidi-translated", "[support]\ntext=Ask Kim\ntext[sv]=Fr\u00e5ga \u2066Kim\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 3: [support] text[sv]: it contains characters that change the direction of text" },
  { "bidi-url", "[product]\nmobile-url=https://example.com/\u202emoc\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [product] mobile-url: it contains characters that change the direction of text" },
  { "windows-1252", "[product]\nname=\xe5ngstr\xf6m\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [product] name: not UTF-8" },
  { "windows-1252-list", "[two-factor]\napps=\xe5;b\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [two-factor] apps: not UTF-8" },
  { "broken-header", "[sever]\x88\nurl=x\n",
    FL_POLICY_ERROR_UNKNOWN_KEY, "line 2: [sever] url is not known" },
  { "form-feed", "[password]\nminimum\f=x\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [password] minimum: not a number from 1 to 72" },
  { "backslash", "[product]\nname=\\q\\\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [product] name: a backslash at its end" },
  { "first-of-two", "[password]\nminimum=x\n[account]\nremember-address=x\n[sever]\nurl=x\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 2: [password] minimum: not a number from 1 to 72" },
  { "twice", "[password]\nminimum=12\nminimum=x\n",
    FL_POLICY_ERROR_BAD_VALUE, "line 3: [password] minimum: not a number from 1 to 72" },
};

static void
test_mistake (gconstpointer data)
{
  const Mistake *mistake = data;
  g_autofree char *text = g_strconcat (mistake->text, "[organisation]\nname=This holds\n", NULL);
  g_autoptr (FlPolicy) policy = read_text (text);

  assert_mistake (policy, mistake->code, mistake->message);

  /* One mistake costs its own key only. */
  g_assert_cmpstr (fl_policy_get_organisation (policy), ==, "This holds");
  g_assert_null (fl_policy_get_server (policy));
  g_assert_null (fl_policy_get_landing (policy));
  g_assert_true (fl_policy_get_may_remember (policy));
  g_assert_cmpint (fl_policy_get_password_minimum (policy), ==, 10);
  g_assert_cmpint (fl_policy_get_optional_until (policy), ==, 0);
  if (!g_str_equal (mistake->name, "key"))
    g_assert_cmpstr (fl_policy_get_product (policy), ==, "Flex HRM");
}

static void
test_malformed (void)
{
  g_autoptr (FlPolicy) policy = read_text ("[product]\nname=Gone too\n\nno sign of equality\n[server]\n");
  g_autoptr (FlPolicy) first = read_text ("name=No group\n");
  g_autoptr (FlPolicy) binary = fl_policy_new_from_data ("[product]\nname=a\0b\n", 20, NULL);
  g_autoptr (FlPolicy) utf16 = fl_policy_new_from_data ("\xff\xfe[\0s\0", 6, NULL);
  g_autoptr (FlPolicy) html = read_text ("<html>\n\xff");
  g_autoptr (FlPolicy) empty = read_text ("");
  g_autoptr (FlPolicy) blank = read_text ("[server]\nurl=\n[product]\nname=  \n[two-factor]\nuntil=\n");

  assert_mistake (policy, FL_POLICY_ERROR_MALFORMED, "line 4: neither [group] nor key=value");
  g_assert_cmpstr (fl_policy_get_product (policy), ==, "Flex HRM");
  assert_mistake (first, FL_POLICY_ERROR_MALFORMED, "line 1: in front of the first [group]");
  assert_mistake (binary, FL_POLICY_ERROR_MALFORMED, "not a text file in UTF-8");
  assert_mistake (utf16, FL_POLICY_ERROR_MALFORMED, "not a text file in UTF-8");
  assert_mistake (html, FL_POLICY_ERROR_MALFORMED, "line 1: neither [group] nor key=value");

  g_assert_no_error (fl_policy_get_mistake (empty));
  g_assert_no_error (fl_policy_get_mistake (blank));
  g_assert_null (fl_policy_get_server (blank));
  g_assert_cmpstr (fl_policy_get_product (blank), ==, "Flex HRM");
}

static void
test_editors (void)
{
  g_autoptr (FlPolicy) windows = read_text ("\xef\xbb\xbf# Hj\xe4lp\r\n[server]\r\nurl=https://id.example.com\r\n\r\n"
                                            "[support]\r\ntext=Ask Kim\\nor Sam \r\n[sever]\r\nurl=x\r\n");
  g_autoptr (FlPolicy) mark = read_text ("\xef\xbb\xbf");
  g_autoptr (FlPolicy) cut = read_text ("\xef\xbb");

  assert_mistake (windows, FL_POLICY_ERROR_UNKNOWN_KEY, "line 8: [sever] url is not known");
  g_assert_cmpstr (fl_policy_get_server (windows), ==, "https://id.example.com");
  g_assert_cmpstr (fl_policy_get_support_text (windows), ==, "Ask Kim\nor Sam");
  g_assert_no_error (fl_policy_get_mistake (mark));
  assert_mistake (cut, FL_POLICY_ERROR_MALFORMED, "line 1: neither [group] nor key=value");
}

static void
test_long (void)
{
  g_autofree char *letters = g_strnfill (1001, 'x');
  g_autofree char *own = g_strdup_printf ("[organisation]\nname=%s\nname[en]=Example Ltd\n", letters);
  g_autofree char *translated = g_strdup_printf ("[organisation]\nname=Example Ltd\nname[sv]=%s\n", letters);
  g_autofree char *longest = g_strdup_printf ("[organisation]\nname=%s\n", letters + 1);
  g_autofree char *unknown = g_strdup_printf ("[server]\n%s\xff=x\n", letters);
  g_autoptr (FlPolicy) policy = read_text (own);
  g_autoptr (FlPolicy) another = read_text (translated);
  g_autoptr (FlPolicy) good = read_text (longest);
  g_autoptr (FlPolicy) key = read_text (unknown);

  /* No language brings back what was refused. */
  assert_mistake (policy, FL_POLICY_ERROR_BAD_VALUE, "line 2: [organisation] name: too long");
  fl_policy_set_language (policy, "sv");
  g_assert_cmpstr (fl_policy_get_organisation (policy), !=, letters);
  fl_policy_set_language (policy, "en");
  g_assert_cmpstr (fl_policy_get_organisation (policy), ==, "Example Ltd");

  assert_mistake (another, FL_POLICY_ERROR_BAD_VALUE, "line 3: [organisation] name[sv]: too long");
  fl_policy_set_language (another, "sv");
  g_assert_cmpstr (fl_policy_get_organisation (another), ==, "Example Ltd");

  g_assert_no_error (fl_policy_get_mistake (good));
  g_assert_cmpstr (fl_policy_get_organisation (good), ==, letters + 1);

  /* What is told can be shown. */
  g_assert_nonnull (fl_policy_get_mistake (key));
  g_assert_true (g_utf8_validate (fl_policy_get_mistake (key)->message, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (fl_policy_get_mistake (key)->message, -1), <, 300);
}

static void
test_table (void)
{
  gsize n_keys;
  const FlPolicyKey *keys = fl_policy_get_keys (&n_keys);

  g_assert_cmpuint (n_keys, >, 0);
  for (gsize i = 0; i < n_keys; i++)
    {
      g_autofree char *text = g_strdup_printf ("[%s]\n%s=%s\n", keys[i].group, keys[i].key,
                                               keys[i].fallback != NULL ? keys[i].fallback : "");
      g_autoptr (FlPolicy) policy = read_text (text);

      /* Every default is one that the file might have. */
      g_assert_no_error (fl_policy_get_mistake (policy));
      g_assert_cmpuint (strlen (keys[i].doc), >, 0);
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
  g_assert_no_error (fl_policy_get_mistake (as_it_is));

  /* It names every key of the table, and the defaults that it shows are the defaults. */
  for (gsize i = 0; i < n_keys; i++)
    {
      g_autofree char *value = find_example (text, &keys[i]);

      if (keys[i].fallback != NULL)
        g_assert_cmpstr (value, ==, keys[i].fallback);
      else
        g_assert_nonnull (value);
    }

  /* What it suggests can be had; "until" is the exception that wants another rule. */
  all = g_regex_replace (commented, text, -1, 0, "", 0, &error);
  g_assert_no_error (error);
  with_all = read_text (all);
  g_assert_nonnull (fl_policy_get_mistake (with_all));
  g_assert_true (g_str_has_suffix (fl_policy_get_mistake (with_all)->message, "[two-factor] until goes with rule=optional only"));
}

static void
test_training (void)
{
  g_autoptr (FlPolicy) policy = fl_policy_new_training ();

  g_assert_no_error (fl_policy_get_mistake (policy));
  g_assert_null (fl_policy_get_server (policy));
  g_assert_null (fl_policy_get_origin (policy));
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
  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    {
      g_autofree char *path = g_strconcat ("/policy/mistake/", mistakes[i].name, NULL);

      g_test_add_data_func (path, &mistakes[i], test_mistake);
    }
  g_test_add_func ("/policy/malformed", test_malformed);
  g_test_add_func ("/policy/editors", test_editors);
  g_test_add_func ("/policy/long", test_long);
  g_test_add_func ("/policy/table", test_table);
  g_test_add_func ("/policy/example", test_example);
  g_test_add_func ("/policy/training", test_training);

  return g_test_run ();
}
