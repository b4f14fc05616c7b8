/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-verb.h"

/* One verb on its way through its requests: the task that ends it, what it was called with, and what it has brought.
 * Whoever has the verb owns it; each step hands it on. All that can go wrong comes together in fl_kratos_verb_fail(),
 * where the detours (the second factor first, the password first) become outcomes. */

static void
verb_free (FlKratosVerb *self)
{
  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);
  g_clear_error (&self->loss);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->language, g_free);
  g_clear_pointer (&self->proof, g_free);
  g_clear_pointer (&self->password, fl_secret_unref);
  g_clear_pointer (&self->code, fl_secret_unref);
  g_clear_pointer (&self->flow, fl_secret_unref);
  g_clear_pointer (&self->answer, fl_answer_free);
  g_clear_object (&self->task);
  g_free (self);
}

static void
on_send_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  FlKratosVerb *self = user_data;
  g_autoptr (FlKratosReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  FlKratosVerbFunc lost = self->lost;

  self->lost = NULL;
  reply = fl_kratos_client_send_finish (FL_KRATOS_CLIENT (source), result, &error);
  if (reply != NULL)
    {
      self->next (self, reply);
    }
  else if (lost != NULL && fl_kratos_problem_is_loss (error))
    {
      /* The first loss counts: the second is that of the look at what became of it. */
      if (self->loss == NULL)
        self->loss = g_steal_pointer (&error);
      lost (self, NULL);
    }
  else
    {
      fl_kratos_verb_fail (self, g_steal_pointer (&error));
    }
}

static void
send_request (FlKratosVerb     *self,
              const char       *method,
              const char       *path,
              gboolean          with_token,
              FlJsonBody       *body,
              gboolean          as_text,
              FlKratosVerbFunc  next)
{
  g_autoptr (GBytes) bytes = body != NULL ? fl_json_body_finish (body) : NULL;
  FlKratosRequest request = {
    .method = method,
    .path = path,
    .token = with_token ? self->self->token : NULL,
    .proof = self->proof,
    .body = bytes,
    .as_text = as_text,
  };

  self->next = next;
  fl_kratos_client_send (self->self->client, &request, g_task_get_cancellable (self->task), on_send_ready, self);
}

static gboolean
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  FlKratosVerb *self = user_data;

  g_ptr_array_remove (self->self->places[self->kind].waiting, self);
  g_task_return_error_if_cancelled (self->task);
  verb_free (self);

  return G_SOURCE_REMOVE;
}

/* A recovered session of a person without a password that has grown old is a dead end: the refresh flow then offers no
 * password, and the way on is a new mail. */
static void
on_refresh_begun (FlKratosVerb  *self,
                  FlKratosReply *reply)
{
  FlKratosFlow *flow = fl_kratos_identity_get_flow (self->self, FL_KRATOS_FLOW_REFRESH);

  fl_kratos_verb_end (self, fl_kratos_flow_has (flow, FL_KRATOS_NODE_PASSWORD) ? FL_OUTCOME_PASSWORD_FIRST
                                                                               : FL_OUTCOME_MAIL_FIRST);
}

/**
 * fl_kratos_verb_new:
 * @identity: the identity that is asked
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Returns: (transfer full): a verb at its beginning
 */
FlKratosVerb *
fl_kratos_verb_new (FlIdentity          *identity,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  FlKratosVerb *self = g_new0 (FlKratosVerb, 1);

  self->self = FL_KRATOS_IDENTITY (identity);
  self->task = g_task_new (identity, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, fl_identity_finish);
  self->answer = fl_answer_new (FL_OUTCOME_DONE);

  return self;
}

/**
 * fl_kratos_verb_set_flow:
 * @self: a verb
 * @flow: the flow that it works with: an answer has to be about this one
 */
void
fl_kratos_verb_set_flow (FlKratosVerb *self,
                         FlSecret     *flow)
{
  FlSecret *previous = self->flow;

  self->flow = fl_secret_ref (flow);
  g_clear_pointer (&previous, fl_secret_unref);
}

/**
 * fl_kratos_verb_get:
 * @self: (transfer full): a verb
 * @path: what to get
 * @with_token: whether the session goes along
 * @next: goes on with the answer
 */
void
fl_kratos_verb_get (FlKratosVerb     *self,
                    const char       *path,
                    gboolean          with_token,
                    FlKratosVerbFunc  next)
{
  send_request (self, "GET", path, with_token, NULL, FALSE, next);
}

/**
 * fl_kratos_verb_ask:
 * @self: (transfer full): a verb
 * @path: what to get, outside the dialect of the flows
 * @next: goes on with the answer as text
 */
void
fl_kratos_verb_ask (FlKratosVerb     *self,
                    const char       *path,
                    FlKratosVerbFunc  next)
{
  send_request (self, "GET", path, FALSE, NULL, TRUE, next);
}

/**
 * fl_kratos_verb_look:
 * @self: (transfer full): a verb
 * @path: where flows of its kind are read again
 * @flow: the flow's id
 * @with_token: whether the session goes along
 * @next: goes on with the answer
 */
