/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-altcha.h"

G_BEGIN_DECLS

#define FL_ROBOT_WORK_LIFESPAN 600  /* seconds: a person may tick the box, be called to the telephone, and come back */

char          *fl_robot_work_challenge (GBytes      *key,
                                        gint64       now);
FlAltchaProof *fl_robot_work_open      (const char  *payload,
                                        GBytes      *key,
                                        gint64       now,
                                        GError     **error);

G_END_DECLS
