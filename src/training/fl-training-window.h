/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-demo.h"
#include "fl-policy.h"

G_BEGIN_DECLS

#define FL_TYPE_TRAINING_WINDOW (fl_training_window_get_type ())
G_DECLARE_FINAL_TYPE (FlTrainingWindow, fl_training_window, FL, TRAINING_WINDOW, AdwApplicationWindow)

GtkWidget *fl_training_window_new       (GtkApplication   *application,
                                         FlDemo           *demo);
void       fl_training_window_translate (FlTrainingWindow *self,
                                         const char       *language);

G_END_DECLS
