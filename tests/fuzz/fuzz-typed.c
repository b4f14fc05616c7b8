/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

#include "fl-address.h"
#include "fl-code.h"
#include "fl-otpauth.h"
#include "fl-totp.h"

#include <gio/gio.h>

/* What is typed into a field, or read off a QR code: an address, a code, an enrolment. */

static void
check_address (const char *text)
{
  g_autofree char *address = fl_address_normalise (text);
  g_autofree char *again = fl_address_normalise (address);

  g_assert_cmpstr (again, ==, address);
  fl_address_is_plausible (text);
  g_assert_true (fl_address_is_plausible (address) == fl_address_is_plausible (again));
}

static void
check_codes (const char *text)
{
  g_autofree char *digits = fl_code_normalise_digits (text);
  g_autofree char *recovery = fl_code_normalise_recovery (text);

  if (digits != NULL)
    {
      g_autofree char *again = fl_code_normalise_digits (digits);

      g_assert_cmpstr (again, ==, digits);
      g_assert_cmpstr (recovery, ==, digits);
    }
  if (recovery != NULL)
    {
      g_autofree char *grouped = fl_code_group (recovery, 4);
      g_autofree char *again = fl_code_normalise_recovery (grouped);

      g_assert_cmpstr (again, ==, recovery);
    }
}

static void
check_otpauth (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlOtpauth) otpauth = fl_otpauth_parse (text, &error);
  g_autoptr (FlOtpauth) again = NULL;
  g_autoptr (FlSecret) uri = NULL;
  g_autofree char *code = NULL;

  if (otpauth == NULL)
    {
      g_assert_nonnull (error);
      return;
    }

  uri = fl_otpauth_to_uri (otpauth);
  again = fl_otpauth_parse (fl_secret_get_text (uri), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fl_otpauth_get_issuer (again), ==, fl_otpauth_get_issuer (otpauth));
  g_assert_cmpstr (fl_otpauth_get_account (again), ==, fl_otpauth_get_account (otpauth));
  g_assert_true (fl_secret_equal (fl_otpauth_get_key (again), fl_otpauth_get_key (otpauth)));

  code = fl_totp_code (fl_otpauth_get_key (otpauth), 1700000000);
  g_assert_true (fl_totp_verify (fl_otpauth_get_key (otpauth), code, 1700000000, 1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  /* Every field hands over UTF-8: GTK takes nothing else. */
  if (!g_utf8_validate (text, -1, NULL))
    return -1;

  check_address (text);
  check_codes (text);
  check_otpauth (text);
  return 0;
}
