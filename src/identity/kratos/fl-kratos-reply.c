/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-reply.h"

#include "fl-json.h"
#include "fl-kratos-reader.h"
#include "fl-problem.h"

/* An answer, told apart by the shape of its body: an error envelope, a flow, a login, a session. The status alone
 * would mislead: a step that went well may be 400, a wrong mail code 200. */

static gboolean
read_level (FlKratosReply  *self,
            JsonObject     *session,
            GError        **error)
{
  const char *level;

  if (!fl_kratos_read_string (session, "authenticator_assurance_level", FL_KRATOS_REQUIRED, &level, error))
    return FALSE;

  if (g_str_equal (level, "aal1"))
    self->level = 1;
  else if (g_str_equal (level, "aal2"))
    self->level = 2;
  else
    g_propagate_error (error, fl_problem_new (FL_PROBLEM_PROTOCOL, "a session of an unknown level"));

  return self->level != 0;
}

static gboolean
read_session (FlKratosReply  *self,
              JsonObject     *session,
              GError        **error)
{
  JsonObject *identity, *traits;
  const char *address;
  gboolean active;

  if (!fl_kratos_read_boolean (session, "active", FL_KRATOS_REQUIRED, &active, error) ||
      !read_level (self, session, error) ||
      !fl_kratos_read_object (session, "identity", FL_KRATOS_OPTIONAL, &identity, error))
    return FALSE;

  /* The identity is null until the second factor has been given, but it is always there. */
  if (!active || !json_object_has_member (session, "identity"))
    {
      g_propagate_error (error, fl_problem_new (FL_PROBLEM_PROTOCOL, "a session that is none"));
      return FALSE;
    }

  if (identity == NULL)
    return TRUE;

  if (!fl_kratos_read_object (identity, "traits", FL_KRATOS_REQUIRED, &traits, error) ||
      !fl_kratos_read_string (traits, "email", FL_KRATOS_REQUIRED, &address, error))
    return FALSE;

  self->has_identity = TRUE;
  self->address = g_strdup (address);
  return TRUE;
}

static gboolean
read_login (FlKratosReply  *self,
            JsonObject     *object,
            GError        **error)
{
  JsonObject *session;
  const char *token;

  if (!fl_kratos_read_object (object, "session", FL_KRATOS_REQUIRED, &session, error) ||
      !fl_kratos_read_string (object, "session_token", FL_KRATOS_OPTIONAL, &token, error))
    return FALSE;

  if (token != NULL && *token != '\0')
    self->token = fl_secret_new (token);

  return read_session (self, session, error);
}

static gboolean
read_envelope (FlKratosReply  *self,
               JsonObject     *object,
               GError        **error)
{
  JsonObject *envelope;
  const char *id;

  if (!fl_kratos_read_object (object, "error", FL_KRATOS_REQUIRED, &envelope, error) ||
      !fl_kratos_read_string (envelope, "id", FL_KRATOS_OPTIONAL, &id, error) ||
      !fl_kratos_flow_is_replaced (envelope, &self->is_replaced, error))
    return FALSE;

  self->error_id = g_strdup (id);
  return TRUE;
}

static gboolean
read_flow (FlKratosReply  *self,
           JsonObject     *object,
           gint64          skew,
           GError        **error)
{
  self->flow = fl_kratos_flow_parse (object, skew, error);
  return self->flow != NULL;
}

static gboolean
read_by_shape (FlKratosReply  *self,
               JsonObject     *object,
               gint64          skew,
               GError        **error)
{
  if (json_object_has_member (object, "error"))
    {
      self->kind = FL_KRATOS_REPLY_ERROR;
      return read_envelope (self, object, error);
    }

  if (json_object_has_member (object, "ui"))
    {
      self->kind = FL_KRATOS_REPLY_FLOW;
      return read_flow (self, object, skew, error);
    }

  if (json_object_has_member (object, "session"))
    {
      self->kind = FL_KRATOS_REPLY_LOGIN;
      return read_login (self, object, error);
    }

  if (json_object_has_member (object, "authenticator_assurance_level"))
    {
      self->kind = FL_KRATOS_REPLY_SESSION;
      return read_session (self, object, error);
    }

  g_propagate_error (error, fl_problem_new (FL_PROBLEM_NOT_OUR_SERVER, "JSON of another dialect"));
  return FALSE;
}

/**
 * fl_kratos_reply_new:
 * @kind: what it is
 * @status: the HTTP status
 *
 * Returns: (transfer full): an answer with nothing in it
 */
FlKratosReply *
fl_kratos_reply_new (FlKratosReplyKind kind,
                     guint             status)
{
  FlKratosReply *self = g_new0 (FlKratosReply, 1);

  self->kind = kind;
  self->status = status;

  return self;
}

/**
 * fl_kratos_reply_parse:
 * @status: the HTTP status
 * @body: the body, not zero-terminated
 * @length: its length in bytes
 * @skew: seconds by which the server's clock is ahead of ours
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the answer, or %NULL with %FL_PROBLEM_PROTOCOL (malformed, or a known shape
 *   whose members are not what they have to be) or %FL_PROBLEM_NOT_OUR_SERVER (JSON of another dialect)
 */
FlKratosReply *
fl_kratos_reply_parse (guint        status,
                       const char  *body,
                       gsize        length,
                       gint64       skew,
                       GError     **error)
{
  g_autoptr (FlKratosReply) self = fl_kratos_reply_new (FL_KRATOS_REPLY_NOTHING, status);
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local_error = NULL;
  JsonNode *root;

  parser = json_parser_new_immutable ();
  if (!g_utf8_validate_len (body, length, NULL) ||
      !fl_json_check (body, length, FL_JSON_ANSWER_MAX, &local_error) ||
      !json_parser_load_from_data (parser, body, length, NULL))
    {
      g_propagate_error (error, fl_problem_new (FL_PROBLEM_PROTOCOL,
                                                local_error != NULL ? local_error->message : "malformed JSON"));
      return NULL;
    }

  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_propagate_error (error, fl_problem_new (FL_PROBLEM_PROTOCOL, "JSON that is not an object"));
      return NULL;
    }

  if (!read_by_shape (self, json_node_get_object (root), skew, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * fl_kratos_reply_free:
 * @self: (transfer full): an answer
 *
 * Frees it; the secrets in it are wiped.
 */
void
fl_kratos_reply_free (FlKratosReply *self)
{
  g_clear_pointer (&self->flow, fl_kratos_flow_free);
  g_clear_pointer (&self->token, fl_secret_unref);
  g_free (self->error_id);
  g_free (self->address);
  g_free (self->text);
  g_free (self);
}
