/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-request.h"

#include "fl-envelope.h"
#include "fl-json-body.h"
#include "fl-secret.h"

#include <string.h>

#define TOKEN_MOST 128
#define AGENT_MOST 256  /* bytes; Kratos keeps it with the session */

#define BIT(member) (1u << FL_GATE_BODY_##member)

/* Every form that is let through: which call, which method, what has to be there and what may be. What is not there for
 * Kratos to miss (an empty code, say) is Kratos' to say; only which members stand together is decided here. */
static const struct
{
  FlGateCallKind kind;
  const char    *method;
  guint          needed;
  guint          allowed;
  FlGateAsk      ask;
} forms[] = {
  { FL_GATE_LOGIN, "identifier_first", BIT (IDENTIFIER), 0, FL_GATE_ASK_ADDRESS },
  { FL_GATE_LOGIN, "password", 0, BIT (IDENTIFIER) | BIT (PASSWORD), FL_GATE_ASK_PASSWORD },
  { FL_GATE_LOGIN, "totp", 0, BIT (TOTP_CODE), FL_GATE_ASK_SECOND_FACTOR },
  { FL_GATE_LOGIN, "lookup_secret", 0, BIT (LOOKUP_SECRET), FL_GATE_ASK_SECOND_FACTOR },
  { FL_GATE_RECOVERY, "code", BIT (EMAIL), BIT (PAYLOAD) | BIT (PAYLOAD_FLOW) | BIT (PAYLOAD_LANGUAGE), FL_GATE_ASK_MAIL },
  { FL_GATE_RECOVERY, "code", 0, BIT (CODE), FL_GATE_ASK_CODE },
};

/* What stands in the top of the body that is sent on; the payload is written by hand. */
static const struct
{
  FlGateBodyMember member;
  const char      *name;
} sent[] = {
  { FL_GATE_BODY_IDENTIFIER, "identifier" },
  { FL_GATE_BODY_PASSWORD, "password" },
  { FL_GATE_BODY_TOTP_CODE, "totp_code" },
  { FL_GATE_BODY_LOOKUP_SECRET, "lookup_secret" },
  { FL_GATE_BODY_EMAIL, "email" },
  { FL_GATE_BODY_CODE, "code" },
};

static const char * const languages[] = { LANGUAGES, NULL };

/* RFC 9562, section 4, in small letters. */
static gboolean
is_uuid (const char *text)
{
  static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

  for (gsize i = 0; i < sizeof shape - 1; i++)
    {
      if (shape[i] == '-' ? text[i] != '-' : !g_ascii_isxdigit (text[i]) || g_ascii_isupper (text[i]))
        return FALSE;
    }
  return text[sizeof shape - 1] == '\0';
}

/**
 * fl_gate_request_read_flow:
 * @query: (nullable): what stands behind the `?`
 *
 * Returns: (transfer full) (nullable): the id of the flow, when there is nothing else; %NULL otherwise
 */
char *
fl_gate_request_read_flow (const char *query)
{
  if (query == NULL || !g_str_has_prefix (query, "flow=") || !is_uuid (query + strlen ("flow=")))
    return NULL;
  return g_strdup (query + strlen ("flow="));
}

