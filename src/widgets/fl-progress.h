/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-guide.h"

G_BEGIN_DECLS

#define FL_TYPE_PROGRESS (fl_progress_get_type ())
G_DECLARE_FINAL_TYPE (FlProgress, fl_progress, FL, PROGRESS, GtkWidget)

GtkWidget *fl_progress_new       (void);
void       fl_progress_set_stage (FlProgress *self,
                                  FlStage     stage);

G_END_DECLS
