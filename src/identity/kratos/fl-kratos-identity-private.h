/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-kratos-client.h"
#include "fl-kratos-flow.h"
#include "fl-kratos-identity.h"

G_BEGIN_DECLS

typedef struct _FlKratosVerb FlKratosVerb;

/* The flows that can be begun ahead. */
typedef enum {
  FL_KRATOS_FLOW_LOGIN,
  FL_KRATOS_FLOW_SECOND_FACTOR,
  FL_KRATOS_FLOW_REFRESH,
  FL_KRATOS_FLOW_RECOVERY,
  FL_KRATOS_FLOW_SETTINGS,
} FlKratosFlowKind;

#define FL_KRATOS_N_FLOWS (FL_KRATOS_FLOW_SETTINGS + 1)

/* A place for a flow of one kind: there, on its way, or neither. */
typedef struct {
  FlKratosFlow *flow;         /* (nullable) */
  gint64        good_until;   /* Unix seconds: from then on another is begun */
  gint64        mark;         /* how this computer's clock was set when that was noted */
  GCancellable *cancellable;  /* (nullable): of the request that is on its way */
  GPtrArray    *waiting;      /* FlKratosVerb, not owned: the verbs that go on when it is there */
} FlKratosPlace;

/* The mail that is on its way. */
typedef struct {
  FlSecret *flow;        /* (nullable): NULL when none is */
  gint64    expires_at;  /* Unix seconds */
  gint64    seen_at;     /* Unix seconds: when the flow was last known to be waiting */
  gint64    mark;        /* how this computer's clock was set when these times were noted */
  gboolean  is_tried;    /* a wrong code has been entered */
  char     *address;     /* (nullable) */
} FlKratosMail;

struct _FlKratosIdentity
{
  GObject         parent_instance;

  char           *server;
  char           *issuer;
  SoupSession    *session;
  char           *ca_file;    /* (nullable) */
  guint           deadline;
  FlKratosClient *client;

  FlSecret       *token;      /* (nullable) */
  int             level;      /* of the session; 0 unknown */
  char           *address;    /* (nullable): whom this is about, as far as is known */
  FlSecret       *redeemed;   /* (nullable): the recovery flow that gave the session */
  FlSecret       *unsure;     /* (nullable): the new password that the answer was lost to, so that it may be set */
  FlKratosMail    mail;
  FlKratosPlace   places[FL_KRATOS_N_FLOWS];
};

/* What is known, and what is forgotten */
void          fl_kratos_identity_take_session    (FlKratosIdentity *self,
                                                  FlSecret         *token,
                                                  int               level);
void          fl_kratos_identity_forget_session  (FlKratosIdentity *self);
void          fl_kratos_identity_set_address     (FlKratosIdentity *self,
                                                  const char       *address);
void          fl_kratos_identity_set_mail        (FlKratosIdentity *self,
                                                  FlKratosFlow     *flow,
                                                  const char       *address);
void          fl_kratos_identity_forget_mail     (FlKratosIdentity *self);

/* fl-kratos-places.c */
void          fl_kratos_identity_begin           (FlKratosIdentity *self,
                                                  FlKratosFlowKind  kind);
FlKratosFlow *fl_kratos_identity_get_flow        (FlKratosIdentity *self,
                                                  FlKratosFlowKind  kind);
void          fl_kratos_identity_set_flow        (FlKratosIdentity *self,
                                                  FlKratosFlowKind  kind,
                                                  FlKratosFlow     *flow);
void          fl_kratos_identity_drop_flow       (FlKratosIdentity *self,
                                                  FlKratosFlowKind  kind);

/* fl-kratos-journal.c */
GVariant     *fl_kratos_identity_save            (FlIdentity       *identity);
gboolean      fl_kratos_identity_restore         (FlKratosIdentity *self,
                                                  GVariant         *record);

G_END_DECLS
