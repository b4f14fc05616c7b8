/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-doctor.h"

G_BEGIN_DECLS

void fl_toolkit_tell (FlDoctor  *doctor,
                      GtkNative *window);

G_END_DECLS
