/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

#include "fl-code.h"
#include "fl-link.h"

#include <gio/gio.h>
#include <string.h>

/* What is opened, pasted or typed as an address: a link of a mail, a server, two origins that are compared. */

static void
check_link (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlLink) link = fl_link_parse (text, &error);
  g_autoptr (FlLink) again = NULL;
  g_autoptr (FlSecret) uri = NULL;

  if (link == NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      return;
    }

  g_assert_no_error (error);
  g_assert_true (fl_link_is_uuid (fl_link_get_flow (link)));
  g_assert_true (fl_code_is_complete (fl_link_get_code (link)));
  g_assert_true (fl_link_get_landing (link) == NULL
                 || fl_link_same_origin (fl_link_get_landing (link), fl_link_get_landing (link)));

  uri = fl_link_to_uri (link);
  again = fl_link_parse (fl_secret_get_text (uri), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fl_link_get_landing (again), ==, fl_link_get_landing (link));
  g_assert_cmpstr (fl_link_get_flow (again), ==, fl_link_get_flow (link));
  g_assert_cmpstr (fl_link_get_code (again), ==, fl_link_get_code (link));
}

static void
check_server (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *server = fl_link_parse_server (text, &error);
  g_autofree char *again = NULL;

  if (server == NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      return;
    }

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (server, "https://") || g_str_has_prefix (server, "http://"));
  g_assert_true (g_str_is_ascii (server));
  g_assert_false (g_str_has_suffix (server, "/"));
  g_assert_true (fl_link_same_origin (server, server));
  again = fl_link_parse_server (server, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, server);
}

static void
check_origins (const char *a,
               const char *b)
{
  g_assert_true (fl_link_same_origin (a, b) == fl_link_same_origin (b, a));
  if (fl_link_same_origin (a, b))
    {
      g_assert_true (fl_link_same_origin (a, a));
      g_assert_true (fl_link_same_origin (b, b));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *first = fl_fuzz_take_line (&data, &size);
  g_autofree char *rest = g_strndup ((const char *) data, size);

  check_link (text);
  check_server (text);
  check_origins (first, rest);
  return 0;
}
