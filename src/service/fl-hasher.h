/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fl-secret.h"

G_BEGIN_DECLS

typedef struct _FlHasher FlHasher;

FlHasher *fl_hasher_new           (GError              **error);
void      fl_hasher_free          (FlHasher             *self);
gboolean  fl_hasher_is_full       (FlHasher             *self);
void      fl_hasher_verify_async  (FlHasher             *self,
                                   FlSecret             *password,
                                   const char           *hash,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data);
gboolean  fl_hasher_verify_finish (GAsyncResult         *result,
                                   gboolean             *matches,
                                   GError              **error);
void      fl_hasher_hash_async    (FlHasher             *self,
                                   FlSecret             *password,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data);
char     *fl_hasher_hash_finish   (GAsyncResult         *result,
                                   GError              **error);

char     *fl_hasher_hash          (const FlSecret       *password,
                                   GError              **error);
gboolean  fl_hasher_is_hash       (const char           *text);
gboolean  fl_hasher_is_outdated   (const char           *hash);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlHasher, fl_hasher_free)

G_END_DECLS
