/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-flow.h"

#include <string.h>

#include "fl-kratos-reader.h"
#include "fl-problem.h"

/* A self-service flow as an answer shows it, reduced to what this client acts on: whose it is, how far it has come,
 * what it offers, what it complains about. What it does not know (nodes, groups, actions) it leaves alone; what it
 * does know has to have the right shape. `ui.action` is never read: after a success it names another flow. */

/* RFC 4648, section 6, without padding, as Kratos writes it. */
#define BASE32 "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

static const struct {
  const char    *group;
  const char    *name;
  FlKratosNodes  node;
} known_nodes[] = {
  { "password",         "password",                 FL_KRATOS_NODE_PASSWORD },
  { "identifier_first", "identifier",               FL_KRATOS_NODE_IDENTIFIER_FIRST },
  { "code",             "email",                    FL_KRATOS_NODE_MAIL_ADDRESS },
  { "code",             "code",                     FL_KRATOS_NODE_MAIL_CODE },
  { "totp",             "totp_code",                FL_KRATOS_NODE_TOTP_CODE },
  { "totp",             "totp_unlink",              FL_KRATOS_NODE_TOTP_UNLINK },
  { "lookup_secret",    "lookup_secret",            FL_KRATOS_NODE_LOOKUP_SECRET },
  { "lookup_secret",    "lookup_secret_reveal",     FL_KRATOS_NODE_LOOKUP_REVEAL },
  { "lookup_secret",    "lookup_secret_regenerate", FL_KRATOS_NODE_LOOKUP_REGENERATE },
  { "lookup_secret",    "lookup_secret_confirm",    FL_KRATOS_NODE_LOOKUP_CONFIRM },
};

static const struct {
  const char    *name;
  FlKratosState  state;
} known_states[] = {
  { "choose_method",    FL_KRATOS_STATE_CHOOSE_METHOD },
  { "sent_email",       FL_KRATOS_STATE_SENT_EMAIL },
  { "passed_challenge", FL_KRATOS_STATE_PASSED_CHALLENGE },
  { "show_form",        FL_KRATOS_STATE_SHOW_FORM },
  { "success",          FL_KRATOS_STATE_SUCCESS },
};

static gboolean
makes_no_sense (const char  *diagnostic,
                GError     **error)
{
  g_propagate_error (error, fl_problem_new (FL_PROBLEM_PROTOCOL, diagnostic));
  return FALSE;
}

static void
free_message (gpointer data)
{
  FlKratosMessage *message = data;

  g_free (message->node);
  g_clear_pointer (&message->context, json_object_unref);
  g_free (message);
}

static gboolean
parse_messages (FlKratosFlow  *self,
                JsonObject    *from,
                const char    *node,
                GError       **error)
{
  JsonArray *messages;

  if (!fl_kratos_read_array (from, "messages", FL_KRATOS_OPTIONAL, &messages, error))
    return FALSE;

  for (guint i = 0; messages != NULL && i < json_array_get_length (messages); i++)
    {
      JsonObject *object, *context;
      FlKratosMessage *message;
      gint64 id;

      if (!fl_kratos_read_element (messages, i, &object, error) ||
          !fl_kratos_read_integer (object, "id", FL_KRATOS_REQUIRED, &id, error) ||
          !fl_kratos_read_object (object, "context", FL_KRATOS_OPTIONAL, &context, error))
        return FALSE;

      message = g_new0 (FlKratosMessage, 1);
      message->id = id;
      message->node = g_strdup (node);
      message->context = context != NULL ? json_object_ref (context) : NULL;
      g_ptr_array_add (self->messages, message);
    }

  return TRUE;
}

static gboolean
parse_totp_secret (FlKratosFlow  *self,
                   JsonObject    *text,
                   GError       **error)
{
  JsonObject *context;
  const char *secret;

  if (!fl_kratos_read_object (text, "context", FL_KRATOS_REQUIRED, &context, error) ||
      !fl_kratos_read_string (context, "secret", FL_KRATOS_REQUIRED, &secret, error))
    return FALSE;
  if (*secret == '\0' || secret[strspn (secret, BASE32)] != '\0')
    return makes_no_sense ("a TOTP secret that is not Base32", error);

  g_clear_pointer (&self->totp_secret, fl_secret_unref);
  self->totp_secret = fl_secret_new (secret);
  return TRUE;
}

