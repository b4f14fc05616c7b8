/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include <locale.h>

#include "fl-clock.h"
#include "fl-kratos-identity.h"
#include "fl-player.h"
#include "fl-problem.h"
#include "fl-teller.h"

/* The wrong turns that the transcripts do not take: lost answers, dead ends, engines of another make, a session or a
 * mail that has gone meanwhile, somebody who presses Cancel. */

#define ANNA   "anna@flexhrm.example"
#define ERIK   "erik@flexhrm.example"
#define ID(n)  "00000000-0000-4000-8000-0000000000" #n
#define HEAD   "\"type\":\"api\",\"expires_at\":\"2100-01-01T00:00:00Z\","
#define NODE(group, name) "{\"type\":\"input\",\"group\":\"" group "\",\"attributes\":{\"name\":\"" name "\"}}"

#define RECOVERY(n, state) "{\"id\":\"" ID (n) "\"," HEAD "\"state\":\"" state "\",\"ui\":{\"nodes\":[]}}"
#define REFUSED(n, message) "{\"id\":\"" ID (n) "\"," HEAD "\"state\":\"choose_method\",\"ui\":{\"nodes\":[]," \
                            "\"messages\":[{\"id\":" message "}]}}"
#define WHOSE "\"identity\":{\"traits\":{\"email\":\"" ANNA "\"}}"

static FlIdentity *
new_identity (FlPlayer *player)
{
  return fl_kratos_identity_new (fl_player_get_url (player), "Visma Connect", NULL);
}

static void
expect (FlIdentity *identity,
        FlTell      verb,
        const char *a,
        const char *b,
        const char *end)
{
  g_autofree char *really = fl_teller_tell (identity, verb, a, b);

  g_assert_cmpstr (really, ==, end);
}

static void
close_connection (FlTurn *turn)
{
  turn->wire = g_bytes_new_static ("", 0);
}

/* Waits for what goes on in the background. */
static void
settle (FlPlayer *player)
{
  while (!fl_player_is_fed (player))
    g_main_context_iteration (NULL, TRUE);
}

static FlIdentity *
with_mail (FlPlayer *player)
{
  FlIdentity *identity = new_identity (player);

  fl_player_feed (player, "newcomer:0 newcomer:1");
  expect (identity, FL_TELL_START_RECOVERY, ANNA, NULL, "done flow=" ID (01) " resend " ANNA);

  return identity;
}

static FlIdentity *
with_session (FlPlayer *player)
{
  FlIdentity *identity = with_mail (player);

  fl_player_feed (player, "newcomer:5 newcomer:8");
  expect (identity, FL_TELL_REDEEM, ID (01), "100001", "done level=1 factor=no codes=no " ANNA);

  return identity;
}

static FlIdentity *
with_second_factor_due (FlPlayer *player)
{
  FlIdentity *identity = new_identity (player);

  fl_player_feed (player, "newcomer:25 newcomer:26 newcomer:29");
  expect (identity, FL_TELL_SIGN_IN, ANNA, "korrekt häst batteri", "second-factor-first level=1 " ANNA);
  settle (player);

  return identity;
}

/* A code whose answer is lost is not sent again; the flow says what has become of it. */
static void
test_lost_redeem (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  const struct {
    guint       status;   /* 0: the connection closes */
    const char *look;
    guint       look_status;
    const char *end;
  } cases[] = {
    { 0, RECOVERY (01, "passed_challenge"), 200, "mail-used" },
    { 502, RECOVERY (01, "passed_challenge"), 200, "mail-used" },
    { 504, RECOVERY (01, "sent_email"), 200, "server-fault" },
    { 0, RECOVERY (01, "sent_email"), 200, "unreachable" },
    { 0, "{\"error\":{\"id\":\"self_service_flow_expired\",\"code\":410}}", 410, "mail-expired" },
    { 0, "{\"error\":{\"code\":404}}", 404, "mail-expired" },
    { 0, RECOVERY (02, "passed_challenge"), 200, "unreachable" },
    { 0, NULL, 500, "unreachable" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlIdentity) identity = with_mail (player);
      FlTurn *turn = fl_player_add (player, "POST", "/self-service/recovery?", cases[i].status, NULL);

      if (cases[i].status == 0)
        close_connection (turn);
      fl_player_add (player, "GET", "/self-service/recovery/flows?id=" ID (01), cases[i].look_status, cases[i].look);
      expect (identity, FL_TELL_REDEEM, ID (01), "100001", cases[i].end);
      settle (player);
    }
}

