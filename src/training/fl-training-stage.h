/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-phone.h"

G_BEGIN_DECLS

#define FL_TYPE_TRAINING_STAGE (fl_training_stage_get_type ())
G_DECLARE_FINAL_TYPE (FlTrainingStage, fl_training_stage, FL, TRAINING_STAGE, GtkWidget)

GtkWidget *fl_training_stage_new       (GListModel      *mails);
FlPhone   *fl_training_stage_get_phone (FlTrainingStage *self);
void       fl_training_stage_set_notes (FlTrainingStage *self,
                                        const char      *notes);
void       fl_training_stage_set_product (FlTrainingStage *self,
                                          const char      *product);
void       fl_training_stage_show_page (FlTrainingStage *self,
                                        const char      *uri);
void       fl_training_stage_clear_desk (FlTrainingStage *self);

G_END_DECLS
