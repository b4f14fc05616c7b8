/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "fl-secret.h"

G_BEGIN_DECLS

typedef enum {
  FL_KRATOS_STATE_CHOOSE_METHOD,
  FL_KRATOS_STATE_SENT_EMAIL,
  FL_KRATOS_STATE_PASSED_CHALLENGE,
  FL_KRATOS_STATE_SHOW_FORM,
  FL_KRATOS_STATE_SUCCESS,
  FL_KRATOS_STATE_FOREIGN,         /* of a dialect that is not spoken here: recovery v2, and what comes */
} FlKratosState;

/* The nodes that say what a flow offers. */
typedef enum {
  FL_KRATOS_NODE_PASSWORD          = 1 << 0,
  FL_KRATOS_NODE_IDENTIFIER_FIRST  = 1 << 1,
  FL_KRATOS_NODE_MAIL_ADDRESS      = 1 << 2,
  FL_KRATOS_NODE_MAIL_CODE         = 1 << 3,
  FL_KRATOS_NODE_TOTP_CODE         = 1 << 4,
  FL_KRATOS_NODE_TOTP_UNLINK       = 1 << 5,
  FL_KRATOS_NODE_LOOKUP_SECRET     = 1 << 6,
  FL_KRATOS_NODE_LOOKUP_REVEAL     = 1 << 7,
  FL_KRATOS_NODE_LOOKUP_REGENERATE = 1 << 8,
  FL_KRATOS_NODE_LOOKUP_CONFIRM    = 1 << 9,
} FlKratosNodes;

/* A message of a flow, or of one of its nodes. */
typedef struct {
  gint64      id;
  char       *node;     /* (nullable): NULL for a message of the flow as a whole */
  JsonObject *context;  /* (nullable) */
} FlKratosMessage;

typedef struct {
  FlSecret      *id;
  gint64         expires_at;      /* Unix seconds, by the clock of this computer */
  FlKratosState  state;
  FlKratosNodes  nodes;
  GPtrArray     *messages;        /* FlKratosMessage */

  char          *identifier;      /* (nullable): what the node of this name holds */
  char          *address;         /* (nullable): of the identity in a settings flow; else that the mail went to */
  gboolean       has_identity;
  FlSecret      *totp_secret;     /* (nullable) */
  GPtrArray     *codes;           /* (nullable): FlSecret, those not used yet */

  FlSecret      *token;           /* (nullable): continue_with, set_ory_session_token */
  FlSecret      *settings;        /* (nullable): continue_with, show_settings_ui */
} FlKratosFlow;

FlKratosFlow *fl_kratos_flow_new         (FlSecret            *id,
                                          gint64               expires_at);
FlKratosFlow *fl_kratos_flow_parse       (JsonObject          *object,
                                          gint64               skew,
                                          GError             **error);
void          fl_kratos_flow_free        (FlKratosFlow        *self);
gboolean      fl_kratos_flow_has         (const FlKratosFlow  *self,
                                          FlKratosNodes        nodes);
gboolean      fl_kratos_flow_is_refusal  (const FlKratosFlow  *self);
gboolean      fl_kratos_flow_is_replaced (JsonObject          *error_object,
                                          gboolean            *found,
                                          GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlKratosFlow, fl_kratos_flow_free)

G_END_DECLS
