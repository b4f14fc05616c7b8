/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-journey.h"

G_BEGIN_DECLS

#define FL_TYPE_ROBOT_BOX (fl_robot_box_get_type ())
G_DECLARE_FINAL_TYPE (FlRobotBox, fl_robot_box, FL, ROBOT_BOX, GtkWidget)

void fl_robot_box_set_state (FlRobotBox   *self,
                             FlRobotState  state);
void fl_robot_box_set_error (FlRobotBox   *self,
                             const char   *error);
void fl_robot_box_focus     (FlRobotBox   *self);

G_END_DECLS
