/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-front"

#include "config.h"

#include "fl-listener.h"

#include "fl-intake.h"
#include "fl-loopback.h"
#include "fl-tap-stream.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

/* SoupServer itself waits for ever and reads without end, so time and size are bounded here. */
#define REQUEST_SECONDS 15  /* from the first byte of a request, or the connection, to its last */
#define ANSWER_SECONDS 60   /* from there to the last byte of the answer */
#define IDLE_SECONDS 120    /* between two requests: long enough for a person who reads the page */
#define CONNECTIONS_MOST 256   /* unless whoever listens wants more */
#define CONNECTIONS_ENDING 128  /* besides, of those that have been told to end */
#define ACCEPT_MOST 64  /* in one turn of the loop, which may have to answer everybody else meanwhile */

/**
 * FlListener:
 *
 * Accepts connections and hands over whole requests, within bounds: fifteen seconds and 64 kB for a request, and so
 * many connections at once. Where there is no room for another one, the one that has kept its place for nothing for the
 * longest makes room: whoever only opens connections keeps nobody out.
 *
 * Each connection has a SoupServer of its own. Before 3.4, SoupServer does not notice that a connection ends between two
 * requests, and keeps what it knows of it for ever; so it goes together with the connection.
 */
struct _FlListener
{
  GSocket        *socket;
  GSource        *accepting;    /* (nullable): tells that somebody waits to be connected */
  GSocket        *anchor;       /* see make_server() */
  GHashTable     *connections;
  GPtrArray      *retired;      /* servers whose connections have gone, until the loop comes round */
  GSource        *sweep;        /* (nullable): that which frees them */
  GSource        *clock;        /* (nullable): ends the connections whose time is over, a look a second */
  GSocketAddress *effective;
  guint           most;         /* connections */
  gboolean        draining;
  FlListenerFunc  func;
  gpointer        user_data;
};

typedef enum {
  PHASE_READING,    /* a request, or what should become one */
  PHASE_ANSWERING,
  PHASE_IDLE,       /* between two requests */
} Phase;

/* Counted by the table, by the stream's tap and by the address that messages know. */
typedef struct
{
  FlListener *listener;  /* NULL when it has ended */
  SoupServer *server;
  GIOStream  *stream;    /* not owned */
  GSocket    *socket;
  gint64      deadline;  /* monotonic time at which the phase has to be over */
  GSource    *farewell;  /* (nullable): an end that has been read, and is still to be acted upon */
  Phase       phase;
  gint64      since;     /* monotonic time at which the phase began */
  gboolean    started;   /* whether SoupServer has begun to read a request */
  gboolean    leaving;   /* whether it has been shut down, which SoupServer has still to see */
  FlIntake   *intake;
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
connection_clear (gpointer data)
{
  Connection *connection = data;

  fl_intake_free (connection->intake);
  g_object_unref (connection->socket);
}

static void
connection_unref (gpointer connection)
{
  g_rc_box_release_full (connection, connection_clear);
}

static gboolean
on_loop_came_round (gpointer user_data)
{
  FlListener *self = user_data;

  g_clear_pointer (&self->sweep, g_source_unref);
  g_ptr_array_set_size (self->retired, 0);
  return G_SOURCE_REMOVE;
}

/* Not at once: it may be the server itself that says that its connection has gone. */
static void
retire (FlListener *self,
        SoupServer *server)
{
  g_ptr_array_add (self->retired, server);
  if (self->sweep != NULL)
    return;
  self->sweep = g_idle_source_new ();
  g_source_set_priority (self->sweep, G_PRIORITY_DEFAULT);  /* else it would never come in a crowd */
  g_source_set_callback (self->sweep, on_loop_came_round, self, NULL);
  g_source_attach (self->sweep, g_main_context_get_thread_default ());
}

/* What still refers to it afterwards finds that it has ended. */
static void
forget (Connection *connection)
{
  FlListener *self = g_steal_pointer (&connection->listener);

  clear_source (&connection->farewell);
  g_signal_handlers_disconnect_by_data (connection->server, self);
  retire (self, connection->server);
  g_hash_table_remove (self->connections, connection);
}

static void
on_stream_gone (gpointer  data,
                GObject  *stream)
{
  forget (data);
}

static void
give_up (Connection *connection)
{
  g_object_weak_unref (G_OBJECT (connection->stream), on_stream_gone, connection);
  soup_server_disconnect (connection->server);
  forget (connection);
}

/* Not to be called while SoupServer is at work. */
static void
end (Connection *connection)
{
  if (!connection->started)
    {
      give_up (connection);
      return;
    }
  /* SoupServer sees the end of the stream, and tidies up; outside a request it would not. */
  connection->leaving = TRUE;
  g_socket_shutdown (connection->socket, TRUE, TRUE, NULL);
}

static gboolean
on_second_passed (gpointer user_data)
{
  FlListener *self = user_data;
  g_autoptr (GList) connections = g_hash_table_get_keys (self->connections);
  gint64 now = g_get_monotonic_time ();

  for (GList *each = connections; each != NULL; each = each->next)
    {
      Connection *connection = each->data;

      if (connection->deadline > now)
        continue;
      connection->deadline = G_MAXINT64;
      end (connection);
    }
  if (g_hash_table_size (self->connections) > 0)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->clock, g_source_unref);
  return G_SOURCE_REMOVE;
}

