/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-front"

#include "config.h"

#include "fl-envelope.h"

#include "fl-secret.h"

#include <string.h>

/* What all answers look like on the wire, and how Kratos writes an error. */

static const char *
status_phrase (guint status)
{
  return status == FL_STATUS_TOO_MANY_REQUESTS ? "Too Many Requests" : soup_status_get_phrase (status);
}

/**
 * fl_envelope_new:
 * @status: the HTTP status
 * @id: (nullable): the id of the error
 * @reason: (nullable): why, for people who read the protocol
 * @details: (transfer full) (nullable): the details of the error
 *
 * Returns: (transfer full): what stands in the member `error` of an answer
 */
JsonObject *
fl_envelope_new (guint       status,
                 const char *id,
                 const char *reason,
                 JsonObject *details)
{
  JsonObject *error = json_object_new ();

  if (id != NULL)
    json_object_set_string_member (error, "id", id);
  json_object_set_int_member (error, "code", status);
  json_object_set_string_member (error, "status", status_phrase (status));
  if (reason != NULL)
    json_object_set_string_member (error, "reason", reason);
  if (details != NULL)
    json_object_set_object_member (error, "details", details);
  json_object_set_string_member (error, "message", reason != NULL ? reason : status_phrase (status));
  return error;
}

/**
 * fl_envelope_set_bytes:
 * @message: a request
 * @status: the HTTP status
 * @answer: (nullable): the body
 *
 * Sets the answer. It is not sent before a paused message goes on.
 */
void
fl_envelope_set_bytes (SoupServerMessage *message,
                       guint              status,
                       GBytes            *answer)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, status, status_phrase (status));
  soup_message_headers_replace (headers, "Cache-Control", "private, no-cache, no-store, must-revalidate");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  if (answer == NULL)
    return;

  soup_message_headers_replace (headers, "Content-Type", "application/json; charset=utf-8");
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), answer);
}

/**
 * fl_envelope_set_answer:
 * @message: a request
 * @status: the HTTP status
 * @answer: (nullable): the body; what it is written into is wiped when it has been sent
 *
 * Sets the answer, see fl_envelope_set_bytes().
 */
void
fl_envelope_set_answer (SoupServerMessage *message,
                        guint              status,
                        JsonObject        *answer)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *text;

  if (answer != NULL)
    {
      node = json_node_new (JSON_NODE_OBJECT);
      json_node_set_object (node, answer);
      text = json_to_string (node, FALSE);
      bytes = fl_secret_wrap (text, strlen (text), strlen (text));
    }
  fl_envelope_set_bytes (message, status, bytes);
}

/**
 * fl_envelope_set_error:
 * @message: a request
 * @status: the HTTP status
 * @id: (nullable): the id of the error
 * @reason: (nullable): why, for people who read the protocol
 *
 * Sets an answer that is an error and nothing else.
 */
void
fl_envelope_set_error (SoupServerMessage *message,
                       guint              status,
                       const char        *id,
                       const char        *reason)
{
  g_autoptr (JsonObject) answer = json_object_new ();

  json_object_set_object_member (answer, "error", fl_envelope_new (status, id, reason, NULL));
  fl_envelope_set_answer (message, status, answer);
}

/**
 * fl_envelope_set_retry_after:
 * @message: a request
 * @seconds: from when on it makes sense to ask again
 *
 * Sets the header of RFC 9110, section 10.2.3.
 */
void
fl_envelope_set_retry_after (SoupServerMessage *message,
                             gint64             seconds)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, seconds);

  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Retry-After", text);
}

/**
 * fl_envelope_is_from_browser:
 * @headers: of a request
 *
 * Native flows are refused to browsers, whose cookies and origins would need the protection that these flows do
 * without. Cloudflare's cookies do not count.
 *
 * Returns: whether there is an Origin, or a Cookie that is not Cloudflare's
 */
gboolean
fl_envelope_is_from_browser (SoupMessageHeaders *headers)
{
  const char *header = soup_message_headers_get_list (headers, "Cookie");
  g_auto (GStrv) cookies = header != NULL ? g_strsplit (header, ";", -1) : NULL;

  if (soup_message_headers_get_list (headers, "Origin") != NULL)
    return TRUE;

  for (gsize i = 0; cookies != NULL && cookies[i] != NULL; i++)
    {
      const char *cookie = g_strstrip (cookies[i]);

      if (*cookie != '\0'
          && !g_str_has_prefix (cookie, "__cf")
          && !g_str_has_prefix (cookie, "_cf")
          && !g_str_has_prefix (cookie, "cf_"))
        return TRUE;
    }
  return FALSE;
}
