/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FL_TYPE_MAIL (fl_mail_get_type ())
G_DECLARE_FINAL_TYPE (FlMail, fl_mail, FL, MAIL, GObject)

FlMail     *fl_mail_new           (GBytes  *message,
                                   GError **error);
const char *fl_mail_get_sender    (FlMail  *self);
const char *fl_mail_get_recipient (FlMail  *self);
const char *fl_mail_get_subject   (FlMail  *self);
const char *fl_mail_get_html      (FlMail  *self);
GDateTime  *fl_mail_get_date      (FlMail  *self);

G_END_DECLS