/* One clock for all: a timeout for each connection would be looked at in every turn of the loop, and be made anew three times
 * for every request. */
static void
start_clock (FlListener *self)
{
  if (self->clock != NULL)
    return;
  self->clock = g_timeout_source_new_seconds (1);
  g_source_set_callback (self->clock, on_second_passed, self, NULL);
  g_source_attach (self->clock, g_main_context_get_thread_default ());
}

static void
enter (Connection *connection,
       Phase       phase)
{
  static const guint seconds[] = {
    [PHASE_READING] = REQUEST_SECONDS,
    [PHASE_ANSWERING] = ANSWER_SECONDS,
    [PHASE_IDLE] = IDLE_SECONDS,
  };

  connection->phase = phase;
  connection->since = g_get_monotonic_time ();
  connection->deadline = connection->since + seconds[phase] * G_USEC_PER_SEC;
}

static gboolean
on_farewell_due (gpointer user_data)
{
  Connection *connection = user_data;

  g_clear_pointer (&connection->farewell, g_source_unref);
  if (!connection->started)
    give_up (connection);
  return G_SOURCE_REMOVE;
}

/* When SoupServer has come to rest, and if it is still between two requests then. */
static void
take_leave (Connection *connection)
{
  connection->farewell = g_idle_source_new ();
  g_source_set_priority (connection->farewell, G_PRIORITY_DEFAULT);
  g_source_set_callback (connection->farewell, on_farewell_due, connection, NULL);
  g_source_attach (connection->farewell, g_main_context_get_thread_default ());
}

/* Between two requests, SoupServer reads when something has come, or when it has read the beginning of the next
 * request together with the one before. */
static void
on_read (gssize   count,
         gpointer user_data)
{
  Connection *connection = user_data;

  if (connection->listener == NULL || connection->phase != PHASE_IDLE)
    return;
  if (count != 0)
    {
      enter (connection, PHASE_READING);
    }
  else if (connection->farewell == NULL)
    {
      take_leave (connection);
    }
}

static Connection *
connection_of (SoupServerMessage *message)
{
  return g_object_get_qdata (G_OBJECT (soup_server_message_get_remote_address (message)), connection_quark ());
}

static void
on_request_started (FlListener        *self,
                    SoupServerMessage *message)
{
  Connection *connection = connection_of (message);

  /* Its time has begun with its first byte. */
  connection->started = TRUE;
  fl_intake_watch (connection->intake, message);
}

static void
on_request_read (FlListener        *self,
                 SoupServerMessage *message)
{
  enter (connection_of (message), PHASE_ANSWERING);
}

