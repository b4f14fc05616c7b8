/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-desktop-policy-mistakes"

#include "config.h"

#include "policy-fixture.h"

#include <string.h>

/* What is refused in a policy file, how it is told, and what holds all the same. */

static FlPolicy *
read_text (const char *text)
{
  return fl_policy_new_from_data (text, strlen (text), "/etc/xdg/first-login/policy.conf");
}

static const struct {
  const char *name;
  const char *text;
  const char *mistakes;
} cases[] = {
  { "group", "[sever]\nurl=https://id.example.com\n", "1 . unknown-group ([server])" },
  { "group-far", "[identity]\nurl=https://id.example.com\n", "1 . unknown-group" },
  { "group-empty", "[]\nurl=https://id.example.com\n", "1 . unknown-group" },
  { "group-spaces", "[ server ]\nurl=https://id.example.com\n", "1 . unknown-group ([server])" },
  { "group-odd", "[sever]\x88\nurl=x\n", "1 . broken-header ([server])" },
  { "header-open", "[server\nurl=https://id.example.com\n", "1 . broken-header ([server])" },
  { "header-comment", "[server] # ours\nurl=https://id.example.com\n", "1 . broken-header ([server])" },
  { "header-twice", "[password]\ndigit=false\n[mail]\n[password]\n", "4 password. twice-group/1" },
  { "no-group", "url=https://id.example.com\n", "1 .url no-group ([server], [product], [privacy])" },
  { "no-group-unknown", "ulr=https://id.example.com\n", "1 .ulr no-group" },
  { "no-sign", "[password]\n\nminimum 12\n", "3 password. not-a-line (minimum=12)" },
  { "colon", "[password]\nminimum: 12\n", "2 password. not-a-line (minimum=12)" },
  { "sentence", "[password]\nat least twelve\n", "2 password. not-a-line" },
  { "sign-first", "[password]\n=12\n", "2 password. not-a-line" },
  { "semicolon", "; url=https://id.example.com\n", "1 . not-a-comment (# url=https://id.example.com)" },
  { "slashes", "[server]\n// ours\n", "2 server. not-a-comment (# ours)" },
  { "key", "[server]\nurll=x\n", "2 server.urll unknown-key (url)" },
  { "key-capital", "[server]\nURL=https://id.example.com\n", "2 server.URL unknown-key (url)" },
  { "key-underscore", "[account]\nremember_address=false\n", "2 account.remember_address unknown-key (remember-address)" },
  { "key-swapped", "[server]\nlandign=x\n", "2 server.landign unknown-key (landing)" },
  { "key-elsewhere", "[server]\nminimun=x\n", "2 server.minimun unknown-key ([password] minimum)" },
  { "key-far", "[server]\nabcdefgh=x\n", "2 server.abcdefgh unknown-key" },
  { "wrong-group", "[server]\nphone=1\n", "2 server.phone wrong-group ([support])" },
  { "twice", "[password]\nminimum=12\nminimum=x\n",
    "3 password.minimum twice-key/2\n3 password.minimum not-number" },
  { "translated-word", "[mail]\nsender[sv]=x\n", "2 mail.sender[sv] not-translatable" },
  { "translated-place", "[support]\ntext=Kim\ntext[sv_SE]=Kim\n", "3 support.text[sv_SE] unknown-locale (sv)" },
  { "translated-german", "[support]\ntext=Kim\ntext[de]=Kim\n", "3 support.text[de] unknown-locale" },
  { "translated-only", "[support]\ntext[sv]=Kim\n", "2 support.text only-translated" },
  { "empty", "[server]\nurl=\n", "2 server.url empty" },
  { "empty-spaces", "[server]\nurl=  \n", "2 server.url empty" },
  { "server-http", "[server]\nurl=http://id.example.com\n", "2 server.url not-https (https://id.example.com)" },
  { "server-bare", "[server]\n\n  url = id.example.com\n", "3 server.url no-scheme (https://id.example.com)" },
  { "server-ftp", "[server]\nurl=ftp://id.example.com\n", "2 server.url not-url" },
  { "server-quoted", "[server]\nurl=\"https://id.example.com\"\n", "2 server.url quoted (https://id.example.com)" },
  { "server-typographic", "[server]\nurl=\u201chttps://id.example.com\u201d\n",
    "2 server.url quoted (https://id.example.com)" },
  { "server-comment", "[server]\nurl=https://id.example.com # ours\n",
    "2 server.url comment-behind (https://id.example.com)" },
  { "landing-invisible", "[server]\nlanding=https://www.example.com\u00a0\n",
    "2 server.landing invisible (https://www.example.com)" },
  { "product-invisible", "[product]\nurl=https://hr.example.com/\u00a0\n",
    "2 product.url invisible (https://hr.example.com/)" },
  { "server-invisible-inside", "[server]\nurl=https://id.\u200bexample.com\n",
    "2 server.url invisible (https://id.example.com)" },
  { "landing", "[server]\nlanding=javascript:alert(1)\n", "2 server.landing not-url" },
  { "product", "[product]\nurl=http://hr.example.com\n", "2 product.url not-https (https://hr.example.com)" },
  { "rule", "[two-factor]\nrule=maybe\n", "2 two-factor.rule not-rule" },
  { "rule-mistyped", "[two-factor]\nrule=Requird\n", "2 two-factor.rule not-rule (required)" },
  { "day", "[two-factor]\nrule=optional\nuntil=2026-02-30\n", "3 two-factor.until not-day" },
  { "day-short", "[two-factor]\nrule=optional\nuntil=2026-6-3\n", "3 two-factor.until not-day (2026-06-03)" },
  { "day-dots", "[two-factor]\nrule=optional\nuntil=3.6.2026\n", "3 two-factor.until not-day (2026-06-03)" },
  { "day-slashes", "[two-factor]\nrule=optional\nuntil=06/03/2026\n", "3 two-factor.until not-day" },
  { "day-plain", "[two-factor]\nrule=optional\nuntil=20260603\n", "3 two-factor.until not-day (2026-06-03)" },
  { "day-alone", "[two-factor]\nuntil=2026-06-30\n", "2 two-factor.until until-alone" },
  { "number", "[password]\nminimum=ten\n", "2 password.minimum not-number" },
  { "number-large", "[password]\nminimum=73\n", "2 password.minimum not-number" },
  { "number-comment", "[password]\nminimum=12 # characters\n", "2 password.minimum comment-behind (12)" },
  { "form-feed", "[password]\nminimum\f=x\n", "2 password.minimum not-number" },
  { "boolean", "[account]\nremember-address=yes\n", "2 account.remember-address not-boolean (true)" },
  { "boolean-zero", "[account]\nremember-address=0\n", "2 account.remember-address not-boolean (false)" },
  { "boolean-capital", "[account]\nremember-address=False\n", "2 account.remember-address not-boolean (false)" },
  { "address", "[support]\nmail=help at example.com\n", "2 support.mail not-address" },
  { "address-named", "[mail]\nsender=Example <no-reply@example.com>\n", "2 mail.sender not-address (no-reply@example.com)" },
  { "commas", "[two-factor]\napps=Aegis, FreeOTP\n", "2 two-factor.apps commas (Aegis;FreeOTP)" },
  { "languages", "[language]\noffered=sv_SE;de\n",
    "2 language.offered unknown-language (sv)\n2 language.offered unknown-language" },
  { "lock", "[policy]\nlocked=url;server.urll;colour\n",
    "2 policy.locked unknown-lock (server.url)\n2 policy.locked unknown-lock (server.url)\n2 policy.locked unknown-lock" },
  { "lock-empty", "[policy]\nlocked=server.url;support.phone\n", "2 policy.locked nothing-to-lock" },
  { "control", "[product]\nname=a\\nb\n", "2 product.name control" },
  { "control-translated", "[support]\ntext=Ask\\tKim\n", "2 support.text control" },
  { "bidi", "[product]\nname=Flex \u202eMRH\n", "2 product.name direction" },
  { "bidi-translated", "[support]\ntext=Ask Kim\ntext[sv]=Fr\u00e5ga \u2066Kim\n", "3 support.text[sv] direction" },
  { "bidi-url", "[product]\nmobile-url=https://example.com/\u202emoc\n", "2 product.mobile-url direction" },
  { "windows-1252", "[product]\nname=\xe5ngstr\xf6m\n", "2 product.name not-utf-8 (ångström)" },
  { "windows-1252-list", "[two-factor]\napps=\xe5;b\n", "2 two-factor.apps not-utf-8 (å;b)" },
  { "backslash", "[product]\nname=\\q\\\n", "2 product.name escape-at-end" },
  { "backslash-letter", "[product]\nname=C:\\HR\n", "2 product.name bad-escape" },
  { "all", "[password]\nminimum=x\n[account]\nremember-address=x\n[sever]\nurl=x\n",
    "2 password.minimum not-number\n4 account.remember-address not-boolean\n5 . unknown-group ([server])" },
};

