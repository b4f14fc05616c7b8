/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

#include "fl-gate-request.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* What comes to the gate: the first line is the query, the rest the body. What is let through is read by everybody in the
 * same way, and what Kratos is sent is made of it and of nothing else: no query but the flow, and an address to write to only
 * where a proof is asked for. */

static const char * const names[] = {
  [FL_GATE_BODY_METHOD] = "method",
  [FL_GATE_BODY_IDENTIFIER] = "identifier",
  [FL_GATE_BODY_PASSWORD] = "password",
  [FL_GATE_BODY_TOTP_CODE] = "totp_code",
  [FL_GATE_BODY_LOOKUP_SECRET] = "lookup_secret",
  [FL_GATE_BODY_EMAIL] = "email",
  [FL_GATE_BODY_CODE] = "code",
};

/* Another parser reads the same texts, and no more members. */
static void
assert_reads_same (GBytes           *bytes,
                   const FlGateBody *body)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object;
  guint count = fl_gate_body_has (body, FL_GATE_BODY_PAYLOAD);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  g_assert_true (json_parser_load_from_data (parser, data, (gssize) length, NULL));
  object = json_node_get_object (json_parser_get_root (parser));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *text = fl_gate_body_get (body, (FlGateBodyMember) i);

      g_assert_cmpstr (json_object_get_string_member_with_default (object, names[i], NULL), ==, text);
      count += text != NULL;
    }
  g_assert_cmpuint (json_object_get_size (object), ==, count);
}

static void
check (FlGateCallKind  kind,
       const char     *query,
       GBytes         *bytes)
{
  g_autoptr (SoupMessageHeaders) headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  g_autoptr (FlGateRequest) request = NULL;
  g_autoptr (FlGateBody) again = NULL;
  g_autoptr (GBytes) written = NULL;
  FlGateReason reason;

  soup_message_headers_append (headers, "Content-Type", "application/json");
  soup_message_headers_set_content_length (headers, (goffset) g_bytes_get_size (bytes));
  request = fl_gate_request_read (kind, headers, query, bytes, &reason);
  g_assert_true ((request == NULL) == (reason != FL_GATE_FINE));
  if (request == NULL)
    return;

  g_assert_true (g_str_has_prefix (query, "flow="));
  g_assert_cmpstr (query + strlen ("flow="), ==, request->flow);
  assert_reads_same (bytes, request->body);
  written = fl_gate_request_write_body (request);
  assert_reads_same (written, request->body);
  again = fl_gate_body_read (written);
  g_assert_cmpuint (fl_gate_body_mask (again) | 1u << FL_GATE_BODY_PAYLOAD_LANGUAGE, ==,
                    fl_gate_body_mask (request->body) | 1u << FL_GATE_BODY_PAYLOAD_LANGUAGE);
  g_assert_true (kind != FL_GATE_RECOVERY
                 || fl_gate_body_has (again, FL_GATE_BODY_EMAIL) == (request->ask == FL_GATE_ASK_MAIL));
  g_assert_true (kind != FL_GATE_LOGIN || request->ask <= FL_GATE_ASK_SECOND_FACTOR);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *query = fl_fuzz_take_line (&data, &size);
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  check (FL_GATE_LOGIN, query, bytes);
  check (FL_GATE_RECOVERY, query, bytes);
  return 0;
}
