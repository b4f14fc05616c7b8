/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FL_JSON_ANSWER_MAX  (1024 * 1024)  /* bytes; what the client reads */
#define FL_JSON_REQUEST_MAX (64 * 1024)    /* bytes; what the service reads */

gboolean fl_json_check (const char  *data,
                        gsize        length,
                        gsize        limit,
                        GError     **error);

G_END_DECLS