static void
test_mistake (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *text = g_strconcat (cases[i].text, "[organisation]\nname=This holds\n", NULL);
  g_autoptr (FlPolicy) policy = read_text (text);

  assert_mistakes (policy, cases[i].mistakes);

  /* One mistake costs its own line only. */
  g_assert_cmpstr (fl_policy_get_organisation (policy), ==, "This holds");
  g_assert_null (fl_policy_get_server (policy));
  g_assert_null (fl_policy_get_landing (policy));
  g_assert_null (fl_policy_get_mail_sender (policy));
  g_assert_null (fl_policy_get_languages (policy));
  g_assert_false (fl_policy_is_locked (policy, "server", "url"));
  g_assert_true (fl_policy_get_may_remember (policy));
  g_assert_cmpint (fl_policy_get_password_minimum (policy), ==, 10);
  g_assert_cmpint (fl_policy_get_optional_until (policy), ==, 0);
  g_assert_cmpstr (fl_policy_get_product (policy), ==, "Flex HRM");
  g_assert_cmpuint (g_strv_length ((char **) fl_policy_get_authenticator_apps (policy)), ==, 3);
}

/* What is only odd holds. */
static void
test_odd (void)
{
  g_autoptr (FlPolicy) quoted = read_text ("[organisation]\nname=\"Example Ltd\"\n");
  g_autoptr (FlPolicy) comment = read_text ("[organisation]\nname=Example Ltd # ours\n");
  g_autoptr (FlPolicy) number = read_text ("[support]\ntext=Ask in room #5\n");
  g_autoptr (FlPolicy) twice = read_text ("[password]\nminimum=12\n[password]\nminimum=13\n");
  g_autoptr (FlPolicy) entry = read_text ("[language]\noffered=sv;de\n[server]\nurl=https://id.example.com\n"
                                          "[policy]\nlocked=server.url;x\n");

  assert_mistakes (quoted, "2 organisation.name text-quoted (Example Ltd)");
  g_assert_cmpstr (fl_policy_get_organisation (quoted), ==, "\"Example Ltd\"");
  assert_mistakes (comment, "2 organisation.name text-comment-behind (Example Ltd)");
  g_assert_cmpstr (fl_policy_get_organisation (comment), ==, "Example Ltd # ours");
  assert_mistakes (number, "");
  assert_mistakes (twice, "3 password. twice-group/1\n4 password.minimum twice-key/2");
  g_assert_cmpint (fl_policy_get_password_minimum (twice), ==, 13);
  assert_mistakes (entry, "2 language.offered unknown-language\n6 policy.locked unknown-lock");
  g_assert_cmpstr (fl_policy_get_languages (entry)[0], ==, "sv");
  g_assert_null (fl_policy_get_languages (entry)[1]);
  g_assert_true (fl_policy_is_locked (entry, "server", "url"));
}

