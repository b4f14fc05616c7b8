/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-landing.h"

#include <gio/gio.h>
#include <string.h>

#define LANDING_PATH "/reset"
#define PAGE "/first-login/service/landing.html"

/* The hash source of what stands between <tag> and </tag> of the page: Content Security Policy Level 3, section 2.3.1. */
static char *
hash_source (const char *page,
             const char *tag)
{
  g_autofree char *open = g_strdup_printf ("<%s>", tag);
  g_autofree char *close = g_strdup_printf ("</%s>", tag);
  const char *start = strstr (page, open) + strlen (open);
  const char *end = strstr (start, close);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;
  g_autofree char *base64 = NULL;

  g_checksum_update (checksum, (const guchar *) start, end - start);
  g_checksum_get_digest (checksum, digest, &length);
  base64 = g_base64_encode (digest, length);
  return g_strdup_printf ("'sha256-%s'", base64);
}

static gpointer
make_policy (gpointer data)
{
  const char *page = data;
  g_autofree char *style = hash_source (page, "style");
  g_autofree char *script = hash_source (page, "script");

  return g_strdup_printf ("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'; "
                          "frame-ancestors 'none'", style, script);
}

static void
set_headers (SoupMessageHeaders *headers,
             const char         *page)
{
  static GOnce policy = G_ONCE_INIT;

  soup_message_headers_replace (headers, "Content-Security-Policy", g_once (&policy, make_policy, (gpointer) page));
  soup_message_headers_replace (headers, "Referrer-Policy", "no-referrer");
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
}

/**
 * fl_landing_answer:
 * @message: a request
 *
 * Answers with the landing page when its path is asked for: the page that the mail's button opens. It is one
 * static file; flow and code stand behind the `#` of its address, so they never come here.
 *
 * Returns: %TRUE when @message was answered; %FALSE when its path is another
 */
gboolean
fl_landing_answer (SoupServerMessage *message)
{
  const char *path = g_uri_get_path (soup_server_message_get_uri (message));
  const char *method = soup_server_message_get_method (message);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autoptr (GBytes) page = NULL;

  if (strcmp (path, LANDING_PATH) != 0 && strcmp (path, LANDING_PATH "/") != 0)
    return FALSE;

  if (strcmp (method, SOUP_METHOD_GET) != 0 && strcmp (method, SOUP_METHOD_HEAD) != 0)
    {
      soup_message_headers_replace (headers, "Allow", "GET, HEAD");
      soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
      return TRUE;
    }

  page = g_resources_lookup_data (PAGE, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  set_headers (headers, g_bytes_get_data (page, NULL));
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_replace (headers, "Content-Type", "text/html; charset=utf-8");
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), page);
  return TRUE;
}
