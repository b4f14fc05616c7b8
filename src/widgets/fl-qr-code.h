/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-secret.h"

G_BEGIN_DECLS

#define FL_TYPE_QR_CODE (fl_qr_code_get_type ())
G_DECLARE_FINAL_TYPE (FlQrCode, fl_qr_code, FL, QR_CODE, GtkWidget)

void          fl_qr_code_set_text      (FlQrCode *self,
                                        FlSecret *text);
void          fl_qr_code_set_waiting   (FlQrCode *self,
                                        gboolean  waiting);
GdkPaintable *fl_qr_code_get_paintable (FlQrCode *self);

G_END_DECLS
