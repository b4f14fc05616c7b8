/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-shape.h"

#include "fl-clock.h"
#include "fl-envelope.h"
#include "fl-member.h"
#include "fl-message.h"
#include "fl-robot-work.h"
#include "fl-secret.h"

#include <string.h>

#define AWAY "The server cannot answer at the moment."
#define WAIT "Too many attempts. Please try again later."

/* What each refusal looks like: as Kratos would write it, so that a client needs nothing new. Those with a message are said
 * in a flow, the others in an error envelope. */
static const struct
{
  guint       status;
  const char *text;
  guint       message[FL_GATE_CALL_KINDS];
} shapes[FL_GATE_REASONS] = {
  [FL_GATE_BAD_PATH] = { 404, NULL, { 0 } },
  [FL_GATE_BAD_METHOD] = { 405, NULL, { 0 } },
  [FL_GATE_BAD_HEADERS] = { 400, "The body must be of type application/json, and nothing else must be said of it.", { 0 } },
  [FL_GATE_BAD_QUERY] = { 400, "The flow query parameter is missing or malformed.", { 0 } },
  [FL_GATE_BAD_BODY] = { 400, "The body is not the JSON that is read here.", { 0 } },
  [FL_GATE_BAD_FORM] = { 400, NULL, { [FL_GATE_LOGIN] = 4010002, [FL_GATE_RECOVERY] = 4010005 } },
  [FL_GATE_FROM_BROWSER] = { 400, "A native flow takes neither cookies nor an origin.", { 0 } },
  [FL_GATE_PROOF_MISSING] = { 400, NULL, { [FL_GATE_RECOVERY] = 4000038 } },
  [FL_GATE_PROOF_MALFORMED] = { 400, NULL, { [FL_GATE_RECOVERY] = 4000038 } },
  [FL_GATE_PROOF_FORGED] = { 400, NULL, { [FL_GATE_RECOVERY] = 4000038 } },
  [FL_GATE_PROOF_EXPIRED] = { 400, NULL, { [FL_GATE_RECOVERY] = 4000038 } },
  [FL_GATE_PROOF_USED] = { 400, NULL, { [FL_GATE_RECOVERY] = 4000038 } },
  [FL_GATE_FLOW_REDEEMED] = { 400, NULL, { [FL_GATE_RECOVERY] = 4060001 } },
  [FL_GATE_QUOTA] = { FL_STATUS_TOO_MANY_REQUESTS, WAIT, { 0 } },
  [FL_GATE_CROWDED] = { FL_STATUS_TOO_MANY_REQUESTS, WAIT, { 0 } },
  [FL_GATE_STORE_DOWN] = { 503, "No mail can be sent at the moment.", { 0 } },
  [FL_GATE_UPSTREAM_DEAD] = { 502, AWAY, { 0 } },
  [FL_GATE_UPSTREAM_SLOW] = { 504, AWAY, { 0 } },
  [FL_GATE_UPSTREAM_FAULT] = { 500, AWAY, { 0 } },
  [FL_GATE_UPSTREAM_ODD] = { 502, AWAY, { 0 } },
};

static JsonObject *
make_input (const char *group,
            const char *name,
            const char *type,
            const char *value)
{
  JsonObject *node = json_object_new ();
  JsonObject *attributes = json_object_new ();

  json_object_set_string_member (attributes, "name", name);
  json_object_set_string_member (attributes, "type", type);
  if (value != NULL)
    json_object_set_string_member (attributes, "value", value);
  json_object_set_boolean_member (attributes, "disabled", FALSE);
  json_object_set_string_member (attributes, "node_type", "input");
  json_object_set_string_member (node, "type", "input");
  json_object_set_string_member (node, "group", group);
  json_object_set_object_member (node, "attributes", attributes);
  json_object_set_array_member (node, "messages", json_array_new ());
  json_object_set_object_member (node, "meta", json_object_new ());
  return node;
}

/* What is the same in all flows that say the message, without the brace before it. */
static char *
write_rest (FlGateCallKind kind,
            guint          message)
{
  g_autoptr (JsonObject) ui = json_object_new ();
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonArray *nodes = json_array_new ();
  JsonArray *messages = json_array_new ();
  g_autofree char *text = NULL;

  json_array_add_object_element (nodes, make_input ("default", "csrf_token", "hidden", ""));
  if (kind == FL_GATE_RECOVERY)
    {
      json_array_add_object_element (nodes, make_input ("code", "email", "email", NULL));
      json_array_add_object_element (nodes, make_input ("code", "method", "submit", "code"));
    }
  json_array_add_object_element (messages, fl_message_new (message));
  json_object_set_string_member (ui, "method", "POST");
  json_object_set_array_member (ui, "nodes", nodes);
  json_object_set_array_member (ui, "messages", messages);
  json_node_set_object (root, ui);
  text = json_to_string (root, FALSE);
  return g_strdup (text + 1);
}

/* As much of the flow as the gate can know without asking for it. When it ends, Kratos has said before, and will again: here
 * it is the time for which a challenge is good, so that it is never long. It is put together by hand, as most calls of a
 * flood end here; nothing in it needs an escape. */
static void
say_in_flow (SoupServerMessage *message,
             FlGateCallKind     kind,
             const char        *flow,
             FlGateReason       reason,
             guint              status)
{
  static char *rests[FL_GATE_REASONS][FL_GATE_CALL_KINDS];
  gint64 now = fl_clock_now ();
  g_autofree char *issued_at = fl_member_format_time (now);
  g_autofree char *expires_at = fl_member_format_time (now + FL_ROBOT_WORK_LIFESPAN);
  g_autoptr (GBytes) bytes = NULL;
  char *text;

  if (rests[reason][kind] == NULL)
    rests[reason][kind] = write_rest (kind, shapes[reason].message[kind]);
  text = g_strconcat ("{\"id\":\"", flow, "\",\"type\":\"api\",\"issued_at\":\"", issued_at, "\",\"expires_at\":\"", expires_at,
                      "\",", kind == FL_GATE_RECOVERY ? "\"active\":\"code\"," : "",
                      "\"state\":\"choose_method\",\"ui\":{\"action\":\"/self-service/", fl_gate_call_kind_name (kind), "?flow=",
                      flow, "\",", rests[reason][kind], "}", NULL);
  bytes = fl_secret_wrap (text, strlen (text), strlen (text));
  fl_envelope_set_bytes (message, status, bytes);
}

/**
 * fl_gate_shape_refuse:
 * @message: a request
 * @kind: which call it is
 * @flow: (nullable): the id of its flow, where it has been read
 * @reason: why it is refused
 * @status: the HTTP status, 0 for the one that goes with @reason
 * @retry_after: seconds until it may be tried again, 0 for not known
 *
 * Sets the answer.
 */
void
fl_gate_shape_refuse (SoupServerMessage *message,
                      FlGateCallKind     kind,
                      const char        *flow,
                      FlGateReason       reason,
                      guint              status,
                      gint64             retry_after)
{
  if (status == 0)
    status = shapes[reason].status;
  if (retry_after > 0)
    fl_envelope_set_retry_after (message, retry_after);
  if (flow != NULL && shapes[reason].message[kind] != 0)
    say_in_flow (message, kind, flow, reason, status);
  else
    fl_envelope_set_error (message, status, NULL, shapes[reason].text);
}