static void
test_lost_mail (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  const struct {
    const char *look;
    const char *first;
    const char *again;
  } cases[] = {
    { RECOVERY (01, "sent_email"), "done flow=" ID (01) " resend " ANNA, "unreachable" },
    { RECOVERY (01, "choose_method"), "unreachable", "unreachable" },
    { RECOVERY (01, "passed_challenge"), "mail-used", "mail-used" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlIdentity) first = new_identity (player);
      g_autoptr (FlIdentity) again = with_mail (player);

      fl_player_feed (player, "newcomer:0");
      close_connection (fl_player_add (player, "POST", "/self-service/recovery?", 0, NULL));
      fl_player_add (player, "GET", "/self-service/recovery/flows?", 200, cases[i].look);
      expect (first, FL_TELL_START_RECOVERY, ANNA, "sv", cases[i].first);

      close_connection (fl_player_add (player, "POST", "/self-service/recovery?", 0, NULL));
      fl_player_add (player, "GET", "/self-service/recovery/flows?", 200, cases[i].look);
      expect (again, FL_TELL_SEND_AGAIN, ANNA, "sv", cases[i].again);
    }
}

static void
test_lost_factor (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) raised = with_second_factor_due (player);
  g_autoptr (FlIdentity) not_raised = with_second_factor_due (player);
  g_autoptr (FlIdentity) enrolled = with_session (player);
  g_autoptr (FlIdentity) not_enrolled = with_session (player);

  close_connection (fl_player_add (player, "POST", "/self-service/login?", 0, NULL));
  fl_player_feed (player, "newcomer:34");
  expect (raised, FL_TELL_TOTP, "123456", NULL, "done level=2 factor=yes codes=yes " ANNA);

  close_connection (fl_player_add (player, "POST", "/self-service/login?", 0, NULL));
  fl_player_feed (player, "newcomer:27");
  expect (not_raised, FL_TELL_TOTP, "123456", NULL, "unreachable");

  close_connection (fl_player_add (player, "POST", "/self-service/settings?", 0, NULL));
  fl_player_feed (player, "newcomer:22");
  expect (enrolled, FL_TELL_CONFIRM_TOTP, "123456", NULL, "done level=2 factor=yes codes=no " ANNA);

  close_connection (fl_player_add (player, "POST", "/self-service/settings?", 0, NULL));
  fl_player_feed (player, "newcomer:15");
  expect (not_enrolled, FL_TELL_CONFIRM_TOTP, "123456", NULL, "unreachable");
  expect (not_enrolled, FL_TELL_START_TOTP, NULL, NULL,
          "done level=1 factor=no codes=no key=ABCDEFGHIJKLMNOPQRSTUVWXYZ2345CC " ANNA);
}

/* The token comes once: when what comes after it fails, redeeming again goes on from there. */
static void
test_redeem_goes_on (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = with_mail (player);

  fl_player_feed (player, "newcomer:5");
  fl_player_add (player, "GET", "/self-service/settings/flows?", 503, NULL);
  expect (identity, FL_TELL_REDEEM, ID (01), "100001", "server-fault");
  fl_player_feed (player, "newcomer:8");
  expect (identity, FL_TELL_REDEEM, ID (01), "100001", "done level=1 factor=no codes=no " ANNA);
}

/* An address posted on a redeemed flow crashes the engine: what was last seen a while ago is looked at first. */
static void
test_send_again (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) redeemed = with_mail (player);
  g_autoptr (FlIdentity) waiting = with_mail (player);
  g_autoptr (FlIdentity) gone = with_mail (player);
  g_autoptr (FlIdentity) tried = with_mail (player);

  fl_clock_advance (20);
  fl_player_feed (player, "newcomer:6");
  expect (redeemed, FL_TELL_SEND_AGAIN, ANNA, NULL, "mail-used");
  fl_player_feed (player, "newcomer:47 newcomer:48");
  expect (redeemed, FL_TELL_SEND_AGAIN, ANNA, NULL, "done flow=" ID (21) " resend " ANNA);

  fl_player_feed (player, "newcomer:4 resend:3");
  expect (waiting, FL_TELL_SEND_AGAIN, ANNA, NULL, "done flow=" ID (01) " resend " ANNA);
  fl_player_feed (player, "newcomer:47 ~newcomer:48");
  expect (waiting, FL_TELL_SEND_AGAIN, ERIK, NULL, "done flow=" ID (21) " resend " ERIK);

  fl_player_add (player, "GET", "/self-service/recovery/flows?", 410, "{\"error\":{\"code\":410}}");
  fl_player_feed (player, "newcomer:47 newcomer:48");
  expect (gone, FL_TELL_SEND_AGAIN, ANNA, NULL, "done flow=" ID (21) " resend " ANNA);

  /* The engine counts wrong codes over all mails of a flow: after one, the next mail has a flow of its own. */
  fl_player_feed (player, "newcomer:3 newcomer:47");
  expect (tried, FL_TELL_REDEEM, ID (01), "000001", "code-refused");
  settle (player);
  fl_player_feed (player, "newcomer:48");
  expect (tried, FL_TELL_SEND_AGAIN, ANNA, NULL, "done flow=" ID (21) " resend " ANNA);
}

