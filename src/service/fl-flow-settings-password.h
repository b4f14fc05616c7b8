/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-account.h"
#include "fl-flow.h"

G_BEGIN_DECLS

void fl_flow_settings_submit_password (FlFlow      *flow,
                                       FlExchange  *exchange,
                                       FlAccount   *account);

G_END_DECLS
