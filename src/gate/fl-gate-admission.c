/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-admission.h"

#include "fl-clock.h"
#include "fl-gate-verdict.h"
#include "fl-robot-work.h"

#define CROWDED_RETRY_AFTER 1      /* seconds; the passwords of a full house are checked in about that time */
#define STORE_DOWN_RETRY_AFTER 30  /* seconds */

/*
 * What a call has to pass before Kratos hears of it:
 *
 *  address:        nothing; Kratos answers the same to all
 *  password:       there is room, not too many of the account
 *  second factor:  not too many of the account whose session it is
 *  code of a mail: not too many of the account whose flow it is
 *  mail:           a proof of work that is ours, a flow that has not been redeemed, a proof that has not been used, its work,
 *                  not too many of the account
 *
 * What is cheap comes first. A proof is used up before its work is checked, so that whoever sends solutions that are none
 * has to ask for a challenge for each.
 *
 * When the store is down, mails are refused, as each costs something that only the store bounds; everything else goes on,
 * because people want to work, and Kratos still has a word to say.
 */

static void
on_kratos_answered (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  FlGateCall *call = user_data;
  g_autoptr (GError) error = NULL;

  call->reply = fl_gate_upstream_ask_finish (FL_GATE_UPSTREAM (source), result, &error);
  if (call->request->ask == FL_GATE_ASK_PASSWORD)
    call->parts->metrics.passwords--;
  fl_gate_verdict_reach (call, error);
}

static void
forward (FlGateCall *call)
{
  const FlGateConfig *config = call->parts->config;
  g_autoptr (SoupMessage) message = fl_gate_request_to_message (call->request, call->peer, config->upstream);

  fl_gate_call_wait (call);
  fl_gate_upstream_ask_async (call->parts->upstream, message, on_kratos_answered, call);
}

static void
refuse_before (FlGateCall   *call,
               FlGateReason  reason,
               gint64        retry_after)
{
  if (call->request->ask == FL_GATE_ASK_PASSWORD)
    call->parts->metrics.passwords--;
  fl_gate_call_refuse (call, reason, retry_after);
}

static void
on_attempt_counted (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  FlGateCall *call = user_data;
  g_autoptr (GError) error = NULL;
  gint seconds = fl_gate_quotas_try_finish (FL_GATE_QUOTAS (source), result, &error);

  fl_gate_call_note_store (call, error);
  if (seconds > 0)
    {
      call->parts->metrics.quotas[fl_gate_verdict_kind (call)]++;
      refuse_before (call, FL_GATE_QUOTA, seconds);
    }
  else if (error != NULL && call->request->ask == FL_GATE_ASK_MAIL)
    {
      refuse_before (call, FL_GATE_STORE_DOWN, STORE_DOWN_RETRY_AFTER);
    }
  else
    {
      call->is_counted = error == NULL;
      forward (call);
    }
}

static void
count (FlGateCall *call)
{
  fl_gate_call_wait (call);
  fl_gate_quotas_try (call->parts->quotas, fl_gate_verdict_kind (call), call->account, call->peer, NULL, on_attempt_counted,
                      call);
}

static void
on_account_found (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  FlGateQuotas *quotas = FL_GATE_QUOTAS (source);
  FlGateCall *call = user_data;
  const FlGateRequest *request = call->request;
  g_autoptr (GError) error = NULL;

  fl_gate_quotas_whose_finish (quotas, result, &call->account, &error);
  fl_gate_call_note_store (call, error);
  if (error != NULL)
    {
      forward (call);
      return;
    }
  /* Begun where no answer passed through here, as with a code that the help desk gave out: then it stands for itself. */
  if (call->account == NULL)
    call->account = request->ask == FL_GATE_ASK_CODE
                    ? fl_gate_quotas_stand_in (quotas, FL_GATE_FLOW, request->flow)
                    : fl_gate_quotas_stand_in (quotas, FL_GATE_SESSION, request->token);
  count (call);
}

static void
find_account (FlGateCall  *call,
              FlGateThing  thing,
              const char  *text)
{
  fl_gate_call_wait (call);
  fl_gate_quotas_whose (call->parts->quotas, thing, text, NULL, on_account_found, call);
}

