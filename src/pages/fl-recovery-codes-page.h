/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-page.h"

G_BEGIN_DECLS

#define FL_TYPE_RECOVERY_CODES_PAGE (fl_recovery_codes_page_get_type ())
G_DECLARE_FINAL_TYPE (FlRecoveryCodesPage, fl_recovery_codes_page, FL, RECOVERY_CODES_PAGE, FlPage)

G_END_DECLS
