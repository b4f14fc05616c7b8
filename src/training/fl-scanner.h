/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-secret.h"

G_BEGIN_DECLS

void      fl_scanner_read_async  (GtkWidget           *widget,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);
FlSecret *fl_scanner_read_finish (GAsyncResult        *result);

G_END_DECLS
