/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include "fl-porter.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

/* Agrees on TLS with whoever comes to a port of the loopback, and only then shows them in to a server. The server of libsoup
 * before 3.6.6 does not wait for that when it is freed, and is told of the end on a connection that has gone. */
struct _FlPorter
{
  GSocketService  *service;
  SoupServer      *server;
  GTlsCertificate *certificate;
  GCancellable    *end;
  guint            at_door;      /* who come and have not agreed yet */
  guint16          port;
};

static void
show_in (FlPorter       *self,
         GTlsConnection *connection)
{
  g_autoptr (GSocketConnection) base = NULL;
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocketAddress) remote = NULL;
  g_autoptr (GError) error = NULL;

  g_object_get (connection, "base-io-stream", &base, NULL);
  local = g_socket_connection_get_local_address (base, NULL);
  remote = g_socket_connection_get_remote_address (base, NULL);
  /* Somebody who has gone again has no address any more. */
  if (local == NULL || remote == NULL)
    return;

  soup_server_accept_iostream (self->server, G_IO_STREAM (connection), local, remote, &error);
  g_assert_no_error (error);
}

static void
on_handshake_ready (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  FlPorter *self = user_data;
  GTlsConnection *connection = G_TLS_CONNECTION (source);

  if (g_tls_connection_handshake_finish (connection, result, NULL))
    show_in (self, connection);
  self->at_door--;
}

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             gpointer           user_data)
{
  const char * const protocols[] = { "http/1.1", NULL };
  FlPorter *self = user_data;
  g_autoptr (GIOStream) encrypted = NULL;
  g_autoptr (GError) error = NULL;

  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  encrypted = g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, &error);
  g_assert_no_error (error);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (encrypted), FALSE);
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (encrypted), protocols);

  self->at_door++;
  g_tls_connection_handshake_async (G_TLS_CONNECTION (encrypted), G_PRIORITY_DEFAULT, self->end, on_handshake_ready, self);

  return TRUE;
}

/**
 * fl_porter_new:
 * @server: who is behind the door
 * @certificate: certificate and key
 *
 * Returns: (transfer full): a porter at a free port of 127.0.0.1
 */
FlPorter *
fl_porter_new (SoupServer      *server,
               GTlsCertificate *certificate)
{
  FlPorter *self = g_new0 (FlPorter, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) real = NULL;
  g_autoptr (GError) error = NULL;

  self->server = g_object_ref (server);
  self->certificate = g_object_ref (certificate);
  self->end = g_cancellable_new ();
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 &real, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (real));
  g_socket_service_start (self->service);

  return self;
}

/**
 * fl_porter_free:
 * @self: (transfer full): a porter
 *
 * Closes the port, and sends away who has not agreed yet.
 */
void
fl_porter_free (FlPorter *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_cancellable_cancel (self->end);
  while (self->at_door > 0)
    g_main_context_iteration (NULL, TRUE);

  g_object_unref (self->service);
  g_object_unref (self->end);
  g_object_unref (self->certificate);
  g_object_unref (self->server);
  g_free (self);
}

/**
 * fl_porter_get_port:
 * @self: a porter
 *
 * Returns: where it is
 */
guint16
fl_porter_get_port (FlPorter *self)
{
  return self->port;
}