static void
test_refused (void)
{
  g_autoptr (FlPolicy) binary = fl_policy_new_from_data ("[product]\nname=a\0b\n", 20, NULL);
  g_autoptr (FlPolicy) marked = fl_policy_new_from_data ("\xff\xfe[\0s\0", 6, NULL);
  g_autoptr (FlPolicy) unmarked = fl_policy_new_from_data ("[\0s\0", 4, NULL);
  g_autoptr (FlPolicy) html = read_text ("<html>\n\xff");
  g_autoptr (FlPolicy) empty = read_text ("");

  assert_mistakes (binary, "2 . binary");
  g_assert_cmpstr (fl_policy_get_product (binary), ==, "Flex HRM");
  assert_mistakes (marked, "0 . utf-16");
  assert_mistakes (unmarked, "0 . utf-16");
  assert_mistakes (html, "1 . not-a-line\n2 . not-a-line");
  assert_mistakes (empty, "");
}

static void
test_editors (void)
{
  g_autoptr (FlPolicy) windows = read_text ("\xef\xbb\xbf# Hj\xe4lp\r\n[server]\r\nurl=https://id.example.com\r\n\r\n"
                                            "[support]\r\ntext=Ask Kim\\nor Sam \r\n[sever]\r\nurl=x\r\n");
  g_autoptr (FlPolicy) mark = read_text ("\xef\xbb\xbf");
  g_autoptr (FlPolicy) cut = read_text ("\xef\xbb");

  assert_mistakes (windows, "7 . unknown-group ([server])");
  g_assert_cmpstr (fl_policy_get_server (windows), ==, "https://id.example.com");
  g_assert_cmpstr (fl_policy_get_support_text (windows), ==, "Ask Kim\nor Sam");
  assert_mistakes (mark, "");
  assert_mistakes (cut, "1 . not-a-line");
}