static void
on_request_finished (FlListener        *self,
                     SoupServerMessage *message)
{
  Connection *connection = connection_of (message);

  connection->started = FALSE;
  enter (connection, PHASE_IDLE);
  if (self->draining && connection->farewell == NULL)
    take_leave (connection);
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

  if (fl_intake_is_refused (connection->intake) || connection->listener == NULL)
    {
      /* Goes nowhere: the refusal has been sent, and the way out closed; or nobody is there any more. */
      soup_server_message_set_status (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
      return;
    }
  if (self->draining)
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
  body = fl_intake_take (connection->intake);
  self->func (message, body, self->user_data);
}

/* SoupServer keeps no connection alive unless it listens itself: that is what the anchor is for. */
static SoupServer *
make_server (FlListener  *self,
             GError     **error)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (GSocket) anchor = NULL;
  int copy = fcntl (g_socket_get_fd (self->anchor), F_DUPFD_CLOEXEC, 0);

  if (copy < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s", g_strerror (errno));
      return NULL;
    }
  anchor = g_socket_new_from_fd (copy, error);
  if (anchor == NULL)
    {
      close (copy);
      return NULL;
    }
  if (!soup_server_listen_socket (server, anchor, 0, error))
    return NULL;

  g_signal_connect_swapped (server, "request-started", G_CALLBACK (on_request_started), self);
  g_signal_connect_swapped (server, "request-read", G_CALLBACK (on_request_read), self);
  g_signal_connect_swapped (server, "request-finished", G_CALLBACK (on_request_finished), self);
  /* What is answered with 500 counts as aborted too, and its connection goes on. */
  g_signal_connect_swapped (server, "request-aborted", G_CALLBACK (on_request_finished), self);
  soup_server_add_handler (server, NULL, on_request_complete, self, NULL);
  return g_steal_pointer (&server);
}

/* Whoever has not even asked goes before whoever has been answered already, and who is being answered stays. */
static gboolean
goes_before (const Connection *a,
             const Connection *b)
{
  return b == NULL || a->phase < b->phase || (a->phase == b->phase && a->since < b->since);
}

static void
make_room (FlListener *self)
{
  gint64 long_ago = g_get_monotonic_time () - REQUEST_SECONDS * G_USEC_PER_SEC;
  Connection *first = NULL;
  Connection *connection;
  GHashTableIter iter;
  guint count = 0;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, (gpointer *) &connection, NULL))
    {
      if (connection->leaving)
        continue;
      count++;
      if ((connection->phase != PHASE_ANSWERING || connection->since < long_ago) && goes_before (connection, first))
        first = connection;
    }
  if (count >= self->most && first != NULL)
    end (first);
}