static void
take_password (FlGateCall *call)
{
  FlGateMetrics *metrics = &call->parts->metrics;
  const char *address = fl_gate_body_get (call->request->body, FL_GATE_BODY_IDENTIFIER);

  if (metrics->passwords >= call->parts->config->passwords)
    {
      fl_gate_call_refuse (call, FL_GATE_CROWDED, CROWDED_RETRY_AFTER);
      return;
    }
  metrics->passwords++;
  call->account = fl_gate_quotas_account (call->parts->quotas, address != NULL ? address : "");
  count (call);
}

static void
on_proof_used (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  FlGateCall *call = user_data;
  g_autoptr (GError) error = NULL;
  FlGateUse use;

  fl_gate_quotas_redeem_finish (FL_GATE_QUOTAS (source), result, &use, &error);
  fl_gate_call_note_store (call, error);
  if (error != NULL)
    {
      fl_gate_call_refuse (call, FL_GATE_STORE_DOWN, STORE_DOWN_RETRY_AFTER);
    }
  else if (use != FL_GATE_USED_NOW)
    {
      fl_gate_call_refuse (call, use == FL_GATE_NOT_USED ? FL_GATE_FLOW_REDEEMED : FL_GATE_PROOF_USED, 0);
    }
  else if (!fl_altcha_proof_is_solved (call->proof))
    {
      fl_gate_call_refuse (call, FL_GATE_PROOF_FORGED, 0);
    }
  else
    {
      call->parts->metrics.proofs++;
      call->grid = (gint64) call->parts->config->mail_grid * 1000;
      call->account = fl_gate_quotas_account (call->parts->quotas,
                                              fl_gate_body_get (call->request->body, FL_GATE_BODY_EMAIL));
      count (call);
    }
}

static FlGateReason
reason_of_proof (const GError *error)
{
  if (g_error_matches (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_EXPIRED))
    return FL_GATE_PROOF_EXPIRED;
  return g_error_matches (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_MALFORMED) ? FL_GATE_PROOF_MALFORMED
                                                                              : FL_GATE_PROOF_FORGED;
}

static void
take_mail (FlGateCall *call)
{
  const char *payload = call->request->proof;
  g_autoptr (GError) error = NULL;

  if (payload == NULL)
    {
      fl_gate_call_refuse (call, FL_GATE_PROOF_MISSING, 0);
      return;
    }
  call->proof = fl_robot_work_open (payload, call->parts->robot_key, fl_clock_now (), &error);
  if (call->proof == NULL)
    {
      fl_gate_call_refuse (call, reason_of_proof (error), 0);
      return;
    }
  fl_gate_call_wait (call);
  fl_gate_quotas_redeem (call->parts->quotas, FL_GATE_PROOF, fl_altcha_proof_get_nonce (call->proof), call->request->flow,
                         FL_ROBOT_WORK_LIFESPAN, NULL, on_proof_used, call);
}

/**
 * fl_gate_admission_begin:
 * @call: (transfer full): a call of the two that go to Kratos
 * @body: its body
 *
 * Lets it through to Kratos, or refuses it.
 */
void
fl_gate_admission_begin (FlGateCall *call,
                         GBytes     *body)
{
  GUri *uri = soup_server_message_get_uri (call->message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (call->message);
  const char *query = g_uri_get_fragment (uri) == NULL ? g_uri_get_query (uri) : NULL;
  FlGateReason reason;

  call->request = fl_gate_request_read (call->kind, headers, query, body, &reason);
  if (call->request == NULL)
    {
      fl_gate_call_refuse (call, reason, 0);
      return;
    }
  switch (call->request->ask)
    {
    case FL_GATE_ASK_ADDRESS:
      forward (call);
      break;

    case FL_GATE_ASK_PASSWORD:
      take_password (call);
      break;

    case FL_GATE_ASK_SECOND_FACTOR:
      /* Without a session nothing can be guessed: Kratos says so. */
      if (call->request->token != NULL)
        find_account (call, FL_GATE_SESSION, call->request->token);
      else
        forward (call);
      break;

    case FL_GATE_ASK_MAIL:
      take_mail (call);
      break;

    case FL_GATE_ASK_CODE:
      find_account (call, FL_GATE_FLOW, call->request->flow);
      break;

    default:
      g_assert_not_reached ();
    }
}
