/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include <gio/gio.h>
#include <locale.h>
#include <poll.h>
#include <sys/socket.h>

#include "fl-kratos-client.h"

/* A warm connection that ends when it is used again: libsoup asks a second time over another one. On a busy computer
 * everything that comes of a request can be there before the sender gets round to looking, and then libsoup 3.2 hears of
 * the first attempt's end only after the second one's answer, and falls over it. Here it is always there: send() waits. */

#define ROUNDS 50
#define LINES  2  /* warm connections; libsoup has no more of them to one server */

typedef struct {
  GSocketListener *listener;
  GCancellable    *end;
  GThread         *thread;
  guint16          port;
  GMutex           mutex;
  GCond            changed;
  guint            warm;      /* connections that have been asked once */
  guint            asked;     /* requests after that */
} Host;

static GThread *waiting;  /* the thread whose send() waits */

ssize_t
send (int         fd,
      const void *data,
      size_t      length,
      int         flags)
{
  ssize_t sent = sendto (fd, data, length, flags, NULL, 0);
  struct pollfd answer = { .fd = fd, .events = POLLIN };

  if (sent > 0 && g_atomic_pointer_get (&waiting) == g_thread_self ())
    poll (&answer, 1, 10 * 1000);

  return sent;
}

static gboolean
read_request (GDataInputStream *stream,
              gboolean         *is_warm)
{
  g_autofree char *first = g_data_input_stream_read_line (stream, NULL, NULL, NULL);

  if (first == NULL)
    return FALSE;

  *is_warm = g_str_has_prefix (first, "GET /warm ");
  while (TRUE)
    {
      g_autofree char *line = g_data_input_stream_read_line (stream, NULL, NULL, NULL);

      if (line == NULL || g_str_equal (line, "\r"))
        return line != NULL;
    }
}

/* Holds each connection until all are there, so that no request finds one that is free already. */
static gboolean
warms_up (Host *self)
{
  g_mutex_lock (&self->mutex);
  self->warm++;
  g_cond_broadcast (&self->changed);
  while (self->warm < LINES)
    g_cond_wait (&self->changed, &self->mutex);
  g_mutex_unlock (&self->mutex);

  return TRUE;
}

static gboolean
is_answered (Host *self)
{
  gboolean is_first;

  g_mutex_lock (&self->mutex);
  is_first = self->asked++ == 0;
  g_mutex_unlock (&self->mutex);

  return !is_first;
}

typedef struct {
  Host              *host;
  GSocketConnection *connection;
} Line;

static gpointer
serve (gpointer data)
{
  g_autofree Line *line = data;
  g_autoptr (GSocketConnection) connection = line->connection;
  g_autoptr (GDataInputStream) stream = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  const char *answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
  gboolean is_warm;

  g_data_input_stream_set_newline_type (stream, G_DATA_STREAM_NEWLINE_TYPE_LF);
  while (read_request (stream, &is_warm) && (is_warm ? warms_up (line->host) : is_answered (line->host)))
    if (!g_output_stream_write_all (output, answer, strlen (answer), NULL, NULL, NULL))
      break;

  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  return NULL;
}

static gpointer
accept_lines (gpointer data)
{
  Host *self = data;
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (self->listener, NULL, self->end, NULL)) != NULL)
    {
      Line *line = g_new0 (Line, 1);

      line->host = self;
      line->connection = connection;
      g_ptr_array_add (threads, g_thread_new ("line", serve, line));
    }

  for (guint i = 0; i < threads->len; i++)
    g_thread_join (g_ptr_array_index (threads, i));
  return NULL;
}

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  guint *answers = user_data;
  g_autoptr (GError) error = NULL;
  FlKratosReply *reply = fl_kratos_client_send_finish (FL_KRATOS_CLIENT (source), result, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (reply->status, ==, 200);
  fl_kratos_reply_free (reply);
  (*answers)++;
}

static void
ask (FlKratosClient *client,
     const char     *path,
     guint           times)
{
  FlKratosRequest request = { .method = "GET", .path = path, .as_text = TRUE };
  guint answers = 0;

  for (guint i = 0; i < times; i++)
    fl_kratos_client_send (client, &request, NULL, on_sent, &answers);
  while (answers < times)
    g_main_context_iteration (NULL, TRUE);
}

static void
play_round (void)
{
  Host host = { 0 };
  g_autofree char *url = NULL;
  FlKratosClient *client;

  g_mutex_init (&host.mutex);
  g_cond_init (&host.changed);
  host.end = g_cancellable_new ();
  host.listener = g_socket_listener_new ();
  host.port = g_socket_listener_add_any_inet_port (host.listener, NULL, NULL);
  g_assert_cmpuint (host.port, !=, 0);
  host.thread = g_thread_new ("host", accept_lines, &host);
  url = g_strdup_printf ("http://127.0.0.1:%u", host.port);
  client = fl_kratos_client_new (url, NULL, NULL, 10);

  ask (client, "/warm", LINES);
  g_atomic_pointer_set (&waiting, g_thread_self ());
  ask (client, "/asked", 1);
  g_atomic_pointer_set (&waiting, NULL);
  g_assert_cmpuint (host.asked, ==, 2);

  g_object_unref (client);
  g_cancellable_cancel (host.end);
  g_thread_join (host.thread);
  g_object_unref (host.listener);
  g_object_unref (host.end);
  g_cond_clear (&host.changed);
  g_mutex_clear (&host.mutex);
}

static void
test_restart (void)
{
  for (guint i = 0; i < ROUNDS; i++)
    play_round ();
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/kratos/restart", test_restart);

  return g_test_run ();
}
