/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-exchange.h"

G_BEGIN_DECLS

typedef enum {
  FL_FLOW_LOGIN = 1,
  FL_FLOW_RECOVERY,
  FL_FLOW_SETTINGS,
} FlFlowKind;

/**
 * FlFlow:
 * @id: UUID, the secret that a native flow is used with
 * @kind: what it is for
 * @account: (nullable): UUID of the account that it belongs to
 * @issued_at: Unix time in seconds
 * @updated_at: Unix time in seconds
 * @expires_at: Unix time in seconds
 * @tries: how many codes have been tried (recovery)
 * @totp_key: (nullable): the sealed key that waits to be enrolled (settings)
 * @codes: (nullable): the sealed recovery codes that wait to be confirmed, with spaces between (settings)
 * @data: all that is no secret: state, messages, and what the form shows
 *
 * A self-service flow: a form, what has been answered to it so far, and until when.
 */
typedef struct
{
  char       *id;
  FlFlowKind  kind;
  char       *account;
  gint64      issued_at;
  gint64      updated_at;
  gint64      expires_at;
  gint64      tries;
  GBytes     *totp_key;
  GBytes     *codes;
  JsonObject *data;
} FlFlow;

FlFlow     *fl_flow_new            (FlEngine    *engine,
                                    FlFlowKind   kind,
                                    const char  *state,
                                    const char  *account,
                                    const char  *request_url);
FlFlow     *fl_flow_find           (FlExchange  *exchange,
                                    FlFlowKind   kind,
                                    const char  *parameter);
FlFlow     *fl_flow_find_again     (FlExchange  *exchange,
                                    FlFlowKind   kind,
                                    const char  *id);
void        fl_flow_free           (FlFlow      *self);
void        fl_flow_save           (FlFlow      *self,
                                    FlEngine    *engine);
gboolean    fl_flow_has_expired    (const FlFlow *self);
gboolean    fl_flow_check_account  (const FlFlow *self,
                                    FlExchange  *exchange,
                                    const char  *account);

const char *fl_flow_get            (const FlFlow *self,
                                    const char  *name);
void        fl_flow_set            (FlFlow      *self,
                                    const char  *name,
                                    const char  *value);
gboolean    fl_flow_is             (const FlFlow *self,
                                    const char  *name);
void        fl_flow_mark           (FlFlow      *self,
                                    const char  *name);
void        fl_flow_clear_messages (FlFlow      *self);
void        fl_flow_say            (FlFlow      *self,
                                    JsonObject  *message);
void        fl_flow_say_about      (FlFlow      *self,
                                    const char  *field,
                                    JsonObject  *message);

JsonObject *fl_flow_to_json        (const FlFlow *self,
                                    FlEngine    *engine,
                                    JsonArray   *nodes);
void        fl_flow_reply_gone     (FlFlow      *self,
                                    FlExchange  *exchange,
                                    const char  *replacement,
                                    JsonObject  *details);
gboolean    fl_flow_reply_if_gone  (FlFlow      *self,
                                    FlExchange  *exchange);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlFlow, fl_flow_free)

G_END_DECLS
