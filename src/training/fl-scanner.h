/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-secret.h"

G_BEGIN_DECLS

FlSecret *fl_scanner_read (GtkWidget *widget);

G_END_DECLS
