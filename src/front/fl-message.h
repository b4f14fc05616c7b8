/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonObject *fl_message_new         (guint        id);
JsonObject *fl_message_new_about   (guint        id,
                                    const char  *name,
                                    const char  *value);
JsonObject *fl_message_new_length  (guint        id,
                                    gint64       limit,
                                    gint64       actual);
JsonObject *fl_message_new_expired (guint        id,
                                    gint64       expired_at,
                                    gint64       now);
JsonObject *fl_message_new_secret  (guint        id,
                                    const char  *secret);
JsonObject *fl_message_new_used    (gint64       used_at);
JsonObject *fl_message_new_privileged (gint64    expires_at,
                                       gint64    now);

G_END_DECLS
