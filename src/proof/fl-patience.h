/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _FlPatience FlPatience;

FlPatience   *fl_patience_new             (guint             seconds,
                                           GCancellable     *caller);
void          fl_patience_free            (FlPatience       *self);
GCancellable *fl_patience_get_cancellable (FlPatience       *self);
gboolean      fl_patience_is_over         (const FlPatience *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlPatience, fl_patience_free)

G_END_DECLS
