/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include "fl-tunnel.h"

#include <string.h>

/* A proxy on the loopback that knows more names than this computer: whoever is asked for by CONNECT is the target, and every
 * question over plain HTTP has the same answer. */
struct _FlTunnel
{
  GSocketService *service;
  guint16         port;    /* its own */
  guint16         target;
  char           *answer;
};

static char *
hear (GInputStream *input)
{
  g_autoptr (GString) head = g_string_new (NULL);
  char letter;

  while (strstr (head->str, "\r\n\r\n") == NULL && g_input_stream_read (input, &letter, 1, NULL, NULL) == 1)
    g_string_append_c (head, letter);

  return g_string_free (g_steal_pointer (&head), FALSE);
}

static void
on_splice_ready (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_io_stream_splice_finish (result, NULL);
  g_main_loop_quit (user_data);
}

static void
lead (FlTunnel  *self,
      GIOStream *caller)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) target = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  target = g_socket_client_connect_to_host (client, "127.0.0.1", self->target, NULL, NULL);
  if (target == NULL)
    return;

  g_main_context_push_thread_default (context);
  g_io_stream_splice_async (caller, G_IO_STREAM (target), G_IO_STREAM_SPLICE_CLOSE_STREAM1 | G_IO_STREAM_SPLICE_CLOSE_STREAM2,
                            G_PRIORITY_DEFAULT, NULL, on_splice_ready, loop);
  g_main_loop_run (loop);
  g_main_context_pop_thread_default (context);
}

static gboolean
on_run (GThreadedSocketService *service,
        GSocketConnection      *connection,
        GObject                *source,
        gpointer                user_data)
{
  FlTunnel *self = user_data;
  GIOStream *caller = G_IO_STREAM (connection);
  g_autofree char *head = hear (g_io_stream_get_input_stream (caller));
  gboolean is_connect = g_str_has_prefix (head, "CONNECT ");
  const char *answer = is_connect ? "HTTP/1.1 200 OK\r\n\r\n" : self->answer;

  g_output_stream_write_all (g_io_stream_get_output_stream (caller), answer, strlen (answer), NULL, NULL, NULL);
  if (is_connect)
    lead (self, caller);

  return TRUE;
}

/**
 * fl_tunnel_new:
 * @target: the port of 127.0.0.1 that every CONNECT leads to
 * @answer: what every other question is answered with, word for word
 *
 * Returns: (transfer full): a proxy on a free port of 127.0.0.1
 */
FlTunnel *
fl_tunnel_new (guint16     target,
               const char *answer)
{
  FlTunnel *self = g_new0 (FlTunnel, 1);
  g_autoptr (GError) error = NULL;

  self->target = target;
  self->answer = g_strdup (answer);
  self->service = g_threaded_socket_service_new (8);
  self->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (self->service, "run", G_CALLBACK (on_run), self);
  g_socket_service_start (self->service);

  return self;
}

/**
 * fl_tunnel_free:
 * @self: (transfer full): a proxy, whose callers and target have gone
 *
 * Closes it.
 */
void
fl_tunnel_free (FlTunnel *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  /* Each thread that has a caller holds the service. */
  while (G_OBJECT (self->service)->ref_count > 1)
    g_main_context_iteration (NULL, FALSE);

  g_object_unref (self->service);
  g_free (self->answer);
  g_free (self);
}

/**
 * fl_tunnel_get_port:
 * @self: a proxy
 *
 * Returns: where it is
 */
guint16
fl_tunnel_get_port (FlTunnel *self)
{
  return self->port;
}
