/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-page.h"

G_BEGIN_DECLS

#define FL_TYPE_ACCOUNT_PAGE (fl_account_page_get_type ())
G_DECLARE_FINAL_TYPE (FlAccountPage, fl_account_page, FL, ACCOUNT_PAGE, FlPage)

G_END_DECLS
