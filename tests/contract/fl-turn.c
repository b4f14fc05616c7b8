/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include "fl-turn.h"

/* One request that is expected, and the answer that it gets. */

/* The transcripts were recorded before mails knew languages. */
static gboolean
body_fits (const FlTurn      *self,
           SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  if (self->body == NULL)
    return TRUE;

  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  node = json_from_string (text, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;

  object = json_node_get_object (node);
  if (json_object_has_member (object, "transient_payload"))
    json_object_remove_member (json_object_get_object_member (object, "transient_payload"), "lang");
  return json_node_equal (node, self->body);
}

/**
 * fl_turn_new:
 * @status: of the answer
 * @json: (nullable): its body
 *
 * Returns: (transfer full): a turn that fits every request
 */
FlTurn *
fl_turn_new (guint       status,
             const char *json)
{
  FlTurn *self = g_new0 (FlTurn, 1);

  self->status = status;
  self->content_type = g_strdup ("application/json; charset=utf-8");
  if (json != NULL)
    self->reply = g_bytes_new (json, strlen (json));

  return self;
}

/**
 * fl_turn_free:
 * @self: (transfer full): a turn
 */
void
fl_turn_free (FlTurn *self)
{
  g_free (self->method);
  g_free (self->path);
  g_clear_pointer (&self->body, json_node_unref);
  g_free (self->token);
  g_free (self->content_type);
  g_free (self->header);
  g_clear_pointer (&self->reply, g_bytes_unref);
  g_clear_pointer (&self->wire, g_bytes_unref);
  g_free (self);
}

/**
 * fl_turn_fits:
 * @self: a turn
 * @message: a request
 * @target: its path and query
 *
 * Returns: whether the turn is the one that answers it
 */
gboolean
fl_turn_fits (const FlTurn      *self,
              SoupServerMessage *message,
              const char        *target)
{
  const char *token = soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                                    "X-Session-Token");

  if (self->method != NULL && !g_str_equal (self->method, soup_server_message_get_method (message)))
    return FALSE;
  if (self->path != NULL && g_str_has_suffix (self->path, "?")
        ? !g_str_has_prefix (target, self->path)
        : self->path != NULL && !g_str_equal (target, self->path))
    return FALSE;
  if (self->token != NULL && g_strcmp0 (token != NULL ? token : "", self->token) != 0)
    return FALSE;

  return body_fits (self, message);
}
