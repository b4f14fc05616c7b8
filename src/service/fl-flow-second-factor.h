/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-flow.h"
#include "fl-session.h"

G_BEGIN_DECLS

void fl_flow_second_factor_build  (const FlFlow     *flow,
                                   const FlAccount  *account,
                                   JsonArray        *nodes);
void fl_flow_second_factor_submit (FlFlow           *flow,
                                   FlExchange       *exchange,
                                   FlSession        *session,
                                   FlAccount        *account);

G_END_DECLS
