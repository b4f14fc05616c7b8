/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-policy.h"
#include "fl-journey-private.h"
#include "fl-still-identity.h"

G_BEGIN_DECLS

#define FL_POSE_ADDRESS "anna@flexhrm.example"
#define FL_POSE_FLOW "0b6b1d2a-6f0e-4c3d-9a4e-2f6c1d7e8a90"

/* A journey that stands at a step, for a page to be looked at. */
typedef struct {
  FlJourney       *journey;
  FlPolicy        *policy;
  FlStillIdentity *identity;
} FlPose;

FlPose *fl_pose_new         (FlStep     step);
void    fl_pose_free        (FlPose    *pose);
void    fl_pose_problem     (FlPose    *pose,
                             FlProblem  problem);
void    fl_pose_mail        (FlPose    *pose,
                             gint64     sent_seconds_ago);
void    fl_pose_robot       (FlPose    *pose,
                             gboolean   present);
void    fl_pose_enrolment   (FlPose    *pose);
void    fl_pose_codes       (FlPose    *pose);
void    fl_pose_until       (gboolean (*is_so) (gpointer data),
                             gpointer   data);
void    fl_pose_settle      (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlPose, fl_pose_free)

G_END_DECLS