static void
test_payload (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = new_identity (player);
  g_autoptr (FlSecret) code = fl_secret_new ("100001");

  fl_player_feed (player, "newcomer:0 newcomer:1");
  expect (identity, FL_TELL_START_RECOVERY, "\xc2\xa0 " ANNA " ", "sv", "done flow=" ID (01) " resend " ANNA);
  g_assert_cmpstr (fl_player_get_last_body (player), ==,
                   "{\"method\":\"code\",\"email\":\"" ANNA "\",\"transient_payload\":{\"flow\":\"" ID (01) "\",\"lang\":\"sv\"}}");

  fl_player_feed (player, "resend:3");
  expect (identity, FL_TELL_SEND_AGAIN, ANNA, "en", "done flow=" ID (01) " resend " ANNA);
  g_assert_cmpstr (fl_player_get_last_body (player), ==,
                   "{\"method\":\"code\",\"email\":\"" ANNA "\",\"transient_payload\":{\"flow\":\"" ID (01) "\",\"lang\":\"en\"}}");
}

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static void
test_proof (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = new_identity (player);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  fl_player_add (player, "GET", "/altcha", 404, "{\"error\":{\"code\":404}}");
  expect (identity, FL_TELL_ROBOT, NULL, NULL, "done");
  fl_player_add (player, "GET", "/altcha", 200, "{\"parameters\":{},\"signature\":\"00\"}");
  expect (identity, FL_TELL_ROBOT, NULL, NULL, "done challenge");
  fl_player_add (player, "GET", "/altcha", 200, "{\"signature\":\"00\"}");
  expect (identity, FL_TELL_ROBOT, NULL, NULL, "protocol");
  fl_player_add (player, "GET", "/altcha", 200, "[]");
  expect (identity, FL_TELL_ROBOT, NULL, NULL, "protocol");
  fl_player_add (player, "GET", "/altcha", 403, "{}");
  expect (identity, FL_TELL_ROBOT, NULL, NULL, "not-our-server");
  fl_player_add (player, "GET", "/altcha", 500, NULL);
  expect (identity, FL_TELL_ROBOT, NULL, NULL, "server-fault");

  fl_player_feed (player, "newcomer:0");
  fl_player_add (player, "POST", "/self-service/recovery?flow=" ID (01), 400, REFUSED (01, "4000038"));
  fl_identity_start_recovery (identity, ANNA, "sv", "cHJvb2Y=", NULL, on_ended, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = fl_identity_finish (identity, result, &error);
  g_assert_error (error, FL_PROBLEM, FL_PROBLEM_ROBOT_REFUSED);
  g_assert_cmpstr (fl_player_get_last_header (player, "X-Altcha"), ==, "cHJvb2Y=");

  fl_player_feed (player, "newcomer:1");
  expect (identity, FL_TELL_START_RECOVERY, ANNA, "sv", "done flow=" ID (01) " resend " ANNA);
  g_assert_cmpstr (fl_player_get_last_header (player, "X-Altcha"), ==, NULL);
}

/* A recovered session that has grown old before there was a password: nothing to ask for, so a new mail. */
static void
test_dead_end (void)
{
  const char *refreshes[] = {
    "{\"id\":\"" ID (09) "\"," HEAD "\"state\":\"choose_method\",\"ui\":{\"nodes\":null}}",
    "{\"id\":\"" ID (09) "\"," HEAD "\"state\":\"choose_method\",\"ui\":{\"nodes\":[" NODE ("default", "csrf_token") "]}}",
  };
  g_autoptr (FlPlayer) player = fl_player_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (refreshes); i++)
    {
      g_autoptr (FlIdentity) identity = with_session (player);

      fl_player_add (player, "POST", "/self-service/settings?", 403, "{\"error\":{\"id\":\"session_refresh_required\"}}");
      fl_player_add (player, "GET", "/self-service/login/api?refresh=true", 200, refreshes[i]);
      expect (identity, FL_TELL_SET_PASSWORD, "a good passphrase", NULL, "mail-first");
      expect (identity, FL_TELL_REAUTHENTICATE, "a good passphrase", NULL, "mail-first");
    }
}