void
fl_kratos_verb_look (FlKratosVerb     *self,
                     const char       *path,
                     const FlSecret   *flow,
                     gboolean          with_token,
                     FlKratosVerbFunc  next)
{
  char *target = g_strconcat (path, "?id=", fl_secret_get_text (flow), NULL);

  send_request (self, "GET", target, with_token, NULL, FALSE, next);
  fl_secret_wipe_string (target);
}

/**
 * fl_kratos_verb_submit:
 * @self: (transfer full): a verb
 * @path: where flows of its kind are submitted
 * @flow: the flow's own id
 * @with_token: whether the session goes along
 * @body: (transfer full): what is submitted
 * @next: goes on with the answer
 */
void
fl_kratos_verb_submit (FlKratosVerb     *self,
                       const char       *path,
                       const FlSecret   *flow,
                       gboolean          with_token,
                       FlJsonBody       *body,
                       FlKratosVerbFunc  next)
{
  char *target = g_strconcat (path, "?flow=", fl_secret_get_text (flow), NULL);

  send_request (self, "POST", target, with_token, body, FALSE, next);
  fl_secret_wipe_string (target);
}

/**
 * fl_kratos_verb_delete:
 * @self: (transfer full): a verb
 * @path: what to delete
 * @body: (transfer full): what goes along
 * @next: goes on with the answer
 */
void
fl_kratos_verb_delete (FlKratosVerb     *self,
                       const char       *path,
                       FlJsonBody       *body,
                       FlKratosVerbFunc  next)
{
  send_request (self, "DELETE", path, FALSE, body, FALSE, next);
}

/**
 * fl_kratos_verb_need:
 * @self: (transfer full): a verb
 * @kind: which flow it needs
 * @next: goes on, without an answer, when the flow is in its place
 *
 * Waits for a flow that is on its way, begins one where none is, and goes on at once where one is there.
 */
void
fl_kratos_verb_need (FlKratosVerb     *self,
                     FlKratosFlowKind  kind,
                     FlKratosVerbFunc  next)
{
  GCancellable *cancellable = g_task_get_cancellable (self->task);

  self->next = next;
  self->kind = kind;
  if (fl_kratos_identity_get_flow (self->self, kind) != NULL)
    {
      next (self, NULL);
      return;
    }

  if (cancellable != NULL)
    {
      self->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->cancelled, G_SOURCE_FUNC (on_cancelled), self, NULL);
      g_source_attach (self->cancelled, g_main_context_get_thread_default ());
    }
  g_ptr_array_add (self->self->places[kind].waiting, self);
  fl_kratos_identity_begin (self->self, kind);
}

/**
 * fl_kratos_verb_resume:
 * @self: (transfer full): a verb that has waited for a flow
 * @error: (nullable): why the flow could not be begun
 */
void
fl_kratos_verb_resume (FlKratosVerb *self,
                       const GError *error)
{
  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);

  if (error == NULL)
    {
      self->next (self, NULL);
    }
  else if (self->lost != NULL && g_error_matches (error, FL_KRATOS_DETOUR, FL_KRATOS_DETOUR_RAISED))
    {
      FlKratosVerbFunc lost = self->lost;

      self->lost = NULL;
      self->loss = g_error_copy (error);
      lost (self, NULL);
    }
  else
    {
      fl_kratos_verb_fail (self, g_error_copy (error));
    }
}

/**
 * fl_kratos_verb_refuse:
 * @self: (transfer full): a verb
 * @reply: an answer that is not what was wanted
 * @step: what was being done
 */
void
fl_kratos_verb_refuse (FlKratosVerb        *self,
                       const FlKratosReply *reply,
                       FlKratosStep         step)
{
  fl_kratos_verb_fail (self, fl_kratos_problem_from_reply (reply, step));
}

/**
 * fl_kratos_verb_repeats:
 * @self: a verb
 * @reply: an answer
 * @step: what was being done
 * @kind: the flow that it was done with
 *
 * A flow that has expired, or that the server has cleaned away, has taken nothing in. It is forgotten here.
 *
 * Returns: whether the verb may begin again with a new flow; it may once
 */
gboolean
fl_kratos_verb_repeats (FlKratosVerb        *self,
                        const FlKratosReply *reply,
                        FlKratosStep         step,
                        FlKratosFlowKind     kind)
{
  g_autoptr (GError) error = NULL;

  if (reply->kind != FL_KRATOS_REPLY_ERROR && reply->kind != FL_KRATOS_REPLY_FLOW)
    return FALSE;

  error = fl_kratos_problem_from_reply (reply, step);
  if (!g_error_matches (error, FL_KRATOS_DETOUR, FL_KRATOS_DETOUR_EXPIRED) &&
      !g_error_matches (error, FL_KRATOS_DETOUR, FL_KRATOS_DETOUR_UNKNOWN))
    return FALSE;

  fl_kratos_identity_drop_flow (self->self, kind);
  if (self->is_repeated)
    return FALSE;

  self->is_repeated = TRUE;
  return TRUE;
}

