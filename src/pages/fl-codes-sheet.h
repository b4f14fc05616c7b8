/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-policy.h"
#include "fl-secret.h"

G_BEGIN_DECLS

FlSecret          *fl_codes_sheet_write       (GPtrArray            *codes,
                                               FlPolicy             *policy,
                                               const char           *address);
char              *fl_codes_sheet_suggest_name (FlPolicy            *policy);
void               fl_codes_sheet_save_async  (FlSecret             *sheet,
                                               GFile                *file,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
gboolean           fl_codes_sheet_save_finish (GAsyncResult         *result,
                                               GError              **error);
GtkPrintOperation *fl_codes_sheet_print       (FlSecret             *sheet);

G_END_DECLS
