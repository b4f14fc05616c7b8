/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define FL_TYPE_COUNTDOWN (fl_countdown_get_type ())
G_DECLARE_FINAL_TYPE (FlCountdown, fl_countdown, FL, COUNTDOWN, GObject)

FlCountdown *fl_countdown_new       (void);
void         fl_countdown_set_until (FlCountdown *self,
                                     gint64       until);
gboolean     fl_countdown_is_over   (FlCountdown *self);
char        *fl_countdown_format    (FlCountdown *self);

G_END_DECLS
