/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-page.h"

G_BEGIN_DECLS

#define FL_TYPE_SECOND_FACTOR_PAGE (fl_second_factor_page_get_type ())
G_DECLARE_FINAL_TYPE (FlSecondFactorPage, fl_second_factor_page, FL, SECOND_FACTOR_PAGE, FlPage)

G_END_DECLS
