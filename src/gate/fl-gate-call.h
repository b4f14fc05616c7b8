/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "fl-altcha.h"
#include "fl-gate-parts.h"
#include "fl-gate-request.h"

G_BEGIN_DECLS

/**
 * FlGateCall:
 * @parts: the gate
 * @message: the request and its answer
 * @kind: which call it is
 * @begun: when it came, in monotonic microseconds
 * @request: (nullable): what was understood of it
 * @peer: who asks
 * @account: (nullable): for whom it is counted
 * @proof: (nullable): the work that was done for it
 * @reply: (nullable): what Kratos has answered
 * @failure: why there is no answer of Kratos to pass on
 * @grid: microseconds between the moments at which it may be answered, 0 for at once
 * @pending: questions to the store whose answers are still to come
 * @is_counted: whether an attempt has been counted that may have to be given back
 * @is_waiting: whether the message is paused
 * @is_gone: whether nobody is there any more to be answered
 *
 * One call and its one answer. It frees itself with that.
 */
typedef struct
{
  FlGateParts       *parts;
  SoupServerMessage *message;
  FlGateCallKind     kind;
  gint64             begun;
  FlGateRequest     *request;
  GInetAddress      *peer;
  GBytes            *account;
  FlAltchaProof     *proof;
  FlGateReply       *reply;
  FlGateReason       failure;
  gint64             grid;
  guint              pending;
  gboolean           is_counted;
  gboolean           is_waiting;
  gboolean           is_gone;
} FlGateCall;

FlGateCall *fl_gate_call_new         (FlGateParts       *parts,
                                      SoupServerMessage *message,
                                      FlGateCallKind     kind);
void        fl_gate_call_wait        (FlGateCall        *self);
void        fl_gate_call_note_store  (FlGateCall        *self,
                                      const GError      *error);
void        fl_gate_call_answer      (FlGateCall        *self);
void        fl_gate_call_answer_json (FlGateCall        *self,
                                      const char        *json);
void        fl_gate_call_refuse      (FlGateCall        *self,
                                      FlGateReason       reason,
                                      gint64             retry_after);

G_END_DECLS
