/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FL_TYPE_ACCOUNT_ROW (fl_account_row_get_type ())
G_DECLARE_FINAL_TYPE (FlAccountRow, fl_account_row, FL, ACCOUNT_ROW, GtkWidget)

void fl_account_row_set_address    (FlAccountRow *self,
                                    const char   *address);
void fl_account_row_set_changeable (FlAccountRow *self,
                                    gboolean      changeable);

G_END_DECLS
