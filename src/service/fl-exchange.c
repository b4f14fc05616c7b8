/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-exchange.h"

#include "fl-clock.h"
#include "fl-envelope.h"
#include "fl-json.h"
#include "fl-member.h"

#include <string.h>

#define BUSY_RETRY_AFTER 1  /* seconds; a full queue of Argon2id is worked off in about that time */

static void
exchange_free (FlExchange *self)
{
  g_clear_pointer (&self->query, g_hash_table_unref);
  g_clear_pointer (&self->body, json_object_unref);
  g_clear_pointer (&self->token, fl_secret_unref);
  g_free (self);
}

static FlSecret *
read_token (SoupMessageHeaders *headers)
{
  const char *token = soup_message_headers_get_one (headers, "X-Session-Token");
  const char *bearer;

  if (token != NULL)
    return fl_secret_new (token);
  bearer = soup_message_headers_get_one (headers, "Authorization");
  if (bearer != NULL && g_ascii_strncasecmp (bearer, "Bearer ", 7) == 0)
    return fl_secret_new (bearer + 7);
  return NULL;
}

/* The time that all other times of the answer are told by. */
static void
set_date (SoupServerMessage *message)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (fl_clock_now ());
  g_autofree char *text = soup_date_time_to_string (now, SOUP_DATE_HTTP);

  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Date", text);
}

/**
 * fl_exchange_new:
 * @engine: the service
 * @message: a request that has come whole
 *
 * Returns: (transfer none): the exchange, to be ended by a reply; it lives as long as @message
 */
FlExchange *
fl_exchange_new (FlEngine          *engine,
                 SoupServerMessage *message)
{
  FlExchange *self = g_new0 (FlExchange, 1);
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));

  self->engine = engine;
  self->message = message;
  g_object_set_data_full (G_OBJECT (message), "fl-exchange", self, (GDestroyNotify) exchange_free);
  if (query != NULL)
    self->query = soup_form_decode (query);
  self->token = read_token (soup_server_message_get_request_headers (message));
  set_date (message);
  return self;
}

/**
 * fl_exchange_read_body:
 * @self: an exchange
 * @body: what came
 *
 * Reads the JSON of a request.
 *
 * Returns: whether it was JSON of a kind that we read; if not, the exchange has been answered
 */
gboolean
fl_exchange_read_body (FlExchange *self,
                       GBytes     *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize length;
  const char *data = g_bytes_get_data (body, &length);

  if (g_strcmp0 (type, "application/json") != 0)
    {
      fl_exchange_reply_error (self, SOUP_STATUS_BAD_REQUEST, NULL, "The body must be of type application/json.");
      return FALSE;
    }
  if (!fl_json_check (data, length, FL_JSON_REQUEST_MAX, NULL)
      || !json_parser_load_from_data (parser, data, (gssize) length, NULL)
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      fl_exchange_reply_error (self, SOUP_STATUS_BAD_REQUEST, NULL, "The body is not the JSON that is read here.");
      return FALSE;
    }
  self->body = json_node_dup_object (json_parser_get_root (parser));
  return TRUE;
}

/**
 * fl_exchange_get_query:
 * @self: an exchange
 * @name: a parameter
 *
 * Returns: (nullable): its value
 */
const char *
fl_exchange_get_query (FlExchange *self,
                       const char *name)
{
  return self->query != NULL ? g_hash_table_lookup (self->query, name) : NULL;
}

/**
 * fl_exchange_get_header:
 * @self: an exchange
 * @name: a header of the request
 *
 * Returns: (nullable): its value
 */
const char *
fl_exchange_get_header (FlExchange *self,
                        const char *name)
{
  return soup_message_headers_get_list (soup_server_message_get_request_headers (self->message), name);
}

/**
 * fl_exchange_get_url:
 * @self: an exchange
 *
 * Returns: (transfer full): the URL as it was asked for, on our own origin whatever the request called it
 */
char *
fl_exchange_get_url (FlExchange *self)
{
  GUri *uri = soup_server_message_get_uri (self->message);
  const char *query = g_uri_get_query (uri);

  return g_strconcat (self->engine->url, g_uri_get_path (uri), query != NULL ? "?" : NULL, query, NULL);
}

/**
 * fl_exchange_get_text:
 * @self: an exchange
 * @name: a member of the body
 *
 * Returns: (nullable): its text; %NULL when it is not there, empty, or not a text
 */
const char *
fl_exchange_get_text (FlExchange *self,
                      const char *name)
{
  const char *text = fl_member_get_text (self->body, name);

  return text != NULL && *text != '\0' ? text : NULL;
}

/**
 * fl_exchange_take_secret:
 * @self: an exchange
 * @name: a member of the body
 *
 * Takes a secret out of the body, where it is wiped.
 *
 * Returns: (transfer full) (nullable): the secret; %NULL when it is not there, empty, or not a text
 */
FlSecret *
fl_exchange_take_secret (FlExchange *self,
                         const char *name)
{
  const char *text = fl_exchange_get_text (self, name);
  FlSecret *secret;

  if (text == NULL)
    return NULL;
  secret = fl_secret_new (text);
  fl_secret_wipe ((gpointer) text, strlen (text));
  return secret;
}

/**
 * fl_exchange_is_from_browser:
 * @self: an exchange
 *
 * Returns: whether it is to be refused, see fl_envelope_is_from_browser()
 */
gboolean
fl_exchange_is_from_browser (FlExchange *self)
{
  return fl_envelope_is_from_browser (soup_server_message_get_request_headers (self->message));
}

/**
 * fl_exchange_describe_device:
 * @self: an exchange
 *
 * Returns: (transfer full): where the request came from, without an id
 */
