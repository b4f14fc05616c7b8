/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include <locale.h>
#include <string.h>

#include "fl-clock.h"
#include "fl-doctor.h"
#include "fl-door.h"
#include "fl-doorstep.h"
#include "fl-player.h"
#include "fl-tunnel.h"

/* The doctor against real servers, doors and proxies on the loopback: what each fault on the way to a server comes to, and
 * that only the cause is red. */

#define PATIENCE 5  /* seconds; more than a busy computer takes for what is answered */

#define ANSWER(head, body) "HTTP/1.1 " head "\r\nConnection: close\r\n\r\n" body
#define PORTAL ANSWER ("302 Found\r\nLocation: http://portal.example/login", "")
#define DOORSTEP ANSWER ("200 OK\r\nContent-Type: text/plain", FL_DOORSTEP_TEXT)
#define CHALLENGE "{\"parameters\":{\"algorithm\":\"PBKDF2/SHA-256\"}}"

static char *
get_certificate (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".pem", NULL);

  return g_test_build_filename (G_TEST_DIST, "contract", "certificates", file, NULL);
}

static FlPolicy *
make_policy (const char *ca_file)
{
  g_autofree char *path = ca_file != NULL ? get_certificate (ca_file) : NULL;
  g_autofree char *text = path != NULL ? g_strdup_printf ("[server]\nca-file=%s\n", path) : g_strdup ("");

  return fl_policy_new_from_data (text, strlen (text), "/etc/xdg/first-login/policy.ini");
}

static void
on_examine_ready (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static FlDoctor *
examine_by (const char     *server,
            const char     *ca_file,
            GProxyResolver *resolver)
{
  g_autoptr (FlPolicy) policy = make_policy (ca_file);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FlDoctor *doctor = g_object_new (FL_TYPE_DOCTOR, "policy", policy, "server", server, "proxy-resolver", resolver,
                                   "patience", PATIENCE, NULL);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (doctor)), ==, FL_N_CHECKS);
  fl_doctor_examine_async (doctor, NULL, on_examine_ready, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (fl_doctor_examine_finish (doctor, result, &error));
  g_assert_no_error (error);
  for (FlCheck check = 0; check < FL_N_CHECKS; check++)
    g_assert_cmpint (fl_finding_get_verdict (fl_doctor_get_finding (doctor, check)), !=, FL_VERDICT_NONE);

  return doctor;
}

/* With what stands at the doorstep of every server. */
static FlDoctor *
examine (const char *server,
         const char *ca_file,
         const char *answer)
{
  g_autoptr (FlDoor) doorstep = fl_door_new (answer);
  g_autoptr (GProxyResolver) detour = fl_detour_new ("http", fl_door_get_port (doorstep));

  return examine_by (server, ca_file, detour);
}

