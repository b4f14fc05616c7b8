/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FL_TYPE_SUBMIT_BUTTON (fl_submit_button_get_type ())
G_DECLARE_FINAL_TYPE (FlSubmitButton, fl_submit_button, FL, SUBMIT_BUTTON, GtkButton)

void fl_submit_button_set_text (FlSubmitButton *self,
                                const char     *text);
void fl_submit_button_set_busy (FlSubmitButton *self,
                                gboolean        busy);

G_END_DECLS
