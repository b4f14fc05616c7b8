/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-proof"

#include "config.h"

#include "fl-code.h"
#include "fl-secret.h"

#include <string.h>

typedef struct {
  const char *typed;
  const char *expected;
} Case;

static void
assert_cases (const Case  *cases,
              gsize        n_cases,
              char      *(*normalise) (const char *))
{
  for (gsize i = 0; i < n_cases; i++)
    {
      g_autofree char *actual = normalise (cases[i].typed);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (actual, ==, cases[i].expected);
    }
}

static void
test_digits (void)
{
  static const Case cases[] = {
    { "123456", "123456" },
    { "", "" },
    { "12", "12" },
    { "1234567", "1234567" },
    { "123 456", "123456" },
    { "123-456", "123456" },
    { " 123\t456\r\n", "123456" },
    { "123\u00a0456", "123456" },
    { "123\u2009456", "123456" },
    { "123\u2010\u2011\u2012\u2013\u2014\u2015\u2212456", "123456" },
    { "\ufeff1\u200b2\u200d3\u20604\u200e5\u202e6", "123456" },
    { "١٢٣٤٥٦", "123456" },
    { "۱۲۳۴۵۶", "123456" },
    { "१२३४५६", "123456" },
    { "１２３　４５６", "123456" },
    { "𝟏𝟐𝟑𝟒𝟓𝟔", "123456" },
    { "1٢3۴５6", "123456" },
    { NULL, NULL },
    { "12345a", NULL },
    { "123.456", NULL },
    { "123,456", NULL },
    { "+123456", NULL },
    { "123456\u0301", NULL },
    { "1²3456", NULL },
    { "①23456", NULL },
    { "½", NULL },
    { "Ⅷ", NULL },
    { "〇", NULL },
    { "123\ufffd", NULL },
    { "123\xff" "456", NULL },
    { "123456\xc3", NULL },
  };

  assert_cases (cases, G_N_ELEMENTS (cases), fl_code_normalise_digits);
}

static void
test_recovery (void)
{
  static const Case cases[] = {
    { "abcd1234", "abcd1234" },
    { "ABCD 1234", "abcd1234" },
    { "abcd\u2013efgh", "abcdefgh" },
    { "\u200babcd\u00a01234\n", "abcd1234" },
    { "abcd١٢", "abcd12" },
    { "", "" },
    { NULL, NULL },
    { "abcd_1234", NULL },
    { "abcd.1234", NULL },
    { "åbcd1234", NULL },
    { "аbcd1234", NULL },          /* the first letter is Cyrillic */
    { "ａbcd1234", NULL },
    { "\u212a" "bcd1234", NULL }, /* KELVIN SIGN, which lower-cases to k */
    { "a\u0301bcd", NULL },
    { "abcd\xff", NULL },
  };

  assert_cases (cases, G_N_ELEMENTS (cases), fl_code_normalise_recovery);
}

static void
test_complete (void)
{
  g_assert_true (fl_code_is_complete ("000000"));
  g_assert_true (fl_code_is_complete ("987654"));
  g_assert_false (fl_code_is_complete (NULL));
  g_assert_false (fl_code_is_complete (""));
  g_assert_false (fl_code_is_complete ("12345"));
  g_assert_false (fl_code_is_complete ("1234567"));
  g_assert_false (fl_code_is_complete ("12345a"));
  g_assert_false (fl_code_is_complete ("123 56"));
  g_assert_false (fl_code_is_complete ("١٢٣"));
}

static void
assert_group (const char *code,
              guint       size,
              const char *expected)
{
  g_autofree char *actual = fl_code_group (code, size);

  g_assert_cmpstr (actual, ==, expected);
}

static void
test_group (void)
{
  assert_group ("abcd1234", 4, "abcd 1234");
  assert_group ("123456", 3, "123 456");
  assert_group ("12345", 3, "123 45");
  assert_group ("123", 3, "123");
  assert_group ("1234", 1, "1 2 3 4");
  assert_group ("1234", 0, "1234");
  assert_group ("", 3, "");
  assert_group ("åäö", 1, "å ä ö");
  /* Not UTF-8, cut inside a character: kept, and not read beyond its end. */
  assert_group ("ab\xf0", 1, "a b \xf0");
}

static void
test_megabyte (void)
{
  g_autofree char *digits = g_strnfill (1024 * 1024, '7');
  g_autofree char *normalised = fl_code_normalise_digits (digits);
  g_autofree char *grouped = fl_code_group (digits, 1);

  g_assert_cmpstr (normalised, ==, digits);
  g_assert_false (fl_code_is_complete (normalised));
  g_assert_cmpuint (strlen (grouped), ==, 2 * 1024 * 1024 - 1);

  digits[1024 * 1024 - 1] = 'x';
  g_assert_null (fl_code_normalise_digits (digits));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proof/code/digits", test_digits);
  g_test_add_func ("/proof/code/recovery", test_recovery);
  g_test_add_func ("/proof/code/complete", test_complete);
  g_test_add_func ("/proof/code/group", test_group);
  g_test_add_func ("/proof/code/megabyte", test_megabyte);

  return g_test_run ();
}
