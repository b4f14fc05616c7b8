/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate.h"

#include "fl-clock.h"
#include "fl-envelope.h"
#include "fl-gate-admission.h"
#include "fl-listener.h"
#include "fl-loopback.h"
#include "fl-robot-work.h"

#include <string.h>

#define METRICS_CONNECTIONS 8
#define PRUNE_SECONDS 300

/**
 * FlGate:
 *
 * What Kratos lacks, in front of two of its calls: a robot check where a mail is asked for, limits on guessing, answers whose
 * time tells nothing, and a strict reading of what is asked. It keeps nothing itself, so gates side by side need only the
 * same key and the same store.
 */
struct _FlGate
{
  GObject      parent_instance;

  FlGateParts  parts;
  FlGateStore *store;
  FlListener  *listener;
  FlListener  *metrics_listener;  /* (nullable) */
  GSource     *prune;
};

G_DEFINE_FINAL_TYPE (FlGate, fl_gate, G_TYPE_OBJECT)

static const struct
{
  const char    *method;
  const char    *path;
  FlGateCallKind kind;
} routes[] = {
  { "POST", "/self-service/login", FL_GATE_LOGIN },
  { "POST", "/self-service/recovery", FL_GATE_RECOVERY },
  { "GET", "/altcha", FL_GATE_ALTCHA },
};

static void
give_challenge (FlGateCall *call)
{
  g_autofree char *challenge = fl_robot_work_challenge (call->parts->robot_key, fl_clock_now ());

  call->parts->metrics.challenges++;
  fl_gate_call_answer_json (call, challenge);
}

static void
on_request_came (SoupServerMessage *message,
                 GBytes            *body,
                 gpointer           user_data)
{
  FlGate *self = user_data;
  const char *path = g_uri_get_path (soup_server_message_get_uri (message));
  FlGateCall *call;
  gsize i = 0;

  while (i < G_N_ELEMENTS (routes) && strcmp (routes[i].path, path) != 0)
    i++;
  call = fl_gate_call_new (&self->parts, message, i < G_N_ELEMENTS (routes) ? routes[i].kind : FL_GATE_NOWHERE);
  if (call->kind == FL_GATE_NOWHERE)
    {
      fl_gate_call_refuse (call, FL_GATE_BAD_PATH, 0);
    }
  else if (strcmp (routes[i].method, soup_server_message_get_method (message)) != 0)
    {
      /* RFC 9110, section 15.5.6, wants to be told what would have been allowed. */
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow", routes[i].method);
      fl_gate_call_refuse (call, FL_GATE_BAD_METHOD, 0);
    }
  else if (call->kind == FL_GATE_ALTCHA)
    {
      give_challenge (call);
    }
  else
    {
      fl_gate_admission_begin (call, body);
    }
}

static void
on_metrics_wanted (SoupServerMessage *message,
                   GBytes            *body,
                   gpointer           user_data)
{
  FlGate *self = user_data;
  g_autofree char *text = NULL;

  if (strcmp (g_uri_get_path (soup_server_message_get_uri (message)), "/metrics") != 0
      || strcmp (soup_server_message_get_method (message), "GET") != 0)
    {
      fl_envelope_set_error (message, SOUP_STATUS_NOT_FOUND, NULL, NULL);
      return;
    }
  text = fl_gate_metrics_to_text (&self->parts.metrics);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/plain; version=0.0.4; charset=utf-8", SOUP_MEMORY_COPY, text,
                                    strlen (text));
}

static void
on_pruned (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FlGate) self = user_data;
  g_autoptr (GError) error = NULL;

  if (fl_gate_store_prune_finish (FL_GATE_STORE (source), result, &error) < 0)
    g_message ("The store was not pruned: %s", error->message);
}

static gboolean
prune (gpointer user_data)
{
  FlGate *self = user_data;

  fl_gate_store_prune (self->store, NULL, on_pruned, g_object_ref (self));
  return G_SOURCE_CONTINUE;
}

static void
fl_gate_dispose (GObject *object)
{
  FlGate *self = FL_GATE (object);

  if (self->prune != NULL)
    g_source_destroy (self->prune);
  g_clear_pointer (&self->prune, g_source_unref);
  g_clear_pointer (&self->listener, fl_listener_free);
  g_clear_pointer (&self->metrics_listener, fl_listener_free);
  g_clear_object (&self->parts.quotas);
  g_clear_object (&self->parts.upstream);
  g_clear_object (&self->store);
  g_clear_pointer (&self->parts.robot_key, g_bytes_unref);

  G_OBJECT_CLASS (fl_gate_parent_class)->dispose (object);
}

