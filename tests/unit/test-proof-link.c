/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-proof"

#include "config.h"

#include "fl-link.h"

#include <gio/gio.h>
#include <string.h>

#define UUID "3f1c2a60-7d1e-4a52-9c57-0e6a1b2c3d4e"
#define PARAMS "flow=" UUID "&code=012345"

static void
assert_link (const char *text,
             const char *landing)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlLink) link = fl_link_parse (text, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (fl_link_get_landing (link), ==, landing);
  g_assert_cmpstr (fl_link_get_flow (link), ==, UUID);
  g_assert_cmpstr (fl_link_get_code (link), ==, "012345");
}

static void
test_accepted (void)
{
  assert_link ("https://id.example.com/enter/#" PARAMS, "https://id.example.com/enter/");
  assert_link ("https://id.example.com#" PARAMS, "https://id.example.com");
  assert_link ("https://id.example.com:8443/?lang=sv#" PARAMS, "https://id.example.com:8443/?lang=sv");
  assert_link ("HTTPS://ID.example.com/#" PARAMS, "HTTPS://ID.example.com/");
  assert_link ("http://127.0.0.1:8080/#" PARAMS, "http://127.0.0.1:8080/");
  assert_link ("http://[::1]:8080/#" PARAMS, "http://[::1]:8080/");
  assert_link ("http://localhost/#" PARAMS, "http://localhost/");
  assert_link ("https://id.example.com/#code=012345&flow=" UUID, "https://id.example.com/");
  assert_link ("https://id.example.com/#flow=3F1C2A60-7D1E-4A52-9C57-0E6A1B2C3D4E&code=012345", "https://id.example.com/");
  assert_link ("first-login:recover?" PARAMS, NULL);
  assert_link ("first-login://recover?" PARAMS, NULL);
  assert_link ("first-login://recover/?" PARAMS, NULL);
  assert_link ("First-Login:recover?code=012345&flow=" UUID, NULL);
}

static void
test_pasted (void)
{
  assert_link (" \t\r\nfirst-login:recover?" PARAMS "\r\n", NULL);
  assert_link ("<first-login:recover?" PARAMS ">", NULL);
  assert_link (" < https://id.example.com/#" PARAMS " > ", "https://id.example.com/");
  assert_link ("\ufeff\u200b\u00a0first-login:recover?" PARAMS "\u2028\u200e", NULL);
}

static void
test_refused (void)
{
  static const char * const texts[] = {
    "",
    " ",
    "<",
    "<>",
    UUID,
    "012345",
    "https://id.example.com/",
    "https://id.example.com/#",
    "https://id.example.com/?" PARAMS,
    "https://id.example.com/#flow=" UUID,
    "https://id.example.com/#code=012345",
    "https://id.example.com/#flow=&code=012345",
    "https://id.example.com/#flow=" UUID "&code=",
    "https://id.example.com/#flow=" UUID "&code=12345",
    "https://id.example.com/#flow=" UUID "&code=1234567",
    "https://id.example.com/#flow=" UUID "&code=12345a",
    "https://id.example.com/#flow=" UUID "&code=012 345",
    "https://id.example.com/#flow=" UUID "&code=١٢٣٤٥٦",
    "https://id.example.com/#flow=" UUID "x&code=012345",
    "https://id.example.com/#flow={" UUID "}&code=012345",
    "https://id.example.com/#flow=3f1c2a607d1e4a529c570e6a1b2c3d4e&code=012345",
    "https://id.example.com/#" PARAMS "&",
    "https://id.example.com/#&" PARAMS,
    "https://id.example.com/#" PARAMS "&code=012345",
    "https://id.example.com/#" PARAMS "&flow=" UUID,
    "https://id.example.com/#" PARAMS "&server=evil.example",
    "https://id.example.com/#Flow=" UUID "&code=012345",
    "https://id.example.com/#" PARAMS "#" PARAMS,
    "https://id.example.com/#x#" PARAMS,
    "https://id.example.com/#flow=" UUID ";code=012345",
    "https://id.example.com/#flow=" UUID "&code=%30%31%32345",
    "https://id.example.com/#%66low=" UUID "&code=012345",
    "https://id.example.com/%2e%2e/#" PARAMS,
    "https://id.exam%70le.com/#" PARAMS,
    "https://id.example.com/%23" PARAMS,
    "http://id.example.com/#" PARAMS,
    "http://127.0.0.1.evil.example/#" PARAMS,
    "http://localhost.evil.example/#" PARAMS,
    "http://127.1/#" PARAMS,
    "http://0x7f000001/#" PARAMS,
    "http://2130706433/#" PARAMS,
    "http://[::ffff:8.8.8.8]/#" PARAMS,
    "http://0.0.0.0/#" PARAMS,
    "https://maja@id.example.com/#" PARAMS,
    "https://id.example.com@evil.example/#" PARAMS,
    "https://id.example.com\\@evil.example/#" PARAMS,
    "https:\\\\id.example.com/#" PARAMS,
    "https://id.example.com:0/#" PARAMS,
    "https://id.example.com:65536/#" PARAMS,
    "https:///#" PARAMS,
    "https:#" PARAMS,
    "https://#" PARAMS,
    "//id.example.com/#" PARAMS,
    "id.example.com/#" PARAMS,
    "ftp://id.example.com/#" PARAMS,
    "file:///etc/passwd#" PARAMS,
    "javascript:alert(1)#" PARAMS,
    "https://id.example.com/ x#" PARAMS,
    "https://id.example.com/x\\y#" PARAMS,
    "https://id.exa\tmple.com/#" PARAMS,
    "https://id.exa\u202emple.com/\u202e#" PARAMS " x",
    "https://id.exa mple.com/#" PARAMS,
    "first-login:recover",
    "first-login:recover?",
    "first-login:recover#" PARAMS,
    "first-login:recover?" PARAMS "#x",
    "first-login:recovery?" PARAMS,
    "first-login:?" PARAMS,
    "first-login:/recover?" PARAMS,
    "first-login:///recover?" PARAMS,
    "first-login://evil.example/recover?" PARAMS,
    "first-login://maja@recover?" PARAMS,
    "first-login:recover?" PARAMS "&lang=sv",
    "first-login:recover?" PARAMS "\xff",
    "<<first-login:recover?" PARAMS ">>",
    "<first-login:recover?" PARAMS,
    "See first-login:recover?" PARAMS,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FlLink) link = fl_link_parse (texts[i], &error);

      g_test_message ("text %" G_GSIZE_FORMAT, i);
      g_assert_null (link);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_null (strstr (error->message, "012345"));
    }
}

