/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include <locale.h>

#include "fl-clock.h"
#include "fl-kratos-identity.h"
#include "fl-kratos-problem.h"
#include "fl-player.h"
#include "fl-teller.h"

/* What stands for every refusal, fault and oddity: once each by the tables, and over the wire where it comes from there. */

#define FLOW "{\"id\":\"00000000-0000-4000-8000-000000000001\",\"type\":\"api\",\"expires_at\":\"2100-01-01T00:00:00Z\"," \
             "\"state\":\"choose_method\",\"ui\":{\"nodes\":[{\"type\":\"input\",\"group\":\"default\"," \
             "\"attributes\":{\"name\":\"%s\"},\"messages\":[%s]}],\"messages\":[%s]}}"

static const struct {
  gint64        id;
  const char   *node;  /* NULL: a message of the flow */
  FlKratosStep  step;
  const char   *name;
} messages[] = {
  { 4000002, "password", FL_KRATOS_STEP_SIGN_IN, "password-missing" },
  { 4000002, "identifier", FL_KRATOS_STEP_SIGN_IN, "address-malformed" },
  { 4000002, "email", FL_KRATOS_STEP_MAIL, "address-malformed" },
  { 4000002, "code", FL_KRATOS_STEP_REDEEM, "code-malformed" },
  { 4000002, "totp_code", FL_KRATOS_STEP_TOTP, "code-malformed" },
  { 4000002, "lookup_secret", FL_KRATOS_STEP_SECOND_FACTOR, "code-malformed" },
  { 4000002, "traits.name", FL_KRATOS_STEP_PASSWORD, "password-unfit" },
  { 4000003, "identifier", FL_KRATOS_STEP_IDENTIFY, "address-malformed" },
  { 4000003, "totp_code", FL_KRATOS_STEP_SECOND_FACTOR, "code-malformed" },
  { 4000003, "password", FL_KRATOS_STEP_PASSWORD, "password-short limit=7" },
  { 4000004, "code", FL_KRATOS_STEP_REDEEM, "code-malformed" },
  { 4000005, "password", FL_KRATOS_STEP_PASSWORD, "password-unfit" },
  { 4000006, NULL, FL_KRATOS_STEP_SIGN_IN, "credentials-refused" },
  { 4000006, NULL, FL_KRATOS_STEP_REFRESH, "credentials-refused" },
  { 4000008, NULL, FL_KRATOS_STEP_SECOND_FACTOR, "code-refused" },
  { 4000008, "totp_code", FL_KRATOS_STEP_TOTP, "code-refused" },
  { 4000010, NULL, FL_KRATOS_STEP_SIGN_IN, "account-disabled" },
  { 4000012, NULL, FL_KRATOS_STEP_SECOND_FACTOR, "code-used" },
  { 4000016, NULL, FL_KRATOS_STEP_SECOND_FACTOR, "code-refused" },
  { 4000017, "email", FL_KRATOS_STEP_MAIL, "address-malformed" },
  { 4000031, "password", FL_KRATOS_STEP_PASSWORD, "password-similar" },
  { 4000032, "password", FL_KRATOS_STEP_PASSWORD, "password-short limit=7" },
  { 4000033, "password", FL_KRATOS_STEP_PASSWORD, "password-long limit=72" },
  { 4000034, "password", FL_KRATOS_STEP_PASSWORD, "password-breached" },
  { 4000037, "identifier", FL_KRATOS_STEP_IDENTIFY, "address-unknown" },
  { 4000038, NULL, FL_KRATOS_STEP_MAIL, "robot-refused" },
  { 4000039, "password", FL_KRATOS_STEP_PASSWORD, "password-repeated" },
  { 4000040, "email", FL_KRATOS_STEP_MAIL, "address-malformed" },
  { 4010011, NULL, FL_KRATOS_STEP_SIGN_IN, "account-disabled" },
  { 4060001, NULL, FL_KRATOS_STEP_REDEEM, "mail-used" },
  { 4060002, NULL, FL_KRATOS_STEP_REDEEM, "tries-spent" },
  { 4060006, NULL, FL_KRATOS_STEP_REDEEM, "code-refused" },
  { 4000001, NULL, FL_KRATOS_STEP_SIGN_IN, "protocol" },
  { 4010002, NULL, FL_KRATOS_STEP_SIGN_IN, "protocol" },
  { 4010005, NULL, FL_KRATOS_STEP_MAIL, "recovery-unsupported" },
  { 5000001, NULL, FL_KRATOS_STEP_SIGN_IN, "server-fault" },
  /* not known here: what the step makes of a refusal */
  { 4999999, NULL, FL_KRATOS_STEP_SIGN_IN, "credentials-refused" },
  { 4999999, "password", FL_KRATOS_STEP_PASSWORD, "password-unfit" },
  { 4999999, NULL, FL_KRATOS_STEP_REDEEM, "code-refused" },
  { 4999999, NULL, FL_KRATOS_STEP_SECOND_FACTOR, "code-refused" },
  { 4999999, NULL, FL_KRATOS_STEP_TOTP, "code-refused" },
  { 4999999, NULL, FL_KRATOS_STEP_CODES, "protocol" },
  { 4999999, NULL, FL_KRATOS_STEP_MAIL, "protocol" },
  /* no refusal at all */
  { 1010003, NULL, FL_KRATOS_STEP_SIGN_IN, "protocol" },
};

