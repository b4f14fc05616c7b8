/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-proof"

#include "config.h"

#include "fl-code.h"
#include "fl-totp.h"

#include <string.h>

/* "12345678901234567890", the key of RFC 6238, appendix B */
#define RFC_KEY "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

static void
assert_code (const char *base32,
             gint64      time,
             const char *expected)
{
  g_autoptr (FlSecret) key = fl_secret_new (base32);
  g_autofree char *code = fl_totp_code (key, time);

  g_assert_cmpstr (code, ==, expected);
}

static void
test_rfc_6238 (void)
{
  /* The SHA-1 column has eight digits; six are its last six. */
  assert_code (RFC_KEY, 59, "287082");
  assert_code (RFC_KEY, 1111111109, "081804");
  assert_code (RFC_KEY, 1111111111, "050471");
  assert_code (RFC_KEY, 1234567890, "005924");
  assert_code (RFC_KEY, 2000000000, "279037");
  assert_code (RFC_KEY, G_GINT64_CONSTANT (20000000000), "353130");
}

static void
test_spellings (void)
{
  assert_code ("gezdgnbvgy3tqojqgezdgnbvgy3tqojq", 59, "287082");
  assert_code ("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", 59, "287082");
  /* oathtool --totp --base32 --now @59 MZXW6 */
  assert_code ("MZXW6", 59, "398408");
  assert_code ("MZXW6===", 59, "398408");
}

static void
test_no_key (void)
{
  g_autoptr (FlSecret) binary = fl_secret_new_length ("GEZD\0NBV", 8);

  assert_code ("", 59, NULL);
  assert_code ("GEZDGNBVGY3TQOJ1", 59, NULL);
  assert_code ("A", 59, NULL);
  assert_code ("GEZDÅ", 59, NULL);
  assert_code (RFC_KEY, -1, NULL);
  assert_code (RFC_KEY, G_MININT64, NULL);
  g_assert_null (fl_totp_code (binary, 59));
}

static void
test_generate (void)
{
  g_autoptr (FlSecret) a = fl_totp_generate_key ();
  g_autoptr (FlSecret) b = fl_totp_generate_key ();
  g_autofree char *code = fl_totp_code (a, 0);

  g_assert_cmpuint (fl_secret_get_length (a), ==, 32);
  g_assert_cmpuint (strspn (fl_secret_get_text (a), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), ==, 32);
  g_assert_false (fl_secret_equal (a, b));
  g_assert_true (fl_code_is_complete (code));
}

static void
test_verify (void)
{
  g_autoptr (FlSecret) key = fl_secret_new (RFC_KEY);
  gint64 period = -1;

  /* 1111111109 and 1111111111 are in neighbouring periods. */
  g_assert_true (fl_totp_verify (key, "081804", 1111111109, 0, &period));
  g_assert_cmpint (period, ==, 1111111109 / 30);
  g_assert_false (fl_totp_verify (key, "081804", 1111111111, 0, NULL));
  g_assert_true (fl_totp_verify (key, "081804", 1111111111, 1, &period));
  g_assert_cmpint (period, ==, 1111111109 / 30);
  g_assert_true (fl_totp_verify (key, "050471", 1111111109, 1, &period));
  g_assert_cmpint (period, ==, 1111111111 / 30);
  g_assert_true (fl_totp_verify (key, "081804", 1111111109 + 59, 2, NULL));
  g_assert_false (fl_totp_verify (key, "081804", 1111111109 + 61, 1, NULL));
  g_assert_false (fl_totp_verify (key, "081804", 1111111109 - 60, 1, NULL));
}

static void
test_verify_start (void)
{
  g_autoptr (FlSecret) key = fl_secret_new (RFC_KEY);
  gint64 period = -1;

  /* The first values of RFC 4226, appendix D. */
  g_assert_true (fl_totp_verify (key, "755224", 0, 1, &period));
  g_assert_cmpint (period, ==, 0);
  g_assert_true (fl_totp_verify (key, "287082", 0, 1, &period));
  g_assert_cmpint (period, ==, 1);
  g_assert_false (fl_totp_verify (key, "755224", -3600, 1, NULL));
}

static void
test_verify_hostile (void)
{
  static const char * const codes[] = { NULL, "", "08180", "0818040", " 081804", "081804\n", "08180x", "٠٨١٨٠٤", "-81804" };
  g_autoptr (FlSecret) key = fl_secret_new (RFC_KEY);
  g_autoptr (FlSecret) bad = fl_secret_new ("not Base32!");
  g_autofree char *long_code = g_strnfill (1024 * 1024, '0');
  gint64 period = -7;

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    g_assert_false (fl_totp_verify (key, codes[i], 1111111109, 1, &period));
  g_assert_false (fl_totp_verify (key, long_code, 1111111109, 1, &period));
  g_assert_false (fl_totp_verify (bad, "000000", 1111111109, 1, &period));
  g_assert_cmpint (period, ==, -7);
}

