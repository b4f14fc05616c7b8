/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include <locale.h>

#include "fl-kratos-identity.h"
#include "fl-player.h"
#include "fl-teller.h"

/* What a click costs on a warm connection: one round trip where the protocol allows, none where the answer is known. It
 * does not allow it in one place: a redeemed code gives a session, and only the settings flow that can be asked for with
 * it says what the account has. Behind a recovery code there is one more, for how many are left. */

#define ANNA   "anna@flexhrm.example"
#define ERIK   "erik@flexhrm.example"
#define ID(n)  "00000000-0000-4000-8000-0000000000" #n

typedef struct {
  FlTell      verb;
  const char *a;
  const char *b;
  const char *feed;
  guint       requests;
} Click;

static const Click newcomer[] = {
  { FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "login-refused:0", 1 },
  { FL_TELL_IDENTIFY, ANNA, NULL, "login-refused:1", 1 },
  { FL_TELL_SIGN_IN, ANNA, "correct horse battery", "login-refused:2", 1 },
  { FL_TELL_PREPARE_RECOVERY, NULL, NULL, "newcomer:0", 1 },
  { FL_TELL_PREPARE_RECOVERY, NULL, NULL, "", 0 },
  { FL_TELL_START_RECOVERY, ANNA, NULL, "newcomer:1", 1 },
  { FL_TELL_LOOK_AGAIN, NULL, NULL, "newcomer:4", 1 },
  { FL_TELL_SEND_AGAIN, ANNA, NULL, "resend:3", 1 },
  { FL_TELL_REDEEM, ID (01), "100001", "newcomer:5 newcomer:8", 2 },
  { FL_TELL_REDEEM, ID (01), "100001", "", 0 },
  { FL_TELL_SET_PASSWORD, "short", NULL, "newcomer:9", 1 },
  { FL_TELL_SET_PASSWORD, "korrekt häst batteri", NULL, "newcomer:13", 1 },
  { FL_TELL_START_TOTP, NULL, NULL, "", 0 },
  { FL_TELL_CONFIRM_TOTP, "000000", NULL, "newcomer:16", 1 },
  { FL_TELL_START_TOTP, NULL, NULL, "", 0 },
  { FL_TELL_CONFIRM_TOTP, "123456", NULL, "newcomer:19", 1 },
  { FL_TELL_ISSUE_CODES, NULL, NULL, "newcomer:21", 1 },
  { FL_TELL_CONFIRM_CODES, NULL, NULL, "newcomer:23", 1 },
  { FL_TELL_SIGN_OUT, NULL, NULL, "~login-password:6", 1 },
  { FL_TELL_SIGN_OUT, NULL, NULL, "", 0 },
};

static const Click without_factor[] = {
  { FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "login-password:0", 1 },
  { FL_TELL_IDENTIFY, ERIK, NULL, "login-password:1", 1 },
  { FL_TELL_SIGN_IN, ERIK, "correct horse battery", "login-password:4", 1 },
  { FL_TELL_START_TOTP, NULL, NULL, "privileged:2", 1 },
  { FL_TELL_START_TOTP, NULL, NULL, "", 0 },
};

static void
click (FlIdentity  *identity,
       FlPlayer    *player,
       const Click *what)
{
  guint before = fl_player_get_requests (player);
  g_autofree char *end = NULL;

  fl_player_feed (player, what->feed);
  end = fl_teller_tell (identity, what->verb, what->a, what->b);
  g_test_message ("%s: %s", what->feed, end);
  g_assert_true (fl_player_is_fed (player));
  g_assert_cmpuint (fl_player_get_requests (player) - before, ==, what->requests);
}

static void
walk (const Click *clicks,
      gsize        n_clicks)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = fl_kratos_identity_new (fl_player_get_url (player), "Visma Connect", NULL);

  for (gsize i = 0; i < n_clicks; i++)
    click (identity, player, &clicks[i]);

  g_assert_cmpuint (fl_player_get_connections (player), ==, 1);
}

