/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

const char *fl_member_get_text    (JsonObject  *object,
                                   const char  *name);
JsonObject *fl_member_get_object  (JsonObject  *object,
                                   const char  *name);
JsonArray  *fl_member_get_array   (JsonObject  *object,
                                   const char  *name);
gboolean    fl_member_get_flag    (JsonObject  *object,
                                   const char  *name);
char       *fl_member_format_time (gint64       time);
void        fl_member_set_time    (JsonObject  *object,
                                   const char  *name,
                                   gint64       time);

G_END_DECLS
