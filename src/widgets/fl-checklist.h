/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FL_TYPE_CHECKLIST (fl_checklist_get_type ())
G_DECLARE_FINAL_TYPE (FlChecklist, fl_checklist, FL, CHECKLIST, GtkWidget)

int      fl_checklist_add      (FlChecklist *self,
                                const char  *text);
void     fl_checklist_set_text (FlChecklist *self,
                                int          item,
                                const char  *text);
void     fl_checklist_set_done (FlChecklist *self,
                                int          item,
                                gboolean     done);
gboolean fl_checklist_get_done (FlChecklist *self,
                                int          item);

G_END_DECLS
