/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-client.h"

#include <errno.h>
#include <string.h>

#include "fl-clock.h"
#include "fl-json.h"
#include "fl-kratos-diagnosis.h"
#include "fl-kratos-head.h"
#include "fl-kratos-problem.h"
#include "fl-patience.h"
#include "fl-trust.h"

/**
 * FlKratosClient:
 *
 * One HTTP exchange with the server: headers as the native flows want them, no cookie, no redirection, an answer that
 * is bounded in time and size, and a [struct@KratosReply] or a problem of the domain %FL_PROBLEM at the end.
 */
struct _FlKratosClient
{
  GObject      parent_instance;

  char        *server;
  SoupSession *session;
  guint        deadline;  /* seconds that an exchange may take */
  gint64       ahead;     /* seconds by which this computer's clock is ahead of the server's, as the last answer says */
  gboolean     is_loading; /* who is trusted is still being read */
  GQueue       held;      /* GTask: what is to be sent then */
};

G_DEFINE_FINAL_TYPE (FlKratosClient, fl_kratos_client, G_TYPE_OBJECT)

#define BUFFER_START (32 * 1024)
#define PATIENCE     3  /* seconds that may be spent on finding out why there was no answer */

#define RESTARTS     3  /* a proxy that asks for the password it is then given takes two, a warm connection that has ended one */

typedef struct {
  SoupMessage  *message;
  SoupSession  *session;
  guint         restarts;
  gboolean      as_text;
  GInputStream *stream;
  char         *buffer;
  gsize         length;
  gsize         capacity;
  gint64        skew;             /* seconds by which the server's clock is ahead of ours */

  FlPatience   *patience;         /* ends the exchange, also when the caller cancels it */
  GSource      *returned_source;
  gboolean      is_sent;          /* the request has left, as far as is known here */
} Exchange;

static void
exchange_free (gpointer data)
{
  Exchange *exchange = data;

  if (exchange->returned_source != NULL)
    g_source_destroy (exchange->returned_source);
  g_clear_pointer (&exchange->returned_source, g_source_unref);
  if (exchange->buffer != NULL)
    fl_secret_wipe (exchange->buffer, exchange->capacity);
  g_free (exchange->buffer);
  g_clear_object (&exchange->stream);
  if (exchange->message != NULL)
    g_signal_handlers_disconnect_by_data (exchange->message, exchange);
  g_clear_object (&exchange->message);
  g_clear_object (&exchange->session);
  g_clear_pointer (&exchange->patience, fl_patience_free);
  g_free (exchange);
}

static GCancellable *
get_cancellable (Exchange *exchange)
{
  return fl_patience_get_cancellable (exchange->patience);
}

static void
on_diagnose_ready (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) problem = fl_kratos_diagnose_finish (result);

  if (!g_task_return_error_if_cancelled (task))
    g_task_return_error (task, g_steal_pointer (&problem));
}

static gboolean
is_answered (const GError *error)
{
  /* GLib of later years calls it refused, too, when this computer has no address to ask from. */
  if (strstr (error->message, g_strerror (EADDRNOTAVAIL)) != NULL)
    return FALSE;

  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) || error->domain == G_TLS_ERROR;
}

static void
fail (GTask        *task,
      const GError *error)
{
  FlKratosClient *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  GTlsCertificateFlags certificate = 0;
  GError *problem;

  if (g_task_return_error_if_cancelled (task))
    return;

  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    certificate = soup_message_get_tls_peer_certificate_errors (exchange->message);
  problem = fl_patience_is_over (exchange->patience)
              ? fl_problem_new (FL_PROBLEM_TIMED_OUT, "no whole answer in time")
              : fl_kratos_problem_from_transport (error, certificate);
  if (exchange->is_sent)
    fl_problem_set_sent (problem);

  fl_patience_free (exchange->patience);
  exchange->patience = fl_patience_new (PATIENCE, g_task_get_cancellable (task));
  fl_kratos_diagnose_async (self->session, self->server, exchange->message, is_answered (error), problem,
                            get_cancellable (exchange), on_diagnose_ready, g_object_ref (task));
}

