/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"
#include "fl-fuzz-response.h"
#include "fl-fuzz-service.h"

#include "fl-clock.h"
#include "fl-code.h"
#include "fl-secret.h"
#include "fl-totp.h"

#include <gmime/gmime.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

/*
 * A conversation with the service: requests with well-formed heads, each answered before the next is sent, so that what
 * the service gives can be used. Each gets a status below 500 and one JSON object.
 *
 * An input is text. A line "%%" parts the requests; "METHOD TARGET", headers, an empty line and the body make one up.
 * "@SECONDS" in the place of a request moves the clock. {flow}, {token}, {code} and {totp} stand for what the last
 * answers and the last letter have given.
 */

#define REQUESTS_MOST 16
#define SEPARATOR "\n%%\n"

typedef struct {
  int       fd;
  char     *flow;
  char     *token;
  char     *key;     /* of the authenticator */
  gint64    advanced;
} Talk;

static void
keep (char       **slot,
      JsonObject  *object,
      const char  *member)
{
  const char *text = json_object_get_string_member_with_default (object, member, NULL);

  if (text != NULL)
    {
      g_free (*slot);
      *slot = g_strdup (text);
    }
}

/* What continues elsewhere: a session, or another flow. */
static void
learn_actions (Talk      *talk,
               JsonArray *actions)
{
  for (guint i = 0; i < json_array_get_length (actions); i++)
    {
      JsonObject *action = json_array_get_object_element (actions, i);

      keep (&talk->token, action, "ory_session_token");
      if (json_object_has_member (action, "flow"))
        keep (&talk->flow, json_object_get_object_member (action, "flow"), "id");
    }
}

static void
learn (Talk                 *talk,
       const FlFuzzResponse *response)
{
  g_autofree char *text = g_strndup (response->body, response->body_length);
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonObject *object = json_node_get_object (root);
  JsonNode *actions = json_object_get_member (object, "continue_with");
  const char *key = strstr (text, "\"totp_secret_key\"");

  keep (&talk->token, object, "session_token");
  if (json_object_has_member (object, "ui"))
    keep (&talk->flow, object, "id");
  if (actions != NULL && JSON_NODE_HOLDS_ARRAY (actions))
    learn_actions (talk, json_node_get_array (actions));

  key = key != NULL ? strstr (key, "\"secret\":\"") : NULL;
  if (key != NULL)
    {
      key += strlen ("\"secret\":\"");
      g_free (talk->key);
      talk->key = g_strndup (key, strcspn (key, "\""));
    }
}

static void
find_code (GMimeObject *parent,
           GMimeObject *part,
           gpointer     data)
{
  char **code = data;
  g_autofree char *text = NULL;

  if (*code != NULL || !GMIME_IS_TEXT_PART (part))
    return;
  text = g_mime_text_part_get_text (GMIME_TEXT_PART (part));
  for (const char *p = text; p != NULL && *code == NULL && (p = strstr (p, "\n    ")) != NULL; p++)
    {
      g_autofree char *line = g_strndup (p + 1, strcspn (p + 1, "\r\n"));
      char *digits = fl_code_normalise_digits (line);

      if (fl_code_is_complete (digits))
        *code = digits;
      else
        g_free (digits);
    }
}

static char *
read_code (void)
{
  g_autofree char *letter = fl_fuzz_service_take_letter ();
  char *code = NULL;
  GMimeStream *stream;
  GMimeParser *parser;
  GMimeMessage *message;

  if (letter == NULL)
    return g_strdup ("000000");

  stream = g_mime_stream_mem_new_with_buffer (letter, strlen (letter));
  parser = g_mime_parser_new_with_stream (stream);
  message = g_mime_parser_construct_message (parser, NULL);
  g_mime_message_foreach (message, find_code, &code);
  g_object_unref (message);
  g_object_unref (parser);
  g_object_unref (stream);
  g_assert_nonnull (code);
  return code;
}

static void
fill_in (GString    *request,
         const char *name,
         const char *value)
{
  g_string_replace (request, name, value, 0);
}

static void
fill_in_all (Talk    *talk,
             GString *request)
{
  fill_in (request, "{flow}", talk->flow);
  fill_in (request, "{token}", talk->token);
  if (strstr (request->str, "{code}") != NULL)
    {
      g_autofree char *code = read_code ();

      fill_in (request, "{code}", code);
    }
  /* What stands behind the key's name is no key in every answer: recovery codes may follow it. */
  if (strstr (request->str, "{totp}") != NULL)
    {
      g_autoptr (FlSecret) key = fl_secret_new (talk->key);
      g_autofree char *code = fl_totp_code (key, fl_clock_now ());

      fill_in (request, "{totp}", code != NULL ? code : "000000");
    }
}

