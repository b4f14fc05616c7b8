/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-otpauth.h"

G_BEGIN_DECLS

#define FL_TYPE_PHONE (fl_phone_get_type ())
G_DECLARE_FINAL_TYPE (FlPhone, fl_phone, FL, PHONE, GtkWidget)

GtkWidget *fl_phone_new   (void);
void       fl_phone_add   (FlPhone    *self,
                           FlOtpauth  *account);
void       fl_phone_say   (FlPhone    *self,
                           const char *text);
void       fl_phone_clear (FlPhone    *self);
GPtrArray *fl_phone_dup_accounts (FlPhone *self);

G_END_DECLS