/* Every check of the server and the way to it, as one line: its word, and how bad that is. */
static char *
describe (FlDoctor *doctor)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (FlCheck check = FL_CHECK_SERVER_NAME; check <= FL_CHECK_MAIL_WAY; check++)
    {
      FlFinding *finding = fl_doctor_get_finding (doctor, check);

      g_string_append_printf (text, "%s%c%s", check > FL_CHECK_SERVER_NAME ? " " : "",
                              "?+~!"[fl_finding_get_verdict (finding)], fl_finding_get_word (finding));
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_word (FlDoctor   *doctor,
             FlCheck     check,
             const char *word)
{
  g_assert_cmpstr (fl_finding_get_word (fl_doctor_get_finding (doctor, check)), ==, word);
}

static void
assert_fact (FlDoctor   *doctor,
             FlCheck     check,
             const char *name,
             const char *value)
{
  g_assert_cmpstr (fl_finding_get_fact (fl_doctor_get_finding (doctor, check), name), ==, value);
}

static FlPlayer *
make_player (const char *certificate)
{
  g_autofree char *path = certificate != NULL ? get_certificate (certificate) : NULL;

  return path != NULL ? fl_player_new_encrypted (path) : fl_player_new ();
}

static void
test_healthy (void)
{
  g_autoptr (FlPlayer) player = make_player ("member");
  g_autofree char *told = NULL;
  g_autoptr (FlDoctor) doctor = NULL;
  const char *chain;

  fl_player_add (player, "GET", "/altcha", 200, CHALLENGE);
  doctor = examine (fl_player_get_url (player), "authority", DOORSTEP);
  told = describe (doctor);
  g_assert_cmpstr (told, ==, "+ok +ok +ok +ok +ok +ok +ok +ok +ok");
  assert_fact (doctor, FL_CHECK_TLS, "ca-file-needed", "yes");
  assert_fact (doctor, FL_CHECK_TLS, "ca-file-authorities", "1");
  assert_fact (doctor, FL_CHECK_TLS, "valid-until", "2120-01-01T00:00:00Z");
  chain = fl_finding_get_fact (fl_doctor_get_finding (doctor, FL_CHECK_TLS), "chain");
  g_assert_nonnull (strstr (chain, "CN=Authority of nobody"));
  g_assert_true (g_str_has_suffix (chain, "(2120-01-01)"));
  g_assert_nonnull (strstr (fl_finding_get_fact (fl_doctor_get_finding (doctor, FL_CHECK_TLS), "issuer"), "Authority of nobody"));
  assert_fact (doctor, FL_CHECK_API, "status", "200");
  assert_fact (doctor, FL_CHECK_SERVER_NAME, "addresses", "127.0.0.1");
  g_assert_cmpuint (fl_player_get_requests (player), ==, 3);
  g_assert_cmpuint (fl_player_get_surprises (player), ==, 0);
}

static void
test_plain (void)
{
  g_autoptr (FlPlayer) player = make_player (NULL);
  g_autofree char *told = NULL;
  g_autoptr (FlDoctor) doctor = NULL;
  g_autoptr (GProxyResolver) direct = g_simple_proxy_resolver_new (NULL, NULL);

  fl_player_add (player, "GET", "/altcha", 404, NULL);
  doctor = examine_by (fl_player_get_url (player), NULL, direct);
  told = describe (doctor);
  g_assert_cmpstr (told, ==, "+ok +ok +ok +plain +plain +ok +ok +robot-absent +ok");
}

static void
test_certificates (void)
{
  const struct {
    const char *certificate;
    const char *ca_file;
    const char *doorstep;
    const char *told;
  } cases[] = {
    { "member", NULL, DOORSTEP, "+ok +ok +ok +ok !tls-untrusted ~blocked ~blocked ~blocked ~blocked" },
    { "member", NULL, PORTAL, "+ok +ok +ok !captive-portal ~blocked ~blocked ~blocked ~blocked ~blocked" },
    { "member", "no-such-file", DOORSTEP, "+ok +ok +ok +ok !ca-file ~blocked ~blocked ~blocked ~blocked" },
    { "elsewhere", "authority", DOORSTEP, "+ok +ok +ok +ok !tls-name ~blocked ~blocked ~blocked ~blocked" },
    { "stranger", "authority", DOORSTEP, "+ok +ok +ok +ok !tls-untrusted ~blocked ~blocked ~blocked ~blocked" },
    { "run-out", "authority", FL_DOOR_SHUTS, "+ok +ok +ok +doorstep-unanswered !tls-date ~blocked ~blocked ~blocked ~blocked" },
    { "run-out", "authority", ANSWER ("200 OK\r\nDate: Sat, 01 Jun 2019 10:00:00 GMT", FL_DOORSTEP_TEXT),
      "+ok +ok +ok +ok !tls-clock !clock-far-off ~blocked ~blocked ~blocked" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlPlayer) player = make_player (cases[i].certificate);
      g_autoptr (FlDoctor) doctor = examine (fl_player_get_url (player), cases[i].ca_file, cases[i].doorstep);
      g_autofree char *told = describe (doctor);

      g_test_message ("%" G_GSIZE_FORMAT ": %s", i, cases[i].certificate);
      g_assert_cmpstr (told, ==, cases[i].told);
    }
}

/* Renewed too late, in two ways: soon, and yesterday. */
static void
test_certificate_ends (void)
{
  g_autoptr (FlPlayer) player = make_player ("member");
  g_autoptr (GDateTime) before = g_date_time_new_utc (2119, 12, 20, 0, 0, 0);
  gint64 shift = g_date_time_to_unix (before) - fl_clock_now ();
  g_autoptr (FlDoctor) doctor = NULL;

  fl_player_set_is_strict (player, FALSE);
  fl_clock_set (shift);
  doctor = examine (fl_player_get_url (player), "authority", DOORSTEP);
  fl_clock_set (-shift);
  assert_word (doctor, FL_CHECK_TLS, "tls-soon");
}

/* A file that is not needed is no reason to stop, but to say so. */
static void
test_file_unneeded (void)
{
  g_autoptr (FlPlayer) player = make_player ("member");
  g_autofree char *path = get_certificate ("authority");
  g_autoptr (GTlsDatabase) system = g_tls_file_database_new (path, NULL);
  g_autoptr (FlDoctor) broken = NULL;
  g_autoptr (FlDoctor) whole = NULL;

  fl_player_set_is_strict (player, FALSE);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), system);
  broken = examine (fl_player_get_url (player), "no-such-file", DOORSTEP);
  whole = examine (fl_player_get_url (player), "stranger", DOORSTEP);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), NULL);
  assert_word (broken, FL_CHECK_TLS, "ca-file-unneeded");
  assert_word (whole, FL_CHECK_TLS, "ok");
  assert_fact (whole, FL_CHECK_TLS, "ca-file-needed", "no");
}

