/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "fl-engine.h"

G_BEGIN_DECLS

void fl_router_answer (FlEngine           *engine,
                       SoupServerMessage  *message,
                       GBytes             *body);

G_END_DECLS
