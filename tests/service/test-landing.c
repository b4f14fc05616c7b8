/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-test"

#include "config.h"

#include "fl-landing.h"

#include <string.h>

typedef struct
{
  SoupServer  *server;
  SoupSession *session;
  char        *origin;
} Fixture;

static void
on_request (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  if (!fl_landing_answer (message))
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  fixture->server = g_object_new (SOUP_TYPE_SERVER, NULL);
  soup_server_add_handler (fixture->server, NULL, on_request, NULL, NULL);
  soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  fixture->origin = g_uri_join (G_URI_FLAGS_NONE, "http", NULL, "127.0.0.1", g_uri_get_port (uris->data), "", NULL, NULL);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  fixture->session = soup_session_new ();
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_object_unref (fixture->session);
  g_object_unref (fixture->server);
  g_free (fixture->origin);
}

static void
on_send_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  GBytes **body = user_data;

  *body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  g_assert_no_error (error);
}

static SoupMessage *
ask (Fixture     *fixture,
     const char  *method,
     const char  *path,
     GBytes     **body)
{
  g_autofree char *uri = g_strconcat (fixture->origin, path, NULL);
  SoupMessage *message = soup_message_new (method, uri);
  g_autoptr (GBytes) read = NULL;

  soup_session_send_and_read_async (fixture->session, message, G_PRIORITY_DEFAULT, NULL, on_send_ready, &read);
  while (read == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (body != NULL)
    *body = g_steal_pointer (&read);
  return message;
}

static void
assert_header (SoupMessage *message,
               const char  *name,
               const char  *value)
{
  g_assert_cmpstr (soup_message_headers_get_list (soup_message_get_response_headers (message), name), ==, value);
}

static void
test_headers (Fixture       *fixture,
              gconstpointer  data)
{
  const char *methods[] = { "GET", "HEAD" };
  const char *paths[] = { "/reset", "/reset/", "/reset?utm=1" };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    for (guint j = 0; j < G_N_ELEMENTS (paths); j++)
      {
        g_autoptr (GBytes) body = NULL;
        g_autoptr (SoupMessage) message = ask (fixture, methods[i], paths[j], &body);

        g_assert_cmpuint (soup_message_get_status (message), ==, SOUP_STATUS_OK);
        assert_header (message, "Content-Type", "text/html; charset=utf-8");
        assert_header (message, "Referrer-Policy", "no-referrer");
        assert_header (message, "Cache-Control", "no-store");
        assert_header (message, "X-Content-Type-Options", "nosniff");
        g_assert_cmpint (g_bytes_get_size (body) > 0, ==, strcmp (methods[i], "GET") == 0);
      }
}

/* What a browser does with the policy: hashes each element's text and looks for it in the directive. */
static void
assert_element_is_allowed (const char *page,
                           const char *tag,
                           const char *policy)
{
  g_autofree char *pattern = g_strdup_printf ("<%s[^>]*>(.*?)</%s>", tag, tag);
  g_autofree char *directive = g_strdup_printf ("%s-src ([^;]*)", tag);
  g_autoptr (GRegex) element = g_regex_new (pattern, G_REGEX_DOTALL, 0, NULL);
  g_autoptr (GRegex) source = g_regex_new (directive, 0, 0, NULL);
  g_autoptr (GMatchInfo) found = NULL;
  g_autoptr (GMatchInfo) allowed = NULL;
  g_autofree char *text = NULL;
  g_autofree char *hashes = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;

  g_assert_true (g_regex_match (element, page, 0, &found));
  g_assert_true (g_regex_match (source, policy, 0, &allowed));
  text = g_match_info_fetch (found, 1);
  hashes = g_match_info_fetch (allowed, 1);
  g_assert_false (g_match_info_next (found, NULL));
  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_get_digest (checksum, digest, &length);
  hash = g_base64_encode (digest, length);
  expected = g_strdup_printf ("'sha256-%s'", hash);
  g_assert_cmpstr (hashes, ==, expected);
}

static void
test_policy (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GBytes) body = NULL;
  g_autoptr (SoupMessage) message = ask (fixture, "GET", "/reset", &body);
  g_autofree char *page = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  const char *policy = soup_message_headers_get_one (soup_message_get_response_headers (message), "Content-Security-Policy");

  g_assert_true (g_str_has_prefix (policy, "default-src 'none';"));
  g_assert_nonnull (strstr (policy, "frame-ancestors 'none'"));
  g_assert_nonnull (strstr (policy, "base-uri 'none'"));
  g_assert_nonnull (strstr (policy, "form-action 'none'"));
  g_assert_null (strstr (policy, "unsafe"));
  assert_element_is_allowed (page, "style", policy);
  assert_element_is_allowed (page, "script", policy);
}

/* Nothing that the policy would block, and nothing to load. */
static void
test_page_needs_nothing (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autoptr (GBytes) body = NULL;
  g_autoptr (SoupMessage) message = ask (fixture, "GET", "/reset", &body);
  g_autofree char *page = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  const char *foreign[] = {
    "<link\\b", "<img\\b", "<iframe\\b", "\\bsrc=", "\\bon[a-z]+=", "\\bstyle=", "url\\(", "@import", "https?:",
  };

  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    if (g_regex_match_simple (foreign[i], page, G_REGEX_CASELESS, 0))
      g_error ("The page contains %s", foreign[i]);
}

static void
test_other_paths (Fixture       *fixture,
                  gconstpointer  data)
{
  const char *paths[] = { "/", "/resetting", "/reset/index.html", "/Reset", "/x/reset" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (SoupMessage) message = ask (fixture, "GET", paths[i], NULL);

      g_assert_cmpuint (soup_message_get_status (message), ==, SOUP_STATUS_NOT_FOUND);
    }
}

static void
test_other_methods (Fixture       *fixture,
                    gconstpointer  data)
{
  const char *methods[] = { "POST", "PUT", "DELETE" };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (SoupMessage) message = ask (fixture, methods[i], "/reset", NULL);

      g_assert_cmpuint (soup_message_get_status (message), ==, SOUP_STATUS_METHOD_NOT_ALLOWED);
      assert_header (message, "Allow", "GET, HEAD");
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/landing/headers", Fixture, NULL, set_up, test_headers, tear_down);
  g_test_add ("/landing/policy", Fixture, NULL, set_up, test_policy, tear_down);
  g_test_add ("/landing/page-needs-nothing", Fixture, NULL, set_up, test_page_needs_nothing, tear_down);
  g_test_add ("/landing/other-paths", Fixture, NULL, set_up, test_other_paths, tear_down);
  g_test_add ("/landing/other-methods", Fixture, NULL, set_up, test_other_methods, tear_down);
  return g_test_run ();
}
