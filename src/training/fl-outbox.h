/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-post.h"

G_BEGIN_DECLS

#define FL_TYPE_OUTBOX (fl_outbox_get_type ())
G_DECLARE_FINAL_TYPE (FlOutbox, fl_outbox, FL, OUTBOX, GObject)

FlOutbox *fl_outbox_new   (void);
void      fl_outbox_clear (FlOutbox *self);

G_END_DECLS
