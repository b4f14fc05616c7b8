/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include <locale.h>
#include <sched.h>

#include "fl-clock.h"
#include "fl-door.h"
#include "fl-doorstep.h"
#include "fl-kratos-identity.h"
#include "fl-kratos-problem.h"
#include "fl-player.h"
#include "fl-teller.h"
#include "fl-trust.h"

/* Real faults on the way to a server with TLS, each with what stands at the server's doorstep, and what is made of it. */

#define DEADLINE 5  /* seconds; more than a busy computer takes for what is answered */

#define ANSWER(head, body) "HTTP/1.1 " head "\r\nConnection: close\r\n\r\n" body
#define PORTAL ANSWER ("302 Found\r\nLocation: http://portal.example/login", "")

static char *
get_certificate (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".pem", NULL);

  return g_test_build_filename (G_TEST_DIST, "contract", "certificates", file, NULL);
}

static SoupSession *
make_session (const char *scheme,
              guint16     port)
{
  g_autoptr (GProxyResolver) detour = fl_detour_new (scheme, port);

  return soup_session_new_with_options ("user-agent", "first-login/test", "proxy-resolver", detour, NULL);
}

static FlIdentity *
make_identity (const char  *server,
               SoupSession *session)
{
  return g_object_new (FL_TYPE_KRATOS_IDENTITY, "server", server, "issuer", "Visma Connect", "session", session,
                       "deadline", DEADLINE, NULL);
}

static char *
tell (const char  *server,
      SoupSession *session)
{
  g_autoptr (FlIdentity) identity = make_identity (server, session);

  return fl_teller_tell (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL);
}

/* How it ends at a server with that certificate, when its doorstep gives that answer. */
static char *
tell_of_certificate (const char *name,
                     gboolean    is_trusted,
                     const char *answer)
{
  g_autofree char *path = get_certificate (name);
  g_autoptr (FlPlayer) player = fl_player_new_encrypted (path);
  g_autoptr (FlDoor) doorstep = fl_door_new (answer);
  g_autoptr (SoupSession) session = make_session ("http", fl_door_get_port (doorstep));
  g_autoptr (GTlsDatabase) database = is_trusted ? g_tls_file_database_new (path, NULL) : NULL;

  if (database != NULL)
    soup_session_set_tls_database (session, database);
  return tell (fl_player_get_url (player), session);
}

