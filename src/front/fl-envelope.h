/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

#define FL_STATUS_TOO_MANY_REQUESTS 429  /* RFC 6585; libsoup has no name for it */

JsonObject *fl_envelope_new             (guint               status,
                                         const char         *id,
                                         const char         *reason,
                                         JsonObject         *details);
void        fl_envelope_set_answer      (SoupServerMessage  *message,
                                         guint               status,
                                         JsonObject         *answer);
void        fl_envelope_set_bytes       (SoupServerMessage  *message,
                                         guint               status,
                                         GBytes             *answer);
void        fl_envelope_set_error       (SoupServerMessage  *message,
                                         guint               status,
                                         const char         *id,
                                         const char         *reason);
void        fl_envelope_set_retry_after (SoupServerMessage  *message,
                                         gint64              seconds);
gboolean    fl_envelope_is_from_browser (SoupMessageHeaders *headers);

G_END_DECLS
