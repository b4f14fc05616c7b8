/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

void      fl_kratos_diagnose_async  (SoupSession          *session,
                                     const char           *server,
                                     SoupMessage          *message,
                                     gboolean              is_answered,
                                     GError               *problem,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
GError   *fl_kratos_diagnose_finish (GAsyncResult         *result);

G_END_DECLS
