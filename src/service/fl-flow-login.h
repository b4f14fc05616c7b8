/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-flow.h"
#include "fl-session.h"

G_BEGIN_DECLS

void fl_flow_login_create        (FlExchange       *exchange);
void fl_flow_login_read          (FlExchange       *exchange);
void fl_flow_login_submit        (FlExchange       *exchange);

void fl_flow_login_reply         (FlFlow           *flow,
                                  FlExchange       *exchange,
                                  guint             status);
void fl_flow_login_reply_session (FlExchange       *exchange,
                                  const FlSession  *session,
                                  const FlAccount  *account,
                                  const FlSecret   *token,
                                  gboolean          again);

G_END_DECLS