static void
test_certificates (void)
{
  const struct {
    const char *certificate;
    gboolean    is_trusted;
    const char *doorstep;
    const char *end;
  } cases[] = {
    { "stranger", TRUE, PORTAL, "done" },
    { "stranger", FALSE, FL_DOOR_SHUTS, "tls-untrusted" },
    { "stranger", FALSE, ANSWER ("200 OK\r\nContent-Type: text/plain", FL_DOORSTEP_TEXT), "tls-untrusted" },
    { "stranger", FALSE, ANSWER ("301 Moved\r\nLocation: https://127.0.0.1/", ""), "tls-untrusted" },
    { "stranger", FALSE, ANSWER ("301 Moved\r\nLocation: /elsewhere", ""), "tls-untrusted" },
    { "stranger", FALSE, ANSWER ("404 Not Found\r\nContent-Type: text/html", "<html>"), "tls-untrusted" },
    { "stranger", FALSE, ANSWER ("200 OK\r\nContent-Type: application/json", "{}"), "tls-untrusted" },
    { "stranger", FALSE, "nonsense\r\n\r\n", "tls-untrusted" },
    { "stranger", FALSE, FL_DOOR_SILENT, "tls-untrusted" },
    { "stranger", FALSE, PORTAL, "captive-portal" },
    { "stranger", FALSE, ANSWER ("307 Moved\r\nLocation: //portal.example/", ""), "captive-portal" },
    { "stranger", FALSE, ANSWER ("302 Found\r\nLocation: mailto:help@portal.example", ""), "captive-portal" },
    { "stranger", FALSE, ANSWER ("511 Network Authentication Required", ""), "captive-portal" },
    { "stranger", FALSE, ANSWER ("200 OK\r\nContent-Type: text/html; charset=utf-8", "Welcome"), "captive-portal" },
    { "stranger", FALSE, ANSWER ("200 OK", "<html>Welcome"), "captive-portal" },
    { "expired", FALSE, FL_DOOR_SHUTS, "tls-untrusted" },
    { "expired", TRUE, PORTAL, "captive-portal" },
    { "expired", TRUE, FL_DOOR_SHUTS, "tls-date" },
    { "expired", TRUE, ANSWER ("200 OK\r\nDate: yesterday", ""), "tls-date" },
    { "early", TRUE, FL_DOOR_SHUTS, "tls-date" },
    /* neither of the two clocks is in the certificate's time */
    { "early", TRUE, ANSWER ("200 OK\r\nDate: Wed, 01 Jan 2200 00:00:00 GMT", ""), "tls-date" },
    { "expired", TRUE, ANSWER ("200 OK\r\nDate: Sat, 01 Jun 2019 10:00:00 GMT", ""), "tls-clock" },
    { "early", TRUE, ANSWER ("301 Moved\r\nLocation: https://127.0.0.1/\r\nDate: Tue, 01 Jun 2100 10:00:00 GMT", ""), "tls-clock" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *end = tell_of_certificate (cases[i].certificate, cases[i].is_trusted, cases[i].doorstep);

      g_test_message ("%" G_GSIZE_FORMAT ": %s", i, cases[i].doorstep);
      g_assert_cmpstr (end, ==, cases[i].end);
    }
}

/* A server whose clock agrees with ours has let its certificate run out. */
static void
test_certificate_run_out (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (fl_clock_now ());
  g_autofree char *date = soup_date_time_to_string (now, SOUP_DATE_HTTP);
  g_autofree char *answer = g_strdup_printf (ANSWER ("200 OK\r\nDate: %s", FL_DOORSTEP_TEXT), date);
  g_autofree char *end = tell_of_certificate ("expired", TRUE, answer);

  g_assert_cmpstr (end, ==, "tls-expired");
}

/* An authority in a file of its own counts besides the system's, and takes nothing else away. */
static void
test_authority (void)
{
  const struct {
    const char *certificate;
    const char *ca_file;
    const char *end;
  } cases[] = {
    { "member", NULL, "tls-untrusted" },
    { "member", "authority", "done" },
    { "run-out", "authority", "tls-date" },
    { "elsewhere", "authority", "tls-untrusted" },
    { "stranger", "authority", "tls-untrusted" },
    { "stranger", "stranger", "done" },
    { "member", "no-such-file", "tls-untrusted" },
    { "member", "README", "tls-untrusted" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = get_certificate (cases[i].certificate);
      g_autofree char *ca_file = cases[i].ca_file != NULL ? get_certificate (cases[i].ca_file) : NULL;
      g_autoptr (FlPlayer) player = fl_player_new_encrypted (path);
      g_autoptr (FlDoor) doorstep = fl_door_new (FL_DOOR_SHUTS);
      g_autoptr (SoupSession) session = make_session ("http", fl_door_get_port (doorstep));
      g_autoptr (FlIdentity) identity = g_object_new (FL_TYPE_KRATOS_IDENTITY, "server", fl_player_get_url (player),
                                                      "issuer", "Visma Connect", "session", session, "ca-file", ca_file,
                                                      "deadline", DEADLINE, NULL);
      g_autofree char *end = NULL;

      if (i >= 6)
        g_test_expect_message ("fl-identity", G_LOG_LEVEL_MESSAGE, "The file of authorities cannot be used: *");
      end = fl_teller_tell (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL);
      g_test_message ("%" G_GSIZE_FORMAT ": %s", i, cases[i].certificate);
      g_assert_cmpstr (end, ==, cases[i].end);
      g_test_assert_expected_messages ();
    }
}

/* Who gives up while the file is still being read is not kept waiting for it. */
static void
test_authority_cancelled (void)
{
  g_autofree char *path = get_certificate ("member");
  g_autofree char *ca_file = get_certificate ("authority");
  g_autoptr (FlPlayer) player = fl_player_new_encrypted (path);
  g_autoptr (FlIdentity) identity = fl_kratos_identity_new (fl_player_get_url (player), "Visma Connect", ca_file);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  fl_teller_begin (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL, cancellable, &result);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = fl_identity_finish (identity, result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  /* Nor is anybody who comes after it. */
  g_assert_null (answer);
  g_clear_error (&error);
  answer = fl_teller_run (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
on_trust_loaded (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static GTlsCertificateFlags
verify (const char *server,
        const char *host)
{
  g_autofree char *path = get_certificate ("elsewhere");
  g_autofree char *ca_file = get_certificate ("authority");
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_file (path, NULL);
  g_autoptr (GSocketConnectable) identity = g_network_address_new (host, 443);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FlTrust) trust = NULL;
  g_autoptr (GError) error = NULL;
  GTlsCertificateFlags flags;

  fl_trust_load_async (ca_file, server, NULL, on_trust_loaded, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  trust = fl_trust_load_finish (result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fl_trust_get_authorities (trust), ==, 1);
  flags = g_tls_database_verify_chain (G_TLS_DATABASE (trust), certificate, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER,
                                       identity, NULL, G_TLS_DATABASE_VERIFY_NONE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fl_trust_is_needed (trust), ==, flags == 0);

  return flags;
}

/* It counts for the server that it was named for, and for nobody else who has a certificate of it. */
static void
test_authority_elsewhere (void)
{
  g_assert_cmpuint (verify ("https://elsewhere.example", "elsewhere.example"), ==, 0);
  g_assert_cmpuint (verify ("https://Elsewhere.example:8443", "elsewhere.example"), ==, 0);
  g_assert_cmpuint (verify ("https://id.example", "elsewhere.example"), ==, G_TLS_CERTIFICATE_UNKNOWN_CA);
}

static gint64
get_ahead (const char *answer)
{
  g_autofree char *path = get_certificate ("expired");
  g_autoptr (FlPlayer) player = fl_player_new_encrypted (path);
  g_autoptr (FlDoor) doorstep = fl_door_new (answer);
  g_autoptr (SoupSession) session = make_session ("http", fl_door_get_port (doorstep));
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (path, NULL);
  g_autoptr (FlIdentity) identity = NULL;
  g_autoptr (FlAnswer) nothing = NULL;
  g_autoptr (GError) error = NULL;

  soup_session_set_tls_database (session, database);
  identity = make_identity (fl_player_get_url (player), session);
  nothing = fl_teller_run (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL, &error);
  g_assert_error (error, FL_PROBLEM, FL_PROBLEM_TLS_CLOCK);

  return fl_problem_get_ahead (error);
}

/* How wrong our clock is comes with the server's date; that it is wrong, a clock from before this program tells alone. */
static void
test_clock (void)
{
  g_autoptr (GDateTime) june = g_date_time_new_utc (2019, 6, 1, 10, 0, 0);
  g_autoptr (GDateTime) release = g_date_time_new_from_iso8601 (RELEASED_ON "T00:00:00Z", NULL);
  gint64 ahead = fl_clock_now () - g_date_time_to_unix (june);
  gint64 shift = g_date_time_to_unix (release) - 7 * 24 * 60 * 60 - fl_clock_now ();

  g_assert_cmpint (ABS (get_ahead (ANSWER ("200 OK\r\nDate: Sat, 01 Jun 2019 10:00:00 GMT", "")) - ahead), <=, 30);

  fl_clock_advance (shift);
  g_assert_cmpint (get_ahead (FL_DOOR_SHUTS), ==, 0);
  fl_clock_advance (-shift);
}

static gint64
get_clock_ahead (const char *date,
                 const char *type,
                 const char *end)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  JsonObject *exchange = fl_player_get_exchange (player, "login-password:0");
  JsonNode *flow = json_object_get_member (json_object_get_object_member (exchange, "response"), "body");
  g_autofree char *body = json_to_string (flow, FALSE);
  g_autofree char *answer = g_strdup_printf (ANSWER ("200 OK%s\r\nContent-Type: %s", "%s"), date, type, body);
  g_autoptr (FlDoor) door = fl_door_new (answer);
  g_autofree char *server = g_strdup_printf ("http://127.0.0.1:%u", fl_door_get_port (door));
  g_autoptr (FlIdentity) identity = fl_kratos_identity_new (server, "Visma Connect", NULL);
  g_autofree char *told = NULL;

  g_assert_cmpint (fl_identity_get_clock_ahead (identity), ==, 0);
  told = fl_teller_tell (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL);
  g_assert_cmpstr (told, ==, end);

  return fl_identity_get_clock_ahead (identity);
}

/* Only an answer in the server's own language tells the server's time. */
static void
test_clock_of_server (void)
{
  g_autoptr (GDateTime) june = g_date_time_new_utc (2019, 6, 1, 10, 0, 0);
  const char *date = "\r\nDate: Sat, 01 Jun 2019 10:00:00 GMT";
  gint64 ahead = fl_clock_now () - g_date_time_to_unix (june);

  g_assert_cmpint (ABS (get_clock_ahead (date, "application/json", "done") - ahead), <=, 30);
  g_assert_cmpint (get_clock_ahead (date, "text/html", "not-our-server"), ==, 0);
  g_assert_cmpint (get_clock_ahead ("", "application/json", "done"), ==, 0);
  g_assert_cmpint (get_clock_ahead ("\r\nDate: today", "application/json", "done"), ==, 0);
}

/* What breaks a connection, and whether a portal is the reason. */
static void
test_broken_connections (void)
{
  const struct {
    const char *server;
    const char *end;
  } cases[] = {
    { FL_DOOR_SHUTS, "unreachable" },
    { FL_DOOR_SILENT, "timed-out" },
    { ANSWER ("400 Bad Request\r\nContent-Type: text/html", "<html>The plain HTTP request was sent to HTTPS port"), "not-our-server" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int captive = 0; captive <= 1; captive++)
      {
        g_autoptr (FlDoor) door = fl_door_new (cases[i].server);
        g_autoptr (FlDoor) doorstep = fl_door_new (captive ? PORTAL : ANSWER ("200 OK", FL_DOORSTEP_TEXT));
        g_autoptr (SoupSession) session = make_session ("http", fl_door_get_port (doorstep));
        g_autofree char *server = g_strdup_printf ("https://127.0.0.1:%u", fl_door_get_port (door));
        g_autofree char *end = tell (server, session);

        g_test_message ("%" G_GSIZE_FORMAT, i);
        g_assert_cmpstr (end, ==, captive ? "captive-portal" : cases[i].end);
        g_assert_cmpuint (fl_door_get_calls (doorstep), ==, 1);
      }
}

static void
test_closed_port (void)
{
  g_autoptr (FlDoor) door = fl_door_new (FL_DOOR_SHUTS);
  g_autofree char *server = g_strdup_printf ("https://127.0.0.1:%u", fl_door_get_port (door));
  g_autoptr (FlDoor) doorstep = fl_door_new (FL_DOOR_SHUTS);
  g_autoptr (SoupSession) session = make_session ("http", fl_door_get_port (doorstep));
  g_autofree char *end = NULL;

  fl_door_free (g_steal_pointer (&door));
  end = tell (server, session);
  g_assert_cmpstr (end, ==, "unreachable");
}

/* A name that no DNS knows (RFC 6761, section 6.4). Where there is no network, that is said instead. */
static void
test_unknown_name (void)
{
  g_autoptr (FlDoor) doorstep = fl_door_new (FL_DOOR_SHUTS);
  g_autoptr (SoupSession) session = make_session ("none", fl_door_get_port (doorstep));
  gboolean is_online = g_network_monitor_get_network_available (g_network_monitor_get_default ());
  g_autofree char *end = tell ("https://server.invalid", session);

  g_assert_cmpstr (end, ==, is_online ? "unresolved" : "offline");
}

static void
test_proxies (void)
{
  const struct {
    const char *proxy;
    const char *end;
  } cases[] = {
    { ANSWER ("407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"company\"\r\nContent-Length: 0", ""), "proxy-login" },
    { ANSWER ("407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\nContent-Type: text/html", "<html>"), "proxy-login" },
    { ANSWER ("407 Proxy Authentication Required\r\nContent-Length: 0", ""), "proxy-login" },
    { ANSWER ("403 Forbidden\r\nContent-Type: text/html", "<html>Not allowed"), "proxy" },
    { ANSWER ("502 Bad Gateway\r\nContent-Length: 0", ""), "proxy" },
    { ANSWER ("503 Service Unavailable\r\nContent-Length: 0", ""), "proxy" },
    { ANSWER ("302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 0", ""), "proxy" },
    /* not the server's, however much it looks like it */
    { ANSWER ("404 Not Found\r\nContent-Type: application/json", "{\"error\":{\"code\":404}}"), "proxy" },
    { FL_DOOR_SHUTS, "unreachable" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlDoor) proxy = fl_door_new (cases[i].proxy);
      g_autoptr (SoupSession) session = make_session ("https", fl_door_get_port (proxy));
      g_autofree char *end = tell ("https://127.0.0.1:1", session);

      g_test_message ("%" G_GSIZE_FORMAT ": %s", i, cases[i].proxy);
      g_assert_cmpstr (end, ==, cases[i].end);
    }
}

/* Nothing that matters is said at the doorstep, and nobody is asked where nothing is in doubt. */
static void
test_doorstep (void)
{
  g_autofree char *path = get_certificate ("stranger");
  g_autoptr (FlPlayer) player = fl_player_new_encrypted (path);
  g_autoptr (FlDoor) doorstep = fl_door_new (PORTAL);
  g_autoptr (SoupSession) session = make_session ("http", fl_door_get_port (doorstep));
  g_autoptr (FlIdentity) identity = make_identity (fl_player_get_url (player), session);
  g_autofree char *end = fl_teller_tell (identity, FL_TELL_SIGN_IN, "anna@flexhrm.example", "canary battery");
  g_autofree char *heard = fl_door_get_heard (doorstep);

  g_assert_cmpstr (end, ==, "captive-portal");
  g_assert_cmpuint (fl_door_get_calls (doorstep), ==, 1);
  g_assert_true (g_str_has_prefix (heard, "GET http://127.0.0.1/ HTTP/1.1\r\n"));
  g_assert_null (strstr (heard, "self-service"));
  g_assert_null (strstr (heard, "anna"));
  g_assert_null (strstr (heard, "canary"));
  g_assert_null (strcasestr (heard, "cookie"));
  g_assert_null (strcasestr (heard, "session"));
}

static void
test_nothing_in_doubt (void)
{
  const guint statuses[] = { 302, 404, 429, 500, 503 };
  g_autofree char *path = get_certificate ("stranger");
  g_autoptr (FlPlayer) player = fl_player_new_encrypted (path);
  g_autoptr (FlDoor) doorstep = fl_door_new (PORTAL);
  g_autoptr (SoupSession) session = make_session ("http", fl_door_get_port (doorstep));
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (path, NULL);

  soup_session_set_tls_database (session, database);
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      FlTurn *turn = fl_player_add (player, "GET", NULL, statuses[i], "<html>");
      g_autofree char *end = NULL;

      turn->header = g_strdup ("Location: http://portal.example/");
      end = tell (fl_player_get_url (player), session);
      /* what comes over TLS comes from the server */
      g_assert_cmpstr (end, !=, "captive-portal");
    }
  g_assert_cmpuint (fl_door_get_calls (doorstep), ==, 0);
}

/* A submit that has left may have been acted on, whatever the reason is that no answer came. */
static void
test_sent (void)
{
  g_autoptr (FlDoor) closed = fl_door_new (FL_DOOR_SHUTS);
  g_autofree char *nowhere = g_strdup_printf ("http://127.0.0.1:%u", fl_door_get_port (closed));
  g_autoptr (FlDoor) door = fl_door_new ("HTTP/1.1 ");
  g_autofree char *server = g_strdup_printf ("http://127.0.0.1:%u", fl_door_get_port (door));
  g_autoptr (FlIdentity) cut = fl_kratos_identity_new (server, "Visma Connect", NULL);
  g_autoptr (FlIdentity) refused = fl_kratos_identity_new (nowhere, "Visma Connect", NULL);
  g_autoptr (FlAnswer) nothing = NULL;
  g_autoptr (GError) after = NULL;
  g_autoptr (GError) before = NULL;

  fl_door_free (g_steal_pointer (&closed));
  nothing = fl_teller_run (cut, FL_TELL_PREPARE_SIGN_IN, NULL, NULL, &after);
  g_assert_null (nothing);
  g_assert_true (fl_problem_is_sent (after));
  nothing = fl_teller_run (refused, FL_TELL_PREPARE_SIGN_IN, NULL, NULL, &before);
  g_assert_error (before, FL_PROBLEM, FL_PROBLEM_UNREACHABLE);
  g_assert_false (fl_problem_is_sent (before));
}

/* In a network of its own that has nothing in it, not even a loopback. */
static void
test_offline_inside (void)
{
  const char * const servers[] = { "https://192.0.2.1", "https://[2001:db8::1]:8443", "https://server.example" };

  if (unshare (CLONE_NEWUSER | CLONE_NEWNET) != 0)
    {
      g_print ("no network of its own\n");
      return;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_autoptr (FlIdentity) identity = fl_kratos_identity_new (servers[i], "Visma Connect", NULL);
      g_autofree char *end = fl_teller_tell (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL);

      g_assert_cmpstr (end, ==, "offline");
    }
  g_print ("offline everywhere\n");
}

static void
test_offline (void)
{
  g_test_trap_subprocess ("/kratos/faults/offline/subprocess/inside", 0, 0);
  g_test_trap_assert_passed ();
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/kratos/faults/certificates", test_certificates);
  g_test_add_func ("/kratos/faults/certificate-run-out", test_certificate_run_out);
  g_test_add_func ("/kratos/faults/authority", test_authority);
  g_test_add_func ("/kratos/faults/authority-cancelled", test_authority_cancelled);
  g_test_add_func ("/kratos/faults/authority-elsewhere", test_authority_elsewhere);
  g_test_add_func ("/kratos/faults/clock", test_clock);
  g_test_add_func ("/kratos/faults/clock-of-server", test_clock_of_server);
  g_test_add_func ("/kratos/faults/broken-connections", test_broken_connections);
  g_test_add_func ("/kratos/faults/closed-port", test_closed_port);
  g_test_add_func ("/kratos/faults/unknown-name", test_unknown_name);
  g_test_add_func ("/kratos/faults/proxies", test_proxies);
  g_test_add_func ("/kratos/faults/doorstep", test_doorstep);
  g_test_add_func ("/kratos/faults/nothing-in-doubt", test_nothing_in_doubt);
  g_test_add_func ("/kratos/faults/sent", test_sent);
  g_test_add_func ("/kratos/faults/offline", test_offline);
  g_test_add_func ("/kratos/faults/offline/subprocess/inside", test_offline_inside);

  return g_test_run ();
}