static void
test_long (void)
{
  g_autofree char *letters = g_strnfill (1001, 'x');
  g_autofree char *own = g_strdup_printf ("[organisation]\nname=%s\nname[en]=Example Ltd\n", letters);
  g_autofree char *translated = g_strdup_printf ("[organisation]\nname=Example Ltd\nname[sv]=%s\n", letters);
  g_autofree char *longest = g_strdup_printf ("[organisation]\nname=%s\n", letters + 1);
  g_autofree char *unknown = g_strdup_printf ("[server]\n%s\xff\x1b[2J=x\n", letters);
  g_autoptr (FlPolicy) policy = read_text (own);
  g_autoptr (FlPolicy) another = read_text (translated);
  g_autoptr (FlPolicy) good = read_text (longest);
  g_autoptr (FlPolicy) key = read_text (unknown);
  FlPolicyMistake *mistake;

  /* No language brings back what was refused. */
  assert_mistakes (policy, "2 organisation.name too-long");
  fl_policy_set_language (policy, "sv");
  g_assert_null (fl_policy_get_organisation (policy));
  fl_policy_set_language (policy, "en");
  g_assert_cmpstr (fl_policy_get_organisation (policy), ==, "Example Ltd");

  assert_mistakes (another, "3 organisation.name[sv] too-long");
  fl_policy_set_language (another, "sv");
  g_assert_cmpstr (fl_policy_get_organisation (another), ==, "Example Ltd");

  assert_mistakes (good, "");
  g_assert_cmpstr (fl_policy_get_organisation (good), ==, letters + 1);

  /* What is told can be shown. */
  g_assert_cmpuint (fl_policy_get_mistakes (key)->len, ==, 1);
  mistake = g_ptr_array_index (fl_policy_get_mistakes (key), 0);
  g_assert_true (g_utf8_validate (mistake->key, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (mistake->key, -1), <=, 101);
  g_assert_null (strchr (mistake->key, '\x1b'));
}

/* A file that is no policy at all is not gone through to its end. */
static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (FlPolicy) policy = NULL;

  for (int i = 0; i < 1000; i++)
    g_string_append (text, "The quick brown fox\n");
  policy = read_text (text->str);
  g_assert_cmpuint (fl_policy_get_mistakes (policy)->len, ==, 100);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/policy/mistake/", cases[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_mistake);
    }
  g_test_add_func ("/policy/odd", test_odd);
  g_test_add_func ("/policy/refused", test_refused);
  g_test_add_func ("/policy/editors", test_editors);
  g_test_add_func ("/policy/long", test_long);
  g_test_add_func ("/policy/many", test_many);

  return g_test_run ();
}
