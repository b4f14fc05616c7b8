/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-page.h"

G_BEGIN_DECLS

#define FL_TYPE_PASSWORD_PAGE (fl_password_page_get_type ())
G_DECLARE_FINAL_TYPE (FlPasswordPage, fl_password_page, FL, PASSWORD_PAGE, FlPage)

G_END_DECLS
