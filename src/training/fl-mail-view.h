/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-mail.h"

G_BEGIN_DECLS

#define FL_TYPE_MAIL_VIEW (fl_mail_view_get_type ())
G_DECLARE_FINAL_TYPE (FlMailView, fl_mail_view, FL, MAIL_VIEW, GtkWidget)

GtkWidget *fl_mail_view_new (FlMail *mail);

G_END_DECLS
