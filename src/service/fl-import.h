/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-engine.h"

G_BEGIN_DECLS

typedef struct _FlImport FlImport;

FlImport *fl_import_new        (const char  *json,
                                GError     **error);
void      fl_import_free       (FlImport    *self);
void      fl_import_skip_known (FlImport    *self,
                                FlEngine    *engine);
gboolean  fl_import_hash       (FlImport    *self,
                                GError     **error);
void      fl_import_apply      (FlImport    *self,
                                FlEngine    *engine);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlImport, fl_import_free)

G_END_DECLS