static void
serve (FlListener        *self,
       GSocketConnection *accepted,
       SoupServer        *server)
{
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (accepted, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (accepted, NULL);
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  Connection *connection = g_rc_box_new0 (Connection);

  connection->listener = self;
  connection->server = server;
  connection->socket = g_object_ref (g_socket_connection_get_socket (accepted));
  connection->intake = fl_intake_new (connection->socket);
  /* An answer is written in two parts, and the second must not wait until the first has been acknowledged. */
  g_socket_set_option (connection->socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  stream = fl_tap_stream_new (G_IO_STREAM (accepted), on_read, g_rc_box_acquire (connection), connection_unref);
  connection->stream = stream;
  g_hash_table_add (self->connections, connection);
  g_object_weak_ref (G_OBJECT (stream), on_stream_gone, connection);
  g_object_set_qdata_full (G_OBJECT (remote), connection_quark (), g_rc_box_acquire (connection), connection_unref);
  enter (connection, PHASE_READING);
  start_clock (self);

  if (!soup_server_accept_iostream (server, stream, local, remote, &error))
    g_warning ("A connection could not be served: %s", error->message);
}

static void
welcome (FlListener *self,
         GSocket    *socket)
{
  g_autoptr (GSocketConnection) accepted = g_socket_connection_factory_create_connection (socket);
  g_autoptr (GError) error = NULL;
  SoupServer *server;

  make_room (self);
  /* Without addresses it has ended already. */
  if (g_hash_table_size (self->connections) >= self->most + CONNECTIONS_ENDING || !g_socket_is_connected (socket))
    return;
  server = make_server (self, &error);
  if (server != NULL)
    serve (self, accepted, server);
  else
    g_warning ("A connection could not be served: %s", error->message);
}

static gboolean
on_connections_came (GSocket      *socket,
                     GIOCondition  condition,
                     gpointer      user_data)
{
  for (guint i = 0; i < ACCEPT_MOST; i++)
    {
      g_autoptr (GSocket) accepted = g_socket_accept (socket, NULL, NULL);

      if (accepted == NULL)
        break;
      welcome (user_data, accepted);
    }
  return G_SOURCE_CONTINUE;
}

/**
 * fl_listener_new:
 * @address: where to listen, as `127.0.0.1:PORT`; port 0 picks one
 * @func: called with every whole request; the message may be answered later when it is paused
 * @user_data: for @func
 * @error: return location for an error
 *
 * Listens in the thread-default context, on this computer alone.
 *
 * Returns: (transfer full) (nullable): a listener
 */
FlListener *
fl_listener_new (const char      *address,
                 FlListenerFunc   func,
                 gpointer         user_data,
                 GError         **error)
{
  g_autoptr (GSocketAddress) parsed = fl_loopback_parse (address, FALSE, error);

  return parsed != NULL ? fl_listener_new_full (parsed, CONNECTIONS_MOST, func, user_data, error) : NULL;
}

/**
 * fl_listener_new_full:
 * @address: where to listen; port 0 picks one
 * @connections: how many at once
 * @func: called with every whole request; the message may be answered later when it is paused
 * @user_data: for @func
 * @error: return location for an error
 *
 * Listens in the thread-default context.
 *
 * Returns: (transfer full) (nullable): a listener
 */
FlListener *
fl_listener_new_full (GSocketAddress  *address,
                      guint            connections,
                      FlListenerFunc   func,
                      gpointer         user_data,
                      GError         **error)
{
  g_autoptr (FlListener) self = g_new0 (FlListener, 1);

  self->func = func;
  self->user_data = user_data;
  self->most = connections;
  self->connections = g_hash_table_new_full (NULL, NULL, connection_unref, NULL);
  self->retired = g_ptr_array_new_with_free_func (g_object_unref);
  self->anchor = fl_loopback_make_anchor (error);
  self->socket = self->anchor != NULL ? fl_loopback_listen (address, (int) connections, error) : NULL;
  self->effective = self->socket != NULL ? g_socket_get_local_address (self->socket, error) : NULL;
  if (self->effective == NULL)
    return NULL;
  /* By hand: GSocketService takes one connection in a turn of the loop, and in a crowd a turn takes a second. */
  self->accepting = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->accepting, G_SOURCE_FUNC (on_connections_came), self, NULL);
  g_source_attach (self->accepting, g_main_context_get_thread_default ());
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
  g_autofree char *authority = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (self->effective));

  return g_strconcat ("http://", authority, NULL);
}

static void
stop_accepting (FlListener *self)
{
  clear_source (&self->accepting);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
}

/**
 * fl_listener_drain:
 * @self: a listener
 *
 * Takes no more connections, ends those that ask nothing, and each other one with its next answer.
 */
void
fl_listener_drain (FlListener *self)
{
  g_autoptr (GList) connections = g_hash_table_get_keys (self->connections);

  stop_accepting (self);
  self->draining = TRUE;
  for (GList *each = connections; each != NULL; each = each->next)
    {
      Connection *connection = each->data;

      if (connection->phase == PHASE_IDLE)
        end (connection);
    }
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
  stop_accepting (self);
  while (g_hash_table_size (self->connections) > 0)
    {
      GHashTableIter iter;
      gpointer connection;

      g_hash_table_iter_init (&iter, self->connections);
      g_hash_table_iter_next (&iter, &connection, NULL);
      give_up (connection);
    }
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
  g_clear_object (&self->socket);
  g_clear_object (&self->effective);
  g_clear_object (&self->anchor);
  clear_source (&self->sweep);
  clear_source (&self->clock);
  g_ptr_array_unref (self->retired);
  g_hash_table_unref (self->connections);
  g_free (self);
}