static gboolean
has_control (const char *text)
{
  for (const char *p = text; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    {
      if (g_unichar_iscntrl (g_utf8_get_char (p)))
        return TRUE;
    }
  return FALSE;
}

/* The payload goes into a mail, so it is about this flow or not there. A language that is not spoken here is no mistake: the
 * client may be newer. */
static gboolean
is_payload_right (const FlGateRequest *self)
{
  const char *flow = fl_gate_body_get (self->body, FL_GATE_BODY_PAYLOAD_FLOW);

  return flow == NULL || strcmp (flow, self->flow) == 0;
}

static gboolean
match_form (FlGateRequest *self)
{
  const char *method = fl_gate_body_get (self->body, FL_GATE_BODY_METHOD);
  guint mask = fl_gate_body_mask (self->body) & ~BIT (METHOD);

  for (gsize i = 0; method != NULL && i < G_N_ELEMENTS (forms); i++)
    {
      if (forms[i].kind != self->kind
          || strcmp (forms[i].method, method) != 0
          || (mask & forms[i].needed) != forms[i].needed
          || (mask & ~(forms[i].needed | forms[i].allowed)) != 0)
        continue;
      self->ask = forms[i].ask;
      return is_payload_right (self)
             && !has_control (fl_gate_body_get (self->body, FL_GATE_BODY_IDENTIFIER))
             && !has_control (fl_gate_body_get (self->body, FL_GATE_BODY_EMAIL));
    }
  return FALSE;
}

static gboolean
is_token (const char *text)
{
  return *text != '\0'
         && strlen (text) <= TOKEN_MOST
         && strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == strlen (text);
}

/* Which type it is, and that nothing changes how the body is to be read. Whoever sends a header twice gets a list here, which
 * is none of these. */
static gboolean
are_headers_right (SoupMessageHeaders *headers)
{
  const char *type = soup_message_headers_get_list (headers, "Content-Type");
  const char *length = soup_message_headers_get_list (headers, "Content-Length");
  const char *token = soup_message_headers_get_list (headers, "X-Session-Token");

  return g_strcmp0 (type, "application/json") == 0
         && length != NULL
         && strspn (length, "0123456789") == strlen (length)
         && soup_message_headers_get_list (headers, "Transfer-Encoding") == NULL
         && soup_message_headers_get_list (headers, "Content-Encoding") == NULL
         && (token == NULL || is_token (token));
}

static FlGateReason
read_all (FlGateRequest      *self,
          SoupMessageHeaders *headers,
          const char         *query,
          GBytes             *body)
{
  if (!are_headers_right (headers))
    return FL_GATE_BAD_HEADERS;
  if (fl_envelope_is_from_browser (headers))
    return FL_GATE_FROM_BROWSER;
  self->flow = fl_gate_request_read_flow (query);
  if (self->flow == NULL)
    return FL_GATE_BAD_QUERY;
  self->body = fl_gate_body_read (body);
  if (self->body == NULL)
    return FL_GATE_BAD_BODY;
  return match_form (self) ? FL_GATE_FINE : FL_GATE_BAD_FORM;
}

/* Only a password, which may be one that refreshes a session, and a second factor go with a session. */
static void
read_company (FlGateRequest      *self,
              SoupMessageHeaders *headers)
{
  const char *agent = soup_message_headers_get_one (headers, "User-Agent");
  const char *end;

  if (self->ask == FL_GATE_ASK_PASSWORD || self->ask == FL_GATE_ASK_SECOND_FACTOR)
    self->token = g_strdup (soup_message_headers_get_one (headers, "X-Session-Token"));
  if (self->ask == FL_GATE_ASK_MAIL)
    self->proof = soup_message_headers_get_list (headers, "X-Altcha");
  if (agent == NULL)
    return;
  g_utf8_validate_len (agent, strnlen (agent, AGENT_MOST), &end);
  self->agent = g_strndup (agent, (gsize) (end - agent));
}

/**
 * fl_gate_request_read:
 * @kind: %FL_GATE_LOGIN or %FL_GATE_RECOVERY
 * @headers: of the request
 * @query: (nullable): what stands behind the `?`
 * @body: what came
 * @reason: (out): why it is refused
 *
 * Reads a call. Kratos merges the query into the body, takes forms, and the last of two equal members: so whatever is not
 * one of the few forms that the assistant sends is refused. The proof is not looked at yet.
 *
 * Returns: (transfer full) (nullable): the call; it lives no longer than @headers
 */
FlGateRequest *
fl_gate_request_read (FlGateCallKind      kind,
                      SoupMessageHeaders *headers,
                      const char         *query,
                      GBytes             *body,
                      FlGateReason       *reason)
{
  g_autoptr (FlGateRequest) self = g_new0 (FlGateRequest, 1);

  self->kind = kind;
  *reason = read_all (self, headers, query, body);
  if (*reason != FL_GATE_FINE)
    return NULL;
  read_company (self, headers);
  return g_steal_pointer (&self);
}

/**
 * fl_gate_request_free:
 * @self: (transfer full): a call
 *
 * Wipes and frees it.
 */
void
fl_gate_request_free (FlGateRequest *self)
{
  fl_secret_wipe_string (self->flow);
  fl_secret_wipe_string (self->token);
  g_clear_pointer (&self->body, fl_gate_body_free);
  g_free (self->agent);
  g_free (self);
}

static void
add_payload (const FlGateRequest *self,
             FlJsonBody          *body)
{
  const char *language = fl_gate_body_get (self->body, FL_GATE_BODY_PAYLOAD_LANGUAGE);

  if (!fl_gate_body_has (self->body, FL_GATE_BODY_PAYLOAD))
    return;
  fl_json_body_open (body, "transient_payload");
  if (fl_gate_body_has (self->body, FL_GATE_BODY_PAYLOAD_FLOW))
    fl_json_body_add (body, "flow", self->flow);
  if (language != NULL && g_strv_contains (languages, language))
    fl_json_body_add (body, "lang", language);
  fl_json_body_close (body);
}

/**
 * fl_gate_request_write_body:
 * @self: a call
 *
 * Returns: (transfer full): the body that Kratos is sent, which is wiped with its last reference
 */
GBytes *
fl_gate_request_write_body (const FlGateRequest *self)
{
  FlJsonBody *body = fl_json_body_new (fl_gate_body_get (self->body, FL_GATE_BODY_METHOD));

  for (gsize i = 0; i < G_N_ELEMENTS (sent); i++)
    {
      const char *text = fl_gate_body_get (self->body, sent[i].member);

      if (text != NULL)
        fl_json_body_add (body, sent[i].name, text);
    }
  add_payload (self, body);
  return fl_json_body_finish (body);
}

/**
 * fl_gate_request_to_message:
 * @self: a call
 * @peer: who asks
 * @upstream: the origin of Kratos
 *
 * Returns: (transfer full): what Kratos is asked
 */
SoupMessage *
fl_gate_request_to_message (const FlGateRequest *self,
                            GInetAddress        *peer,
                            const char          *upstream)
{
  char *url = g_strconcat (upstream, self->kind == FL_GATE_LOGIN ? "/self-service/login" : "/self-service/recovery",
                           "?flow=", self->flow, NULL);
  SoupMessage *message = soup_message_new (SOUP_METHOD_POST, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autofree char *address = g_inet_address_to_string (peer);
  g_autoptr (GBytes) body = fl_gate_request_write_body (self);

  fl_secret_wipe_string (url);
  /* "Idempotent" lets libsoup send a POST over a connection that is warm already. Nothing is sent twice by that: it repeats a
   * request by its method alone. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_IDEMPOTENT);
  soup_message_headers_replace (headers, "Accept", "application/json");
  if (self->agent != NULL)
    soup_message_headers_replace (headers, "User-Agent", self->agent);
  if (self->token != NULL)
    soup_message_headers_replace (headers, "X-Session-Token", self->token);
  soup_message_headers_replace (headers, "X-Real-IP", address);
  soup_message_headers_replace (headers, "X-Forwarded-For", address);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  return message;
}
