/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "fl-gate-body.h"
#include "fl-gate-reason.h"

G_BEGIN_DECLS

/* What a call wants. */
typedef enum {
  FL_GATE_ASK_ADDRESS,        /* login: the address alone */
  FL_GATE_ASK_PASSWORD,
  FL_GATE_ASK_SECOND_FACTOR,  /* a code of the authenticator, or a recovery code */
  FL_GATE_ASK_MAIL,
  FL_GATE_ASK_CODE,           /* the code of a mail */
} FlGateAsk;

/**
 * FlGateRequest:
 * @kind: which call
 * @ask: what it wants
 * @flow: the id of the flow
 * @body: what stands in the body
 * @token: (nullable): the session token, where the call needs one
 * @agent: (nullable): what the client calls itself
 * @proof: (nullable): what `X-Altcha` says
 *
 * A call that has been understood. All that Kratos is sent is made of this, and nothing of what came is.
 */
typedef struct
{
  FlGateCallKind  kind;
  FlGateAsk       ask;
  char           *flow;
  FlGateBody     *body;
  char           *token;
  char           *agent;
  const char     *proof;
} FlGateRequest;

FlGateRequest *fl_gate_request_read       (FlGateCallKind       kind,
                                           SoupMessageHeaders  *headers,
                                           const char          *query,
                                           GBytes              *body,
                                           FlGateReason        *reason);
void           fl_gate_request_free       (FlGateRequest       *self);
char          *fl_gate_request_read_flow  (const char          *query);
GBytes        *fl_gate_request_write_body (const FlGateRequest *self);
SoupMessage   *fl_gate_request_to_message (const FlGateRequest *self,
                                           GInetAddress        *peer,
                                           const char          *upstream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlGateRequest, fl_gate_request_free)

G_END_DECLS