/* A code that has been used up has "used_at" in the place of "secret". */
static gboolean
parse_codes (FlKratosFlow  *self,
             JsonObject    *text,
             GError       **error)
{
  JsonObject *context;
  JsonArray *secrets;

  if (!fl_kratos_read_object (text, "context", FL_KRATOS_REQUIRED, &context, error) ||
      !fl_kratos_read_array (context, "secrets", FL_KRATOS_REQUIRED, &secrets, error))
    return FALSE;

  g_clear_pointer (&self->codes, g_ptr_array_unref);
  self->codes = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_secret_unref);
  for (guint i = 0; i < json_array_get_length (secrets); i++)
    {
      JsonObject *code, *code_context;
      const char *secret, *used_at;

      if (!fl_kratos_read_element (secrets, i, &code, error) ||
          !fl_kratos_read_object (code, "context", FL_KRATOS_REQUIRED, &code_context, error) ||
          !fl_kratos_read_string (code_context, "used_at", FL_KRATOS_OPTIONAL, &used_at, error) ||
          !fl_kratos_read_string (code_context, "secret",
                                  used_at != NULL ? FL_KRATOS_OPTIONAL : FL_KRATOS_REQUIRED, &secret, error))
        return FALSE;

      if (used_at == NULL)
        g_ptr_array_add (self->codes, fl_secret_new (secret));
    }

  return TRUE;
}

static gboolean
parse_text_node (FlKratosFlow  *self,
                 JsonObject    *attributes,
                 const char    *id,
                 GError       **error)
{
  gboolean is_secret = g_strcmp0 (id, "totp_secret_key") == 0;
  JsonObject *text;

  if (!is_secret && g_strcmp0 (id, "lookup_secret_codes") != 0)
    return TRUE;

  if (!fl_kratos_read_object (attributes, "text", FL_KRATOS_REQUIRED, &text, error))
    return FALSE;

  return is_secret ? parse_totp_secret (self, text, error) : parse_codes (self, text, error);
}

static gboolean
parse_input_node (FlKratosFlow  *self,
                  JsonObject    *attributes,
                  const char    *group,
                  const char    *name,
                  GError       **error)
{
  const char *value;

  for (gsize i = 0; i < G_N_ELEMENTS (known_nodes); i++)
    if (g_str_equal (known_nodes[i].group, group) && g_str_equal (known_nodes[i].name, name))
      self->nodes |= known_nodes[i].node;

  if (!g_str_equal (name, "identifier") && !(g_str_equal (group, "code") && g_str_equal (name, "email")))
    return TRUE;

  if (!fl_kratos_read_string (attributes, "value", FL_KRATOS_OPTIONAL, &value, error))
    return FALSE;

  if (value == NULL || *value == '\0')
    return TRUE;

  if (g_str_equal (name, "identifier"))
    {
      g_free (self->identifier);
      self->identifier = g_strdup (value);
    }
  else
    {
      g_free (self->address);
      self->address = g_strdup (value);
    }
  return TRUE;
}

static gboolean
parse_node (FlKratosFlow  *self,
            JsonObject    *node,
            GError       **error)
{
  JsonObject *attributes;
  const char *type, *group, *name;
  gboolean is_input;

  if (!fl_kratos_read_string (node, "type", FL_KRATOS_REQUIRED, &type, error) ||
      !fl_kratos_read_string (node, "group", FL_KRATOS_REQUIRED, &group, error) ||
      !fl_kratos_read_object (node, "attributes", FL_KRATOS_REQUIRED, &attributes, error))
    return FALSE;

  is_input = g_str_equal (type, "input");
  if (!fl_kratos_read_string (attributes, is_input ? "name" : "id",
                              is_input ? FL_KRATOS_REQUIRED : FL_KRATOS_OPTIONAL, &name, error) ||
      !parse_messages (self, node, name != NULL ? name : "", error))
    return FALSE;

  if (is_input)
    return parse_input_node (self, attributes, group, name, error);
  if (g_str_equal (type, "text"))
    return parse_text_node (self, attributes, name, error);

  return TRUE;
}

