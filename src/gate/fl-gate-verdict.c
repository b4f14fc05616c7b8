/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-verdict.h"

#include "fl-envelope.h"

/* Seconds for which it is known whose a session or a flow is, and that a flow has been redeemed: sessions last a day, flows
 * an hour, unless somebody makes it longer. What is forgotten too early only counts for itself from then on. */
#define SESSION_SECONDS (24 * 60 * 60)
#define FLOW_SECONDS (24 * 60 * 60)

/*
 * What is learned from Kratos' answer: whose the session or the flow is that it is about, whether the attempt was right, or
 * none at all, and that a flow has been redeemed. It is written down before the answer goes out, as the next call may come at
 * once, and to another gate.
 */

typedef enum {
  WRONG,    /* or not known: it stays counted */
  RIGHT,
  NOTHING,  /* it has not come to what was tried */
} Verdict;

/**
 * fl_gate_verdict_kind:
 * @call: a call that is counted
 *
 * Returns: what it tries
 */
FlGateKind
fl_gate_verdict_kind (const FlGateCall *call)
{
  switch (call->request->ask)
    {
    case FL_GATE_ASK_PASSWORD:
      return FL_GATE_PASSWORD;

    case FL_GATE_ASK_SECOND_FACTOR:
      return FL_GATE_SECOND_FACTOR;

    case FL_GATE_ASK_CODE:
      return FL_GATE_CODE;

    case FL_GATE_ASK_MAIL:
      return FL_GATE_MAIL;

    case FL_GATE_ASK_ADDRESS:
    default:
      g_assert_not_reached ();
    }
}

/* Kratos has not even looked at what was submitted: it is away, or there is no such flow or session any more. */
static gboolean
was_not_looked_at (const FlGateReply *reply)
{
  return reply == NULL || reply->status >= 500 || reply->status == 401 || reply->status == 403 || reply->status == 404
         || reply->status == 410;
}

static Verdict
judge (const FlGateCall *call)
{
  const FlGateReply *reply = call->reply;

  switch (call->request->ask)
    {
    case FL_GATE_ASK_PASSWORD:
      /* 401 is what a right password of a disabled account gets. */
      if (reply != NULL && reply->status == 401)
        return WRONG;
      return reply != NULL && reply->token != NULL ? RIGHT : was_not_looked_at (reply) ? NOTHING : WRONG;

    case FL_GATE_ASK_SECOND_FACTOR:
      return reply != NULL && reply->status == 200 ? RIGHT : was_not_looked_at (reply) ? NOTHING : WRONG;

    case FL_GATE_ASK_CODE:
      return reply != NULL && reply->is_redeemed ? RIGHT : was_not_looked_at (reply) ? NOTHING : WRONG;

    case FL_GATE_ASK_MAIL:
      /* Of an answer that is lost, nobody knows whether there is a mail. */
      return reply != NULL && reply->status >= 400 && reply->status < 500 ? NOTHING : WRONG;

    case FL_GATE_ASK_ADDRESS:
    default:
      return WRONG;
    }
}

static FlGateReason
reason_of_error (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return FL_GATE_UPSTREAM_SLOW;
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA) ? FL_GATE_UPSTREAM_ODD : FL_GATE_UPSTREAM_DEAD;
}

static void
conclude (FlGateCall *call)
{
  if (call->failure != FL_GATE_FINE)
    fl_gate_call_refuse (call, call->failure, call->reply != NULL ? call->reply->retry_after : 0);
  else
    fl_gate_call_answer (call);
}

static void
note_done (FlGateCall   *call,
           const GError *error)
{
  fl_gate_call_note_store (call, error);
  if (--call->pending == 0)
    conclude (call);
}

static void
on_attempt_judged (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  fl_gate_quotas_done_finish (FL_GATE_QUOTAS (source), result, &error);
  note_done (user_data, error);
}

static void
on_noted (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  fl_gate_quotas_note_finish (FL_GATE_QUOTAS (source), result, &error);
  note_done (user_data, error);
}

static void
on_redeemed (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  FlGateUse use;

  fl_gate_quotas_redeem_finish (FL_GATE_QUOTAS (source), result, &use, &error);
  note_done (user_data, error);
}

static void
write_attempt (FlGateCall *call,
               Verdict     verdict)
{
  FlGateQuotas *quotas = call->parts->quotas;
  FlGateKind kind;

  if (!call->is_counted || verdict == WRONG)
    return;
  kind = fl_gate_verdict_kind (call);
  call->pending++;
  if (verdict == RIGHT)
    fl_gate_quotas_was_right (quotas, kind, call->account, call->peer, NULL, on_attempt_judged, call);
  else
    fl_gate_quotas_was_nothing (quotas, kind, call->account, call->peer, NULL, on_attempt_judged, call);
}

static void
note (FlGateCall  *call,
      FlGateThing  thing,
      const char  *text,
      guint        seconds)
{
  call->pending++;
  fl_gate_quotas_note (call->parts->quotas, thing, text, call->account, seconds, NULL, on_noted, call);
}

/* A code whose answer is lost may have been right, and an `email` on a flow that has been redeemed ends Kratos' handler. */
static gboolean
may_have_redeemed (const FlGateCall *call)
{
  return call->request->ask == FL_GATE_ASK_CODE
         && (call->reply == NULL || call->reply->is_redeemed || call->reply->status >= 500);
}

static void
write_down (FlGateCall *call)
{
  const FlGateReply *reply = call->reply;
  gboolean is_mail = call->request->ask == FL_GATE_ASK_MAIL;

  write_attempt (call, judge (call));
  if (call->account != NULL && reply != NULL && reply->token != NULL)
    note (call, FL_GATE_SESSION, reply->token, SESSION_SECONDS);
  if (is_mail && reply != NULL && reply->status == SOUP_STATUS_OK)
    note (call, FL_GATE_FLOW, call->request->flow, FLOW_SECONDS);
  if (may_have_redeemed (call))
    {
      call->pending++;
      fl_gate_quotas_redeem (call->parts->quotas, FL_GATE_FLOW, call->request->flow, NULL, FLOW_SECONDS, NULL, on_redeemed,
                             call);
    }
}

/**
 * fl_gate_verdict_reach:
 * @call: (transfer full): a call that Kratos was asked about
 * @error: (nullable): why there is no answer
 *
 * Learns from the answer, and passes it on.
 */
void
fl_gate_verdict_reach (FlGateCall   *call,
                       const GError *error)
{
  const FlGateReply *reply = call->reply;

  if (reply == NULL)
    call->failure = reason_of_error (error);
  else if (reply->status >= 500)
    call->failure = FL_GATE_UPSTREAM_FAULT;
  /* Only who knows the password is answered at once. */
  if (call->request->ask == FL_GATE_ASK_PASSWORD && (reply == NULL || reply->token == NULL))
    call->grid = (gint64) call->parts->config->password_grid * 1000;

  /* The store may answer within its call: the answer waits for the last. */
  call->pending++;
  write_down (call);
  if (--call->pending == 0)
    conclude (call);
}
