/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void     fl_opener_open_async      (const char           *uri,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
gboolean fl_opener_open_finish     (GAsyncResult         *result,
                                    GError              **error);
void     fl_opener_can_open_async  (const char           *scheme,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
gboolean fl_opener_can_open_finish (GAsyncResult         *result,
                                    GError              **error);

G_END_DECLS