JsonObject *
fl_exchange_describe_device (FlExchange *self)
{
  JsonObject *device = json_object_new ();
  const char *header = fl_exchange_get_header (self, "User-Agent");
  g_autofree char *agent = g_utf8_make_valid (header != NULL ? header : "", -1);
  const char *host = soup_server_message_get_remote_host (self->message);

  json_object_set_string_member (device, "ip_address", host != NULL ? host : "");
  json_object_set_string_member (device, "user_agent", agent);
  json_object_set_string_member (device, "location", "");
  return device;
}

/**
 * fl_exchange_echo_payload:
 * @self: an exchange
 * @answer: the answer
 *
 * Gives back the payload that came with the request, as some answers do.
 */
void
fl_exchange_echo_payload (FlExchange *self,
                          JsonObject *answer)
{
  JsonObject *payload = fl_member_get_object (self->body, "transient_payload");

  json_object_set_object_member (answer, "transient_payload",
                                 payload != NULL ? json_object_ref (payload) : json_object_new ());
}

static void
on_client_gone (SoupServerMessage *message,
                FlExchange        *self)
{
  self->gone = TRUE;
}

/**
 * fl_exchange_wait:
 * @self: an exchange
 *
 * Lets others be served until fl_exchange_resume(), which must come. What has been read from the database is to be
 * read anew then.
 */
void
fl_exchange_wait (FlExchange *self)
{
  if (!fl_store_commit (self->engine->store))
    self->failed = TRUE;
  if (!self->waits)
    {
      g_signal_connect (self->message, "disconnected", G_CALLBACK (on_client_gone), self);
      soup_server_message_pause (g_object_ref (self->message));
      self->waits = TRUE;
    }
  self->engine->pending++;
}

/**
 * fl_exchange_resume:
 * @self: an exchange
 *
 * Goes on after fl_exchange_wait().
 */
void
fl_exchange_resume (FlExchange *self)
{
  self->engine->pending--;
  fl_store_begin (self->engine->store);
}

static void
finish (FlExchange *self)
{
  if (!self->waits)
    return;
  self->waits = FALSE;
  if (!self->gone)
    soup_server_message_unpause (self->message);
  g_object_unref (self->message);
}

/**
 * fl_exchange_reply:
 * @self: an exchange
 * @status: the HTTP status
 * @answer: (transfer full) (nullable): the body
 *
 * Commits what has been done and answers; what cannot be committed is answered with 500.
 */
void
fl_exchange_reply (FlExchange *self,
                   guint       status,
                   JsonObject *answer)
{
  if (self->failed)
    fl_store_roll_back (self->engine->store);
  if (fl_store_commit (self->engine->store) && !self->failed)
    {
      fl_envelope_set_answer (self->message, status, answer);
    }
  else
    {
      fl_envelope_set_error (self->message, SOUP_STATUS_INTERNAL_SERVER_ERROR, NULL, "The database could not be used.");
    }
  g_clear_pointer (&answer, json_object_unref);
  finish (self);
}

/**
 * fl_exchange_reply_error:
 * @self: an exchange
 * @status: the HTTP status
 * @id: (nullable): the id of the error
 * @reason: (nullable): why, for people who read the protocol
 *
 * Answers with an error envelope.
 */
void
fl_exchange_reply_error (FlExchange *self,
                         guint       status,
                         const char *id,
                         const char *reason)
{
  fl_exchange_reply_error_full (self, status, id, reason, NULL, NULL);
}

/**
 * fl_exchange_reply_error_full:
 * @self: an exchange
 * @status: the HTTP status
 * @id: (nullable): the id of the error
 * @reason: (nullable): why, for people who read the protocol
 * @details: (transfer full) (nullable): the details in the envelope
 * @beside: (transfer full) (nullable): an object that gets the envelope beside what it has
 *
 * Answers with an error envelope.
 */
void
fl_exchange_reply_error_full (FlExchange *self,
                              guint       status,
                              const char *id,
                              const char *reason,
                              JsonObject *details,
                              JsonObject *beside)
{
  JsonObject *answer = beside != NULL ? beside : json_object_new ();

  json_object_set_object_member (answer, "error", fl_envelope_new (status, id, reason, details));
  if (id != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (self->message), "Ory-Error-Id", id);
  fl_exchange_reply (self, status, answer);
}

/**
 * fl_exchange_reply_too_many:
 * @self: an exchange
 * @retry_after: seconds until it makes sense to ask again
 *
 * Answers 429 (RFC 6585, section 4).
 */
void
fl_exchange_reply_too_many (FlExchange *self,
                            gint64      retry_after)
{
  fl_envelope_set_retry_after (self->message, retry_after);
  fl_exchange_reply_error (self, FL_STATUS_TOO_MANY_REQUESTS, NULL, "Too many attempts. Please try again later.");
}

/**
 * fl_exchange_set_rest:
 * @self: an exchange that goes well
 * @seconds: how long the same is refused from now on
 *
 * Tells ahead what a 429 would tell, so that a client can show a countdown instead of trying.
 */
void
fl_exchange_set_rest (FlExchange *self,
                      gint64      seconds)
{
  fl_envelope_set_retry_after (self->message, seconds);
}

/**
 * fl_exchange_reply_busy:
 * @self: an exchange
 *
 * Answers 503: as much is being computed as may be at once.
 */
void
fl_exchange_reply_busy (FlExchange *self)
{
  fl_envelope_set_retry_after (self->message, BUSY_RETRY_AFTER);
  fl_exchange_reply_error (self, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL, "Too many passwords wait to be checked.");
}
