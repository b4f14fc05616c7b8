/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FL_TYPE_INBOX (fl_inbox_get_type ())
G_DECLARE_FINAL_TYPE (FlInbox, fl_inbox, FL, INBOX, GtkWidget)

GtkWidget *fl_inbox_new   (GListModel *mails);
void       fl_inbox_close (FlInbox    *self);

G_END_DECLS
