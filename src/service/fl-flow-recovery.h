/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-exchange.h"

G_BEGIN_DECLS

void fl_flow_recovery_create (FlExchange *exchange);
void fl_flow_recovery_read   (FlExchange *exchange);
void fl_flow_recovery_submit (FlExchange *exchange);

G_END_DECLS
