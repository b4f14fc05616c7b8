/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-journey.h"
#include "fl-policy.h"

G_BEGIN_DECLS

#define FL_TYPE_ASSISTANT (fl_assistant_get_type ())
G_DECLARE_FINAL_TYPE (FlAssistant, fl_assistant, FL, ASSISTANT, AdwBin)

GtkWidget *fl_assistant_new       (FlJourney   *journey,
                                  FlPolicy    *policy);
void       fl_assistant_take_over (FlAssistant *self,
                                   FlAssistant *from);

G_END_DECLS
