/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-json-body.h"
#include "fl-kratos-identity-private.h"
#include "fl-kratos-problem.h"

G_BEGIN_DECLS

/* What a verb does next. It owns the verb and has to end in exactly one of fl_kratos_verb_get(), _ask(), _look(),
 * _submit(), _delete(), _need(), _fail(), _done(), _end(). @reply is NULL where nothing was asked, or where the answer was lost. */
typedef void (*FlKratosVerbFunc) (FlKratosVerb  *verb,
                                  FlKratosReply *reply);

struct _FlKratosVerb
{
  FlKratosIdentity *self;        /* kept alive by the task */
  GTask            *task;

  FlKratosVerbFunc  next;
  FlKratosVerbFunc  then;        /* what comes after a step that several verbs share */
  FlKratosVerbFunc  lost;        /* (nullable): goes on when an answer is lost, instead of failing */
  GError           *loss;        /* (nullable): why it was lost */
  FlKratosFlowKind  kind;        /* which flow it waits for */
  GSource          *cancelled;   /* (nullable): while it waits */
  gboolean          is_repeated; /* it has begun again once already */
  gboolean          is_detour;   /* it is on its way to ask for the password */
  gboolean          is_again;    /* it asks for another mail on the flow that has sent one already */
  gboolean          is_doubted;  /* whether its session has ended was asked once more */
  gboolean          is_enough;   /* it has brought what it was called for: what fails from now on is left out */

  /* what it was called with */
  char             *address;
  char             *language;
  char             *proof;
  FlSecret         *password;
  FlSecret         *code;
  FlSecret         *flow;
  FlFactor          factor;
  FlKratosNodes     wanted;      /* what the flow offers when the submit has done its work */

  FlAnswer         *answer;      /* what it has brought so far */
};

FlKratosVerb *fl_kratos_verb_new     (FlIdentity           *identity,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
void          fl_kratos_verb_set_flow (FlKratosVerb        *self,
                                      FlSecret             *flow);
void          fl_kratos_verb_get     (FlKratosVerb         *self,
                                      const char           *path,
                                      gboolean              with_token,
                                      FlKratosVerbFunc      next);
void          fl_kratos_verb_ask     (FlKratosVerb         *self,
                                      const char           *path,
                                      FlKratosVerbFunc      next);
void          fl_kratos_verb_look    (FlKratosVerb         *self,
                                      const char           *path,
                                      const FlSecret       *flow,
                                      gboolean              with_token,
                                      FlKratosVerbFunc      next);
void          fl_kratos_verb_submit  (FlKratosVerb         *self,
                                      const char           *path,
                                      const FlSecret       *flow,
                                      gboolean              with_token,
                                      FlJsonBody           *body,
                                      FlKratosVerbFunc      next);
void          fl_kratos_verb_delete  (FlKratosVerb         *self,
                                      const char           *path,
                                      FlJsonBody           *body,
                                      FlKratosVerbFunc      next);
void          fl_kratos_verb_need    (FlKratosVerb         *self,
                                      FlKratosFlowKind      kind,
                                      FlKratosVerbFunc      next);
void          fl_kratos_verb_resume  (FlKratosVerb         *self,
                                      const GError         *error);
void          fl_kratos_verb_refuse  (FlKratosVerb         *self,
                                      const FlKratosReply  *reply,
                                      FlKratosStep          step);
gboolean      fl_kratos_verb_repeats (FlKratosVerb         *self,
                                      const FlKratosReply  *reply,
                                      FlKratosStep          step,
                                      FlKratosFlowKind      kind);
gboolean      fl_kratos_verb_skipped (FlKratosVerb         *self,
                                      const FlKratosReply  *reply,
                                      FlKratosStep          step,
                                      FlKratosFlowKind      kind);
void          fl_kratos_verb_fail    (FlKratosVerb         *self,
                                      GError               *error);
void          fl_kratos_verb_fail_lost (FlKratosVerb       *self,
                                      FlKratosReply        *reply);
void          fl_kratos_verb_done    (FlKratosVerb         *self);
void          fl_kratos_verb_end     (FlKratosVerb         *self,
                                      FlOutcome             outcome);

G_END_DECLS
