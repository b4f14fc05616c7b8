/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-secret.h"

G_BEGIN_DECLS

void fl_clipboard_copy   (GtkWidget *widget,
                          FlSecret  *text);
void fl_clipboard_forget (GtkWidget *widget);

G_END_DECLS
