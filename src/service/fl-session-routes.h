/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-exchange.h"
#include "fl-session.h"

G_BEGIN_DECLS

void fl_session_routes_whoami (FlExchange *exchange);
void fl_session_routes_logout (FlExchange *exchange);
void fl_session_routes_reply_second_factor (FlExchange *exchange,
                                            const char *return_to);

G_END_DECLS
