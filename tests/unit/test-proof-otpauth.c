/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-proof"

#include "config.h"

#include "fl-otpauth.h"

#include <gio/gio.h>
#include <string.h>

#define KEY "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

static void
assert_uri (const char *issuer,
            const char *account,
            const char *expected)
{
  g_autoptr (FlSecret) key = fl_secret_new (KEY);
  g_autoptr (FlOtpauth) otpauth = fl_otpauth_new (issuer, account, key);
  g_autoptr (FlSecret) uri = fl_otpauth_to_uri (otpauth);
  g_autoptr (FlOtpauth) parsed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (fl_secret_get_text (uri), ==, expected);

  parsed = fl_otpauth_parse (fl_secret_get_text (uri), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fl_otpauth_get_issuer (parsed), ==, issuer);
  g_assert_cmpstr (fl_otpauth_get_account (parsed), ==, account);
  g_assert_true (fl_secret_equal (fl_otpauth_get_key (parsed), key));
}

static void
test_round_trip (void)
{
  assert_uri ("FlexHRM", "maja@flexhrm.example",
              "otpauth://totp/FlexHRM:maja@flexhrm.example?secret=" KEY "&issuer=FlexHRM");
  assert_uri (NULL, "maja@flexhrm.example",
              "otpauth://totp/maja@flexhrm.example?secret=" KEY);
  assert_uri (NULL, "maja:ek",
              "otpauth://totp/:maja%3Aek?secret=" KEY);
  assert_uri ("First Login", "maja ek",
              "otpauth://totp/First%20Login:maja%20ek?secret=" KEY "&issuer=First%20Login");
  assert_uri ("A&B=C?D#E/F+G%H", "a&b=c?d#e/f+g%h",
              "otpauth://totp/A%26B%3DC%3FD%23E%2FF%2BG%25H:a%26b%3Dc%3Fd%23e%2Ff%2Bg%25h?secret=" KEY
              "&issuer=A%26B%3DC%3FD%23E%2FF%2BG%25H");
  assert_uri ("id.example:4433", "maja:ek",
              "otpauth://totp/id.example%3A4433:maja%3Aek?secret=" KEY "&issuer=id.example%3A4433");
  assert_uri ("Örnsköld", "мая",
              "otpauth://totp/%C3%96rnsk%C3%B6ld:%D0%BC%D0%B0%D1%8F?secret=" KEY "&issuer=%C3%96rnsk%C3%B6ld");
}

static void
assert_parsed (const char *uri,
               const char *issuer,
               const char *account,
               const char *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlOtpauth) otpauth = fl_otpauth_parse (uri, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (fl_otpauth_get_issuer (otpauth), ==, issuer);
  g_assert_cmpstr (fl_otpauth_get_account (otpauth), ==, account);
  g_assert_cmpstr (fl_secret_get_text (fl_otpauth_get_key (otpauth)), ==, key);
}

static void
test_others_write (void)
{
  /* What Kratos draws, with the defaults spelled out. */
  assert_parsed ("otpauth://totp/FlexHRM:maja@flexhrm.example?algorithm=SHA1&digits=6&issuer=FlexHRM&period=30&secret=" KEY,
                 "FlexHRM", "maja@flexhrm.example", KEY);
  assert_parsed ("OTPAUTH://TOTP/x?secret=" KEY "&algorithm=sha1", NULL, "x", KEY);
  assert_parsed ("otpauth://totp/FlexHRM%3A%20maja%40flexhrm.example?secret=" KEY, "FlexHRM", "maja@flexhrm.example", KEY);
  assert_parsed ("otpauth://totp/FlexHRM:%20%20maja?secret=" KEY "&issuer=FlexHRM", "FlexHRM", "maja", KEY);
  assert_parsed ("otpauth://totp/maja?issuer=FlexHRM&secret=" KEY, "FlexHRM", "maja", KEY);
  assert_parsed ("otpauth://totp/x?secret=MZXW6===", NULL, "x", "MZXW6===");
  assert_parsed ("otpauth://totp/:x?secret=" KEY "&issuer=", NULL, "x", KEY);
}

static void
test_refused (void)
{
  static const char * const uris[] = {
    "",
    "otpauth:",
    "otpauth://totp/",
    "otpauth://totp/x",
    "otpauth://totp/x?",
    "otpauth://totp/x?secret",
    "otpauth://totp/x?secret=",
    "otpauth://totp/?secret=" KEY,
    "otpauth://totp/FlexHRM:?secret=" KEY,
    "otpauth://totp/FlexHRM:%20?secret=" KEY,
    "otpauth://hotp/x?secret=" KEY,
    "otpauth://hotp/x?secret=" KEY "&counter=1",
    "https://totp/x?secret=" KEY,
    " otpauth://totp/x?secret=" KEY,
    "otpauth://totp/x?issuer=y",
    "otpauth://totp/x?secret=" KEY "&secret=" KEY,
    "otpauth://totp/x?secret=" KEY "&",
    "otpauth://totp/x?&secret=" KEY,
    "otpauth://totp/x?secret=0189",
    "otpauth://totp/x?secret=" KEY "&algorithm=SHA256",
    "otpauth://totp/x?secret=" KEY "&digits=8",
    "otpauth://totp/x?secret=" KEY "&digits=06",
    "otpauth://totp/x?secret=" KEY "&period=60",
    "otpauth://totp/x?secret=" KEY "&period=",
    "otpauth://totp/x?secret=" KEY "&image=https://evil.example/",
    "otpauth://totp/FlexHRM:x?secret=" KEY "&issuer=Other",
    "otpauth://totp/x%?secret=" KEY,
    "otpauth://totp/x%zz?secret=" KEY,
    "otpauth://totp/x%00y?secret=" KEY,
    "otpauth://totp/x%ff?secret=" KEY,
    "otpauth://totp/x%0Ay?secret=" KEY,
    "otpauth://totp/x%E2%80%AEy?secret=" KEY,
    "otpauth://totp/x\xff?secret=" KEY,
    "otpauth://totp/x?secret=" KEY "&issuer=%00",
    "otpauth://totp/x?secret=" KEY "&issuer=%ff",
    "otpauth://totp/x?secret=" KEY "&issuer=y%E2%80%8Bz",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FlOtpauth) otpauth = fl_otpauth_parse (uris[i], &error);

      g_test_message ("URI %" G_GSIZE_FORMAT, i);
      g_assert_null (otpauth);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

static void
test_megabyte (void)
{
  g_autofree char *account = g_strnfill (1024 * 1024, 'x');
  g_autofree char *uri = g_strconcat ("otpauth://totp/", account, "?secret=" KEY, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (fl_otpauth_parse (uri, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
test_outlives (void)
{
  FlSecret *key = fl_secret_new (KEY);
  FlOtpauth *otpauth = fl_otpauth_new ("a", "b", key);
  FlOtpauth *second = fl_otpauth_ref (otpauth);

  fl_secret_unref (key);
  fl_otpauth_unref (otpauth);
  g_assert_cmpstr (fl_secret_get_text (fl_otpauth_get_key (second)), ==, KEY);
  fl_otpauth_unref (second);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proof/otpauth/round-trip", test_round_trip);
  g_test_add_func ("/proof/otpauth/others-write", test_others_write);
  g_test_add_func ("/proof/otpauth/refused", test_refused);
  g_test_add_func ("/proof/otpauth/megabyte", test_megabyte);
  g_test_add_func ("/proof/otpauth/outlives", test_outlives);

  return g_test_run ();
}
