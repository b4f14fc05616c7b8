/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-flow.h"
#include "fl-session.h"

G_BEGIN_DECLS

char **fl_flow_settings_get_codes    (const FlFlow  *flow,
                                      FlEngine      *engine);
void   fl_flow_settings_submit_totp  (FlFlow        *flow,
                                      FlExchange    *exchange,
                                      FlSession     *session,
                                      FlAccount     *account);
void   fl_flow_settings_submit_codes (FlFlow        *flow,
                                      FlExchange    *exchange,
                                      FlSession     *session,
                                      FlAccount     *account);

G_END_DECLS
