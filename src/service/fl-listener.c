/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-listener.h"

#include "fl-json.h"
#include "fl-secret.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

/* SoupServer itself waits for ever and reads without end, so time and size are bounded here. */
#define REQUEST_SECONDS 15  /* from the first byte of a request, or the connection, to its last */
#define ANSWER_SECONDS 60   /* from there to the last byte of the answer */
#define IDLE_SECONDS 120    /* between two requests: long enough for a person who reads the page */
#define CONNECTIONS_MOST 256
#define DISCARD_MOST (1024 * 1024)  /* bytes read on after a refusal, so that the refusal can be read */

static const char refusal[] =
  "HTTP/1.1 413 Content Too Large\r\n"
  "Content-Type: application/json; charset=utf-8\r\n"
  "Content-Length: 87\r\n"
  "Connection: close\r\n"
  "\r\n"
  "{\"error\":{\"code\":413,\"status\":\"Content Too Large\",\"message\":\"The body is too large.\"}}\n";

/**
 * FlListener:
 *
 * Accepts connections and hands over whole requests, within bounds: fifteen seconds and 64 kB for a request, and so
 * many connections at once.
 */
struct _FlListener
{
  GSocketService *service;
  SoupServer     *server;
  GHashTable     *connections;
  guint16         port;
  gboolean        ipv6;
  FlListenerFunc  func;
  gpointer        user_data;
};

typedef struct
{
  FlListener *listener;
  GIOStream  *stream;    /* not owned: when it goes, so does this */
  GSocket    *socket;
  GSource    *deadline;
  GSource    *wake_up;   /* (nullable): between two requests, what tells of the next one */
  gboolean    started;   /* whether SoupServer has begun to read a request */
  GByteArray *body;
  gsize       discarded;
  gboolean    refused;
} Connection;

static GQuark
connection_quark (void)
{
  return g_quark_from_static_string ("fl-connection");
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
forget_body (Connection *connection)
{
  if (connection->body->len > 0)
    fl_secret_wipe (connection->body->data, connection->body->len);
  g_byte_array_set_size (connection->body, 0);
}

static void
connection_free (Connection *connection)
{
  clear_source (&connection->deadline);
  clear_source (&connection->wake_up);
  forget_body (connection);
  g_byte_array_unref (connection->body);
  g_object_unref (connection->socket);
  g_free (connection);
}

/* SoupServer keeps no connection alive unless it listens itself, so it is given a socket that nobody can reach: one
 * whose name is gone before anybody could have read it. */
static gboolean
keep_alive (SoupServer  *server,
            GError     **error)
{
  g_autofree char *directory = g_dir_make_tmp ("first-login-XXXXXX", error);
  g_autofree char *path = directory != NULL ? g_build_filename (directory, "socket", NULL) : NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;
  gboolean bound;

  if (path == NULL)
    return FALSE;
  address = g_unix_socket_address_new (path);
  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  bound = socket != NULL && g_socket_bind (socket, address, FALSE, error);
  g_unlink (path);
  g_rmdir (directory);
  return bound
         && g_socket_listen (socket, error)
         && soup_server_listen_socket (server, socket, 0, error);
}

static void
on_stream_gone (gpointer  data,
                GObject  *stream)
{
  Connection *connection = data;

  g_hash_table_remove (connection->listener->connections, connection);
}

/* Before 3.4, SoupServer does not notice that a connection ends between two requests, and keeps it for ever: here it is
 * closed for it, and what SoupServer remembers goes as soon as nobody is connected. */
static void
give_up (Connection *connection)
{
  FlListener *self = connection->listener;
  GIOStream *stream = connection->stream;
  g_autoptr (GError) error = NULL;

  g_object_weak_unref (G_OBJECT (stream), on_stream_gone, connection);
  g_io_stream_close (stream, NULL, NULL);
  g_hash_table_remove (self->connections, connection);
  if (g_hash_table_size (self->connections) > 0)
    return;

  soup_server_disconnect (self->server);
  if (!keep_alive (self->server, &error))
    g_warning ("Connections end after each answer: %s", error->message);
}

static gboolean
on_deadline_passed (gpointer user_data)
{
  Connection *connection = user_data;

  g_clear_pointer (&connection->deadline, g_source_unref);
  /* SoupServer sees the end of the stream, and tidies up; outside a request it would not. */
  if (connection->started)
    g_socket_shutdown (connection->socket, TRUE, TRUE, NULL);
  else
    give_up (connection);
  return G_SOURCE_REMOVE;
}

static void
set_deadline (Connection *connection,
              guint       seconds)
{
  clear_source (&connection->wake_up);
  clear_source (&connection->deadline);
  connection->deadline = g_timeout_source_new_seconds (seconds);
  g_source_set_callback (connection->deadline, on_deadline_passed, connection, NULL);
  g_source_attach (connection->deadline, g_main_context_get_thread_default ());
}

static gboolean
on_next_request_begun (GSocket      *socket,
                       GIOCondition  condition,
                       gpointer      user_data)
{
  char first;

  if (recv (g_socket_get_fd (socket), &first, sizeof first, MSG_PEEK | MSG_DONTWAIT) == 0)
    give_up (user_data);
  else
    set_deadline (user_data, REQUEST_SECONDS);
  return G_SOURCE_REMOVE;
}

static void
wait_for_next_request (Connection *connection)
{
  connection->started = FALSE;
  set_deadline (connection, IDLE_SECONDS);
  connection->wake_up = g_socket_create_source (connection->socket, G_IO_IN, NULL);
  g_source_set_callback (connection->wake_up, G_SOURCE_FUNC (on_next_request_begun), connection, NULL);
  g_source_attach (connection->wake_up, g_main_context_get_thread_default ());
}

static Connection *
connection_of (SoupServerMessage *message)
{
  return g_object_get_qdata (G_OBJECT (soup_server_message_get_remote_address (message)), connection_quark ());
}

static void
refuse (Connection *connection)
{
  if (connection->refused)
    return;
  connection->refused = TRUE;
  forget_body (connection);
  /* Few enough bytes for the buffer of a socket that nothing has been written to. */
  g_socket_send (connection->socket, refusal, strlen (refusal), NULL, NULL);
  g_socket_shutdown (connection->socket, FALSE, TRUE, NULL);
}

/* For whoever does not stop sending: an end that their side cannot overlook. */
static void
cut_off (Connection *connection)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (g_socket_get_fd (connection->socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  g_socket_shutdown (connection->socket, TRUE, TRUE, NULL);
}

static void
on_headers_received (SoupServerMessage *message,
                     Connection        *connection)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
      && soup_message_headers_get_content_length (headers) > FL_JSON_REQUEST_MAX)
    refuse (connection);
}