static void
test_other_engines (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  const struct {
    guint       status;
    const char *begin;
    const char *end;
  } recoveries[] = {
    { 200, "{\"id\":\"" ID (01) "\"," HEAD "\"state\":\"choose_method\",\"ui\":{\"nodes\":[" NODE ("link", "email") "]}}",
      "recovery-unsupported" },
    { 200, "{\"id\":\"" ID (01) "\"," HEAD "\"state\":\"recovery_awaiting_address\",\"ui\":{\"nodes\":["
      NODE ("code", "recovery_address") "]}}", "recovery-unsupported" },
    { 400, "{\"error\":{\"code\":400,\"reason\":\"disabled\"}}", "recovery-unsupported" },
    { 200, "{\"id\":\"" ID (01) "\",\"type\":\"browser\",\"expires_at\":\"2100-01-01T00:00:00Z\",\"state\":\"choose_method\","
      "\"ui\":{\"nodes\":[" NODE ("code", "email") "]}}", "protocol" },
  };
  g_autoptr (FlIdentity) flagless = with_mail (player);
  g_autoptr (FlIdentity) unified = new_identity (player);
  g_autoptr (FlIdentity) telling = new_identity (player);
  g_autoptr (FlIdentity) passkeys = new_identity (player);
  g_autoptr (FlIdentity) unfinished = with_second_factor_due (player);

  for (gsize i = 0; i < G_N_ELEMENTS (recoveries); i++)
    {
      g_autoptr (FlIdentity) identity = new_identity (player);

      fl_player_add (player, "GET", "/self-service/recovery/api", recoveries[i].status, recoveries[i].begin);
      expect (identity, FL_TELL_START_RECOVERY, ANNA, NULL, recoveries[i].end);
    }

  fl_player_add (player, "POST", "/self-service/recovery?", 422,
                 "{\"error\":{\"id\":\"browser_location_change_required\",\"code\":422},\"redirect_browser_to\":\"/\"}");
  expect (flagless, FL_TELL_REDEEM, ID (01), "100001", "recovery-unsupported");

  fl_player_add (player, "GET", "/self-service/login/api", 200, "{\"id\":\"" ID (01) "\"," HEAD
                 "\"state\":\"choose_method\",\"ui\":{\"nodes\":[" NODE ("default", "identifier") "," NODE ("password", "password") "]}}");
  expect (unified, FL_TELL_IDENTIFY, ANNA, NULL, "done");

  fl_player_feed (player, "login-refused:0");
  fl_player_add (player, "POST", "/self-service/login?", 400, REFUSED (01, "4000037"));
  expect (telling, FL_TELL_IDENTIFY, ANNA, NULL, "address-unknown");

  fl_player_feed (player, "login-refused:0");
  fl_player_add (player, "POST", "/self-service/login?", 400, "{\"id\":\"" ID (01) "\"," HEAD
                 "\"state\":\"choose_method\",\"ui\":{\"nodes\":[" NODE ("passkey", "passkey_login") "]}}");
  expect (passkeys, FL_TELL_IDENTIFY, ANNA, NULL, "protocol");

  fl_player_add (player, "POST", "/self-service/login?", 200, "{\"session_token\":\"t\",\"session\":{\"active\":true,"
                 "\"authenticator_assurance_level\":\"aal1\"," WHOSE "}}");
  expect (unfinished, FL_TELL_TOTP, "123456", NULL, "protocol");
}

