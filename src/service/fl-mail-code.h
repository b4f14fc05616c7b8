/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-account.h"
#include "fl-flow.h"

G_BEGIN_DECLS

void       fl_mail_code_send   (FlExchange      *exchange,
                                const FlFlow    *flow,
                                const char      *address);
FlAccount *fl_mail_code_redeem (FlEngine        *engine,
                                const FlFlow    *flow,
                                const FlSecret  *code);

G_END_DECLS
