/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-page.h"

G_BEGIN_DECLS

#define FL_TYPE_INBOX_PAGE (fl_inbox_page_get_type ())
G_DECLARE_FINAL_TYPE (FlInboxPage, fl_inbox_page, FL, INBOX_PAGE, FlPage)

G_END_DECLS