/* How many recovery codes are left is told after one has been used. */
static void
test_codes_left (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = with_second_factor_due (player);

  fl_player_feed (player, "newcomer:33");
  fl_player_add (player, "GET", "/self-service/settings/api", 200, "{\"id\":\"" ID (09) "\"," HEAD
                 "\"state\":\"show_form\",\"ui\":{\"nodes\":[" NODE ("lookup_secret", "lookup_secret_reveal") "]}," WHOSE "}");
  fl_player_add (player, "POST", "/self-service/settings?flow=" ID (09), 200, "{\"id\":\"" ID (09) "\"," HEAD
                 "\"state\":\"show_form\",\"ui\":{\"nodes\":[{\"type\":\"text\",\"group\":\"lookup_secret\",\"attributes\":"
                 "{\"id\":\"lookup_secret_codes\",\"text\":{\"id\":1050015,\"context\":{\"secrets\":["
                 "{\"id\":1050014,\"context\":{\"used_at\":\"2026-01-01T00:00:00Z\"}},"
                 "{\"id\":1050009,\"context\":{\"secret\":\"codeno02\"}},"
                 "{\"id\":1050009,\"context\":{\"secret\":\"codeno03\"}}]}}}}]}," WHOSE "}");
  expect (identity, FL_TELL_RECOVERY_CODE, "codeno01", NULL, "done level=2 factor=yes codes=yes left=2 " ANNA);
  g_assert_cmpstr (fl_player_get_last_body (player), ==, "{\"method\":\"lookup_secret\",\"lookup_secret_reveal\":true}");
}