static void
test_messages (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autofree char *message = g_strdup_printf ("{\"id\":%" G_GINT64_FORMAT ",\"context\":{\"min_length\":7,\"max_length\":72}}",
                                                  messages[i].id);
      gboolean on_node = messages[i].node != NULL;
      g_autofree char *body = g_strdup_printf (FLOW, on_node ? messages[i].node : "csrf_token",
                                               on_node ? message : "", on_node ? "" : message);
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) problem = NULL;
      g_autoptr (FlKratosReply) reply = fl_kratos_reply_parse (400, body, strlen (body), 0, &error);
      g_autofree char *end = NULL;

      g_assert_no_error (error);
      problem = fl_kratos_problem_from_reply (reply, messages[i].step);
      end = fl_teller_describe (NULL, problem);
      if (g_strcmp0 (end, messages[i].name) != 0)
        g_test_message ("message %" G_GINT64_FORMAT " on %s", messages[i].id, messages[i].node);
      g_assert_cmpstr (end, ==, messages[i].name);
    }
}

static const struct {
  const char   *id;     /* NULL: none */
  guint         status;
  FlKratosStep  step;
  GQuark      (*domain) (void);
  int           code;
} envelopes[] = {
  { "session_aal2_required", 403, FL_KRATOS_STEP_SETTINGS, fl_kratos_detour_quark, FL_KRATOS_DETOUR_SECOND_FACTOR },
  { "session_refresh_required", 403, FL_KRATOS_STEP_TOTP, fl_kratos_detour_quark, FL_KRATOS_DETOUR_PASSWORD },
  { "session_already_available", 400, FL_KRATOS_STEP_BEGIN, fl_kratos_detour_quark, FL_KRATOS_DETOUR_RAISED },
  { "self_service_flow_expired", 410, FL_KRATOS_STEP_SIGN_IN, fl_kratos_detour_quark, FL_KRATOS_DETOUR_EXPIRED },
  { "security_identity_mismatch", 403, FL_KRATOS_STEP_PASSWORD, fl_kratos_detour_quark, FL_KRATOS_DETOUR_UNKNOWN },
  { "session_aal1_required", 401, FL_KRATOS_STEP_BEGIN, fl_problem_quark, FL_PROBLEM_SESSION_ENDED },
  { "session_inactive", 401, FL_KRATOS_STEP_BEGIN, fl_problem_quark, FL_PROBLEM_SESSION_ENDED },
  { "identity_disabled", 400, FL_KRATOS_STEP_SIGN_IN, fl_problem_quark, FL_PROBLEM_ACCOUNT_DISABLED },
  { "browser_location_change_required", 422, FL_KRATOS_STEP_REDEEM, fl_problem_quark, FL_PROBLEM_RECOVERY_UNSUPPORTED },
  { "security_csrf_violation", 403, FL_KRATOS_STEP_SIGN_IN, fl_problem_quark, FL_PROBLEM_PROTOCOL },
  { "something_new", 400, FL_KRATOS_STEP_SIGN_IN, fl_problem_quark, FL_PROBLEM_PROTOCOL },
  { NULL, 401, FL_KRATOS_STEP_SESSION, fl_problem_quark, FL_PROBLEM_SESSION_ENDED },
  { NULL, 401, FL_KRATOS_STEP_PASSWORD, fl_problem_quark, FL_PROBLEM_SESSION_ENDED },
  { NULL, 401, FL_KRATOS_STEP_SIGN_IN, fl_problem_quark, FL_PROBLEM_ACCOUNT_DISABLED },
  { NULL, 401, FL_KRATOS_STEP_REDEEM, fl_problem_quark, FL_PROBLEM_ACCOUNT_DISABLED },
  { NULL, 404, FL_KRATOS_STEP_SIGN_IN, fl_kratos_detour_quark, FL_KRATOS_DETOUR_UNKNOWN },
  { NULL, 410, FL_KRATOS_STEP_LOOK, fl_kratos_detour_quark, FL_KRATOS_DETOUR_EXPIRED },
  { NULL, 422, FL_KRATOS_STEP_REDEEM, fl_problem_quark, FL_PROBLEM_RECOVERY_UNSUPPORTED },
  { NULL, 400, FL_KRATOS_STEP_BEGIN_RECOVERY, fl_problem_quark, FL_PROBLEM_RECOVERY_UNSUPPORTED },
  { NULL, 400, FL_KRATOS_STEP_REDEEM, fl_problem_quark, FL_PROBLEM_PROTOCOL },
  { NULL, 403, FL_KRATOS_STEP_PASSWORD, fl_problem_quark, FL_PROBLEM_PROTOCOL },
};