static void
fl_gate_class_init (FlGateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fl_gate_dispose;
}

static void
fl_gate_init (FlGate *self)
{
}

/* A key for challenges alone, so that nothing that is signed with it means anything elsewhere. */
static GBytes *
derive_robot_key (GBytes *key)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (key, &size);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, data, size);
  guint8 digest[32];
  gsize length = sizeof digest;

  g_hmac_update (hmac, (const guchar *) "first-login-gate robot", -1);
  g_hmac_get_digest (hmac, digest, &length);
  return g_bytes_new (digest, length);
}

/**
 * fl_gate_new:
 * @config: (transfer none): what the gate is told; lives longer
 * @store: what the gates know together
 *
 * Returns: (transfer full): a gate that does not listen yet
 */
FlGate *
fl_gate_new (const FlGateConfig *config,
             FlGateStore        *store)
{
  FlGate *self = g_object_new (FL_TYPE_GATE, NULL);

  self->store = g_object_ref (store);
  self->parts.config = config;
  self->parts.quotas = fl_gate_quotas_new (store, config->key, config->limits);
  self->parts.upstream = fl_gate_upstream_new (config->upstream_seconds, config->connections, &self->parts.metrics);
  self->parts.robot_key = derive_robot_key (config->key);
  self->parts.metrics.store_is_up = TRUE;
  return self;
}

static FlListener *
listen_at (const char      *text,
           guint            connections,
           FlListenerFunc   func,
           FlGate          *self,
           GError         **error)
{
  g_autoptr (GSocketAddress) address = fl_loopback_parse (text, TRUE, error);
  FlListener *listener;

  if (address == NULL)
    return NULL;
  listener = fl_listener_new_full (address, connections, func, self, error);
  if (listener == NULL)
    g_prefix_error (error, "%s: ", text);
  return listener;
}

/**
 * fl_gate_listen:
 * @self: a gate
 * @error: return location for an error
 *
 * Begins to answer, in the thread-default context.
 *
 * Returns: whether it listens
 */
gboolean
fl_gate_listen (FlGate  *self,
                GError **error)
{
  const FlGateConfig *config = self->parts.config;

  g_return_val_if_fail (FL_IS_GATE (self), FALSE);

  self->listener = listen_at (config->listen, config->connections, on_request_came, self, error);
  if (self->listener == NULL)
    return FALSE;
  if (config->metrics != NULL)
    {
      self->metrics_listener = listen_at (config->metrics, METRICS_CONNECTIONS, on_metrics_wanted, self, error);
      if (self->metrics_listener == NULL)
        return FALSE;
    }
  self->prune = g_timeout_source_new_seconds (PRUNE_SECONDS);
  g_source_set_callback (self->prune, prune, self, NULL);
  g_source_attach (self->prune, g_main_context_get_thread_default ());
  return TRUE;
}

/**
 * fl_gate_get_url:
 * @self: a gate that listens
 *
 * Returns: (transfer full): its origin, without a slash at the end
 */
char *
fl_gate_get_url (FlGate *self)
{
  g_return_val_if_fail (FL_IS_GATE (self), NULL);

  return fl_listener_get_url (self->listener);
}

/**
 * fl_gate_get_metrics_url:
 * @self: a gate that listens
 *
 * Returns: (transfer full) (nullable): the origin of its metrics; %NULL when it was not told to have any
 */
char *
fl_gate_get_metrics_url (FlGate *self)
{
  g_return_val_if_fail (FL_IS_GATE (self), NULL);

  return self->metrics_listener != NULL ? fl_listener_get_url (self->metrics_listener) : NULL;
}

/**
 * fl_gate_drain:
 * @self: a gate that listens
 *
 * Takes no more connections. Calls that have come are answered.
 */
void
fl_gate_drain (FlGate *self)
{
  g_return_if_fail (FL_IS_GATE (self));

  fl_listener_drain (self->listener);
}

/**
 * fl_gate_get_open:
 * @self: a gate
 *
 * Returns: how many calls are still to be answered
 */
guint64
fl_gate_get_open (FlGate *self)
{
  g_return_val_if_fail (FL_IS_GATE (self), 0);

  return self->parts.metrics.open;
}