static gboolean
is_json (Exchange *exchange)
{
  const char *type = soup_message_headers_get_content_type (soup_message_get_response_headers (exchange->message), NULL);

  return g_strcmp0 (type, "application/json") == 0 && exchange->length > 0;
}

static FlKratosReply *
read_reply (Exchange  *exchange,
            GError   **error)
{
  guint status = soup_message_get_status (exchange->message);
  g_autoptr (FlKratosReply) reply = NULL;

  if (!is_json (exchange))
    {
      g_propagate_error (error, fl_problem_new (FL_PROBLEM_NOT_OUR_SERVER, "an answer that is no JSON"));
      return NULL;
    }

  if (!exchange->as_text)
    {
      reply = fl_kratos_reply_parse (status, exchange->buffer, exchange->length, exchange->skew, error);
      if (reply != NULL)
        reply->retry_at = fl_kratos_head_get_retry_at (exchange->message);
      return g_steal_pointer (&reply);
    }

  if (!g_utf8_validate_len (exchange->buffer, exchange->length, NULL) ||
      !fl_json_check (exchange->buffer, exchange->length, FL_JSON_ANSWER_MAX, NULL))
    {
      g_propagate_error (error, fl_problem_new (FL_PROBLEM_PROTOCOL, "malformed JSON"));
      return NULL;
    }

  reply = fl_kratos_reply_new (FL_KRATOS_REPLY_TEXT, status);
  reply->text = g_strndup (exchange->buffer, exchange->length);
  return g_steal_pointer (&reply);
}

static gboolean
on_connection_returned (gpointer user_data)
{
  GTask *task = user_data;
  FlKratosClient *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  FlKratosReply *reply;
  GError *error = NULL;

  reply = read_reply (exchange, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
    }
  else
    {
      self->ahead = -exchange->skew;
      g_task_return_pointer (task, reply, (GDestroyNotify) fl_kratos_reply_free);
    }

  return G_SOURCE_REMOVE;
}

/* The whole body has been read, so that closing waits for nothing. libsoup gives the connection back when its own queue
 * runs next: only after that the caller hears of the answer, so that its next request finds the connection warm. */
static void
finish (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  g_input_stream_close (exchange->stream, NULL, NULL);
  exchange->returned_source = g_idle_source_new ();
  g_source_set_priority (exchange->returned_source, G_PRIORITY_HIGH_IDLE);
  g_source_set_callback (exchange->returned_source, on_connection_returned, g_object_ref (task), g_object_unref);
  g_source_attach (exchange->returned_source, g_main_context_get_thread_default ());
}

static void on_read_ready (GObject      *source,
                           GAsyncResult *result,
                           gpointer      user_data);

static void
read_on (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);
  GInputStream *stream = exchange->stream;
  char *end;
  gsize room;

  if (exchange->length == exchange->capacity)
    exchange->buffer = fl_secret_grow (exchange->buffer, &exchange->capacity, BUFFER_START);

  end = exchange->buffer + exchange->length;
  room = exchange->capacity - exchange->length;
  g_input_stream_read_async (stream, end, room, G_PRIORITY_DEFAULT, get_cancellable (exchange), on_read_ready, task);
}

static void
on_read_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  Exchange *exchange = g_task_get_task_data (task);
  gssize count;

  count = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);
  if (count < 0)
    {
      fail (task, error);
      return;
    }

  exchange->length += (gsize) count;
  if (exchange->length > FL_JSON_ANSWER_MAX)
    {
      /* What is still on its way is of no use: the connection goes, and the rest with it. */
      g_cancellable_cancel (get_cancellable (exchange));
      g_task_return_error (task, fl_problem_new (FL_PROBLEM_NOT_OUR_SERVER, "an answer beyond every bound"));
      return;
    }

  if (count > 0)
    read_on (g_steal_pointer (&task));
  else
    finish (task);
}

