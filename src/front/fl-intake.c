/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-front"

#include "config.h"

#include "fl-intake.h"

#include "fl-json.h"
#include "fl-secret.h"

#include <string.h>
#include <sys/socket.h>

#define DISCARD_MOST (1024 * 1024)  /* bytes read on after a refusal, so that the refusal can be read */

static const char refusal[] =
  "HTTP/1.1 413 Content Too Large\r\n"
  "Content-Type: application/json; charset=utf-8\r\n"
  "Content-Length: 87\r\n"
  "Connection: close\r\n"
  "\r\n"
  "{\"error\":{\"code\":413,\"status\":\"Content Too Large\",\"message\":\"The body is too large.\"}}\n";

/**
 * FlIntake:
 *
 * Takes the bodies of the requests of one connection in, and refuses what is too large as it comes, past SoupServer, which
 * would read it to its end. Bodies hold passwords, so they are wiped.
 */
struct _FlIntake
{
  GSocket    *socket;
  GByteArray *body;
  gsize       discarded;
  gboolean    refused;
};

static void
forget_body (FlIntake *self)
{
  if (self->body->len > 0)
    fl_secret_wipe (self->body->data, self->body->len);
  g_byte_array_set_size (self->body, 0);
}

static void
refuse (FlIntake *self)
{
  if (self->refused)
    return;
  self->refused = TRUE;
  forget_body (self);
  /* Few enough bytes for the buffer of a socket that nothing has been written to. */
  g_socket_send (self->socket, refusal, strlen (refusal), NULL, NULL);
  g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
}

/* For whoever does not stop sending: an end that their side cannot overlook. */
static void
cut_off (FlIntake *self)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (g_socket_get_fd (self->socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
}

static void
on_headers_received (SoupServerMessage *message,
                     FlIntake          *self)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
      && soup_message_headers_get_content_length (headers) > FL_JSON_REQUEST_MAX)
    refuse (self);
}

static void
on_chunk_received (SoupServerMessage *message,
                   GBytes            *chunk,
                   FlIntake          *self)
{
  gsize size;
  const guchar *data = g_bytes_get_data (chunk, &size);

  if (!self->refused && self->body->len + size > FL_JSON_REQUEST_MAX)
    refuse (self);

  if (!self->refused)
    {
      g_byte_array_append (self->body, data, (guint) size);
      return;
    }
  self->discarded += size;
  if (self->discarded > DISCARD_MOST)
    cut_off (self);
}

/**
 * fl_intake_new:
 * @socket: of the connection
 *
 * Returns: (transfer full): an intake
 */
FlIntake *
fl_intake_new (GSocket *socket)
{
  FlIntake *self = g_new0 (FlIntake, 1);

  self->socket = g_object_ref (socket);
  self->body = g_byte_array_new ();
  return self;
}

/**
 * fl_intake_free:
 * @self: (transfer full): an intake whose messages have ended
 *
 * Wipes and frees it.
 */
void
fl_intake_free (FlIntake *self)
{
  forget_body (self);
  g_byte_array_unref (self->body);
  g_object_unref (self->socket);
  g_free (self);
}

/**
 * fl_intake_watch:
 * @self: an intake
 * @message: a request that begins
 *
 * Takes its body in.
 */
void
fl_intake_watch (FlIntake          *self,
                 SoupServerMessage *message)
{
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect (message, "got-headers", G_CALLBACK (on_headers_received), self);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk_received), self);
}

/**
 * fl_intake_is_refused:
 * @self: an intake
 *
 * Returns: whether too much has come; that has been answered then
 */
gboolean
fl_intake_is_refused (const FlIntake *self)
{
  return self->refused;
}

/**
 * fl_intake_take:
 * @self: an intake
 *
 * Returns: (transfer full): the body of the request that has come whole, which is wiped with its last reference
 */
GBytes *
fl_intake_take (FlIntake *self)
{
  gsize length = self->body->len;
  guint8 *body = g_byte_array_free (self->body, FALSE);

  self->body = g_byte_array_new ();
  return fl_secret_wrap (body, length, length);
}
