/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-journey.h"
#include "fl-policy.h"

G_BEGIN_DECLS

void fl_about_show (GtkWindow *window,
                    FlPolicy  *policy,
                    FlJourney *journey);

G_END_DECLS