static void
on_send_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  Exchange *exchange = g_task_get_task_data (task);
  guint status;
  GError *problem;

  exchange->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (exchange->stream == NULL)
    {
      fail (task, error);
      return;
    }

  status = soup_message_get_status (exchange->message);
  exchange->skew = fl_kratos_head_get_skew (exchange->message);
  if (fl_kratos_head_is_from_proxy (exchange->message))
    problem = fl_kratos_problem_from_proxy (status);
  else
    problem = fl_kratos_problem_from_status (status, fl_kratos_head_get_retry_at (exchange->message),
                                             fl_kratos_head_is_intercepted (exchange->message));
  if (problem != NULL)
    g_task_return_error (task, problem);
  else if (status == SOUP_STATUS_NO_CONTENT)
    g_task_return_pointer (task, fl_kratos_reply_new (FL_KRATOS_REPLY_NOTHING, status),
                           (GDestroyNotify) fl_kratos_reply_free);
  else if (exchange->as_text && status == SOUP_STATUS_NOT_FOUND)
    g_task_return_pointer (task, fl_kratos_reply_new (FL_KRATOS_REPLY_TEXT, status),
                           (GDestroyNotify) fl_kratos_reply_free);
  else
    read_on (g_steal_pointer (&task));
}

static SoupMessage *
make_message (FlKratosClient        *self,
              const FlKratosRequest *request)
{
  char *url = g_strconcat (self->server, request->path, NULL);
  SoupMessage *message = soup_message_new (request->method, url);
  SoupMessageHeaders *headers;

  fl_secret_wipe_string (url);
  if (message == NULL)
    return NULL;

  /* "Idempotent" lets libsoup send a POST over a connection that is warm already. Nothing is sent twice by that: it
   * repeats a request by its method alone. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_IDEMPOTENT);
  soup_message_disable_feature (message, SOUP_TYPE_COOKIE_JAR);

  headers = soup_message_get_request_headers (message);
  soup_message_headers_replace (headers, "Accept", "application/json");
  if (request->token != NULL)
    soup_message_headers_replace (headers, "X-Session-Token", fl_secret_get_text (request->token));
  if (request->proof != NULL)
    soup_message_headers_replace (headers, "X-Altcha", request->proof);
  if (request->body != NULL)
    soup_message_set_request_body_from_bytes (message, "application/json", request->body);

  return message;
}

static void
on_headers_written (SoupMessage *message,
                    gpointer     user_data)
{
  Exchange *exchange = user_data;

  exchange->is_sent = TRUE;
}

/* A warm connection ended before anything was answered, and libsoup asks again what only reads. Over another warm one the
 * answer could be there before libsoup 3.2 has heard of the first attempt's end, which it then takes for the second's, and
 * falls over it. A new connection takes longer than that, and is not one that has ended meanwhile like the first.
 *
 * A password in the address of a proxy libsoup gives again and again, however often it is refused, a thousand times in a
 * second; others lock an account after five. */
static void
on_restarted (SoupMessage *message,
              gpointer     user_data)
{
  Exchange *exchange = user_data;

  soup_message_add_flags (message, SOUP_MESSAGE_NEW_CONNECTION);
  if (++exchange->restarts > RESTARTS)
    soup_session_remove_feature_by_type (exchange->session, SOUP_TYPE_AUTH_MANAGER);
}

/* libsoup's deadline is for each read and write; what drips in for ever is ended by our own. Compressed answers are
 * not asked for, so that the bound on the bytes that are read is a bound on those that come. */
static SoupSession *
make_session (guint deadline)
{
  SoupSession *session = soup_session_new_with_options ("timeout", deadline,
                                                        "idle-timeout", 60,
                                                        "user-agent", "first-login/" APP_VERSION,
                                                        NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

static void
send_now (GTask *task)
{
  FlKratosClient *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);

  soup_session_send_async (self->session, exchange->message, G_PRIORITY_DEFAULT, get_cancellable (exchange), on_send_ready,
                           task);
}

/* Without the file the system's authorities hold: where they are enough, nothing is amiss, and where they are not, nobody
 * is trusted. */
static void
on_trust_loaded (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (FlKratosClient) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlTrust) trust = fl_trust_load_finish (result, &error);
  GTask *task;

  if (trust != NULL)
    soup_session_set_tls_database (self->session, G_TLS_DATABASE (trust));
  else
    g_message ("The file of authorities cannot be used: %s", error->message);

  self->is_loading = FALSE;
  while ((task = g_queue_pop_head (&self->held)) != NULL)
    send_now (task);
}

static void
fl_kratos_client_finalize (GObject *object)
{
  FlKratosClient *self = FL_KRATOS_CLIENT (object);

  g_clear_pointer (&self->server, g_free);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fl_kratos_client_parent_class)->finalize (object);
}

