/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-page.h"

G_BEGIN_DECLS

#define FL_TYPE_ALL_SET_PAGE (fl_all_set_page_get_type ())
G_DECLARE_FINAL_TYPE (FlAllSetPage, fl_all_set_page, FL, ALL_SET_PAGE, FlPage)

G_END_DECLS