/**
 * fl_kratos_verb_skipped:
 * @self: a verb
 * @reply: an answer
 * @step: what was being done, with a session and a login flow
 * @kind: the flow that it was done with
 *
 * To somebody who is signed in Kratos does not say that a login flow has expired, but by message 4000001 that there is
 * nothing to sign in to. It has not looked at what was submitted then. The flow is forgotten here.
 *
 * Returns: whether the verb may begin again with a new flow; it may once
 */
gboolean
fl_kratos_verb_skipped (FlKratosVerb        *self,
                        const FlKratosReply *reply,
                        FlKratosStep         step,
                        FlKratosFlowKind     kind)
{
  g_autoptr (GError) error = NULL;

  if (self->is_repeated || reply->kind != FL_KRATOS_REPLY_FLOW || !fl_kratos_flow_is_refusal (reply->flow))
    return FALSE;

  error = fl_kratos_problem_from_reply (reply, step);
  if (!g_error_matches (error, FL_PROBLEM, FL_PROBLEM_PROTOCOL))
    return FALSE;

  fl_kratos_identity_drop_flow (self->self, kind);
  self->is_repeated = TRUE;
  return TRUE;
}

static void
on_end_believed (FlKratosVerb  *self,
                 FlKratosReply *reply)
{
  fl_kratos_verb_fail (self, fl_problem_new (FL_PROBLEM_SESSION_ENDED, "the server does not know the session any more"));
}

/* While its database is away Kratos answers 401 to whoever has a session, whatever has become of it, and says what is wrong
 * to those who have none. So that is asked: for what comes next in any case, when the session has really ended. */
static void
doubt_end (FlKratosVerb *self)
{
  self->is_doubted = TRUE;
  self->lost = NULL;
  fl_kratos_identity_drop_flow (self->self, FL_KRATOS_FLOW_LOGIN);
  fl_kratos_verb_need (self, FL_KRATOS_FLOW_LOGIN, on_end_believed);
}

/**
 * fl_kratos_verb_fail:
 * @self: (transfer full): a verb
 * @error: (transfer full): a problem, a cancellation, or a detour
 *
 * Ends the verb with the problem; a detour that the person has to take ends it with that outcome.
 */
void
fl_kratos_verb_fail (FlKratosVerb *self,
                     GError       *error)
{
  if (self->is_enough)
    {
      g_error_free (error);
      fl_kratos_verb_done (self);
      return;
    }

  if (g_error_matches (error, FL_KRATOS_DETOUR, FL_KRATOS_DETOUR_SECOND_FACTOR))
    {
      g_error_free (error);
      fl_kratos_identity_begin (self->self, FL_KRATOS_FLOW_SECOND_FACTOR);
      fl_kratos_verb_end (self, FL_OUTCOME_SECOND_FACTOR_FIRST);
      return;
    }

  if (g_error_matches (error, FL_KRATOS_DETOUR, FL_KRATOS_DETOUR_PASSWORD) && !self->is_detour)
    {
      g_error_free (error);
      self->is_detour = TRUE;
      fl_kratos_verb_need (self, FL_KRATOS_FLOW_REFRESH, on_refresh_begun);
      return;
    }

  if (error->domain == FL_KRATOS_DETOUR)
    {
      g_autoptr (GError) detour = error;

      error = fl_problem_new (FL_PROBLEM_PROTOCOL, detour->message);
    }

  if (g_error_matches (error, FL_PROBLEM, FL_PROBLEM_SESSION_ENDED))
    {
      if (self->self->token != NULL && !self->is_doubted)
        {
          g_error_free (error);
          doubt_end (self);
          return;
        }

      fl_kratos_identity_forget_session (self->self);
    }

  g_task_return_error (self->task, error);
  verb_free (self);
}

/**
 * fl_kratos_verb_fail_lost:
 * @self: (transfer full): a verb whose answer was lost
 * @reply: (nullable): what was seen when it was looked for
 *
 * Ends the verb with what the answer was lost by.
 */
void
fl_kratos_verb_fail_lost (FlKratosVerb  *self,
                          FlKratosReply *reply)
{
  fl_kratos_verb_fail (self, g_steal_pointer (&self->loss));
}

/**
 * fl_kratos_verb_done:
 * @self: (transfer full): a verb
 *
 * Ends the verb with what it has brought.
 */
void
fl_kratos_verb_done (FlKratosVerb *self)
{
  fl_kratos_verb_end (self, FL_OUTCOME_DONE);
}

/**
 * fl_kratos_verb_end:
 * @self: (transfer full): a verb
 * @outcome: how it ended
 */
void
fl_kratos_verb_end (FlKratosVerb *self,
                    FlOutcome     outcome)
{
  self->answer->outcome = outcome;
  g_task_return_pointer (self->task, g_steal_pointer (&self->answer), (GDestroyNotify) fl_answer_free);
  verb_free (self);
}
