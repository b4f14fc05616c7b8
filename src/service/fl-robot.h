/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-exchange.h"

G_BEGIN_DECLS

void     fl_robot_challenge (FlExchange *exchange);
gboolean fl_robot_admits    (FlExchange *exchange);

G_END_DECLS
