/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FL_GATE_REPLY_MOST (256 * 1024)  /* bytes; an answer of these calls has a few thousand */

/**
 * FlGateReply:
 * @status: the HTTP status
 * @body: (nullable): the JSON as it came; %NULL beside a status of 500 and above, whose body is not passed on
 * @error_id: (nullable): what the header `Ory-Error-Id` is to say
 * @retry_after: seconds until Kratos wants to be asked again, 0 when it did not say
 * @token: (nullable): the session that was given out
 * @is_redeemed: whether the code of a mail was right
 *
 * What Kratos has answered, and what the gate learns from it.
 */
typedef struct
{
  guint     status;
  GBytes   *body;
  char     *error_id;
  gint64    retry_after;
  char     *token;
  gboolean  is_redeemed;
} FlGateReply;

FlGateReply *fl_gate_reply_read (guint        status,
                                 const char  *type,
                                 GBytes      *body);
void         fl_gate_reply_free (FlGateReply *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlGateReply, fl_gate_reply_free)

G_END_DECLS