static void
test_ways (void)
{
  const struct {
    const char *door;
    const char *told;
  } cases[] = {
    { FL_DOOR_SHUTS, "+ok +ok +ok +ok !unreachable ~blocked ~blocked ~blocked ~blocked" },
    { FL_DOOR_SILENT, "+ok +ok +ok +ok !timed-out ~blocked ~blocked ~blocked ~blocked" },
    { ANSWER ("400 Bad Request\r\nContent-Type: text/html", "<html>"),
      "+ok +ok +ok +ok !not-our-server ~blocked ~blocked ~blocked ~blocked" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlDoor) door = fl_door_new (cases[i].door);
      g_autofree char *server = g_strdup_printf ("https://127.0.0.1:%u", fl_door_get_port (door));
      g_autoptr (FlDoctor) doctor = examine (server, NULL, DOORSTEP);
      g_autofree char *told = describe (doctor);

      g_test_message ("%" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (told, ==, cases[i].told);
    }
}

static guint16
get_closed_port (void)
{
  g_autoptr (FlDoor) door = fl_door_new (FL_DOOR_SHUTS);

  return fl_door_get_port (door);
}

static void
test_closed_port (void)
{
  /* Made before the port is closed, or it might be given the same. */
  g_autoptr (FlDoor) doorstep = fl_door_new (FL_DOOR_SHUTS);
  g_autoptr (GProxyResolver) detour = fl_detour_new ("http", fl_door_get_port (doorstep));
  g_autofree char *server = g_strdup_printf ("https://127.0.0.1:%u", get_closed_port ());
  g_autoptr (FlDoctor) doctor = examine_by (server, NULL, detour);
  g_autofree char *told = describe (doctor);

  g_assert_cmpstr (told, ==, "+ok !unreachable +ok ~blocked ~blocked ~blocked ~blocked ~blocked ~blocked");
}

/* RFC 6761, section 6.4. Where there is no network, that is said instead. */
static void
test_unknown_name (void)
{
  g_autoptr (FlDoctor) doctor = examine ("https://server.invalid", NULL, FL_DOOR_SHUTS);
  gboolean is_online = g_network_monitor_get_network_available (g_network_monitor_get_default ());
  g_autofree char *told = describe (doctor);

  g_assert_cmpstr (told, ==, is_online ? "!unresolved ~blocked +ok ~blocked ~blocked ~blocked ~blocked ~blocked ~blocked"
                                       : "!offline ~blocked +ok ~blocked ~blocked ~blocked ~blocked ~blocked ~blocked");
}

static void
test_proxies (void)
{
  const struct {
    const char *proxy;
    const char *told;
  } cases[] = {
    { ANSWER ("407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0", ""),
      "+ok +ok !proxy-login ~blocked ~blocked ~blocked ~blocked ~blocked ~blocked" },
    { ANSWER ("403 Forbidden\r\nContent-Type: text/html", "<html>Not allowed"),
      "+ok +ok !proxy ~blocked ~blocked ~blocked ~blocked ~blocked ~blocked" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlDoor) door = fl_door_new (cases[i].proxy);
      g_autofree char *proxy = g_strdup_printf ("http://127.0.0.1:%u", fl_door_get_port (door));
      g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (proxy, NULL);
      g_autoptr (FlDoctor) doctor = examine_by ("https://127.0.0.1:1", NULL, resolver);
      g_autofree char *told = describe (doctor);

      g_test_message ("%" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (told, ==, cases[i].told);
      assert_fact (doctor, FL_CHECK_PROXY, "proxies", proxy);
    }
}

/* The name is known to the proxy alone (RFC 6761, section 6.5), and the certificate is of the company's own authority. */
static void
test_through_proxy (void)
{
  g_autoptr (FlPlayer) player = make_player ("elsewhere");
  g_autoptr (GUri) uri = g_uri_parse (fl_player_get_url (player), G_URI_FLAGS_NONE, NULL);
  FlTunnel *tunnel = fl_tunnel_new ((guint16) g_uri_get_port (uri), DOORSTEP);
  g_autofree char *proxy = g_strdup_printf ("http://127.0.0.1:%u", fl_tunnel_get_port (tunnel));
  g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (proxy, NULL);
  g_autoptr (FlDoctor) doctor = NULL;
  g_autofree char *told = NULL;

  fl_player_add (player, "GET", "/altcha", 200, CHALLENGE);
  doctor = examine_by ("https://elsewhere.example", "authority", resolver);
  told = describe (doctor);
  g_assert_cmpstr (told, ==, "+resolved-by-proxy +ok +proxied +ok +ok +ok +ok +ok +ok");
  assert_fact (doctor, FL_CHECK_TLS, "ca-file-needed", "yes");
  assert_fact (doctor, FL_CHECK_TLS, "names", "elsewhere.example");
  g_clear_object (&doctor);
  fl_player_free (g_steal_pointer (&player));
  fl_tunnel_free (tunnel);
}

static void
test_closed_proxy (void)
{
  g_autofree char *proxy = g_strdup_printf ("http://127.0.0.1:%u", get_closed_port ());
  g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (proxy, NULL);
  g_autoptr (FlDoctor) doctor = examine_by ("https://127.0.0.1:1", NULL, resolver);
  g_autofree char *told = describe (doctor);

  g_assert_cmpstr (told, ==, "+ok !proxy-unreachable ~blocked ~blocked ~blocked ~blocked ~blocked ~blocked ~blocked");
}

/* How a proxy is signed in to stays here. */
static void
test_proxy_secret (void)
{
  g_autoptr (FlDoor) door = fl_door_new (ANSWER ("403 Forbidden", ""));
  g_autofree char *proxy = g_strdup_printf ("http://canary:s3cr3t@127.0.0.1:%u", fl_door_get_port (door));
  g_autofree char *shown = g_strdup_printf ("http://127.0.0.1:%u", fl_door_get_port (door));
  g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (proxy, NULL);
  g_autoptr (FlDoctor) doctor = examine_by ("https://127.0.0.1:1", NULL, resolver);

  assert_fact (doctor, FL_CHECK_PROXY, "proxies", shown);
  assert_fact (doctor, FL_CHECK_TCP, "proxy", shown);
  for (FlCheck check = 0; check < FL_N_CHECKS; check++)
    {
      g_autofree char *facts = g_strjoinv ("\n", (char **) fl_finding_get_facts (fl_doctor_get_finding (doctor, check)));

      g_assert_null (strstr (facts, "canary"));
      g_assert_null (strstr (facts, "s3cr3t"));
    }
}

static void
test_answers (void)
{
  const struct {
    const char *path;
    guint       status;
    const char *header;
    const char *body;
    const char *told;   /* of api, robot check and way of the mail */
  } cases[] = {
    { "/self-service/login/api", 404, NULL, "<html>", "!not-our-server ~blocked ~blocked" },
    { "/self-service/login/api", 200, NULL, "{\"hello\":1}", "!not-our-server ~blocked ~blocked" },
    { "/self-service/login/api", 302, "Location: https://portal.example/", "<html>", "!not-our-server ~blocked ~blocked" },
    { "/self-service/login/api", 500, NULL, "{}", "!server-fault ~blocked ~blocked" },
    { "/self-service/login/api", 503, "Retry-After: 600", "{}", "!maintenance ~blocked ~blocked" },
    { "/self-service/login/api", 429, "Retry-After: 60", "{}", "~throttled ~blocked ~blocked" },
    { "/altcha", 429, "Retry-After: 60", "{}", "+ok ~throttled +ok" },
    { "/altcha", 502, NULL, "<html>", "+ok !server-fault +ok" },
    { "/altcha", 200, NULL, "{}", "+ok !protocol +ok" },
    { "/self-service/recovery/api", 400, NULL, "{\"error\":{\"code\":400}}", "+ok +ok !recovery-unsupported" },
    { "/self-service/recovery/api", 500, NULL, "<html>", "+ok +ok !server-fault" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlPlayer) player = make_player ("member");
      FlTurn *turn = fl_player_add (player, "GET", cases[i].path, cases[i].status, cases[i].body);
      g_autoptr (FlDoctor) doctor = NULL;
      g_autofree char *told = NULL;
      g_autofree char *expected = g_strdup_printf ("+ok +ok +ok +ok +ok +ok %s", cases[i].told);

      turn->header = g_strdup (cases[i].header);
      if (cases[i].body[0] == '<')
        {
          g_free (turn->content_type);
          turn->content_type = g_strdup ("text/html");
        }
      fl_player_add (player, "GET", "/altcha", 200, CHALLENGE);
      doctor = examine (fl_player_get_url (player), "authority", DOORSTEP);
      told = describe (doctor);
      g_test_message ("%" G_GSIZE_FORMAT ": %s", i, cases[i].path);
      g_assert_cmpstr (told, ==, expected);
    }
}

static void
test_doorstep (void)
{
  const struct {
    const char *answer;
    const char *word;
  } cases[] = {
    { ANSWER ("301 Moved\r\nLocation: https://127.0.0.1/", ""), "ok" },
    { ANSWER ("404 Not Found", ""), "doorstep-unanswered" },
    { FL_DOOR_SHUTS, "doorstep-unanswered" },
    { FL_DOOR_SILENT, "doorstep-unanswered" },
    { PORTAL, "doorstep-foreign" },
    { ANSWER ("200 OK\r\nContent-Type: text/html", "<html>It works!"), "doorstep-foreign" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlPlayer) player = make_player ("member");
      g_autoptr (FlDoctor) doctor = NULL;

      fl_player_add (player, "GET", "/altcha", 200, CHALLENGE);
      doctor = examine (fl_player_get_url (player), "authority", cases[i].answer);
      g_test_message ("%" G_GSIZE_FORMAT, i);
      assert_word (doctor, FL_CHECK_PORTAL, cases[i].word);
      assert_word (doctor, FL_CHECK_MAIL_WAY, "ok");
    }
}

static void
test_clock (void)
{
  const struct {
    gint64      ahead;
    const char *word;
  } cases[] = {
    { 30, "ok" }, { -30, "ok" }, { 200, "clock-off" }, { -200, "clock-off" }, { 86400, "clock-far-off" }, { -86400, "clock-far-off" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlPlayer) player = make_player ("member");
      g_autoptr (FlDoctor) doctor = NULL;
      gint64 seen;

      fl_player_add (player, "GET", "/altcha", 200, CHALLENGE);
      fl_clock_set (cases[i].ahead);
      doctor = examine (fl_player_get_url (player), "authority", DOORSTEP);
      fl_clock_set (-cases[i].ahead);
      assert_word (doctor, FL_CHECK_CLOCK, cases[i].word);
      seen = g_ascii_strtoll (fl_finding_get_fact (fl_doctor_get_finding (doctor, FL_CHECK_CLOCK), "seconds-ahead"), NULL, 10);
      g_assert_cmpint (ABS (seen - cases[i].ahead), <, 30);
    }
}

static void
test_no_server (void)
{
  g_autoptr (FlDoctor) doctor = examine (NULL, NULL, FL_DOOR_SHUTS);
  g_autofree char *told = describe (doctor);

  assert_word (doctor, FL_CHECK_POLICY, "no-server");
  g_assert_cmpstr (told, ==, "~no-server ~no-server ~no-server ~no-server ~no-server ~no-server ~no-server ~no-server ~no-server");
  assert_word (doctor, FL_CHECK_KEYRING, "no-bus");
  assert_word (doctor, FL_CHECK_RENDERING, "no-display");
  assert_fact (doctor, FL_CHECK_VERSIONS, "first-login", APP_VERSION);
  assert_fact (doctor, FL_CHECK_VERSIONS, "sandbox", "none");
}

static void
test_policy (void)
{
  const struct {
    const char *text;
    const char *word;
  } cases[] = {
    { "[server]\nurl=https://127.0.0.1:1\n", "ok" },
    { "[server]\nurl=https://127.0.0.1:1\nlandin=x\n", "policy-mistake" },
    { "[server]\nurl=https://127.0.0.1:1\n[support]\nmail=anna\n", "policy-mistake" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlPolicy) policy = fl_policy_new_from_data (cases[i].text, strlen (cases[i].text), "/etc/xdg/first-login/policy.ini");
      g_autoptr (FlDoctor) doctor = fl_doctor_new (policy, fl_policy_get_server (policy));
      g_autoptr (GAsyncResult) result = NULL;
      const char *mistakes;

      fl_doctor_examine_async (doctor, NULL, on_examine_ready, &result);
      g_test_message ("%" G_GSIZE_FORMAT, i);
      assert_word (doctor, FL_CHECK_POLICY, cases[i].word);
      mistakes = fl_finding_get_fact (fl_doctor_get_finding (doctor, FL_CHECK_POLICY), "mistakes");
      g_assert_true (mistakes == NULL || strstr (mistakes, "anna") == NULL);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_true (fl_doctor_examine_finish (doctor, result, NULL));
    }
}

/* A page that is left does not wait. */
static void
test_cancelled (void)
{
  g_autoptr (FlDoor) door = fl_door_new (FL_DOOR_SILENT);
  g_autofree char *server = g_strdup_printf ("https://127.0.0.1:%u", fl_door_get_port (door));
  g_autoptr (FlPolicy) policy = make_policy (NULL);
  g_autoptr (FlDoctor) doctor = fl_doctor_new (policy, server);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fl_doctor_examine_async (doctor, cancellable, on_examine_ready, &result);
  while (fl_door_get_calls (door) == 0)
    g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (fl_doctor_examine_finish (doctor, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (fl_finding_get_verdict (fl_doctor_get_finding (doctor, FL_CHECK_API)), ==, FL_VERDICT_NONE);
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/doctor/healthy", test_healthy);
  g_test_add_func ("/doctor/plain", test_plain);
  g_test_add_func ("/doctor/certificates", test_certificates);
  g_test_add_func ("/doctor/certificate-ends", test_certificate_ends);
  g_test_add_func ("/doctor/file-unneeded", test_file_unneeded);
  g_test_add_func ("/doctor/ways", test_ways);
  g_test_add_func ("/doctor/closed-port", test_closed_port);
  g_test_add_func ("/doctor/unknown-name", test_unknown_name);
  g_test_add_func ("/doctor/proxies", test_proxies);
  g_test_add_func ("/doctor/through-proxy", test_through_proxy);
  g_test_add_func ("/doctor/closed-proxy", test_closed_proxy);
  g_test_add_func ("/doctor/proxy-secret", test_proxy_secret);
  g_test_add_func ("/doctor/answers", test_answers);
  g_test_add_func ("/doctor/doorstep", test_doorstep);
  g_test_add_func ("/doctor/clock", test_clock);
  g_test_add_func ("/doctor/no-server", test_no_server);
  g_test_add_func ("/doctor/policy", test_policy);
  g_test_add_func ("/doctor/cancelled", test_cancelled);

  return g_test_run ();
}
