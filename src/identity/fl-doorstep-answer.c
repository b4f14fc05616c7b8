/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-doorstep-answer.h"

#include "fl-doorstep.h"

#include <string.h>

/* The one question that is asked over plain HTTP: no other host, no redirection, nothing sent but the question. The answer
 * comes without proof, and decides about nothing but words. */

typedef struct {
  SoupMessage  *message;
  GInputStream *stream;    /* (nullable) */
  char          head[64];  /* of the answer: more than is needed to know it */
  gsize         length;
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_clear_object (&self->message);
  g_clear_object (&self->stream);
  g_free (self);
}

static gboolean
is_known (const Question *self)
{
  return self->length == strlen (FL_DOORSTEP_TEXT) && memcmp (self->head, FL_DOORSTEP_TEXT, self->length) == 0;
}

static gboolean
is_web_page (const Question *self)
{
  const char *type = soup_message_headers_get_content_type (soup_message_get_response_headers (self->message), NULL);

  return g_strcmp0 (type, "text/html") == 0 || (self->length > 0 && self->head[0] == '<');
}

/* RFC 6585, section 6: 511 is Network Authentication Required. */
static FlDoorstepKind
judge (const Question *self)
{
  guint status = soup_message_get_status (self->message);

  if (status >= 300 && status < 400)
    return fl_doorstep_leads_away (self->message) ? FL_DOORSTEP_PORTAL : FL_DOORSTEP_OURS;
  if (status == 511)
    return FL_DOORSTEP_PORTAL;
  if (status != SOUP_STATUS_OK)
    return FL_DOORSTEP_OTHER;
  if (is_known (self))
    return FL_DOORSTEP_OURS;

  return is_web_page (self) ? FL_DOORSTEP_PORTAL : FL_DOORSTEP_OTHER;
}

static gint64
get_date (const Question *self)
{
  const char *text = soup_message_headers_get_one (soup_message_get_response_headers (self->message), "Date");
  g_autoptr (GDateTime) date = text != NULL ? soup_date_time_new_from_http_string (text) : NULL;

  return date != NULL ? g_date_time_to_unix (date) : 0;
}

static void
answer (GTask *task)
{
  Question *self = g_task_get_task_data (task);
  FlDoorstepAnswer *answered = g_new0 (FlDoorstepAnswer, 1);

  if (self->stream != NULL)
    {
      answered->kind = judge (self);
      answered->status = soup_message_get_status (self->message);
      answered->date = get_date (self);
    }
  g_task_return_pointer (task, answered, g_free);
}

static void
on_read_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *self = g_task_get_task_data (task);

  /* What could not be read is judged by status and headers alone. */
  g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &self->length, NULL);
  answer (task);
}

static void
on_send_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *self = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, NULL);
  if (self->stream != NULL)
    g_input_stream_read_all_async (self->stream, self->head, sizeof self->head, G_PRIORITY_DEFAULT, cancellable,
                                   on_read_ready, g_steal_pointer (&task));
  else
    answer (task);
}

/**
 * fl_doorstep_ask_async:
 * @session: over which to ask
 * @doorstep: where, as fl_doorstep_for_server() gives it
 * @cancellable: (nullable): ends the question; what has been heard until then counts
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks who is there.
 */
void
fl_doorstep_ask_async (SoupSession         *session,
                       const char          *doorstep,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Question *self = g_new0 (Question, 1);

  g_task_set_source_tag (task, fl_doorstep_ask_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, question_free);
  self->message = soup_message_new (SOUP_METHOD_GET, doorstep);
  soup_message_add_flags (self->message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION);
  soup_message_disable_feature (self->message, SOUP_TYPE_COOKIE_JAR);
  soup_session_send_async (session, self->message, G_PRIORITY_DEFAULT, cancellable, on_send_ready, task);
}

/**
 * fl_doorstep_ask_finish:
 * @result: what the callback was given
 *
 * Returns: (transfer full): the answer, to be freed with g_free()
 */
FlDoorstepAnswer *
fl_doorstep_ask_finish (GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}

/**
 * fl_doorstep_leads_away:
 * @message: what has been answered
 *
 * Returns: whether the answer is a redirection to anywhere but the same host
 */
gboolean
fl_doorstep_leads_away (SoupMessage *message)
{
  const char *location = soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  g_autoptr (GUri) target = NULL;

  if (location == NULL)
    return FALSE;

  target = g_uri_parse_relative (soup_message_get_uri (message), location, SOUP_HTTP_URI_FLAGS, NULL);
  return target != NULL &&
         (g_uri_get_host (target) == NULL ||
          g_ascii_strcasecmp (g_uri_get_host (target), g_uri_get_host (soup_message_get_uri (message))) != 0);
}