static void
test_envelopes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (envelopes); i++)
    {
      g_autofree char *id = envelopes[i].id != NULL ? g_strdup_printf ("\"id\":\"%s\",", envelopes[i].id) : g_strdup ("");
      g_autofree char *body = g_strdup_printf ("{\"error\":{%s\"message\":\"words\"}}", id);
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) problem = NULL;
      g_autoptr (FlKratosReply) reply = fl_kratos_reply_parse (envelopes[i].status, body, strlen (body), 0, &error);

      g_assert_no_error (error);
      problem = fl_kratos_problem_from_reply (reply, envelopes[i].step);
      g_assert_error (problem, envelopes[i].domain (), envelopes[i].code);
    }
}

static void
test_transport (void)
{
  const struct {
    GQuark                domain;
    int                   code;
    GTlsCertificateFlags  certificate;
    const char           *name;
  } cases[] = {
    { G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, 0, "unresolved" },
    { G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, 0, "unresolved" },
    { G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, 0, "offline" },
    { G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, 0, "unreachable" },
    { G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, 0, "unreachable" },
    { G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, 0, "unreachable" },
    { G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, 0, "unreachable" },
    { G_IO_ERROR, G_IO_ERROR_TIMED_OUT, 0, "timed-out" },
    { G_IO_ERROR, G_IO_ERROR_PROXY_FAILED, 0, "proxy" },
    { G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH, 0, "proxy-login" },
    { G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED, 0, "proxy-login" },
    { G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, G_TLS_CERTIFICATE_UNKNOWN_CA, "tls-untrusted" },
    { G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, G_TLS_CERTIFICATE_EXPIRED, "tls-date" },
    { G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, G_TLS_CERTIFICATE_NOT_ACTIVATED, "tls-date" },
    { G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_BAD_IDENTITY, "tls-untrusted" },
    { G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, 0, "tls-untrusted" },
    { G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE, 0, "not-our-server" },
    { G_TLS_ERROR, G_TLS_ERROR_MISC, 0, "not-our-server" },
    { G_TLS_ERROR, G_TLS_ERROR_EOF, 0, "unreachable" },
    { G_TLS_ERROR, G_TLS_ERROR_NOT_TLS, 0, "unreachable" },
    { G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE, 0, "tls-untrusted" },
    { SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING, 0, "not-our-server" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (cases[i].domain, cases[i].code, "words");
      g_autoptr (GError) problem = fl_kratos_problem_from_transport (error, cases[i].certificate);

      g_assert_error (problem, FL_PROBLEM, problem->code);
      g_assert_cmpstr (fl_problem_get_name (problem->code), ==, cases[i].name);
    }
}

/* The answers of servers that are not ours, or not well: to a request that begins a flow. */
static const struct {
  guint       status;
  const char *type;
  const char *header;
  const char *body;
  const char *name;
} oddities[] = {
  { 302, NULL, "Location: http://portal.example/login", NULL, "captive-portal" },
  { 307, NULL, "Location: /self-service/login/api", NULL, "not-our-server" },
  { 303, NULL, NULL, NULL, "not-our-server" },
  { 302, NULL, "Location: https://127.0.0.1/elsewhere", NULL, "not-our-server" },
  { 200, "text/html", NULL, "<html>Welcome to the hotel</html>", "not-our-server" },
  { 200, "application/json", NULL, "<html>Welcome to the hotel</html>", "protocol" },
  { 200, NULL, NULL, "<html>Welcome to the hotel</html>", "not-our-server" },
  { 404, "text/html", NULL, "<html>Not found</html>", "not-our-server" },
  { 404, "application/json", NULL, "{\"error\":{\"code\":404}}", "not-our-server" },
  { 502, "text/html", NULL, "<html>Bad gateway</html>", "server-fault" },
  { 500, "application/json", NULL, "{\"error\":{\"code\":500}}", "server-fault" },
  { 500, "text/html", "Retry-After: 60", NULL, "server-fault until" },
  { 503, "text/html", NULL, NULL, "server-fault" },
  { 503, "text/html", "Retry-After: soon", NULL, "server-fault" },
  { 503, "text/html", "Retry-After: 60", NULL, "maintenance until" },
  { 503, "application/json", "Retry-After: Thu, 31 Dec 9998 23:59:59 GMT", "{\"error\":{\"code\":503}}", "maintenance until" },
  { 429, "text/html", NULL, NULL, "throttled" },
  { 429, "application/json", "Retry-After: 60", "{\"error\":{\"code\":429}}", "throttled until" },
  { 407, NULL, NULL, NULL, "proxy-login" },
  { 511, "text/html", NULL, NULL, "captive-portal" },
  { 200, "application/json", NULL, NULL, "not-our-server" },
  { 200, "application/json", NULL, "{}", "not-our-server" },
  { 200, "application/json", NULL, "{\"hello\":\"world\"}", "not-our-server" },
  { 200, "application/json", NULL, "[]", "protocol" },
  { 200, "application/json", NULL, "\"text\"", "protocol" },
  { 200, "application/json", NULL, "{\"id\":", "protocol" },
  { 200, "application/json", NULL, "{\"ui\":\"text\"}", "protocol" },
  { 200, "application/json", NULL, "{\"error\":[]}", "protocol" },
  { 200, "application/json", NULL, "{\"session\":{}}", "protocol" },
  { 200, "application/json", NULL, "{\"x\":\"\xff\xfe\"}", "protocol" },
  { 200, "text/plain", NULL, "ok", "not-our-server" },
  { 204, NULL, NULL, NULL, "protocol" },
  { 299, "application/json", NULL, "{}", "not-our-server" },
};

static FlIdentity *
new_identity (FlPlayer *player)
{
  return fl_kratos_identity_new (fl_player_get_url (player), "Visma Connect", NULL);
}

static void
test_oddities (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (oddities); i++)
    {
      g_autoptr (FlIdentity) identity = new_identity (player);
      g_autofree char *end = NULL;
      FlTurn *turn = fl_player_add (player, "GET", NULL, oddities[i].status, oddities[i].body);

      g_free (turn->content_type);
      turn->content_type = g_strdup (oddities[i].type);
      turn->header = g_strdup (oddities[i].header);
      end = fl_teller_tell (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL);
      g_test_message ("status %u, %s", oddities[i].status, oddities[i].body);
      g_assert_cmpstr (end, ==, oddities[i].name);
      g_assert_cmpuint (fl_player_get_requests (player), ==, 1);
      fl_player_clear (player);
    }
}

