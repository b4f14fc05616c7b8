/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-call.h"

#include "fl-envelope.h"
#include "fl-gate-grid.h"
#include "fl-gate-shape.h"
#include "fl-secret.h"

#include <string.h>

/* ::ffff:0:0/96, RFC 4291, section 2.5.5.2: an IPv4 address that came in by an IPv6 socket. */
static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static GInetAddress *
unmap (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 && memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_inet_address_new_from_bytes (bytes + sizeof mapped, G_SOCKET_FAMILY_IPV4);
  return g_object_ref (address);
}

static gboolean
is_trusted (const FlGateConfig *config,
            GInetAddress       *address)
{
  for (guint i = 0; i < config->trusted->len; i++)
    {
      if (g_inet_address_equal (config->trusted->pdata[i], address))
        return TRUE;
    }
  return FALSE;
}

/* Whoever nginx asks for, when it is nginx that asks. Two headers make a list, which is nobody's address. */
static GInetAddress *
find_peer (const FlGateConfig *config,
           SoupServerMessage  *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *named = soup_message_headers_get_list (headers, "X-Real-IP");
  g_autoptr (GInetAddress) other_end = unmap (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)));
  g_autoptr (GInetAddress) named_address = NULL;

  if (named != NULL && is_trusted (config, other_end))
    named_address = g_inet_address_new_from_string (named);
  return unmap (named_address != NULL ? named_address : other_end);
}

/**
 * fl_gate_call_new:
 * @parts: the gate
 * @message: a request that has come whole
 * @kind: which call it is
 *
 * Returns: (transfer full): a call, to be ended by one of the answers
 */
FlGateCall *
fl_gate_call_new (FlGateParts       *parts,
                  SoupServerMessage *message,
                  FlGateCallKind     kind)
{
  FlGateCall *self = g_new0 (FlGateCall, 1);

  self->parts = parts;
  self->message = g_object_ref (message);
  self->kind = kind;
  self->begun = g_get_monotonic_time ();
  self->peer = find_peer (parts->config, message);
  parts->metrics.open++;
  return self;
}

static void
on_client_gone (SoupServerMessage *message,
                FlGateCall        *self)
{
  self->is_gone = TRUE;
}

/**
 * fl_gate_call_wait:
 * @self: a call
 *
 * Lets others be answered until this one is.
 */
void
fl_gate_call_wait (FlGateCall *self)
{
  if (self->is_waiting)
    return;
  self->is_waiting = TRUE;
  g_signal_connect (self->message, "disconnected", G_CALLBACK (on_client_gone), self);
  soup_server_message_pause (self->message);
}

/**
 * fl_gate_call_note_store:
 * @self: a call
 * @error: (nullable): what the store has answered with
 *
 * Notes whether the store is there.
 */
void
fl_gate_call_note_store (FlGateCall   *self,
                         const GError *error)
{
  FlGateMetrics *metrics = &self->parts->metrics;

  if (metrics->store_is_up != (error == NULL))
    {
      if (error != NULL)
        g_warning ("The store does not answer, so no mails are sent: %s", error->message);
      else
        g_message ("The store answers again.");
    }
  metrics->store_is_up = error == NULL;
  if (error != NULL)
    metrics->store_failures++;
}

static void
end (FlGateCall *self)
{
  FlGateMetrics *metrics = &self->parts->metrics;

  metrics->calls[self->kind][MIN (soup_server_message_get_status (self->message) / 100, 5)]++;
  if (self->is_waiting)
    {
      g_signal_handlers_disconnect_by_data (self->message, self);
      if (!self->is_gone)
        soup_server_message_unpause (self->message);
    }
  metrics->open--;
  g_clear_pointer (&self->request, fl_gate_request_free);
  g_clear_object (&self->peer);
  g_clear_pointer (&self->account, g_bytes_unref);
  g_clear_pointer (&self->proof, fl_altcha_proof_free);
  g_clear_pointer (&self->reply, fl_gate_reply_free);
  g_object_unref (self->message);
  g_free (self);
}

static gboolean
on_line_reached (gpointer user_data)
{
  end (user_data);
  return G_SOURCE_REMOVE;
}

/* Off the grid for as long as the main loop is busy, which has nothing to do with the account. */
static void
leave (FlGateCall *self)
{
  FlGateMetrics *metrics = &self->parts->metrics;
  g_autoptr (GSource) source = NULL;
  gint64 line;

  if (self->grid == 0)
    {
      end (self);
      return;
    }
  line = fl_gate_grid_next (self->begun, g_get_monotonic_time (), self->grid);
  metrics->held++;
  if (line > self->begun + self->grid)
    metrics->overruns++;
  fl_gate_call_wait (self);
  source = g_timeout_source_new (0);
  g_source_set_ready_time (source, line);
  g_source_set_callback (source, on_line_reached, self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

/**
 * fl_gate_call_answer:
 * @self: (transfer full): a call that Kratos has answered
 *
 * Passes the answer on, when its time has come.
 */
void
fl_gate_call_answer (FlGateCall *self)
{
  const FlGateReply *reply = self->reply;

  if (reply->error_id != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (self->message), "Ory-Error-Id",
                                  reply->error_id);
  if (reply->retry_after > 0)
    fl_envelope_set_retry_after (self->message, reply->retry_after);
  fl_envelope_set_bytes (self->message, reply->status, reply->body);
  leave (self);
}

/**
 * fl_gate_call_answer_json:
 * @self: (transfer full): a call
 * @json: the answer
 *
 * Answers from here.
 */
void
fl_gate_call_answer_json (FlGateCall *self,
                          const char *json)
{
  g_autoptr (GBytes) bytes = g_bytes_new (json, strlen (json));

  fl_envelope_set_bytes (self->message, SOUP_STATUS_OK, bytes);
  leave (self);
}

/**
 * fl_gate_call_refuse:
 * @self: (transfer full): a call
 * @reason: why it goes no further
 * @retry_after: seconds until it may be tried again, 0 for not known
 *
 * Answers that, when the time has come.
 */
void
fl_gate_call_refuse (FlGateCall   *self,
                     FlGateReason  reason,
                     gint64        retry_after)
{
  GUri *uri = soup_server_message_get_uri (self->message);
  char *flow = fl_gate_request_read_flow (g_uri_get_query (uri));
  guint status = self->reply != NULL ? self->reply->status : 0;

  self->parts->metrics.refusals[self->kind][reason]++;
  fl_gate_log_refusal (&self->parts->log, self->kind, reason, self->peer);
  fl_gate_shape_refuse (self->message, self->kind, flow, reason, status, retry_after);
  fl_secret_wipe_string (flow);
  leave (self);
}