static void
fl_kratos_client_class_init (FlKratosClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_kratos_client_finalize;
}

static void
fl_kratos_client_init (FlKratosClient *self)
{
  g_queue_init (&self->held);
}

/**
 * fl_kratos_client_new:
 * @server: the server's canonical address, without a slash at the end
 * @session: (nullable): the session to use; %NULL makes one
 * @ca_file: (nullable): absolute path of a file with authorities that count for this server besides the system's; nothing
 *   is sent before it has been read
 * @deadline: seconds that an exchange may take from the click to the last byte
 *
 * Returns: (transfer full): a client
 */
FlKratosClient *
fl_kratos_client_new (const char  *server,
                      SoupSession *session,
                      const char  *ca_file,
                      guint        deadline)
{
  FlKratosClient *self = g_object_new (FL_TYPE_KRATOS_CLIENT, NULL);

  self->server = g_strdup (server);
  self->session = session != NULL ? g_object_ref (session) : make_session (deadline);
  self->deadline = deadline;
  if (ca_file != NULL)
    {
      self->is_loading = TRUE;
      fl_trust_load_async (ca_file, server, NULL, on_trust_loaded, g_object_ref (self));
    }

  return self;
}

/**
 * fl_kratos_client_send:
 * @self: a client
 * @request: what to ask
 * @cancellable: (nullable): ends the exchange
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Sends a request and reads the answer.
 */
void
fl_kratos_client_send (FlKratosClient        *self,
                       const FlKratosRequest *request,
                       GCancellable          *cancellable,
                       GAsyncReadyCallback    callback,
                       gpointer               user_data)
{
  g_autoptr (GTask) task = NULL;
  Exchange *exchange;

  g_return_if_fail (FL_IS_KRATOS_CLIENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fl_kratos_client_send);
  if (g_task_return_error_if_cancelled (task))
    return;

  exchange = g_new0 (Exchange, 1);
  g_task_set_task_data (task, exchange, exchange_free);

  exchange->as_text = request->as_text;
  exchange->message = make_message (self, request);
  if (exchange->message == NULL)
    {
      g_task_return_error (task, fl_problem_new (FL_PROBLEM_SERVER_MALFORMED, "not the address of a server"));
      return;
    }

  exchange->session = g_object_ref (self->session);
  g_signal_connect (exchange->message, "wrote-headers", G_CALLBACK (on_headers_written), exchange);
  g_signal_connect (exchange->message, "restarted", G_CALLBACK (on_restarted), exchange);
  exchange->patience = fl_patience_new (self->deadline, cancellable);
  if (self->is_loading)
    g_queue_push_tail (&self->held, g_steal_pointer (&task));
  else
    send_now (g_steal_pointer (&task));
}

/**
 * fl_kratos_client_send_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the answer, or %NULL with a problem of the domain %FL_PROBLEM or with
 *   %G_IO_ERROR_CANCELLED
 */
FlKratosReply *
fl_kratos_client_send_finish (FlKratosClient  *self,
                              GAsyncResult    *result,
                              GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * fl_kratos_client_get_ahead:
 * @self: a client
 *
 * Returns: seconds by which this computer's clock is ahead of the server's, as its last answer said; negative when it is
 *   behind, 0 when no answer has said anything
 */
gint64
fl_kratos_client_get_ahead (FlKratosClient *self)
{
  g_return_val_if_fail (FL_IS_KRATOS_CLIENT (self), 0);

  return self->ahead;
}