static void
check_wire (FlPlayer   *player,
            GBytes     *wire,
            const char *name)
{
  g_autoptr (FlIdentity) identity = new_identity (player);
  g_autofree char *end = NULL;
  FlTurn *turn = fl_player_add (player, "GET", NULL, 200, NULL);

  turn->wire = g_bytes_ref (wire);
  end = fl_teller_tell (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL);
  g_assert_cmpstr (end, ==, name);
}

static void
test_wire (void)
{
  const struct {
    const char *wire;
    const char *name;
  } cases[] = {
    { "", "unreachable" },
    { "SSH-2.0-OpenSSH_9.2\r\n", "not-our-server" },
    { "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"id\":\"half", "unreachable" },
    { "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"id\":", "unreachable" },
    { "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{\"id\":\"more than was said\"}", "protocol" },
  };
  g_autoptr (FlPlayer) player = fl_player_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) wire = g_bytes_new_static (cases[i].wire, strlen (cases[i].wire));

      g_test_message ("wire %" G_GSIZE_FORMAT, i);
      check_wire (player, wire, cases[i].name);
    }
}

static void
check_body (FlPlayer   *player,
            GString    *body,
            const char *name)
{
  g_autoptr (FlIdentity) identity = new_identity (player);
  g_autofree char *end = NULL;
  FlTurn *turn = fl_player_add (player, "GET", NULL, 200, NULL);

  turn->reply = g_bytes_new (body->str, body->len);
  end = fl_teller_tell (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL);
  g_assert_cmpstr (end, ==, name);
  g_string_free (body, TRUE);
}

