/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-gate-reading"

#include "config.h"

#include "fl-gate-grid.h"
#include "fl-gate-metrics.h"
#include "fl-gate-reply.h"
#include "fl-gate-request.h"

#include <string.h>

#define FLOW "a5ba47a4-b38d-44ca-b0a4-e5a6e4b5a1d0"
#define UPSTREAM "http://127.0.0.1:4433"

static SoupMessageHeaders *
new_headers (gsize length)
{
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);

  soup_message_headers_append (headers, "Content-Type", "application/json");
  soup_message_headers_set_content_length (headers, (goffset) length);
  return headers;
}

static FlGateRequest *
read_call (FlGateCallKind      kind,
           SoupMessageHeaders *headers,
           const char         *query,
           const char         *body,
           FlGateReason       *reason)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

  return fl_gate_request_read (kind, headers, query, bytes, reason);
}

static void
assert_body (FlGateCallKind  kind,
             const char     *body,
             FlGateReason    expected)
{
  g_autoptr (SoupMessageHeaders) headers = new_headers (strlen (body));
  FlGateReason reason;
  g_autoptr (FlGateRequest) request = read_call (kind, headers, "flow=" FLOW, body, &reason);

  if (reason != expected)
    g_test_message ("%s", body);
  g_assert_cmpint (reason, ==, expected);
  g_assert_true ((request != NULL) == (reason == FL_GATE_FINE));
}

