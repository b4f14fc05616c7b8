/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "fl-gate-metrics.h"
#include "fl-gate-reply.h"

G_BEGIN_DECLS

#define FL_TYPE_GATE_UPSTREAM (fl_gate_upstream_get_type ())
G_DECLARE_FINAL_TYPE (FlGateUpstream, fl_gate_upstream, FL, GATE_UPSTREAM, GObject)

FlGateUpstream *fl_gate_upstream_new        (guint                 seconds,
                                             guint                 connections,
                                             FlGateMetrics        *metrics);
void            fl_gate_upstream_ask_async  (FlGateUpstream       *self,
                                             SoupMessage          *message,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
FlGateReply    *fl_gate_upstream_ask_finish (FlGateUpstream       *self,
                                             GAsyncResult         *result,
                                             GError              **error);

G_END_DECLS
