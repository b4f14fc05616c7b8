/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-proof"

#include "config.h"

#include "fl-address.h"
#include "fl-text.h"

#include <string.h>

static void
test_normalise (void)
{
  static const struct {
    const char *typed;
    const char *expected;
  } cases[] = {
    { NULL, "" },
    { "", "" },
    { " \t\r\n", "" },
    { "maja@flexhrm.example", "maja@flexhrm.example" },
    { "  maja@flexhrm.example\r\n", "maja@flexhrm.example" },
    { "\u00a0\u2007\u202f\u3000maja@flexhrm.example\u2028\u2029\u1680", "maja@flexhrm.example" },
    { "\u200b\u200c\u200d\u2060\ufeffmaja@flexhrm.example\ufeff\u2060\u200d\u200c\u200b", "maja@flexhrm.example" },
    { "\u200e\u200f\u061cmaja@flexhrm.example\u202a\u202e\u2066\u2069", "maja@flexhrm.example" },
    { " \u200b maja@flexhrm.example \u200b ", "maja@flexhrm.example" },
    { "Maja.Ek+News@FlexHRM.example", "Maja.Ek+News@FlexHRM.example" },
    { " ma ja\u200b@x ", "ma ja\u200b@x" },
    { "maja@flexhrm.example\u0301", "maja@flexhrm.example\u0301" },
    { " \xff" "a\xc3 ", "\ufffd" "a\ufffd" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *actual = fl_address_normalise (cases[i].typed);

      g_assert_cmpstr (actual, ==, cases[i].expected);
    }
}

static void
test_plausible (void)
{
  static const char * const addresses[] = {
    "a@b",
    "maja@flexhrm.example",
    "Maja.Ek+news@sub-domain.FLEXHRM.example",
    "o'hara@123.example",
    "мая@пример.example",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    g_assert_true (fl_address_is_plausible (addresses[i]));
}

static void
test_implausible (void)
{
  static const char * const addresses[] = {
    NULL,
    "",
    "@",
    "maja",
    "maja@",
    "@flexhrm.example",
    "maja@@flexhrm.example",
    "maja@flexhrm@example",
    "ma ja@flexhrm.example",
    "maja@flex\thrm.example",
    "maja@flexhrm.example\n",
    "maja\u00a0@flexhrm.example",
    "maja\u200b@flexhrm.example",
    "\u202emaja@flexhrm.example",
    "maja\x01@flexhrm.example",
    "maja\x7f@flexhrm.example",
    "maja@.example",
    "maja@flexhrm.",
    "maja@flexhrm..example",
    "maja@-flexhrm.example",
    "maja@flexhrm-.example",
    "maja@flex_hrm.example",
    "maja@flexhrm.example>",
    "maja@[127.0.0.1]",
    "<maja@flexhrm.example",
    "mailto:maja@flexhrm.example",
    "anna,maja@flexhrm.example",
    "anna;maja@flexhrm.example",
    "\"maja\"@flexhrm.example",
    "maja\\FF@flexhrm.example",
    "maja\ufffd@flexhrm.example",
    "maja\xff@flexhrm.example",
    "maja@flexhrm.\xc3",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_test_message ("address %" G_GSIZE_FORMAT, i);
      g_assert_false (fl_address_is_plausible (addresses[i]));
    }
}

static void
assert_lengths (gsize    local,
                gsize    label,
                gsize    labels,
                gboolean expected)
{
  g_autoptr (GString) address = g_string_new (NULL);

  while (address->len < local)
    g_string_append_c (address, 'a');
  g_string_append_c (address, '@');
  for (gsize i = 0; i < labels; i++)
    {
      if (i > 0)
        g_string_append_c (address, '.');
      for (gsize j = 0; j < label; j++)
        g_string_append_c (address, 'b');
    }

  g_assert_cmpint (fl_address_is_plausible (address->str), ==, expected);
}

static void
test_lengths (void)
{
  assert_lengths (64, 63, 4, TRUE);
  assert_lengths (65, 63, 1, FALSE);
  assert_lengths (1, 64, 1, FALSE);
  assert_lengths (1, 63, 5, FALSE);
  assert_lengths (64, 1, 128, TRUE);
  assert_lengths (64, 1, 129, FALSE);
}

static void
test_megabyte (void)
{
  g_autofree char *blanks = g_strnfill (1024 * 1024, ' ');
  g_autofree char *letters = g_strnfill (1024 * 1024, 'a');
  g_autofree char *trimmed = fl_address_normalise (blanks);
  g_autofree char *kept = fl_address_normalise (letters);

  g_assert_cmpstr (trimmed, ==, "");
  g_assert_cmpstr (kept, ==, letters);
  letters[1] = '@';
  g_assert_false (fl_address_is_plausible (letters));
}

static void
test_trim_wipes (void)
{
  char *trimmed = fl_text_trim ("      123456");

  g_assert_cmpstr (trimmed, ==, "123456");
  g_assert_cmpmem (trimmed + 6, 6, "\0\0\0\0\0\0", 6);
  g_free (trimmed);
}

static void
test_hides_anything (void)
{
  static const char * const hiding[] = {
    "ma\u200bja@flexhrm.example", "maja\u202e@flexhrm.example", "maja@flexhrm\u2066.example", "\ufeffmaja", "ma\u00adja",
    "maja\t@flexhrm.example", "maja@flexhrm.example\nanna@flexhrm.example", "maja\u2028", "maja\x01", "maja\x7f",
  };
  static const char * const showing[] = {
    NULL, "", " ", "ma ja\u00a0@flexhrm.example", "мая@пример.example", "maja\u0301@flexhrm.example", "\U0001f600", "\xff\u200b",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (hiding); i++)
    g_assert_true (fl_text_hides_anything (hiding[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (showing); i++)
    g_assert_false (fl_text_hides_anything (showing[i]));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proof/address/normalise", test_normalise);
  g_test_add_func ("/proof/address/plausible", test_plausible);
  g_test_add_func ("/proof/address/implausible", test_implausible);
  g_test_add_func ("/proof/address/hides-anything", test_hides_anything);
  g_test_add_func ("/proof/address/lengths", test_lengths);
  g_test_add_func ("/proof/address/megabyte", test_megabyte);
  g_test_add_func ("/proof/address/trim-wipes", test_trim_wipes);

  return g_test_run ();
}
