/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fl-otpauth.h"

G_BEGIN_DECLS

#define FL_TYPE_DEMO (fl_demo_get_type ())
G_DECLARE_FINAL_TYPE (FlDemo, fl_demo, FL, DEMO, GObject)

FlDemo      *fl_demo_new               (void);
void         fl_demo_start_async       (FlDemo              *self,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
void         fl_demo_start_over_async  (FlDemo              *self,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
gboolean     fl_demo_finish            (FlDemo              *self,
                                        GAsyncResult        *result,
                                        GError             **error);
void         fl_demo_stop              (FlDemo              *self);
const char  *fl_demo_get_url           (FlDemo              *self);
GListModel  *fl_demo_get_mails         (FlDemo              *self);
FlOtpauth   *fl_demo_dup_maja          (FlDemo              *self);
const char  *fl_demo_get_maja_codes    (FlDemo              *self);

G_END_DECLS
