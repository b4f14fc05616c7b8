/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-post.h"

G_BEGIN_DECLS

#define FL_TYPE_POST_SMTP (fl_post_smtp_get_type ())

G_DECLARE_FINAL_TYPE (FlPostSmtp, fl_post_smtp, FL, POST_SMTP, GObject)

FlPost *fl_post_smtp_new (const char  *url,
                          GError     **error);

G_END_DECLS