static gboolean
parse_ui (FlKratosFlow  *self,
          JsonObject    *object,
          GError       **error)
{
  JsonObject *ui;
  JsonArray *nodes;

  if (!fl_kratos_read_object (object, "ui", FL_KRATOS_REQUIRED, &ui, error) ||
      !parse_messages (self, ui, NULL, error))
    return FALSE;

  /* "nodes" is null where there is nothing to choose, but it is always there. */
  if (!json_object_has_member (ui, "nodes"))
    return makes_no_sense ("a flow without nodes", error);
  if (!fl_kratos_read_array (ui, "nodes", FL_KRATOS_OPTIONAL, &nodes, error))
    return FALSE;

  for (guint i = 0; nodes != NULL && i < json_array_get_length (nodes); i++)
    {
      JsonObject *node;

      if (!fl_kratos_read_element (nodes, i, &node, error) ||
          !parse_node (self, node, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
parse_identity (FlKratosFlow  *self,
                JsonObject    *object,
                GError       **error)
{
  JsonObject *identity, *traits;
  const char *address;

  if (!fl_kratos_read_object (object, "identity", FL_KRATOS_OPTIONAL, &identity, error))
    return FALSE;
  if (identity == NULL)
    return TRUE;

  if (!fl_kratos_read_object (identity, "traits", FL_KRATOS_REQUIRED, &traits, error) ||
      !fl_kratos_read_string (traits, "email", FL_KRATOS_REQUIRED, &address, error))
    return FALSE;

  g_free (self->address);
  self->address = g_strdup (address);
  self->has_identity = TRUE;
  return TRUE;
}

static gboolean
parse_action (FlKratosFlow  *self,
              JsonObject    *item,
              GError       **error)
{
  const char *action, *text;
  JsonObject *flow;

  if (!fl_kratos_read_string (item, "action", FL_KRATOS_REQUIRED, &action, error))
    return FALSE;

  if (g_str_equal (action, "set_ory_session_token"))
    {
      if (!fl_kratos_read_string (item, "ory_session_token", FL_KRATOS_REQUIRED, &text, error))
        return FALSE;
      if (*text == '\0')
        return makes_no_sense ("an empty session token", error);
      g_clear_pointer (&self->token, fl_secret_unref);
      self->token = fl_secret_new (text);
    }
  else if (g_str_equal (action, "show_settings_ui"))
    {
      if (!fl_kratos_read_object (item, "flow", FL_KRATOS_REQUIRED, &flow, error) ||
          !fl_kratos_read_uuid (flow, "id", &text, error))
        return FALSE;
      g_clear_pointer (&self->settings, fl_secret_unref);
      self->settings = fl_secret_new (text);
    }

  return TRUE;
}

static gboolean
parse_continue_with (FlKratosFlow  *self,
                     JsonObject    *object,
                     GError       **error)
{
  JsonArray *actions;

  if (!fl_kratos_read_array (object, "continue_with", FL_KRATOS_OPTIONAL, &actions, error))
    return FALSE;

  for (guint i = 0; actions != NULL && i < json_array_get_length (actions); i++)
    {
      JsonObject *item;

      if (!fl_kratos_read_element (actions, i, &item, error) ||
          !parse_action (self, item, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
parse_head (FlKratosFlow  *self,
            JsonObject    *object,
            gint64         skew,
            GError       **error)
{
  const char *id, *type, *state;

  if (!fl_kratos_read_uuid (object, "id", &id, error) ||
      !fl_kratos_read_string (object, "type", FL_KRATOS_REQUIRED, &type, error) ||
      !fl_kratos_read_string (object, "state", FL_KRATOS_REQUIRED, &state, error) ||
      !fl_kratos_read_time (object, "expires_at", &self->expires_at, error))
    return FALSE;

  if (!g_str_equal (type, "api"))
    return makes_no_sense ("a flow that is not of the native kind", error);

  self->id = fl_secret_new (id);
  self->expires_at -= skew;
  self->state = FL_KRATOS_STATE_FOREIGN;
  for (gsize i = 0; i < G_N_ELEMENTS (known_states); i++)
    if (g_str_equal (known_states[i].name, state))
      self->state = known_states[i].state;

  return TRUE;
}

/**
 * fl_kratos_flow_new:
 * @id: a flow's id
 * @expires_at: Unix seconds, when it ends
 *
 * Returns: (transfer full): a flow of which nothing more is known yet
 */
FlKratosFlow *
fl_kratos_flow_new (FlSecret *id,
                    gint64    expires_at)
{
  FlKratosFlow *self = g_new0 (FlKratosFlow, 1);

  self->id = fl_secret_ref (id);
  self->expires_at = expires_at;
  self->messages = g_ptr_array_new_with_free_func (free_message);

  return self;
}

/**
 * fl_kratos_flow_parse:
 * @object: an answer that has a member `ui`
 * @skew: seconds by which the server's clock is ahead of ours
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the flow, or %NULL with %FL_PROBLEM_PROTOCOL
 */
FlKratosFlow *
fl_kratos_flow_parse (JsonObject  *object,
                      gint64       skew,
                      GError     **error)
{
  g_autoptr (FlKratosFlow) self = g_new0 (FlKratosFlow, 1);

  self->messages = g_ptr_array_new_with_free_func (free_message);
  if (!parse_head (self, object, skew, error) ||
      !parse_ui (self, object, error) ||
      !parse_identity (self, object, error) ||
      !parse_continue_with (self, object, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * fl_kratos_flow_free:
 * @self: (transfer full): a flow
 *
 * Frees it; the secrets in it are wiped.
 */
void
fl_kratos_flow_free (FlKratosFlow *self)
{
  g_clear_pointer (&self->id, fl_secret_unref);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  g_clear_pointer (&self->identifier, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->totp_secret, fl_secret_unref);
  g_clear_pointer (&self->codes, g_ptr_array_unref);
  g_clear_pointer (&self->token, fl_secret_unref);
  g_clear_pointer (&self->settings, fl_secret_unref);
  g_free (self);
}

/**
 * fl_kratos_flow_has:
 * @self: a flow
 * @nodes: which nodes
 *
 * Returns: whether the flow offers all of them
 */
gboolean
fl_kratos_flow_has (const FlKratosFlow *self,
                    FlKratosNodes       nodes)
{
  return (self->nodes & nodes) == nodes;
}

/**
 * fl_kratos_flow_is_refusal:
 * @self: a flow
 *
 * Kratos numbers its messages by what they are: those that refuse begin at 4000000, those of a fault at 5000000.
 *
 * Returns: whether the flow complains about what was sent
 */
gboolean
fl_kratos_flow_is_refusal (const FlKratosFlow *self)
{
  for (guint i = 0; i < self->messages->len; i++)
    {
      const FlKratosMessage *message = g_ptr_array_index (self->messages, i);

      if (message->id >= 4000000)
        return TRUE;
    }

  return FALSE;
}

/**
 * fl_kratos_flow_is_replaced:
 * @error_object: the member `error` of an error envelope
 * @found: (out): whether its details ask to begin another recovery
 * @error: return location
 *
 * Returns: %FALSE with %FL_PROBLEM_PROTOCOL when the details are malformed
 */
gboolean
fl_kratos_flow_is_replaced (JsonObject  *error_object,
                            gboolean    *found,
                            GError     **error)
{
  JsonObject *details;
  JsonArray *actions = NULL;

  *found = FALSE;
  if (!fl_kratos_read_object (error_object, "details", FL_KRATOS_OPTIONAL, &details, error))
    return FALSE;
  if (details != NULL &&
      !fl_kratos_read_array (details, "continue_with", FL_KRATOS_OPTIONAL, &actions, error))
    return FALSE;

  for (guint i = 0; actions != NULL && i < json_array_get_length (actions); i++)
    {
      JsonObject *item;
      const char *action;

      if (!fl_kratos_read_element (actions, i, &item, error) ||
          !fl_kratos_read_string (item, "action", FL_KRATOS_REQUIRED, &action, error))
        return FALSE;
      if (g_str_equal (action, "show_recovery_ui"))
        *found = TRUE;
    }

  return TRUE;
}
