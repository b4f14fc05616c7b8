/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Whether a member may be absent (or null, which says the same in this dialect). */
typedef enum {
  FL_KRATOS_REQUIRED,
  FL_KRATOS_OPTIONAL,
} FlKratosNeed;

gboolean fl_kratos_read_object  (JsonObject    *from,
                                 const char    *member,
                                 FlKratosNeed   need,
                                 JsonObject   **value,
                                 GError       **error);
gboolean fl_kratos_read_array   (JsonObject    *from,
                                 const char    *member,
                                 FlKratosNeed   need,
                                 JsonArray    **value,
                                 GError       **error);
gboolean fl_kratos_read_string  (JsonObject    *from,
                                 const char    *member,
                                 FlKratosNeed   need,
                                 const char   **value,
                                 GError       **error);
gboolean fl_kratos_read_integer (JsonObject    *from,
                                 const char    *member,
                                 FlKratosNeed   need,
                                 gint64        *value,
                                 GError       **error);
gboolean fl_kratos_read_boolean (JsonObject    *from,
                                 const char    *member,
                                 FlKratosNeed   need,
                                 gboolean      *value,
                                 GError       **error);
gboolean fl_kratos_read_time    (JsonObject    *from,
                                 const char    *member,
                                 gint64        *value,
                                 GError       **error);
gboolean fl_kratos_read_uuid    (JsonObject    *from,
                                 const char    *member,
                                 const char   **value,
                                 GError       **error);
gboolean fl_kratos_read_element (JsonArray     *from,
                                 guint          index,
                                 JsonObject   **value,
                                 GError       **error);

G_END_DECLS
