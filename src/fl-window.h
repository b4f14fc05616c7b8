/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-journey.h"
#include "fl-policy.h"

G_BEGIN_DECLS

#define FL_TYPE_WINDOW (fl_window_get_type ())
G_DECLARE_FINAL_TYPE (FlWindow, fl_window, FL, WINDOW, AdwApplicationWindow)

GtkWindow *fl_window_new    (GtkApplication *application,
                             FlJourney      *journey,
                             FlPolicy       *policy);
void       fl_window_refill (FlWindow       *self);
void       fl_window_toast  (FlWindow       *self,
                             const char     *sentence);

G_END_DECLS
