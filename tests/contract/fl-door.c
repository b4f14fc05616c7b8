/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include "fl-door.h"

#include <string.h>

/* A port of the loopback behind which somebody does always the same: answers word for word, closes, or says nothing. As a
 * proxy for plain HTTP (see FlDetour) it stands at port 80 of every host; as one for TLS it is asked to CONNECT. */
struct _FlDoor
{
  GSocketService *service;
  char           *answer;  /* (nullable) */
  guint16         port;
  GCancellable   *end;
  GMutex          lock;
  guint           calls;
  GString        *heard;
};

#define TLS_HANDSHAKE 22  /* RFC 8446, section 5.1: how a ClientHello begins */

static void
hear (FlDoor       *self,
      GInputStream *input)
{
  g_autoptr (GString) request = g_string_new (NULL);
  char buffer[512];
  gssize length;

  /* Whoever speaks TLS waits after the first words. */
  while (strstr (request->str, "\r\n\r\n") == NULL &&
         !(request->len > 0 && request->str[0] == TLS_HANDSHAKE) &&
         (length = g_input_stream_read (input, buffer, sizeof buffer, self->end, NULL)) > 0)
    g_string_append_len (request, buffer, length);

  g_mutex_lock (&self->lock);
  g_string_append (self->heard, request->str);
  g_mutex_unlock (&self->lock);
}

static gboolean
on_run (GThreadedSocketService *service,
        GSocketConnection      *connection,
        GObject                *source,
        gpointer                user_data)
{
  FlDoor *self = user_data;
  GIOStream *stream = G_IO_STREAM (connection);
  char rest[512];

  g_mutex_lock (&self->lock);
  self->calls++;
  g_mutex_unlock (&self->lock);

  if (self->answer == NULL)
    {
      while (g_input_stream_read (g_io_stream_get_input_stream (stream), rest, sizeof rest, self->end, NULL) > 0)
        continue;
      return TRUE;
    }
  if (*self->answer == '\0')
    return TRUE;

  hear (self, g_io_stream_get_input_stream (stream));
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), self->answer, strlen (self->answer), NULL, NULL, NULL);
  g_io_stream_close (stream, NULL, NULL);
  return TRUE;
}

/**
 * fl_door_new:
 * @answer: (nullable): bytes that end an HTTP request, or one of the constants above
 *
 * Returns: (transfer full): a door on a free port of 127.0.0.1
 */
FlDoor *
fl_door_new (const char *answer)
{
  FlDoor *self = g_new0 (FlDoor, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) real = NULL;
  g_autoptr (GError) error = NULL;

  self->answer = g_strdup (answer);
  self->end = g_cancellable_new ();
  self->heard = g_string_new (NULL);
  g_mutex_init (&self->lock);
  self->service = g_threaded_socket_service_new (8);
  g_signal_connect (self->service, "run", G_CALLBACK (on_run), self);
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 &real, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (real));
  g_socket_service_start (self->service);

  return self;
}

static gboolean
is_last (FlDoor *self)
{
  return G_OBJECT (self->service)->ref_count == 1;
}

/**
 * fl_door_free:
 * @self: (transfer full): a door
 *
 * Closes it, and sends away whoever is held there.
 */
void
fl_door_free (FlDoor *self)
{
  g_cancellable_cancel (self->end);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  /* Each thread that has a caller holds the service. */
  while (!is_last (self))
    g_main_context_iteration (NULL, FALSE);

  g_object_unref (self->service);
  g_object_unref (self->end);
  g_string_free (self->heard, TRUE);
  g_mutex_clear (&self->lock);
  g_free (self->answer);
  g_free (self);
}

/**
 * fl_door_get_port:
 * @self: a door
 *
 * Returns: where it is
 */
guint16
fl_door_get_port (FlDoor *self)
{
  return self->port;
}

/**
 * fl_door_get_calls:
 * @self: a door
 *
 * Returns: how many have come so far
 */
guint
fl_door_get_calls (FlDoor *self)
{
  guint calls;

  g_mutex_lock (&self->lock);
  calls = self->calls;
  g_mutex_unlock (&self->lock);

  return calls;
}

/**
 * fl_door_get_heard:
 * @self: a door
 *
 * Returns: (transfer full): all requests so far
 */
char *
fl_door_get_heard (FlDoor *self)
{
  char *heard;

  g_mutex_lock (&self->lock);
  heard = g_strdup (self->heard->str);
  g_mutex_unlock (&self->lock);

  return heard;
}

/**
 * FlDetour:
 *
 * Sends everything of one scheme to a door as if that were a proxy, and all else on its way.
 */
struct _FlDetour
{
  GObject  parent_instance;

  char    *prefix;
  guint16  port;
};

static void fl_detour_proxy_resolver_init (GProxyResolverInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlDetour, fl_detour, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, fl_detour_proxy_resolver_init))

static char **
fl_detour_lookup (GProxyResolver  *resolver,
                  const char      *uri,
                  GCancellable    *cancellable,
                  GError         **error)
{
  FlDetour *self = FL_DETOUR (resolver);
  g_autofree char *proxy = g_strdup_printf ("http://127.0.0.1:%u", self->port);

  return g_strsplit (g_str_has_prefix (uri, self->prefix) ? proxy : "direct://", "\n", -1);
}

static void
fl_detour_lookup_async (GProxyResolver      *resolver,
                        const char          *uri,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  g_task_return_pointer (task, fl_detour_lookup (resolver, uri, NULL, NULL), (GDestroyNotify) g_strfreev);
}

static char **
fl_detour_lookup_finish (GProxyResolver  *resolver,
                         GAsyncResult    *result,
                         GError         **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fl_detour_proxy_resolver_init (GProxyResolverInterface *iface)
{
  iface->lookup = fl_detour_lookup;
  iface->lookup_async = fl_detour_lookup_async;
  iface->lookup_finish = fl_detour_lookup_finish;
}

static void
fl_detour_finalize (GObject *object)
{
  g_free (FL_DETOUR (object)->prefix);

  G_OBJECT_CLASS (fl_detour_parent_class)->finalize (object);
}

static void
fl_detour_class_init (FlDetourClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_detour_finalize;
}

static void
fl_detour_init (FlDetour *self)
{
}

/**
 * fl_detour_new:
 * @scheme: "http" or "https"
 * @port: of a door
 *
 * Returns: (transfer full): the detour
 */
GProxyResolver *
fl_detour_new (const char *scheme,
               guint16     port)
{
  FlDetour *self = g_object_new (FL_TYPE_DETOUR, NULL);

  self->prefix = g_strconcat (scheme, "://", NULL);
  self->port = port;

  return G_PROXY_RESOLVER (self);
}
