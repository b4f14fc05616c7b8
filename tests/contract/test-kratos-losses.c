/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include <locale.h>
#include <string.h>

#include "fl-kratos-identity.h"
#include "fl-player.h"
#include "fl-problem.h"
#include "fl-teller.h"

/* Answers that are lost, and then the look at what became of the submit as well: whoever presses the button again goes
 * on from where the server really is, and is told nothing that is not so. */

#define ANNA  "anna@flexhrm.example"
#define NEW   "korrekt häst batteri"
#define ID(n) "00000000-0000-4000-8000-0000000000" #n
#define SIGNED_IN_ALREADY "{\"id\":\"" ID (09) "\",\"type\":\"api\",\"state\":\"choose_method\"," \
                          "\"expires_at\":\"2100-01-01T00:00:00Z\",\"ui\":{\"nodes\":[],\"messages\":[{\"id\":4000001}]}}"

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

static FlIdentity *
with_mail (FlPlayer *player)
{
  FlIdentity *identity = fl_kratos_identity_new (fl_player_get_url (player), "Visma Connect", NULL);

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
with_codes (FlPlayer *player)
{
  FlIdentity *identity = with_session (player);
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  fl_player_feed (player, "newcomer:19 newcomer:21");
  expect (identity, FL_TELL_CONFIRM_TOTP, "123456", NULL, "done level=2 factor=yes codes=no " ANNA);
  answer = fl_teller_run (identity, FL_TELL_ISSUE_CODES, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (answer->codes);

  return identity;
}

/* The next submit has no answer. */
static void
lose (FlPlayer *player)
{
  FlTurn *turn = fl_player_add (player, "POST", "/self-service/settings?", 0, NULL);

  turn->wire = g_bytes_new_static ("", 0);
}

/* Nor has the look at what became of it. */
static void
blind (FlPlayer *player)
{
  fl_player_add (player, "GET", "/self-service/settings/flows?", 502, NULL);
}

/* The code was accepted, and what had to come after it was lost: the mail has neither expired nor is a new one needed. */
static void
test_mail (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = with_mail (player);

  fl_player_feed (player, "newcomer:5");
  fl_player_add (player, "GET", "/self-service/settings/flows?", 502, NULL);
  expect (identity, FL_TELL_REDEEM, ID (01), "100001", "server-fault");
  expect (identity, FL_TELL_LOOK_AGAIN, NULL, NULL, "done");
  fl_player_feed (player, "newcomer:8");
  expect (identity, FL_TELL_REDEEM, ID (01), "100001", "done level=1 factor=no codes=no " ANNA);
}

static void
test_password (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) set = with_session (player);
  g_autoptr (FlIdentity) not_set = with_session (player);
  g_autoptr (FlIdentity) other = with_session (player);

  lose (player);
  expect (not_set, FL_TELL_SET_PASSWORD, NEW, NULL, "unreachable");
  fl_player_feed (player, "newcomer:13");
  expect (not_set, FL_TELL_SET_PASSWORD, NEW, NULL, "done level=1 factor=no codes=no " ANNA);

  /* Refused because it is the one that the lost submit has set */
  lose (player);
  expect (set, FL_TELL_SET_PASSWORD, NEW, NULL, "unreachable");
  fl_player_feed (player, "newcomer:14");
  expect (set, FL_TELL_SET_PASSWORD, NEW, NULL, "done level=1 factor=no codes=no " ANNA);

  /* Another one that is refused was not set by anything that was lost. */
  lose (player);
  expect (other, FL_TELL_SET_PASSWORD, "another good passphrase", NULL, "unreachable");
  fl_player_feed (player, "newcomer:14");
  expect (other, FL_TELL_SET_PASSWORD, NEW, NULL, "password-repeated");
}

static void
test_totp (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) enrolled = with_session (player);
  g_autoptr (FlIdentity) not_enrolled = with_session (player);

  lose (player);
  blind (player);
  expect (enrolled, FL_TELL_CONFIRM_TOTP, "123456", NULL, "unreachable");
  fl_player_feed (player, "newcomer:22");
  expect (enrolled, FL_TELL_CONFIRM_TOTP, "123456", NULL, "done level=2 factor=yes codes=no " ANNA);

  lose (player);
  blind (player);
  expect (not_enrolled, FL_TELL_CONFIRM_TOTP, "123456", NULL, "unreachable");
  fl_player_feed (player, "newcomer:8 newcomer:19");
  expect (not_enrolled, FL_TELL_CONFIRM_TOTP, "123456", NULL, "done level=2 factor=yes codes=no " ANNA);
}

