/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-identity.h"

G_BEGIN_DECLS

typedef enum {
  FL_ROBOT_UNCHECKED,         /* the box is there (or it is not known yet that it is not) and not ticked */
  FL_ROBOT_CHECKING,          /* ticked: the proof is being computed */
  FL_ROBOT_CHECKED,
  FL_ROBOT_ABSENT,            /* the server has no robot check: no box */
} FlRobotState;

#define FL_TYPE_ROBOT_CHECK (fl_robot_check_get_type ())
G_DECLARE_FINAL_TYPE (FlRobotCheck, fl_robot_check, FL, ROBOT_CHECK, GObject)

/* Property "state" (FlRobotState as uint) notifies; signal "failed" (GError) tells why a tick did not hold. */
FlRobotCheck *fl_robot_check_new           (FlIdentity           *identity);
FlRobotState  fl_robot_check_get_state     (FlRobotCheck         *self);
void          fl_robot_check_look          (FlRobotCheck         *self);
void          fl_robot_check_tick          (FlRobotCheck         *self,
                                            gboolean              ticked);
void          fl_robot_check_obtain        (FlRobotCheck         *self,
                                            gboolean              silently,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
gboolean      fl_robot_check_obtain_finish (FlRobotCheck         *self,
                                            GAsyncResult         *result,
                                            char                **proof,
                                            GError              **error);
void          fl_robot_check_spend         (FlRobotCheck         *self);

G_END_DECLS
