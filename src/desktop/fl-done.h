/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char     *fl_done_get_path     (void);
gboolean  fl_done_look         (const char           *server,
                                gboolean              wants_second_factor,
                                gint64                now);
void      fl_done_write_async  (const char           *server,
                                gboolean              has_second_factor,
                                gint64                now,
                                GAsyncReadyCallback   callback,
                                gpointer              user_data);
gboolean  fl_done_write_finish (GAsyncResult         *result,
                                GError              **error);

G_END_DECLS
