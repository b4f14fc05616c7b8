/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-engine.h"

G_BEGIN_DECLS

typedef enum {
  FL_COUNTER_PASSWORD = 1,
  FL_COUNTER_MAIL_CODE,
  FL_COUNTER_TOTP,
  FL_COUNTER_RECOVERY_CODE,
  FL_COUNTER_MAIL,
} FlCounter;

gint64 fl_throttle_try   (FlEngine    *engine,
                          FlCounter    counter,
                          const char  *address);
gint64 fl_throttle_mail  (FlEngine    *engine,
                          const char  *address);
void   fl_throttle_clear (FlEngine    *engine,
                          FlCounter    counter,
                          const char  *address);

G_END_DECLS
