/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-upstream.h"

#include "fl-patience.h"
#include "fl-secret.h"

#include <string.h>

#define CHUNK 8192
#define SESSIONS 8      /* each looks through all its questions whenever one goes on: 800 in one cost three times as much */
#define IDLE_SECONDS 30 /* Kratos closes what is idle after 120 */

/**
 * FlGateUpstream:
 *
 * Kratos, as the gate sees it: it is asked within bounds of time and size, no redirection is followed, and what it would not
 * say is not passed on. A question is never put twice.
 */
struct _FlGateUpstream
{
  GObject        parent_instance;

  SoupSession   *sessions[SESSIONS];
  guint          next;
  guint          seconds;
  FlGateMetrics *metrics;
};

G_DEFINE_FINAL_TYPE (FlGateUpstream, fl_gate_upstream, G_TYPE_OBJECT)

typedef struct
{
  SoupMessage  *message;
  FlPatience   *patience;
  GInputStream *stream;
  guint8       *buffer;
  gsize         length;
  gsize         capacity;
  gint64        begun;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_object_unref (question->message);
  fl_patience_free (question->patience);
  g_clear_object (&question->stream);
  if (question->buffer != NULL)
    fl_secret_wipe (question->buffer, question->capacity);
  g_free (question->buffer);
  g_free (question);
}

static void
fl_gate_upstream_finalize (GObject *object)
{
  FlGateUpstream *self = FL_GATE_UPSTREAM (object);

  for (gsize i = 0; i < SESSIONS; i++)
    g_clear_object (&self->sessions[i]);

  G_OBJECT_CLASS (fl_gate_upstream_parent_class)->finalize (object);
}

static void
fl_gate_upstream_class_init (FlGateUpstreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = fl_gate_upstream_finalize;
}

static void
fl_gate_upstream_init (FlGateUpstream *self)
{
}

/* libsoup's deadline is for each read and write; what drips in for ever is ended by our own. No proxy stands between the gate
 * and Kratos, whatever the environment says. */
static SoupSession *
new_session (guint seconds,
             guint connections)
{
  SoupSession *session = soup_session_new_with_options ("timeout", seconds,
                                                        "idle-timeout", IDLE_SECONDS,
                                                        "max-conns", connections,
                                                        "max-conns-per-host", connections,
                                                        "proxy-resolver", NULL,
                                                        NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

/**
 * fl_gate_upstream_new:
 * @seconds: how long an answer may take
 * @connections: how many at once
 * @metrics: (transfer none): where answers are counted; lives longer
 *
 * Returns: (transfer full): what asks Kratos
 */
FlGateUpstream *
fl_gate_upstream_new (guint          seconds,
                      guint          connections,
                      FlGateMetrics *metrics)
{
  FlGateUpstream *self = g_object_new (FL_TYPE_GATE_UPSTREAM, NULL);

  for (gsize i = 0; i < SESSIONS; i++)
    self->sessions[i] = new_session (seconds, connections);
  self->seconds = seconds;
  self->metrics = metrics;
  return self;
}

static void
fail (GTask  *task,
      GError *error)
{
  Question *question = g_task_get_task_data (task);

  if (!fl_patience_is_over (question->patience) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_task_return_error (task, error);
      return;
    }
  g_error_free (error);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no whole answer in time");
}

/* Seconds only (RFC 9110, section 10.2.3, has a date as well, which Kratos and nginx do not send). */
static gint64
read_retry_after (SoupMessageHeaders *headers)
{
  const char *text = soup_message_headers_get_one (headers, "Retry-After");
  guint64 seconds;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, 86400, &seconds, NULL))
    return 0;
  return (gint64) seconds;
}