static void
assert_uri (const char *landing,
            const char *expected)
{
  g_autoptr (FlLink) link = fl_link_new (landing, UUID, "012345");
  g_autoptr (FlSecret) uri = fl_link_to_uri (link);

  g_assert_cmpstr (fl_secret_get_text (uri), ==, expected);
  assert_link (fl_secret_get_text (uri), landing);
}

static void
test_round_trip (void)
{
  assert_uri (NULL, "first-login:recover?" PARAMS);
  assert_uri ("https://id.example.com/enter/", "https://id.example.com/enter/#" PARAMS);
}

static void
test_uuid (void)
{
  g_assert_true (fl_link_is_uuid (UUID));
  g_assert_true (fl_link_is_uuid ("00000000-0000-0000-0000-000000000000"));
  g_assert_false (fl_link_is_uuid (NULL));
  g_assert_false (fl_link_is_uuid (""));
  g_assert_false (fl_link_is_uuid (UUID "0"));
  g_assert_false (fl_link_is_uuid (UUID "\n"));
  g_assert_false (fl_link_is_uuid (" " UUID));
  g_assert_false (fl_link_is_uuid ("3f1c2a60-7d1e-4a52-9c57-0e6a1b2c3d4g"));
  g_assert_false (fl_link_is_uuid ("3f1c2a60-7d1e-4a52-9c57-0e6a1b2c3d4"));
}

