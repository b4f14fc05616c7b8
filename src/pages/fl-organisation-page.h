/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-page.h"

G_BEGIN_DECLS

#define FL_TYPE_ORGANISATION_PAGE (fl_organisation_page_get_type ())
G_DECLARE_FINAL_TYPE (FlOrganisationPage, fl_organisation_page, FL, ORGANISATION_PAGE, FlPage)

G_END_DECLS