static void
on_chunk_received (SoupServerMessage *message,
                   GBytes            *chunk,
                   Connection        *connection)
{
  gsize size;
  const guchar *data = g_bytes_get_data (chunk, &size);

  if (!connection->refused && connection->body->len + size > FL_JSON_REQUEST_MAX)
    refuse (connection);

  if (!connection->refused)
    {
      g_byte_array_append (connection->body, data, (guint) size);
      return;
    }
  connection->discarded += size;
  if (connection->discarded > DISCARD_MOST)
    cut_off (connection);
}

static void
on_request_started (FlListener        *self,
                    SoupServerMessage *message)
{
  Connection *connection = connection_of (message);

  connection->started = TRUE;
  /* It may have come together with the one before it. */
  set_deadline (connection, REQUEST_SECONDS);
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect (message, "got-headers", G_CALLBACK (on_headers_received), connection);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk_received), connection);
}

static void
on_request_read (FlListener        *self,
                 SoupServerMessage *message)
{
  set_deadline (connection_of (message), ANSWER_SECONDS);
}

static void
on_request_finished (FlListener        *self,
                     SoupServerMessage *message)
{
  wait_for_next_request (connection_of (message));
}

static void
on_request_complete (SoupServer        *server,
                     SoupServerMessage *message,
                     const char        *path,
                     GHashTable        *query,
                     gpointer           user_data)
{
  FlListener *self = user_data;
  Connection *connection = connection_of (message);
  g_autoptr (GBytes) body = NULL;

  if (connection->refused)
    {
      /* Goes nowhere: the refusal has been sent, and the way out closed. */
      soup_server_message_set_status (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
      return;
    }
  body = g_bytes_new (connection->body->data, connection->body->len);
  forget_body (connection);
  self->func (message, body, self->user_data);
  fl_secret_wipe ((gpointer) g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

static gboolean
on_connection_came (FlListener        *self,
                    GSocketConnection *stream)
{
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (stream, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (stream, NULL);
  g_autoptr (GError) error = NULL;
  Connection *connection;

  if (local == NULL || remote == NULL || g_hash_table_size (self->connections) >= CONNECTIONS_MOST)
    {
      g_io_stream_close (G_IO_STREAM (stream), NULL, NULL);
      return TRUE;
    }

  connection = g_new0 (Connection, 1);
  connection->listener = self;
  connection->stream = G_IO_STREAM (stream);
  connection->socket = g_object_ref (g_socket_connection_get_socket (stream));
  connection->body = g_byte_array_new ();
  /* An answer is written in two parts, and the second must not wait until the first has been acknowledged. */
  g_socket_set_option (connection->socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_hash_table_add (self->connections, connection);
  g_object_weak_ref (G_OBJECT (stream), on_stream_gone, connection);
  g_object_set_qdata (G_OBJECT (remote), connection_quark (), connection);
  set_deadline (connection, REQUEST_SECONDS);

  if (!soup_server_accept_iostream (self->server, G_IO_STREAM (stream), local, remote, &error))
    g_warning ("A connection could not be served: %s", error->message);
  return TRUE;
}

static GSocketAddress *
parse_address (const char  *text,
               GError     **error)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : NULL;
  g_autoptr (GInetAddress) address = NULL;
  guint64 port;

  if (host == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "“%s” is not an address like 127.0.0.1:4433", text);
      return NULL;
    }
  if (host[0] == '[' && g_str_has_suffix (host, "]"))
    {
      host[strlen (host) - 1] = '\0';
      address = g_inet_address_new_from_string (host + 1);
    }
  else
    {
      address = g_inet_address_new_from_string (host);
    }
  if (address == NULL || !g_inet_address_get_is_loopback (address))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "a training service listens on this computer only (127.0.0.1 or [::1]), not on “%s”", text);
      return NULL;
    }
  return g_inet_socket_address_new (address, (guint16) port);
}

/**
 * fl_listener_new:
 * @address: where to listen, as `127.0.0.1:PORT`; port 0 picks one
 * @func: called with every whole request; the message may be answered later when it is paused
 * @user_data: for @func
 * @error: return location for an error
 *
 * Listens in the thread-default context.
 *
 * Returns: (transfer full) (nullable): a listener
 */
FlListener *
fl_listener_new (const char      *address,
                 FlListenerFunc   func,
                 gpointer         user_data,
                 GError         **error)
{
  g_autoptr (GSocketAddress) wanted = parse_address (address, error);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (FlListener) self = NULL;

  if (wanted == NULL)
    return NULL;

  self = g_new0 (FlListener, 1);
  self->func = func;
  self->user_data = user_data;
  self->connections = g_hash_table_new_full (NULL, NULL, (GDestroyNotify) connection_free, NULL);
  self->server = soup_server_new (NULL, NULL);
  self->service = g_socket_service_new ();
  g_signal_connect_swapped (self->service, "incoming", G_CALLBACK (on_connection_came), self);
  g_signal_connect_swapped (self->server, "request-started", G_CALLBACK (on_request_started), self);
  g_signal_connect_swapped (self->server, "request-read", G_CALLBACK (on_request_read), self);
  g_signal_connect_swapped (self->server, "request-finished", G_CALLBACK (on_request_finished), self);
  /* What is answered with 500 counts as aborted too, and its connection goes on. */
  g_signal_connect_swapped (self->server, "request-aborted", G_CALLBACK (on_request_finished), self);
  soup_server_add_handler (self->server, NULL, on_request_complete, self, NULL);

  g_socket_listener_set_backlog (G_SOCKET_LISTENER (self->service), CONNECTIONS_MOST);
  if (!keep_alive (self->server, error)
      || !g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), wanted, G_SOCKET_TYPE_STREAM,
                                         G_SOCKET_PROTOCOL_TCP, NULL, &effective, error))
    return NULL;
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  self->ipv6 = g_socket_address_get_family (effective) == G_SOCKET_FAMILY_IPV6;
  return g_steal_pointer (&self);
}

/**
 * fl_listener_get_url:
 * @self: a listener
 *
 * Returns: (transfer full): its origin, without a slash at the end
 */
char *
fl_listener_get_url (FlListener *self)
{
  return g_strdup_printf (self->ipv6 ? "http://[::1]:%u" : "http://127.0.0.1:%u", self->port);
}

/**
 * fl_listener_close:
 * @self: a listener
 *
 * Takes no more connections, and ends those that there are.
 */
void
fl_listener_close (FlListener *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  soup_server_disconnect (self->server);
}

/**
 * fl_listener_free:
 * @self: (transfer full): a listener
 *
 * Frees a listener whose requests have all been answered.
 */
void
fl_listener_free (FlListener *self)
{
  fl_listener_close (self);
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_signal_handlers_disconnect_by_data (self->server, self);
  g_object_unref (self->service);
  g_object_unref (self->server);
  g_hash_table_unref (self->connections);
  g_free (self);
}
