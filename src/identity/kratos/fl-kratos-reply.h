/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-kratos-flow.h"

G_BEGIN_DECLS

typedef enum {
  FL_KRATOS_REPLY_NOTHING,  /* 204 */
  FL_KRATOS_REPLY_ERROR,    /* an error envelope */
  FL_KRATOS_REPLY_FLOW,
  FL_KRATOS_REPLY_LOGIN,    /* a session token and its session */
  FL_KRATOS_REPLY_SESSION,  /* whoami */
  FL_KRATOS_REPLY_TEXT,     /* not of the dialect, and asked for as it is */
} FlKratosReplyKind;

typedef struct {
  FlKratosReplyKind  kind;
  guint              status;

  gint64             retry_at;      /* Unix seconds: when the same may be asked for again; 0: nobody said */
  char              *error_id;      /* (nullable) */
  gboolean           is_replaced;   /* the envelope asks to begin another recovery */

  FlKratosFlow      *flow;

  FlSecret          *token;         /* (nullable): absent where it has not changed */
  int                level;         /* authenticator assurance level: 1 or 2 */
  gboolean           has_identity;  /* FALSE: hidden until the second factor has been given */
  char              *address;       /* (nullable) */

  char              *text;
} FlKratosReply;

FlKratosReply *fl_kratos_reply_parse (guint           status,
                                      const char     *body,
                                      gsize           length,
                                      gint64          skew,
                                      GError        **error);
FlKratosReply *fl_kratos_reply_new   (FlKratosReplyKind kind,
                                      guint           status);
void           fl_kratos_reply_free  (FlKratosReply  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlKratosReply, fl_kratos_reply_free)

G_END_DECLS
