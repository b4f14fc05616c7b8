/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How hard a password is to guess. */
typedef enum {
  FL_STRENGTH_NONE,  /* there is no password yet */
  FL_STRENGTH_VERY_WEAK,
  FL_STRENGTH_WEAK,
  FL_STRENGTH_GOOD,
  FL_STRENGTH_STRONG,
} FlStrength;

#define FL_TYPE_STRENGTH_METER (fl_strength_meter_get_type ())
G_DECLARE_FINAL_TYPE (FlStrengthMeter, fl_strength_meter, FL, STRENGTH_METER, GtkWidget)

void        fl_strength_meter_set_password (FlStrengthMeter    *self,
                                            const char         *password,
                                            const char * const *words);
FlStrength  fl_strength_meter_get_strength (FlStrengthMeter    *self);
const char *fl_strength_meter_get_text     (FlStrengthMeter    *self);

G_END_DECLS