static void
expect_resumed (FlPlayer   *player,
                GVariant   *record,
                const char *end)
{
  g_autoptr (FlIdentity) identity = new_identity (player);
  g_autoptr (GVariant) owned = g_variant_ref_sink (record);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *really = NULL;

  fl_identity_resume (identity, owned, NULL, on_ended, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = fl_identity_finish (identity, result, &error);
  really = fl_teller_describe (answer, error);
  g_assert_cmpstr (really, ==, end);
}

static GVariant *
parse_record (const char *text,
              const char *server)
{
  g_auto (GStrv) parts = g_strsplit (text, "%s", -1);
  g_autofree char *filled = g_strjoinv (server, parts);
  GVariant *record = g_variant_parse (NULL, filled, NULL, NULL, NULL);

  g_assert_nonnull (record);
  return record;
}

/* Records that a stranger might have written, and those of another server. */
static void
test_records (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  const char *url = fl_player_get_url (player);
  const char *bad[] = {
    "<{'server': <'%s'>}>",
    "{'server': <5>, 'token': <'t'>}",
    "{'server': <'https://elsewhere.example'>, 'token': <'t'>}",
    "{'token': <'t'>}",
    "{'server': <'%s'>, 'token': <7>}",
    "{'server': <'%s'>, 'token': <''>}",
    "{'server': <'%s'>, 'mail': <'not a uuid'>, 'mail-expires-at': <int64 9999999999>}",
    "{'server': <'%s'>, 'mail': <'" ID (01) "'>}",
    "{'server': <'%s'>, 'mail': <'" ID (01) "'>, 'mail-expires-at': <'soon'>}",
    "('%s', 1)",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    expect_resumed (player, parse_record (bad[i], url), "session-ended");

  fl_player_add (player, "GET", "/self-service/recovery/flows?id=" ID (01), 200, RECOVERY (01, "sent_email"));
  expect_resumed (player, g_variant_new_parsed ("{'server': <%s>, 'mail': <'" ID (01) "'>, 'mail-expires-at': <int64 9999999999>,"
                                                " 'mail-address': <%s>, 'something-new': <1>}", url, ANNA),
                  "done flow=" ID (01) " " ANNA);
  fl_player_add (player, "GET", "/sessions/whoami", 200, "{\"active\":false,\"authenticator_assurance_level\":\"aal1\"," WHOSE "}");
  expect_resumed (player, g_variant_new_parsed ("{'server': <%s>, 'token': <'t'>}", url), "protocol");
}

/* Whatever the server says to it, here the session is forgotten. */
static void
test_sign_out (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = with_session (player);
  g_autoptr (GVariant) record = g_variant_ref_sink (fl_identity_save (identity));

  g_assert_true (g_variant_is_of_type (record, G_VARIANT_TYPE_VARDICT));
  fl_player_add (player, "DELETE", "/self-service/logout/api", 500, NULL);
  expect (identity, FL_TELL_SIGN_OUT, NULL, NULL, "server-fault");
  g_assert_null (fl_identity_save (identity));
  expect (identity, FL_TELL_START_TOTP, NULL, NULL, "session-ended");
}

/* Flows whose end is near are begun anew without a word; a session that has ended is told. */
static void
test_time_passes (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = new_identity (player);

  fl_player_feed (player, "login-password:0");
  expect (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "done");
  expect (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "done");
  g_assert_cmpuint (fl_player_get_requests (player), ==, 1);
  fl_clock_advance (2 * 60 * 60);
  fl_player_feed (player, "login-refused:3 login-refused:5");
  expect (identity, FL_TELL_SIGN_IN, "nobody@flexhrm.example", "correct horse battery", "credentials-refused");
}

/* What was begun lasts as long as it did, when somebody sets this computer's clock forward a day. */
static void
test_clock_is_set (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = new_identity (player);
  g_autoptr (FlIdentity) waiting = with_mail (player);
  guint before = fl_player_get_requests (player);

  fl_player_feed (player, "login-password:0");
  expect (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "done");
  fl_clock_set (24 * 60 * 60);
  expect (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "done");
  g_assert_cmpuint (fl_player_get_requests (player), ==, before + 1);

  fl_player_feed (player, "resend:3");
  expect (waiting, FL_TELL_SEND_AGAIN, ANNA, NULL, "done flow=" ID (01) " resend " ANNA);
  fl_clock_set (-24 * 60 * 60);
}

static void
test_cancelled (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = new_identity (player);
  const FlTell verbs[] = { FL_TELL_PREPARE_SIGN_IN, FL_TELL_LOOK_AGAIN, FL_TELL_SIGN_IN };
  g_autoptr (FlIdentity) waiting = with_mail (player);

  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      FlIdentity *who = verbs[i] == FL_TELL_LOOK_AGAIN ? waiting : identity;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (FlAnswer) answer = NULL;
      g_autoptr (GError) error = NULL;
      guint before = fl_player_get_requests (player);

      if (verbs[i] != FL_TELL_SIGN_IN)
        fl_player_add (player, "GET", NULL, 200, NULL)->is_silent = TRUE;
      fl_teller_begin (who, verbs[i], ANNA, "x", cancellable, &result);
      if (verbs[i] != FL_TELL_SIGN_IN)
        while (fl_player_get_requests (player) == before)
          g_main_context_iteration (NULL, TRUE);
      g_cancellable_cancel (cancellable);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      answer = fl_identity_finish (who, result, &error);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_null (answer);
    }
}

/* An identity that goes away while it is asking takes nothing with it. */
static void
test_dropped (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  FlIdentity *identity = with_second_factor_due (player);
  GWeakRef weak;

  fl_player_add (player, "GET", "/self-service/recovery/api", 200, NULL)->is_silent = TRUE;
  fl_player_feed (player, "newcomer:30");
  expect (identity, FL_TELL_TOTP, "000000", NULL, "code-refused");
  fl_identity_prepare (identity, FL_PREPARE_SIGN_IN, NULL, NULL, NULL);
  g_weak_ref_init (&weak, identity);
  g_object_unref (identity);
  while ((identity = g_weak_ref_get (&weak)) != NULL)
    {
      g_object_unref (identity);
      g_main_context_iteration (NULL, TRUE);
    }
  g_weak_ref_clear (&weak);
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/kratos/turns/lost-redeem", test_lost_redeem);
  g_test_add_func ("/kratos/turns/lost-mail", test_lost_mail);
  g_test_add_func ("/kratos/turns/lost-factor", test_lost_factor);
  g_test_add_func ("/kratos/turns/redeem-goes-on", test_redeem_goes_on);
  g_test_add_func ("/kratos/turns/send-again", test_send_again);
  g_test_add_func ("/kratos/turns/payload", test_payload);
  g_test_add_func ("/kratos/turns/proof", test_proof);
  g_test_add_func ("/kratos/turns/dead-end", test_dead_end);
  g_test_add_func ("/kratos/turns/other-engines", test_other_engines);
  g_test_add_func ("/kratos/turns/codes-left", test_codes_left);
  g_test_add_func ("/kratos/turns/records", test_records);
  g_test_add_func ("/kratos/turns/sign-out", test_sign_out);
  g_test_add_func ("/kratos/turns/time-passes", test_time_passes);
  g_test_add_func ("/kratos/turns/clock-is-set", test_clock_is_set);
  g_test_add_func ("/kratos/turns/cancelled", test_cancelled);
  g_test_add_func ("/kratos/turns/dropped", test_dropped);

  return g_test_run ();
}
