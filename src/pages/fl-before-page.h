/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-page.h"

G_BEGIN_DECLS

#define FL_TYPE_BEFORE_PAGE (fl_before_page_get_type ())
G_DECLARE_FINAL_TYPE (FlBeforePage, fl_before_page, FL, BEFORE_PAGE, FlPage)

G_END_DECLS
