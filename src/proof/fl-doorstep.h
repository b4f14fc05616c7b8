/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the server's port for plain HTTP answers to GET /, word for word: what answers anything else there is not the server
 * but the sign-in page of a network. A redirection to https on the same host will do as well. */
#define FL_DOORSTEP_TYPE "text/plain"
#define FL_DOORSTEP_TEXT "first-login\n"

char *fl_doorstep_for_server (const char *server);

G_END_DECLS
