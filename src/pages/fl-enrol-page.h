/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-page.h"

G_BEGIN_DECLS

#define FL_TYPE_ENROL_PAGE (fl_enrol_page_get_type ())
G_DECLARE_FINAL_TYPE (FlEnrolPage, fl_enrol_page, FL, ENROL_PAGE, FlPage)

G_END_DECLS