static void
test_newcomer (void)
{
  walk (newcomer, G_N_ELEMENTS (newcomer));
}

static void
test_without_factor (void)
{
  walk (without_factor, G_N_ELEMENTS (without_factor));
}

/* What is begun ahead is not waited for: here it never comes. */
static void
test_ahead (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = fl_kratos_identity_new (fl_player_get_url (player), "Visma Connect", NULL);
  g_autofree char *sign_in = NULL;
  g_autofree char *redeem = NULL;
  g_autoptr (FlIdentity) other = fl_kratos_identity_new (fl_player_get_url (player), "Visma Connect", NULL);

  fl_player_feed (player, "newcomer:25 newcomer:26");
  fl_player_add (player, "GET", "/self-service/login/api?aal=aal2", 200, NULL)->is_silent = TRUE;
  sign_in = fl_teller_tell (identity, FL_TELL_SIGN_IN, ANNA, "korrekt häst batteri");
  g_assert_cmpstr (sign_in, ==, "second-factor-first level=1 " ANNA);

  fl_player_feed (player, "newcomer:0 newcomer:1 newcomer:3");
  g_free (fl_teller_tell (other, FL_TELL_START_RECOVERY, ANNA, NULL));
  fl_player_add (player, "GET", "/self-service/recovery/api", 200, NULL)->is_silent = TRUE;
  redeem = fl_teller_tell (other, FL_TELL_REDEEM, ID (01), "000001");
  g_assert_cmpstr (redeem, ==, "code-refused");
}

/* The flow of the second factor is begun while the person reads the page, so that the code costs one round trip. */
static void
test_with_factor (void)
{
  static const Click code = { FL_TELL_TOTP, "123456", NULL, "newcomer:39", 1 };
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = fl_kratos_identity_new (fl_player_get_url (player), "Visma Connect", NULL);

  fl_player_feed (player, "newcomer:35 newcomer:36 newcomer:37");
  g_free (fl_teller_tell (identity, FL_TELL_SIGN_IN, ANNA, "korrekt häst batteri"));
  while (!fl_player_is_fed (player))
    g_main_context_iteration (NULL, TRUE);
  click (identity, player, &code);
}

/* A connection that the server has closed meanwhile, without a word, is not used for a code that must be sent once. */
static void
test_cooled (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlIdentity) identity = fl_kratos_identity_new (fl_player_get_url (player), "Visma Connect", NULL);
  JsonObject *exchange = fl_player_get_exchange (player, "newcomer:0");
  JsonObject *response = json_object_get_object_member (exchange, "response");
  g_autofree char *body = json_to_string (json_object_get_member (response, "body"), FALSE);
  g_autofree char *wire = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %"
                                           G_GSIZE_FORMAT "\r\n\r\n%s", strlen (body), body);
  FlTurn *turn = fl_player_add (player, "GET", "/self-service/recovery/api", 200, NULL);
  g_autofree char *prepared = NULL;
  g_autofree char *asked = NULL;

  turn->wire = g_bytes_new (wire, strlen (wire));
  prepared = fl_teller_tell (identity, FL_TELL_PREPARE_RECOVERY, NULL, NULL);
  g_assert_cmpstr (prepared, ==, "done");
  fl_player_feed (player, "newcomer:1");
  asked = fl_teller_tell (identity, FL_TELL_START_RECOVERY, ANNA, NULL);
  g_assert_cmpstr (asked, ==, "done flow=" ID (01) " resend " ANNA);
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/kratos/round-trips/newcomer", test_newcomer);
  g_test_add_func ("/kratos/round-trips/without-factor", test_without_factor);
  g_test_add_func ("/kratos/round-trips/ahead", test_ahead);
  g_test_add_func ("/kratos/round-trips/with-factor", test_with_factor);

  g_test_add_func ("/kratos/round-trips/cooled", test_cooled);

  return g_test_run ();
}
