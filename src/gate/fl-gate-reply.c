/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-reply.h"

#include "fl-json.h"
#include "fl-member.h"
#include "fl-secret.h"

#include <libsoup/soup.h>
#include <string.h>

/* What Kratos answers to the two calls. A redirection, or what is no JSON, comes from something else. */
static const guint statuses[] = { 200, 400, 401, 403, 404, 410, 422, 429 };

static gboolean
is_status (guint status)
{
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      if (statuses[i] == status)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_json (const char *type)
{
  return type != NULL
         && g_ascii_strncasecmp (type, "application/json", strlen ("application/json")) == 0
         && strchr ("; ", type[strlen ("application/json")]) != NULL;
}

/* After the code of a mail the token stands among the things to go on with. */
static const char *
find_token (JsonObject *object)
{
  const char *token = fl_member_get_text (object, "session_token");
  JsonArray *actions = fl_member_get_array (object, "continue_with");

  for (guint i = 0; token == NULL && actions != NULL && i < json_array_get_length (actions); i++)
    {
      JsonNode *node = json_array_get_element (actions, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        token = fl_member_get_text (json_node_get_object (node), "ory_session_token");
    }
  return token;
}

static void
learn (FlGateReply *self,
       JsonObject  *object)
{
  if (self->status != SOUP_STATUS_OK)
    return;
  self->token = g_strdup (find_token (object));
  self->is_redeemed = g_strcmp0 (fl_member_get_text (object, "state"), "passed_challenge") == 0;
}

/**
 * fl_gate_reply_read:
 * @status: the HTTP status
 * @type: (nullable): the header `Content-Type`
 * @body: what came
 *
 * Reads an answer.
 *
 * Returns: (transfer full) (nullable): the answer; %NULL when Kratos would not have answered like that
 */
FlGateReply *
fl_gate_reply_read (guint       status,
                    const char *type,
                    GBytes     *body)
{
  g_autoptr (FlGateReply) self = g_new0 (FlGateReply, 1);
  g_autoptr (JsonParser) parser = NULL;
  gsize length;
  const char *data = g_bytes_get_data (body, &length);

  self->status = status;
  if (status >= 500 && status < 600)
    return g_steal_pointer (&self);
  if (!is_status (status) || !is_json (type) || !fl_json_check (data, length, FL_GATE_REPLY_MOST, NULL))
    return NULL;

  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, data, (gssize) length, NULL)
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return NULL;
  self->body = g_bytes_ref (body);
  learn (self, json_node_get_object (json_parser_get_root (parser)));
  return g_steal_pointer (&self);
}

/**
 * fl_gate_reply_free:
 * @self: (transfer full): an answer
 *
 * Frees it; the token is wiped.
 */
void
fl_gate_reply_free (FlGateReply *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->error_id);
  fl_secret_wipe_string (self->token);
  g_free (self);
}