/* oathtool --totp --base32 --now @TIME KEY, for the twelve periods before and after 2000000010 */
static const struct {
  int skew;
  const char *code;
} around[] = {
  { -12, "629083" },
  { -11, "155780" },
  { -10, "874841" },
  { -9, "200998" },
  { -8, "111708" },
  { -7, "164153" },
  { -6, "364306" },
  { -5, "475192" },
  { -4, "465651" },
  { -3, "196847" },
  { -2, "940678" },
  { -1, "279037" },
  { 0, "637009" },
  { 1, "353674" },
  { 2, "094178" },
  { 3, "423197" },
  { 4, "012970" },
  { 5, "220571" },
  { 6, "654356" },
  { 7, "784010" },
  { 8, "254671" },
  { 9, "482105" },
  { 10, "438175" },
  { 11, "309472" },
  { 12, "304268" },
};

static void
test_skew (void)
{
  g_autoptr (FlSecret) key = fl_secret_new (RFC_KEY);

  for (gsize i = 0; i < G_N_ELEMENTS (around); i++)
    {
      gboolean within = ABS (around[i].skew) <= 10;
      int skew = 99;

      g_assert_cmpint (fl_totp_find_skew (key, around[i].code, 2000000010, 10, &skew), ==, within);
      g_assert_cmpint (skew, ==, within ? around[i].skew : 99);
      /* To the last second of the period */
      g_assert_cmpint (fl_totp_find_skew (key, around[i].code, 2000000039, 10, &skew), ==, within);
      g_assert_cmpint (fl_totp_find_skew (key, around[i].code, 2000000010, 12, &skew), ==, TRUE);
      g_assert_cmpint (skew, ==, around[i].skew);
      /* Whatever is found, only one period before and after is ever accepted. */
      g_assert_cmpint (fl_totp_verify (key, around[i].code, 2000000010, 1, NULL), ==, ABS (around[i].skew) <= 1);
    }
}

/* Where a code is right twice within reach, the nearer time counts. These two periods were found by search. */
#define TWICE_EARLY G_GINT64_CONSTANT (40126037)
#define TWICE_LATE G_GINT64_CONSTANT (40126045)

static void
test_skew_nearest (void)
{
  g_autoptr (FlSecret) key = fl_secret_new (RFC_KEY);
  g_autofree char *code = NULL;
  int skew = 99;

  code = fl_totp_code (key, TWICE_EARLY * FL_TOTP_PERIOD);
  g_assert_true (fl_totp_find_skew (key, code, TWICE_EARLY * FL_TOTP_PERIOD, 10, &skew));
  g_assert_cmpint (skew, ==, 0);
  g_assert_true (fl_totp_find_skew (key, code, TWICE_LATE * FL_TOTP_PERIOD, 10, &skew));
  g_assert_cmpint (skew, ==, 0);
  g_assert_true (fl_totp_find_skew (key, code, (TWICE_EARLY + 1) * FL_TOTP_PERIOD, 10, &skew));
  g_assert_cmpint (skew, ==, -1);
  g_assert_true (fl_totp_find_skew (key, code, (TWICE_LATE - 1) * FL_TOTP_PERIOD, 10, &skew));
  g_assert_cmpint (skew, ==, 1);
}

static void
test_skew_hostile (void)
{
  static const char * const codes[] = { NULL, "", "08180", "0818040", " 081804", "081804\n", "08180x", "٠٨١٨٠٤" };
  g_autoptr (FlSecret) key = fl_secret_new (RFC_KEY);
  g_autoptr (FlSecret) bad = fl_secret_new ("not Base32!");
  int skew = 99;

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    g_assert_false (fl_totp_find_skew (key, codes[i], 1111111109, 10, &skew));
  g_assert_false (fl_totp_find_skew (bad, "081804", 1111111109, 10, &skew));
  g_assert_cmpint (skew, ==, 99);

  /* Near 1970 there is nothing behind. */
  g_assert_true (fl_totp_find_skew (key, "755224", 0, 10, &skew));
  g_assert_cmpint (skew, ==, 0);
  g_assert_true (fl_totp_find_skew (key, "287082", 0, 10, &skew));
  g_assert_cmpint (skew, ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proof/totp/rfc-6238", test_rfc_6238);
  g_test_add_func ("/proof/totp/spellings", test_spellings);
  g_test_add_func ("/proof/totp/no-key", test_no_key);
  g_test_add_func ("/proof/totp/generate", test_generate);
  g_test_add_func ("/proof/totp/verify", test_verify);
  g_test_add_func ("/proof/totp/verify-start", test_verify_start);
  g_test_add_func ("/proof/totp/verify-hostile", test_verify_hostile);

  g_test_add_func ("/proof/totp/skew", test_skew);
  g_test_add_func ("/proof/totp/skew-nearest", test_skew_nearest);
  g_test_add_func ("/proof/totp/skew-hostile", test_skew_hostile);

  return g_test_run ();
}