static char *
read_error_id (SoupMessageHeaders *headers)
{
  const char *id = soup_message_headers_get_one (headers, "Ory-Error-Id");

  if (id == NULL || strlen (id) > 64 || strspn (id, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen (id))
    return NULL;
  return g_strdup (id);
}

static void
finish (GTask *task)
{
  FlGateUpstream *self = g_task_get_source_object (task);
  Question *question = g_task_get_task_data (task);
  SoupMessageHeaders *headers = soup_message_get_response_headers (question->message);
  g_autoptr (GBytes) body = fl_secret_wrap (g_steal_pointer (&question->buffer), question->length, question->capacity);
  FlGateReply *reply;

  /* The whole body has been read, so that closing waits for nothing. */
  g_input_stream_close (question->stream, NULL, NULL);
  fl_gate_metrics_observe_upstream (self->metrics, g_get_monotonic_time () - question->begun);
  reply = fl_gate_reply_read (soup_message_get_status (question->message),
                              soup_message_headers_get_list (headers, "Content-Type"), body);
  if (reply == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "an answer that Kratos would not give");
      return;
    }
  reply->retry_after = read_retry_after (headers);
  reply->error_id = read_error_id (headers);
  g_task_return_pointer (task, reply, (GDestroyNotify) fl_gate_reply_free);
}

static void on_read_ready (GObject      *source,
                           GAsyncResult *result,
                           gpointer      user_data);

static void
read_on (GTask *task)
{
  Question *question = g_task_get_task_data (task);

  if (question->length == question->capacity)
    question->buffer = fl_secret_grow (question->buffer, &question->capacity, CHUNK);
  g_input_stream_read_async (question->stream, question->buffer + question->length, question->capacity - question->length,
                             G_PRIORITY_DEFAULT, fl_patience_get_cancellable (question->patience), on_read_ready, task);
}

static void
on_read_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  GError *error = NULL;
  gssize count = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (count < 0)
    {
      fail (task, error);
      return;
    }
  question->length += (gsize) count;
  if (question->length > FL_GATE_REPLY_MOST)
    {
      /* What is still on its way is of no use: the connection goes, and the rest with it. */
      g_cancellable_cancel (fl_patience_get_cancellable (question->patience));
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "an answer beyond every bound");
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
  Question *question = g_task_get_task_data (task);
  GError *error = NULL;

  question->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (question->stream == NULL)
    fail (task, error);
  else
    read_on (g_steal_pointer (&task));
}

/**
 * fl_gate_upstream_ask_async:
 * @self: what asks Kratos
 * @message: the question
 * @callback: called when there is an answer, or will be none
 * @user_data: for @callback
 *
 * Asks Kratos.
 */
void
fl_gate_upstream_ask_async (FlGateUpstream      *self,
                            SoupMessage         *message,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Question *question;

  g_return_if_fail (FL_IS_GATE_UPSTREAM (self));
  g_return_if_fail (SOUP_IS_MESSAGE (message));

  question = g_new0 (Question, 1);
  question->message = g_object_ref (message);
  question->patience = fl_patience_new (self->seconds, NULL);
  question->begun = g_get_monotonic_time ();
  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, fl_gate_upstream_ask_async);
  g_task_set_task_data (task, question, question_free);
  soup_message_disable_feature (message, SOUP_TYPE_COOKIE_JAR);
  soup_session_send_async (self->sessions[self->next++ % SESSIONS], message, G_PRIORITY_DEFAULT,
                           fl_patience_get_cancellable (question->patience), on_send_ready, g_steal_pointer (&task));
}

/**
 * fl_gate_upstream_ask_finish:
 * @self: what asks Kratos
 * @result: what the callback was given
 * @error: return location for an error: %G_IO_ERROR_TIMED_OUT, %G_IO_ERROR_INVALID_DATA for what is not passed on, else Kratos
 *   was not reached, or was gone in the middle
 *
 * Ends fl_gate_upstream_ask_async().
 *
 * Returns: (transfer full) (nullable): the answer
 */
FlGateReply *
fl_gate_upstream_ask_finish (FlGateUpstream  *self,
                             GAsyncResult    *result,
                             GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
