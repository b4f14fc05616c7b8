/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-secret.h"

G_BEGIN_DECLS

#define FL_TYPE_QR_WINDOW (fl_qr_window_get_type ())
G_DECLARE_FINAL_TYPE (FlQrWindow, fl_qr_window, FL, QR_WINDOW, AdwWindow)

GtkWidget *fl_qr_window_new (GtkWindow *parent,
                             FlSecret  *text);

G_END_DECLS
