/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-secret.h"

G_BEGIN_DECLS

#define FL_TYPE_QR_PAINTABLE (fl_qr_paintable_get_type ())
G_DECLARE_FINAL_TYPE (FlQrPaintable, fl_qr_paintable, FL, QR_PAINTABLE, GObject)

#define FL_QR_UNIT 4  /* px; a phone's camera reads modules of this size reliably, with room for blur */

FlQrPaintable *fl_qr_paintable_new       (FlSecret      *text);
int            fl_qr_paintable_get_width (FlQrPaintable *self);

G_END_DECLS