static void
test_server_accepted (void)
{
  static const struct {
    const char *typed;
    const char *expected;
  } cases[] = {
    { "id.example.com", "https://id.example.com" },
    { "https://id.example.com", "https://id.example.com" },
    { "https://id.example.com/", "https://id.example.com" },
    { " HTTPS://ID.Example.COM:443/\n", "https://id.example.com" },
    { "id.example.com:8443", "https://id.example.com:8443" },
    { "https://id.example.com:80", "https://id.example.com:80" },
    { "id.example.com/kratos/", "https://id.example.com/kratos" },
    { "id.example.com/a-b/C_d~e.f", "https://id.example.com/a-b/C_d~e.f" },
    { "id.example.com/../a/./b/../c", "https://id.example.com/a/c" },
    { "login", "https://login" },
    { "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww.example.com", "https://wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww.example.com" },
    { "bücher.example", "https://xn--bcher-kva.example" },
    { "192.0.2.7", "https://192.0.2.7" },
    { "[2001:db8::7]:8443", "https://[2001:db8::7]:8443" },
    { "localhost:4433", "https://localhost:4433" },
    { "http://localhost:4433/", "http://localhost:4433" },
    { "http://127.0.0.1", "http://127.0.0.1" },
    { "http://127.9.9.9:80/x", "http://127.9.9.9/x" },
    { "http://[::1]:4433", "http://[::1]:4433" },
    { "\u200bid.example.com\u00a0", "https://id.example.com" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *server = fl_link_parse_server (cases[i].typed, &error);
      g_autofree char *again = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (server, ==, cases[i].expected);
      again = fl_link_parse_server (server, &error);
      g_assert_cmpstr (again, ==, server);
    }
}

static void
test_server_refused (void)
{
  static const char * const texts[] = {
    "",
    " ",
    "https://",
    "https:///x",
    "http://id.example.com",
    "http://128.0.0.1",
    "http://[::2]",
    "http://localhost.example",
    "ftp://id.example.com",
    "file:///etc/passwd",
    "maja@id.example.com",
    "https://maja:x@id.example.com",
    "id.example.com?x",
    "id.example.com/?",
    "id.example.com#",
    "id.example.com/#x",
    "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww.example.com",
    "id.exam\u200bple.com",
    "id.exam\u00adple.com",
    "id.exam\u202eple.com",
    "id.exam\u00a0ple.com",
    "id.example.com\nid.example.org",
    "id.example.com%00.example.org",
    "id.example.com:0",
    "id.example.com:65536",
    "id.example.com:x",
    "id.example.com:-1",
    "id example.com",
    "id.example.com x",
    "id\\example.com",
    "id.example.com\\",
    ".example.com",
    "id..example.com",
    "id.example.com.",
    "id.example.com//x",
    "id.example.com//",
    "id.example.com/%2e%2e",
    "id.example.com/å",
    "id.example.com/;x",
    "id.example.com/a%2fb",
    "id%2eexample.com",
    "id%2eexample.com%2f",
    "id.ex(ample.com",
    "[::1",
    "[::g]",
    "[fe80::1%25eth0]",
    "id.\u202eexample.com",
    "id.example.com\xff.x",
    "\ufffd",
    "<id.example.com>",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *server = fl_link_parse_server (texts[i], &error);

      g_test_message ("text %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (server, ==, NULL);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

static void
test_same_origin (void)
{
  g_assert_true (fl_link_same_origin ("https://id.example.com", "https://ID.example.com:443/x?y=%2f#z"));
  g_assert_true (fl_link_same_origin ("http://127.0.0.1:80", "http://127.0.0.1/"));
  g_assert_true (fl_link_same_origin ("https://bücher.example", "https://xn--bcher-kva.example"));
  g_assert_true (fl_link_same_origin ("https://[::1]:8443/", "https://[::1]:8443"));

  g_assert_false (fl_link_same_origin (NULL, NULL));
  g_assert_false (fl_link_same_origin ("https://id.example.com", NULL));
  g_assert_false (fl_link_same_origin ("", ""));
  g_assert_false (fl_link_same_origin ("id.example.com", "id.example.com"));
  g_assert_false (fl_link_same_origin ("https://id.example.com", "https://id.example.com:8443"));
  g_assert_false (fl_link_same_origin ("https://localhost", "http://localhost"));
  g_assert_false (fl_link_same_origin ("https://localhost:443", "http://localhost:443"));
  g_assert_false (fl_link_same_origin ("https://id.example.com", "https://id.example.com.evil.example"));
  g_assert_false (fl_link_same_origin ("https://id.example.com", "https://id.example.com@evil.example"));
  g_assert_false (fl_link_same_origin ("https://id.example.com", "https://evil.example\\@id.example.com"));
  g_assert_false (fl_link_same_origin ("https://id.example.com", "https://x@id.example.com"));
  g_assert_false (fl_link_same_origin ("http://id.example.com", "http://id.example.com"));
  g_assert_false (fl_link_same_origin ("file:///a", "file:///a"));
  g_assert_false (fl_link_same_origin ("https://", "https://"));
}

static void
test_megabyte (void)
{
  g_autofree char *filler = g_strnfill (1024 * 1024, 'x');
  g_autofree char *host = g_strconcat ("https://", filler, "/#" PARAMS, NULL);
  g_autofree char *behind = g_strconcat ("first-login:recover?" PARAMS, filler, NULL);
  g_autofree char *path = g_strconcat ("https://id.example.com/", filler, NULL);

  g_assert_null (fl_link_parse (filler, NULL));
  g_assert_null (fl_link_parse (host, NULL));
  g_assert_null (fl_link_parse (behind, NULL));
  g_assert_null (fl_link_parse_server (filler, NULL));
  g_assert_null (fl_link_parse_server (path, NULL));
  g_assert_false (fl_link_is_uuid (filler));
  g_assert_false (fl_link_same_origin (host, host));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proof/link/accepted", test_accepted);
  g_test_add_func ("/proof/link/pasted", test_pasted);
  g_test_add_func ("/proof/link/refused", test_refused);
  g_test_add_func ("/proof/link/round-trip", test_round_trip);
  g_test_add_func ("/proof/link/uuid", test_uuid);
  g_test_add_func ("/proof/link/server-accepted", test_server_accepted);
  g_test_add_func ("/proof/link/server-refused", test_server_refused);
  g_test_add_func ("/proof/link/same-origin", test_same_origin);
  g_test_add_func ("/proof/link/megabyte", test_megabyte);

  return g_test_run ();
}