static void
test_codes (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) confirmed = with_codes (player);
  g_autoptr (FlIdentity) not_confirmed = with_codes (player);
  FlTurn *turn;

  lose (player);
  blind (player);
  expect (confirmed, FL_TELL_CONFIRM_CODES, NULL, NULL, "unreachable");
  turn = fl_player_feed_bent (player, "newcomer:23");
  g_free (turn->method);
  turn->method = g_strdup ("GET");
  g_free (turn->path);
  turn->path = g_strdup ("/self-service/settings/flows?id=" ID (02));
  g_clear_pointer (&turn->body, json_node_unref);
  expect (confirmed, FL_TELL_CONFIRM_CODES, NULL, NULL, "done level=2 factor=yes codes=yes " ANNA);

  lose (player);
  blind (player);
  expect (not_confirmed, FL_TELL_CONFIRM_CODES, NULL, NULL, "unreachable");
  fl_player_feed (player, "newcomer:22 newcomer:23");
  expect (not_confirmed, FL_TELL_CONFIRM_CODES, NULL, NULL, "done level=2 factor=yes codes=yes " ANNA);
}

/* What the second of two confirmations is answered when somebody on the way hands one on twice. */
static void
test_doubled_codes (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = with_codes (player);
  FlTurn *turn = fl_player_feed_bent (player, "newcomer:23");
  g_autofree char *text = g_strndup (g_bytes_get_data (turn->reply, NULL), g_bytes_get_size (turn->reply));
  g_auto (GStrv) parts = g_strsplit (text, "1050001", 2);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  g_bytes_unref (turn->reply);
  turn->reply = g_bytes_new_take (g_strjoinv ("4000001", parts), strlen (text));
  turn->status = 400;
  expect (identity, FL_TELL_CONFIRM_CODES, NULL, NULL, "done level=2 factor=yes codes=yes " ANNA);
  g_assert_cmpuint (fl_player_get_surprises (player), ==, 0);
}

/* Kratos calls every session unknown while its database is away, and says so to those who have none: it has not ended. */
static void
test_database (void)
{
  static const char unauthorised[] = "{\"error\":{\"code\":401,\"status\":\"Unauthorized\"}}";
  static const char away[] = "{\"error\":{\"code\":500,\"status\":\"Internal Server Error\"}}";
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = with_session (player);

  fl_player_add (player, "POST", "/self-service/settings?", 401, unauthorised);
  fl_player_add (player, "GET", "/self-service/login/api", 500, away);
  expect (identity, FL_TELL_SET_PASSWORD, NEW, NULL, "server-fault");
  fl_player_feed (player, "newcomer:13");
  expect (identity, FL_TELL_SET_PASSWORD, NEW, NULL, "done level=1 factor=no codes=no " ANNA);

  fl_player_add (player, "POST", "/self-service/settings?", 401, unauthorised);
  fl_player_feed (player, "newcomer:25");
  expect (identity, FL_TELL_CONFIRM_TOTP, "123456", NULL, "session-ended");
  g_assert_true (fl_player_is_fed (player));
  g_assert_cmpuint (fl_player_get_surprises (player), ==, 0);
}

/* The flow ended sooner than its times say here, and Kratos says so in its own way: what was submitted goes into another one. */
static void
test_expired (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = fl_kratos_identity_new (fl_player_get_url (player), "Visma Connect", NULL);

  fl_player_feed (player, "newcomer:35 newcomer:36 newcomer:37");
  expect (identity, FL_TELL_SIGN_IN, ANNA, NEW, "second-factor-first level=1 " ANNA);
  while (!fl_player_is_fed (player))
    g_main_context_iteration (NULL, TRUE);
  fl_player_add (player, "POST", "/self-service/login?", 400, SIGNED_IN_ALREADY);
  fl_player_feed (player, "newcomer:37 newcomer:39");
  expect (identity, FL_TELL_TOTP, "123456", NULL, "done level=2 factor=yes codes=yes " ANNA);

  fl_player_feed (player, "newcomer:43");
  fl_player_add (player, "POST", "/self-service/login?", 400, SIGNED_IN_ALREADY);
  fl_player_feed (player, "newcomer:43 newcomer:45");
  expect (identity, FL_TELL_REAUTHENTICATE, NEW, NULL, "done level=2 " ANNA);

  g_assert_true (fl_player_is_fed (player));
  g_assert_cmpuint (fl_player_get_surprises (player), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/kratos/losses/mail", test_mail);
  g_test_add_func ("/kratos/losses/password", test_password);
  g_test_add_func ("/kratos/losses/totp", test_totp);
  g_test_add_func ("/kratos/losses/codes", test_codes);
  g_test_add_func ("/kratos/losses/doubled-codes", test_doubled_codes);
  g_test_add_func ("/kratos/losses/database", test_database);
  g_test_add_func ("/kratos/losses/expired", test_expired);

  return g_test_run ();
}