static void
test_forms (void)
{
  static const struct
  {
    FlGateCallKind kind;
    const char    *body;
    FlGateReason   reason;
  } cases[] = {
    { FL_GATE_LOGIN, "{\"method\":\"identifier_first\",\"identifier\":\"a@b\"}", FL_GATE_FINE },
    { FL_GATE_LOGIN, "{\"identifier\":\"a@b\",\"password\":\"x\",\"method\":\"password\"}", FL_GATE_FINE },
    { FL_GATE_LOGIN, "{\"method\":\"password\"}", FL_GATE_FINE },
    { FL_GATE_LOGIN, "{\"method\":\"totp\",\"totp_code\":\"\"}", FL_GATE_FINE },
    { FL_GATE_LOGIN, "{\"method\":\"lookup_secret\",\"lookup_secret\":\"abcd\"}", FL_GATE_FINE },
    { FL_GATE_RECOVERY, "{\"method\":\"code\"}", FL_GATE_FINE },
    { FL_GATE_RECOVERY, "{\"method\":\"code\",\"code\":\"1\"}", FL_GATE_FINE },
    { FL_GATE_RECOVERY, " { \"method\" : \"code\" , \"email\" : \"\" , \"transient_payload\" : { } } ", FL_GATE_FINE },
    { FL_GATE_RECOVERY, "{\"method\":\"code\",\"email\":\"a@b\",\"transient_payload\":{\"lang\":\"xx\",\"flow\":\"" FLOW "\"}}",
      FL_GATE_FINE },
    { FL_GATE_LOGIN, "{\"method\":\"code\",\"code\":\"1\"}", FL_GATE_BAD_FORM },
    { FL_GATE_RECOVERY, "{\"method\":\"password\"}", FL_GATE_BAD_FORM },
    { FL_GATE_RECOVERY, "{\"method\":\"code\",\"code\":\"1\",\"email\":\"a@b\"}", FL_GATE_BAD_FORM },
    { FL_GATE_RECOVERY, "{\"method\":\"code\",\"email\":\"a@b\",\"transient_payload\":{\"flow\":\"\"}}", FL_GATE_BAD_FORM },
    { FL_GATE_RECOVERY, "{}", FL_GATE_BAD_FORM },
    { FL_GATE_RECOVERY, "{\"method\":\"code\",\"flow\":\"" FLOW "\"}", FL_GATE_BAD_BODY },
    { FL_GATE_RECOVERY, "{\"method\":\"code\",\"transient_payload\":{\"email\":\"a@b\"}}", FL_GATE_BAD_BODY },
    { FL_GATE_RECOVERY, "{\"method\":\"code\",\"transient_payload\":{}, }", FL_GATE_BAD_BODY },
    { FL_GATE_RECOVERY, "{\"method\":\"code\",,\"code\":\"1\"}", FL_GATE_BAD_BODY },
    { FL_GATE_RECOVERY, "{\"method\"\"code\"}", FL_GATE_BAD_BODY },
    { FL_GATE_RECOVERY, "{\"method\":\"code\"]", FL_GATE_BAD_BODY },
    { FL_GATE_RECOVERY, "{[\"method\"]:\"code\"}", FL_GATE_BAD_BODY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_body (cases[i].kind, cases[i].body, cases[i].reason);
}

/* What is cut off anywhere is refused, and nothing is read beyond its end. */
static void
test_cut_off (void)
{
  static const char body[] = "{\"method\":\"code\",\"email\":\"a\\u00e5\\ud83d\\ude00@b\","
                             "\"transient_payload\":{\"flow\":\"" FLOW "\",\"lang\":\"sv\"}}";

  for (gsize length = 0; length < strlen (body); length++)
    {
      g_autofree char *part = g_strndup (body, length);

      assert_body (FL_GATE_RECOVERY, part, FL_GATE_BAD_BODY);
    }
  assert_body (FL_GATE_RECOVERY, body, FL_GATE_FINE);
}

static void
test_lengths (void)
{
  static const struct
  {
    const char *format;
    gsize       most;
  } cases[] = {
    { "{\"method\":\"password\",\"identifier\":\"%s\"}", 320 },
    { "{\"method\":\"password\",\"password\":\"%s\"}", 1024 },
    { "{\"method\":\"totp\",\"totp_code\":\"%s\"}", 64 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *fits = g_strnfill (cases[i].most, 'x');
      g_autofree char *longer = g_strnfill (cases[i].most + 1, 'x');
      g_auto (GStrv) parts = g_strsplit (cases[i].format, "%s", 2);
      g_autofree char *good = g_strconcat (parts[0], fits, parts[1], NULL);
      g_autofree char *bad = g_strconcat (parts[0], longer, parts[1], NULL);

      assert_body (FL_GATE_LOGIN, good, FL_GATE_FINE);
      assert_body (FL_GATE_LOGIN, bad, FL_GATE_BAD_BODY);
    }
}

static void
test_queries (void)
{
  static const char * const bad[] = {
    NULL, "", "flow=", FLOW, "flow=" FLOW "&", "flow=" FLOW "&flow=" FLOW, "Flow=" FLOW, "flow=A5BA47A4-B38D-44CA-B0A4-E5A6E4B5A1D0",
    "flow=a5ba47a4b38d44cab0a4e5a6e4b5a1d0", "flow=a5ba47a4-b38d-44ca-b0a4-e5a6e4b5a1d", "flow=a5ba47a4-b38d-44ca-b0a4_e5a6e4b5a1d0",
    "flow=%61" "5ba47a4-b38d-44ca-b0a4-e5a6e4b5a1d0", " flow=" FLOW,
  };
  char *flow = fl_gate_request_read_flow ("flow=" FLOW);

  g_assert_cmpstr (flow, ==, FLOW);
  g_free (flow);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (fl_gate_request_read_flow (bad[i]));
}

static void
test_headers (void)
{
  static const struct
  {
    const char  *name;
    const char  *value;
    FlGateReason reason;
  } cases[] = {
    { "Content-Type", "application/json", FL_GATE_BAD_HEADERS },  /* the second one */
    { "Content-Length", "0", FL_GATE_BAD_HEADERS },
    { "Transfer-Encoding", "chunked", FL_GATE_BAD_HEADERS },
    { "Content-Encoding", "br", FL_GATE_BAD_HEADERS },
    { "X-Session-Token", "a,b", FL_GATE_BAD_HEADERS },
    { "Origin", "null", FL_GATE_FROM_BROWSER },
    { "Cookie", "a=b", FL_GATE_FROM_BROWSER },
    { "Cookie", "__cf_bm=b", FL_GATE_FINE },
    { "X-Session-Token", "ory_st_Ab-1", FL_GATE_FINE },
  };
  static const char body[] = "{\"method\":\"code\"}";

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SoupMessageHeaders) headers = new_headers (strlen (body));
      g_autoptr (FlGateRequest) request = NULL;
      FlGateReason reason;

      soup_message_headers_append (headers, cases[i].name, cases[i].value);
      request = read_call (FL_GATE_RECOVERY, headers, "flow=" FLOW, body, &reason);
      g_assert_cmpint (reason, ==, cases[i].reason);
    }
}

/* Cut where a letter ends, not in the middle of one. */
static void
test_agents (void)
{
  static const char body[] = "{\"method\":\"code\"}";
  g_autoptr (SoupMessageHeaders) headers = new_headers (strlen (body));
  g_autoptr (FlGateRequest) request = NULL;
  g_autofree char *fill = g_strnfill (255, 'x');
  g_autofree char *agent = g_strconcat (fill, "\xc3\xa5", NULL);
  FlGateReason reason;

  soup_message_headers_append (headers, "User-Agent", agent);
  request = read_call (FL_GATE_RECOVERY, headers, "flow=" FLOW, body, &reason);
  g_assert_cmpstr (request->agent, ==, fill);
}

static void
assert_line (gint64 now,
             gint64 line)
{
  g_assert_cmpint (fl_gate_grid_next (1000, now, 500), ==, line);
}

static void
test_grid (void)
{
  assert_line (1000, 1500);
  assert_line (1001, 1500);
  assert_line (1499, 1500);
  assert_line (1500, 1500);
  assert_line (1501, 2000);
  assert_line (2000, 2000);
  assert_line (11001, 11500);
  assert_line (999, 1500);  /* clocks do not go back, but are read in two places */
}

static FlGateReply *
read_reply (guint       status,
            const char *type,
            const char *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

  return fl_gate_reply_read (status, type, bytes);
}

static void
test_replies (void)
{
  g_autoptr (FlGateReply) session = read_reply (200, "application/json; charset=utf-8",
                                                "{\"session_token\":\"ory_st_a\",\"session\":{}}");
  g_autoptr (FlGateReply) redeemed = read_reply (200, "application/json",
                                                 "{\"state\":\"passed_challenge\",\"continue_with\":[1,{},"
                                                 "{\"action\":\"x\",\"ory_session_token\":\"ory_st_b\"}]}");
  g_autoptr (FlGateReply) refused = read_reply (400, "application/json",
                                                "{\"state\":\"passed_challenge\",\"session_token\":\"x\"}");
  g_autoptr (FlGateReply) odd = read_reply (200, "application/json", "{\"session_token\":1,\"continue_with\":{},\"state\":[]}");
  g_autoptr (FlGateReply) fault = read_reply (502, "text/html", "<html>");

  g_assert_cmpstr (session->token, ==, "ory_st_a");
  g_assert_false (session->is_redeemed);
  g_assert_cmpstr (redeemed->token, ==, "ory_st_b");
  g_assert_true (redeemed->is_redeemed);
  g_assert_null (refused->token);
  g_assert_false (refused->is_redeemed);
  g_assert_null (odd->token);
  g_assert_null (fault->body);
  g_assert_null (read_reply (200, "text/html", "{}"));
  g_assert_null (read_reply (200, NULL, "{}"));
  g_assert_null (read_reply (200, "application/jsonx", "{}"));
  g_assert_null (read_reply (200, "application/json", "[]"));
  g_assert_null (read_reply (302, "application/json", "{}"));
  g_assert_null (read_reply (100, "application/json", "{}"));
  g_assert_null (read_reply (600, "application/json", "{}"));
}

static void
test_latencies (void)
{
  FlGateMetrics metrics = { 0 };
  g_autofree char *text = NULL;

  fl_gate_metrics_observe_upstream (&metrics, 0);
  fl_gate_metrics_observe_upstream (&metrics, 2000);
  fl_gate_metrics_observe_upstream (&metrics, 2001);
  fl_gate_metrics_observe_upstream (&metrics, 60 * G_USEC_PER_SEC);
  text = fl_gate_metrics_to_text (&metrics);
  g_assert_nonnull (strstr (text, "upstream_seconds_bucket{le=\"0.002\"} 2\n"));
  g_assert_nonnull (strstr (text, "upstream_seconds_bucket{le=\"0.005\"} 3\n"));
  g_assert_nonnull (strstr (text, "upstream_seconds_bucket{le=\"10\"} 3\n"));
  g_assert_nonnull (strstr (text, "upstream_seconds_bucket{le=\"+Inf\"} 4\n"));
  g_assert_nonnull (strstr (text, "upstream_seconds_count 4\n"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/gate-reading/forms", test_forms);
  g_test_add_func ("/gate-reading/cut-off", test_cut_off);
  g_test_add_func ("/gate-reading/lengths", test_lengths);
  g_test_add_func ("/gate-reading/queries", test_queries);
  g_test_add_func ("/gate-reading/headers", test_headers);
  g_test_add_func ("/gate-reading/agents", test_agents);
  g_test_add_func ("/gate-reading/grid", test_grid);
  g_test_add_func ("/gate-reading/replies", test_replies);
  g_test_add_func ("/gate-reading/latencies", test_latencies);

  return g_test_run ();
}
