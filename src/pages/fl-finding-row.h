/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-finding.h"
#include "fl-policy.h"

G_BEGIN_DECLS

#define FL_TYPE_FINDING_ROW (fl_finding_row_get_type ())
G_DECLARE_FINAL_TYPE (FlFindingRow, fl_finding_row, FL, FINDING_ROW, GtkListBoxRow)

GtkWidget *fl_finding_row_new             (FlFinding    *finding,
                                           FlPolicy     *policy);
FlFinding *fl_finding_row_get_finding     (FlFindingRow *self);
gboolean   fl_finding_row_needs_attention (FlFindingRow *self);

G_END_DECLS
