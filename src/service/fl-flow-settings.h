/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-flow.h"
#include "fl-session.h"

G_BEGIN_DECLS

#define FL_FLOW_SETTINGS_REVEAL "reveal"  /* marks a flow for one answer: the recovery codes are asked for */

void       fl_flow_settings_create       (FlExchange       *exchange);
void       fl_flow_settings_read         (FlExchange       *exchange);
void       fl_flow_settings_submit       (FlExchange       *exchange);

FlAccount *fl_flow_settings_find_account (FlExchange       *exchange,
                                          FlSession       **session);
FlFlow    *fl_flow_settings_new          (FlExchange       *exchange,
                                          const FlAccount  *account);
void       fl_flow_settings_reply        (FlFlow           *flow,
                                          FlExchange       *exchange,
                                          const FlAccount  *account,
                                          guint             status,
                                          gboolean          echo);
void       fl_flow_settings_refuse       (FlFlow           *flow,
                                          FlExchange       *exchange,
                                          const FlAccount  *account,
                                          const char       *field,
                                          JsonObject       *message);
void       fl_flow_settings_succeed      (FlFlow           *flow,
                                          FlExchange       *exchange,
                                          const FlAccount  *account);

G_END_DECLS
