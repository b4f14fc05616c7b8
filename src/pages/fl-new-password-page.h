/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-page.h"

G_BEGIN_DECLS

#define FL_TYPE_NEW_PASSWORD_PAGE (fl_new_password_page_get_type ())
G_DECLARE_FINAL_TYPE (FlNewPasswordPage, fl_new_password_page, FL, NEW_PASSWORD_PAGE, FlPage)

G_END_DECLS
