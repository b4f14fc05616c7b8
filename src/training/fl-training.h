/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FL_TYPE_TRAINING (fl_training_get_type ())
G_DECLARE_FINAL_TYPE (FlTraining, fl_training, FL, TRAINING, AdwApplication)

GApplication *fl_training_new (void);

G_END_DECLS
