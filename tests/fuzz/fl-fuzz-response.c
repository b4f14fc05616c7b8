/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz-response.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#define END_OF_HEAD "\r\n\r\n"

/* The length that a head announces: none where the status allows for no body (RFC 9112, section 6.3). */
static gsize
get_length (const char *head,
            guint       status)
{
  const char *header = strstr (head, "\r\nContent-Length: ");

  if (status < 200 || status == 204 || status == 304 || header == NULL)
    return 0;
  return g_ascii_strtoull (header + strlen ("\r\nContent-Length: "), NULL, 10);
}

/**
 * fl_fuzz_response_read:
 * @self: (out caller-allocates): the answer
 * @data: (array length=length): what has come
 * @length: bytes of @data
 *
 * Returns: whether a whole answer, with a status line, is at the beginning of @data
 */
gboolean
fl_fuzz_response_read (FlFuzzResponse *self,
                       const char     *data,
                       gsize           length)
{
  const char *end = length > 0 ? memmem (data, length, END_OF_HEAD, strlen (END_OF_HEAD)) : NULL;
  g_autofree char *head = NULL;
  int minor, consumed = 0;

  if (end == NULL)
    return FALSE;

  self->head = data;
  self->head_length = (gsize) (end - data) + strlen (END_OF_HEAD);
  head = g_strndup (data, self->head_length);
  if (sscanf (head, "HTTP/1.%1d %3u %n", &minor, &self->status, &consumed) != 2 || consumed == 0)
    return FALSE;

  self->body = data + self->head_length;
  self->body_length = get_length (head, self->status);
  self->total = self->head_length + self->body_length;
  return self->total <= length;
}

/**
 * fl_fuzz_response_is_whole:
 * @data: (array length=length): what has come
 * @length: bytes of @data
 *
 * Returns: whether an answer is there that is not an interim one
 */
gboolean
fl_fuzz_response_is_whole (const char *data,
                           gsize       length)
{
  FlFuzzResponse response;

  return fl_fuzz_response_read (&response, data, length);
}

/**
 * fl_fuzz_response_has_json:
 * @self: an answer
 *
 * Returns: whether its body is one JSON object, and is said to be
 */
gboolean
fl_fuzz_response_has_json (const FlFuzzResponse *self)
{
  g_autofree char *head = g_strndup (self->head, self->head_length);
  g_autoptr (JsonParser) parser = json_parser_new ();

  return strstr (head, "\r\nContent-Type: application/json; charset=utf-8\r\n") != NULL
         && g_utf8_validate_len (self->body, self->body_length, NULL)
         && json_parser_load_from_data (parser, self->body, (gssize) self->body_length, NULL)
         && JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser));
}
