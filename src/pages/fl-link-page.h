/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-page.h"

G_BEGIN_DECLS

#define FL_TYPE_LINK_PAGE (fl_link_page_get_type ())
G_DECLARE_FINAL_TYPE (FlLinkPage, fl_link_page, FL, LINK_PAGE, FlPage)

G_END_DECLS
