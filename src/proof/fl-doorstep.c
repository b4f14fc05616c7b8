/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-doorstep"

#include "config.h"

#include "fl-doorstep.h"

/**
 * fl_doorstep_for_server:
 * @server: a server's canonical address, as fl_link_parse_server() gives it
 *
 * Tells where the server is asked without encryption whether it is really there. A network that wants people to sign in
 * first can put its own page in the place of an answer over plain HTTP, but not of one over TLS (RFC 8952, section 1).
 *
 * Returns: (transfer full) (nullable): `http://HOST/`; a server that is plain HTTP itself keeps its port; %NULL for what
 *   is no address
 */
char *
fl_doorstep_for_server (const char *server)
{
  g_autoptr (GUri) uri = g_uri_parse (server, G_URI_FLAGS_NONE, NULL);
  gboolean is_plain;

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return NULL;

  is_plain = g_str_equal (g_uri_get_scheme (uri), "http");
  return g_uri_join (G_URI_FLAGS_NONE, "http", NULL, g_uri_get_host (uri), is_plain ? g_uri_get_port (uri) : -1, "/",
                     NULL, NULL);
}