/* RFC 9112, section 3, as far as this service is spoken to: an upper-case method and a path in visible ASCII. What is no
 * URI, as with %00 in it, is refused by libsoup, without a body. */
static gboolean
is_request_line (const char *line)
{
  static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  gsize method = strspn (line, upper);
  const char *target = line + method + 1;

  if (method == 0 || line[method] != ' ' || *target != '/'
      || g_str_has_prefix (line, "HEAD ") || g_str_has_prefix (line, "CONNECT "))
    return FALSE;
  for (const char *p = target; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p) || (*p == '%' && !(g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2])))
        || g_str_has_prefix (p, "%00"))
      return FALSE;
  return TRUE;
}

/* Headers that are about the connection are in the hands of fuzz-http; here they would only break the conversation. */
static gboolean
is_header (const char *line)
{
  static const char * const others[] = {
    "content-length", "transfer-encoding", "expect", "connection", "upgrade", "host", "te", "trailer", NULL
  };
  gsize length = strspn (line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
  g_autofree char *name = g_ascii_strdown (line, (gssize) length);

  if (length == 0 || line[length] != ':' || g_strv_contains (others, name))
    return FALSE;
  for (const char *p = line + length; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return FALSE;
  return TRUE;
}

/* Returns: (nullable): the bytes to send */
static GString *
write_request (const char *text)
{
  const char *blank = strstr (text, "\n\n");
  g_autofree char *head = blank != NULL ? g_strndup (text, (gsize) (blank - text)) : g_strdup (text);
  const char *body = blank != NULL ? blank + 2 : "";
  g_auto (GStrv) lines = g_strsplit (head, "\n", -1);
  GString *request;

  if (lines[0] == NULL || !is_request_line (lines[0]))
    return NULL;

  request = g_string_new (NULL);
  g_string_append_printf (request, "%s HTTP/1.1\r\nHost: x\r\n", lines[0]);
  for (gsize i = 1; lines[i] != NULL; i++)
    if (is_header (lines[i]))
      g_string_append_printf (request, "%s\r\n", lines[i]);
  g_string_append_printf (request, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s", strlen (body), body);
  return request;
}

/* The service may hang up after any answer, which is seen by the next request only: that is sent once more. */
static GByteArray *
ask (Talk          *talk,
     const GString *request)
{
  GByteArray *answer = NULL;

  for (guint i = 0; i < 2 && (answer == NULL || answer->len == 0); i++)
    {
      if (answer != NULL)
        {
          g_byte_array_unref (answer);
          close (talk->fd);
          talk->fd = fl_fuzz_service_connect ();
        }
      fl_fuzz_service_send (talk->fd, request->str, request->len);
      answer = fl_fuzz_service_read (talk->fd, fl_fuzz_response_is_whole);
    }

  return answer;
}

static void
exchange (Talk       *talk,
          const char *text)
{
  g_autoptr (GString) filled = g_string_new (text);
  g_autoptr (GString) request = NULL;
  g_autoptr (GByteArray) answer = NULL;
  FlFuzzResponse response;

  fill_in_all (talk, filled);
  request = write_request (filled->str);
  if (request == NULL)
    return;

  answer = ask (talk, request);
  g_assert_true (fl_fuzz_response_read (&response, (const char *) answer->data, answer->len));
  g_assert_cmpuint (response.status, >=, 200);
  g_assert_cmpuint (response.status, <, 500);
  /* The landing page is no JSON, by whatever way its path is written: //../reset */
  if (response.status == 204 || strstr (filled->str, "/reset") != NULL)
    return;

  g_assert_true (fl_fuzz_response_has_json (&response));
  learn (talk, &response);
}

static void
advance (Talk       *talk,
         const char *text)
{
  gint64 seconds = CLAMP (g_ascii_strtoll (text, NULL, 10), 0, 100 * 24 * 3600);

  fl_clock_advance (seconds);
  talk->advanced += seconds;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) requests = g_strsplit (text, SEPARATOR, REQUESTS_MOST + 1);
  Talk talk = {
    .flow = g_strdup ("00000000-0000-4000-8000-000000000000"),
    .token = g_strdup ("none"),
    .key = g_strdup ("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
  };

  fl_fuzz_service_reset ();
  talk.fd = fl_fuzz_service_connect ();
  for (gsize i = 0; i < REQUESTS_MOST && requests[i] != NULL; i++)
    {
      if (requests[i][0] == '@')
        advance (&talk, requests[i] + 1);
      else
        exchange (&talk, requests[i]);
    }

  close (talk.fd);
  fl_clock_advance (-talk.advanced);
  g_free (talk.flow);
  g_free (talk.token);
  g_free (talk.key);
  return 0;
}
