/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-front"

#include "config.h"

#include "fl-loopback.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

/* Sockets that only this computer, or its own network, can reach. */

/* RFC 1918, and RFC 4193. */
static gboolean
is_own_network (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    return (bytes[0] & 0xfe) == 0xfc;
  return g_inet_address_get_is_site_local (address);
}

/**
 * fl_loopback_parse:
 * @text: an address, as `127.0.0.1:PORT` or `[::1]:PORT`
 * @own_networks: whether networks that nobody outside can reach will do as well
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the address, of this computer
 */
GSocketAddress *
fl_loopback_parse (const char  *text,
                   gboolean     own_networks,
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
  if (address == NULL
      || !(g_inet_address_get_is_loopback (address) || (own_networks && is_own_network (address))))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   own_networks ? "only an address of this computer (127.0.0.1 or [::1]) or of a network of your own will "
                                  "do, not “%s”"
                                : "a training service listens on this computer only (127.0.0.1 or [::1]), not on “%s”",
                   text);
      return NULL;
    }
  return g_inet_socket_address_new (address, (guint16) port);
}

/**
 * fl_loopback_listen:
 * @wanted: where to listen; port 0 picks one
 * @backlog: how many may wait to be accepted
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a socket that listens and does not block
 */
GSocket *
fl_loopback_listen (GSocketAddress  *wanted,
                    int              backlog,
                    GError         **error)
{
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (wanted), G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, backlog);
  return g_socket_bind (socket, wanted, TRUE, error) && g_socket_listen (socket, error)
         ? g_steal_pointer (&socket)
         : NULL;
}

/**
 * fl_loopback_make_anchor:
 * @error: return location for an error
 *
 * Makes a socket that listens and that nobody can reach: its name is gone before anybody could have read it.
 *
 * Returns: (transfer full) (nullable): the socket
 */
GSocket *
fl_loopback_make_anchor (GError **error)
{
  g_autofree char *directory = g_dir_make_tmp ("first-login-XXXXXX", error);
  g_autofree char *path = directory != NULL ? g_build_filename (directory, "socket", NULL) : NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;
  gboolean bound;

  if (path == NULL)
    return NULL;
  address = g_unix_socket_address_new (path);
  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  bound = socket != NULL && g_socket_bind (socket, address, FALSE, error);
  g_unlink (path);
  g_rmdir (directory);
  return bound && g_socket_listen (socket, error) ? g_steal_pointer (&socket) : NULL;
}
