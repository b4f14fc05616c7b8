/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-page.h"

G_BEGIN_DECLS

#define FL_TYPE_EMAIL_PAGE (fl_email_page_get_type ())
G_DECLARE_FINAL_TYPE (FlEmailPage, fl_email_page, FL, EMAIL_PAGE, FlPage)

G_END_DECLS