static GString *
repeat (const char *start,
        const char *text,
        gsize       times)
{
  GString *body = g_string_new (start);

  for (gsize i = 0; i < times; i++)
    g_string_append (body, text);
  return body;
}

/* Bounds: ten megabytes, ten megabytes of one string, nesting that would overrun the stack, a NUL. */
static void
test_bounds (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  GString *nul = repeat ("{\"ui\":", "1", 1);

  check_body (player, repeat ("", "0123456789", 1024 * 1024), "not-our-server");
  check_body (player, repeat ("{\"x\":\"", "0123456789", 1024 * 1024), "not-our-server");
  check_body (player, repeat ("{\"ui\":", "[", 100 * 1000), "protocol");
  check_body (player, repeat ("", "{\"ui\":", 100 * 1000), "protocol");
  g_string_append_len (nul, "\0}", 2);
  check_body (player, nul, "protocol");
}

static gint64
get_until (FlPlayer   *player,
           const char *header)
{
  g_autoptr (FlIdentity) identity = new_identity (player);
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;
  FlTurn *turn = fl_player_add (player, "GET", NULL, 429, NULL);

  turn->header = g_strconcat ("Retry-After: ", header, NULL);
  answer = fl_teller_run (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL, &error);
  g_assert_error (error, FL_PROBLEM, FL_PROBLEM_THROTTLED);

  return fl_problem_get_until (error) == 0 ? -1 : fl_problem_get_until (error) - fl_clock_now ();
}

static void
test_retry_after (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) later = g_date_time_add_seconds (now, 600);
  g_autofree char *date = soup_date_time_to_string (later, SOUP_DATE_HTTP);

  g_assert_cmpint (ABS (get_until (player, "120") - 120), <=, 10);
  g_assert_cmpint (ABS (get_until (player, date) - 600), <=, 10);
  g_assert_cmpint (ABS (get_until (player, "999999999") - 86400), <=, 10);
  g_assert_cmpint (ABS (get_until (player, "Thu, 01 Jan 1970 00:00:00 GMT")), <=, 10);
  g_assert_cmpint (ABS (get_until (player, "Thu, 31 Dec 9998 23:59:59 GMT") - 86400), <=, 10);
  g_assert_cmpint (get_until (player, "-5"), ==, -1);
  g_assert_cmpint (get_until (player, "soon"), ==, -1);
}

static void
test_nobody_there (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = new_identity (player);
  g_autoptr (FlIdentity) nonsense = fl_kratos_identity_new ("no server", "Visma Connect", NULL);
  g_autofree char *end = NULL;
  g_autofree char *nonsense_end = NULL;

  fl_player_free (g_steal_pointer (&player));
  end = fl_teller_tell (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL);
  g_assert_cmpstr (end, ==, "unreachable");
  nonsense_end = fl_teller_tell (nonsense, FL_TELL_PREPARE_SIGN_IN, NULL, NULL);
  g_assert_cmpstr (nonsense_end, ==, "server-malformed");
}

static void
test_silence (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = g_object_new (FL_TYPE_KRATOS_IDENTITY, "server", fl_player_get_url (player),
                                                  "issuer", "Visma Connect", "deadline", 1, NULL);
  g_autofree char *end = NULL;

  fl_player_add (player, "GET", NULL, 200, NULL)->is_silent = TRUE;
  end = fl_teller_tell (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL);
  g_assert_cmpstr (end, ==, "timed-out");
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/kratos/problems/messages", test_messages);
  g_test_add_func ("/kratos/problems/envelopes", test_envelopes);
  g_test_add_func ("/kratos/problems/transport", test_transport);
  g_test_add_func ("/kratos/problems/oddities", test_oddities);
  g_test_add_func ("/kratos/problems/wire", test_wire);
  g_test_add_func ("/kratos/problems/bounds", test_bounds);
  g_test_add_func ("/kratos/problems/retry-after", test_retry_after);
  g_test_add_func ("/kratos/problems/nobody-there", test_nobody_there);
  g_test_add_func ("/kratos/problems/silence", test_silence);

  return g_test_run ();
}
