/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FL_TYPE_TRUST (fl_trust_get_type ())
G_DECLARE_FINAL_TYPE (FlTrust, fl_trust, FL, TRUST, GTlsDatabase)

void      fl_trust_load_async      (const char           *path,
                                    const char           *server,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
FlTrust  *fl_trust_load_finish     (GAsyncResult         *result,
                                    GError              **error);
guint     fl_trust_get_authorities (FlTrust              *self);
gboolean  fl_trust_is_needed       (FlTrust              *self);

G_END_DECLS
