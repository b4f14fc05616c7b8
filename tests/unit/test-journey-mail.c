/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-journey-mail"

#include "config.h"

#include "fl-clock.h"
#include "fl-journey-private.h"
#include "journey-fixture.h"

static void
send_again (Fixture *fixture)
{
  fl_journey_send_again (fixture->journey);
  fixture_settle (fixture);
}

static void
look (Fixture *fixture)
{
  fl_journey_look (fixture->journey);
  fixture_settle (fixture);
}

/* The same flow while no wrong code has been entered in it, and not before its time. */
static void
test_send_again (Fixture       *fixture,
                 gconstpointer  data)
{
  gint64 resend_at;

  fixture_walk_to (fixture, FL_STEP_INBOX);
  resend_at = fl_journey_get_resend_at (fixture->journey);
  g_assert_cmpint (resend_at, >, fl_clock_now ());

  send_again (fixture);
  assert_problem (fixture, FL_PROBLEM_THROTTLED);
  g_assert_cmpint (fl_problem_get_until (fl_journey_get_problem (fixture->journey)), ==, resend_at);
  assert_count (fixture, "send_again", 0);

  fl_clock_advance (61);
  send_again (fixture);
  assert_no_problem (fixture);
  assert_notice (fixture, FL_NOTICE_MAIL_SENT_AGAIN);
  assert_count (fixture, "send_again", 1);
  assert_count (fixture, "start_recovery", 1);
  /* The answer did not say when the next one can be sent. */
  g_assert_cmpint (fl_journey_get_resend_at (fixture->journey), ==,
                   fl_journey_get_mail_sent_at (fixture->journey) + 60);

  fixture_mail_code (fixture, "123456");
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "redeem"), ==, FLOW_1 " 123456");
}

/* After a wrong code the next mail has a flow of its own, and the old link says which mail counts. */
static void
test_new_flow_after_wrong_code (Fixture       *fixture,
                                gconstpointer  data)
{
  gint64 replaced_at;

  fixture_walk_to (fixture, FL_STEP_INBOX);
  fixture_fail (fixture, "redeem", FL_PROBLEM_CODE_REFUSED);
  fixture_mail_code (fixture, "111111");
  assert_problem (fixture, FL_PROBLEM_CODE_REFUSED);
  assert_step (fixture, "inbox");

  fl_clock_advance (61);
  send_again (fixture);
  assert_count (fixture, "send_again", 0);
  assert_count (fixture, "start_recovery", 2);
  assert_notice (fixture, FL_NOTICE_MAIL_SENT_AGAIN);
  replaced_at = fl_journey_get_mail_sent_at (fixture->journey);

  fixture_open_link (fixture, SERVER "/r/", FLOW_1);
  assert_step (fixture, "inbox");
  assert_problem (fixture, FL_PROBLEM_MAIL_SUPERSEDED);
  g_assert_cmpint (fl_problem_get_until (fl_journey_get_problem (fixture->journey)), ==, replaced_at);
  assert_count (fixture, "redeem", 1);

  fixture_open_link (fixture, SERVER "/r/", FLOW_2);
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "redeem"), ==, FLOW_2 " 123456");
  assert_step (fixture, "new-password");
}

/* A new flow has new tries: its mail can be sent again in it. */
static void
test_new_flow_has_new_tries (Fixture       *fixture,
                             gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fixture_fail (fixture, "redeem", FL_PROBLEM_TRIES_SPENT);
  fixture_mail_code (fixture, "111111");
  fl_clock_advance (61);
  send_again (fixture);
  assert_count (fixture, "start_recovery", 2);
  fl_clock_advance (61);
  send_again (fixture);
  assert_count (fixture, "start_recovery", 2);
  assert_count (fixture, "send_again", 1);
}

static void
test_expired_flow_is_not_sent_again (Fixture       *fixture,
                                     gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_clock_advance (1801);
  send_again (fixture);
  assert_count (fixture, "send_again", 0);
  assert_count (fixture, "start_recovery", 2);
}

static void
test_send_again_throttled (Fixture       *fixture,
                           gconstpointer  data)
{
  gint64 until;

  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_clock_advance (61);
  until = fl_clock_now () + 300;
  fl_fake_identity_fail (fixture->identity, "send_again", fl_problem_new_until (FL_PROBLEM_THROTTLED, until, "429"));
  send_again (fixture);
  assert_problem (fixture, FL_PROBLEM_THROTTLED);
  g_assert_cmpint (fl_journey_get_resend_at (fixture->journey), ==, until);

  /* The code of the mail that has arrived meanwhile is not held up by that. */
  g_assert_cmpint (fl_journey_get_retry_at (fixture->journey), ==, 0);
  fixture_mail_code (fixture, "123456");
  assert_step (fixture, "new-password");
}

static void
test_code (Fixture       *fixture,
           gconstpointer  data)
{
  static const char * const malformed[] = { "", "12345", "1234567", "12345a" };

  fixture_walk_to (fixture, FL_STEP_INBOX);
  for (gsize i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      fixture_mail_code (fixture, malformed[i]);
      assert_problem (fixture, FL_PROBLEM_CODE_MALFORMED);
    }
  assert_count (fixture, "redeem", 0);

  /* Arabic-Indic digits, as a keyboard may type them. */
  fixture_mail_code (fixture, "\331\241\331\242\331\243 \331\244\331\245\331\246");
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "redeem"), ==, FLOW_1 " 123456");
}

/* The waiting page notices that somebody else was faster; both ways on are there. */
static void
test_used_elsewhere (Fixture       *fixture,
                     gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  look (fixture);
  assert_no_problem (fixture);
  assert_count (fixture, "look_again", 1);

  fixture_fail (fixture, "look_again", FL_PROBLEM_OFFLINE);
  look (fixture);
  assert_no_problem (fixture);

  fixture_fail (fixture, "look_again", FL_PROBLEM_MAIL_USED);
  look (fixture);
  assert_problem (fixture, FL_PROBLEM_MAIL_USED);
  g_assert_false (fl_journey_get_busy (fixture->journey));

  fl_clock_advance (61);
  send_again (fixture);
  assert_no_problem (fixture);
  assert_count (fixture, "start_recovery", 2);

  fl_journey_sign_in_instead (fixture->journey);
  assert_step (fixture, "password");
  g_assert_cmpstr (fl_journey_get_address (fixture->journey), ==, ANNA);
}

static void
test_look_gives_way (Fixture       *fixture,
                     gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_fake_identity_hold (fixture->identity, "look_again");
  fl_journey_look (fixture->journey);
  g_assert_false (fl_journey_get_busy (fixture->journey));

  /* Its own code has just been redeemed: that the mail has been used is no news then. */
  fixture_fail (fixture, "look_again", FL_PROBLEM_MAIL_USED);
  fl_fake_identity_hold (fixture->identity, "redeem");
  fl_journey_submit_mail_code (fixture->journey, "123456");
  g_assert_null (fixture->journey->looking);
  fl_journey_look (fixture->journey);
  assert_count (fixture, "look_again", 1);
  fl_fake_identity_release (fixture->identity);
  fixture_settle (fixture);
  assert_step (fixture, "new-password");
  assert_no_problem (fixture);
}

/* The answer to a code got lost: looks once whether it has counted, and never sends it again by itself. */
static void
test_lost_answer (Fixture       *fixture,
                  gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fixture_fail (fixture, "redeem", FL_PROBLEM_TIMED_OUT);
  fixture_mail_code (fixture, "123456");
  assert_step (fixture, "inbox");
  assert_problem (fixture, FL_PROBLEM_TIMED_OUT);
  assert_count (fixture, "look_again", 1);
  assert_count (fixture, "redeem", 1);

  fixture_fail (fixture, "redeem", FL_PROBLEM_TIMED_OUT);
  fixture_fail (fixture, "look_again", FL_PROBLEM_TIMED_OUT);
  fixture_mail_code (fixture, "123456");
  assert_problem (fixture, FL_PROBLEM_TIMED_OUT);

  fixture_fail (fixture, "redeem", FL_PROBLEM_TIMED_OUT);
  fixture_fail (fixture, "look_again", FL_PROBLEM_MAIL_USED);
  fixture_mail_code (fixture, "123456");
  assert_problem (fixture, FL_PROBLEM_MAIL_USED);
  assert_count (fixture, "redeem", 3);
}

static void
test_link_goes_on_by_itself (Fixture       *fixture,
                             gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_journey_open_link (fixture->journey, "first-login:recover?flow=" FLOW_1 "&code=123456");
  fixture_settle (fixture);
  assert_step (fixture, "new-password");

  /* Whoever is in has no use for a link. */
  fixture_open_link (fixture, SERVER "/r/", STRANGE_FLOW);
  assert_step (fixture, "new-password");
  assert_no_problem (fixture);
  assert_count (fixture, "redeem", 1);
}

/* Where it may go wrong is the page on which another mail can be had. */
static void
test_link_refused (Fixture       *fixture,
                   gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_journey_go_back (fixture->journey);
  fixture_settle (fixture);
  assert_step (fixture, "create-password");
  fixture_fail (fixture, "redeem", FL_PROBLEM_MAIL_EXPIRED);
  fixture_open_link (fixture, SERVER "/r/", FLOW_1);
  assert_step (fixture, "inbox");
  assert_problem (fixture, FL_PROBLEM_MAIL_EXPIRED);
}

static void
test_link_malformed (Fixture       *fixture,
                     gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_journey_open_link (fixture->journey, "");
  assert_problem (fixture, FL_PROBLEM_LINK_MALFORMED);
  fl_journey_open_link (fixture->journey, SERVER "/r/#flow=1&code=123456");
  assert_problem (fixture, FL_PROBLEM_LINK_MALFORMED);
  assert_step (fixture, "inbox");
}

static void
test_link_foreign (Fixture       *fixture,
                   gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fixture_open_link (fixture, "https://id.flexhrm.example.evil.example/r/", FLOW_1);
  assert_step (fixture, "inbox");
  assert_problem (fixture, FL_PROBLEM_LINK_FOREIGN);
  g_assert_cmpstr (fl_journey_get_link_server (fixture->journey), ==, "https://id.flexhrm.example.evil.example/r/");
  assert_count (fixture, "redeem", 0);

  /* The policy may name another place for the landing page. */
  fixture_open_link (fixture, "https://www.flexhrm.example/start/", FLOW_1);
  assert_problem (fixture, FL_PROBLEM_LINK_FOREIGN);
  fl_journey_set_landing (fixture->journey, "https://www.flexhrm.example/start/");
  fixture_open_link (fixture, "https://www.flexhrm.example/start/", FLOW_1);
  assert_step (fixture, "new-password");
}

/* A link that was not asked for here: asked, and whose account it opens is confirmed. */
static void
test_link_unasked (Fixture       *fixture,
                   gconstpointer  data)
{
  FlAnswer *answer;

  fixture_start (fixture);
  fixture_open_link (fixture, SERVER "/r/", STRANGE_FLOW);
  assert_step (fixture, "link");
  g_assert_cmpstr (fl_journey_get_link_server (fixture->journey), ==, SERVER "/r/");
  assert_count (fixture, "redeem", 0);

  answer = fl_fake_identity_usual (fixture->identity, "redeem");
  answer->address = g_strdup ("erik@flexhrm.example");
  answer->outcome = FL_OUTCOME_SECOND_FACTOR_FIRST;
  fl_fake_identity_answer (fixture->identity, "redeem", answer);
  fl_journey_accept_link (fixture->journey);
  fixture_settle (fixture);
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "redeem"), ==, STRANGE_FLOW " 123456");
  assert_step (fixture, "second-factor");
  g_assert_null (fl_journey_get_link_server (fixture->journey));
  fixture_second_factor (fixture, FL_FACTOR_TOTP, "123456");
  assert_step (fixture, "account");
  g_assert_cmpstr (fl_journey_get_address (fixture->journey), ==, "erik@flexhrm.example");

  fl_journey_confirm_account (fixture->journey);
  assert_step (fixture, "new-password");
}

static void
test_link_of_somebody_else (Fixture       *fixture,
                            gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_ACCOUNT);
  fl_journey_use_another_address (fixture->journey);
  assert_step (fixture, "email");
  assert_count (fixture, "sign_out", 1);
  g_assert_null (fl_journey_get_address (fixture->journey));
}

static void
test_link_refused_unasked (Fixture       *fixture,
                           gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_LINK);
  fixture_fail (fixture, "redeem", FL_PROBLEM_TIMED_OUT);
  fl_journey_accept_link (fixture->journey);
  fixture_settle (fixture);
  assert_step (fixture, "link");
  assert_problem (fixture, FL_PROBLEM_TIMED_OUT);
  assert_count (fixture, "look_again", 0);
  fl_journey_go_back (fixture->journey);
  assert_step (fixture, "email");
}

/* A link that comes while something else is asked waits for its end. */
static void
test_link_while_busy (Fixture       *fixture,
                      gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_clock_advance (61);
  fl_fake_identity_hold (fixture->identity, "send_again");
  fl_journey_send_again (fixture->journey);
  while (fl_fake_identity_count (fixture->identity, "send_again") == 0)
    g_main_context_iteration (NULL, TRUE);
  fl_journey_open_link (fixture->journey, "first-login:recover?flow=" FLOW_1 "&code=123456");
  assert_count (fixture, "redeem", 0);
  fl_fake_identity_release (fixture->identity);
  fixture_settle (fixture);
  assert_step (fixture, "new-password");
}

/* The very first thing this computer hears of it all is a link, and nobody has named a server yet. */
static void
test_link_before_server (Fixture       *fixture,
                         gconstpointer  data)
{
  fl_journey_start (fixture->journey, NULL, FALSE);
  fl_journey_wake (fixture->journey);
  fl_journey_open_link (fixture->journey, "first-login:recover?flow=" STRANGE_FLOW "&code=123456");
  assert_step (fixture, "organisation");
  fl_journey_choose_server (fixture->journey, SERVER);
  fixture_settle (fixture);
  assert_step (fixture, "link");
  g_assert_cmpstr (fl_journey_get_link_server (fixture->journey), ==, SERVER);
}

/* The link starts the program: the record that knows its flow is waited for. */
static void
test_link_before_record (Fixture       *fixture,
                         gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fixture_restart (fixture);
  fl_fake_vault_hold (fixture->vault, TRUE);
  fl_journey_start (fixture->journey, SERVER, FALSE);
  fl_journey_wake (fixture->journey);
  fl_journey_open_link (fixture->journey, "first-login:recover?flow=" FLOW_1 "&code=123456");
  fixture_settle (fixture);
  assert_step (fixture, "email");
  fl_fake_vault_hold (fixture->vault, FALSE);
  fixture_settle (fixture);
  assert_step (fixture, "new-password");
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "redeem"), ==, FLOW_1 " 123456");
}

/* The keyring does not answer at all: after a while the link is treated as one that nobody knows. */
static void
test_link_without_record (Fixture       *fixture,
                          gconstpointer  data)
{
  fl_fake_vault_hold (fixture->vault, TRUE);
  fl_journey_start (fixture->journey, SERVER, FALSE);
  fl_journey_wake (fixture->journey);
  fl_journey_open_link (fixture->journey, "first-login:recover?flow=" FLOW_1 "&code=123456");
  while (fl_journey_get_step (fixture->journey) != FL_STEP_LINK)
    g_main_context_iteration (NULL, TRUE);
  fl_fake_vault_hold (fixture->vault, FALSE);
  fixture_settle (fixture);
  assert_step (fixture, "link");
}

static void
test_other_address_at_last_moment (Fixture       *fixture,
                                   gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_journey_request_mail (fixture->journey, "nobody");
  assert_problem (fixture, FL_PROBLEM_ADDRESS_MALFORMED);
  fl_journey_request_mail (fixture->journey, " erik@flexhrm.example ");
  fixture_settle (fixture);
  assert_step (fixture, "inbox");
  g_assert_cmpstr (fl_journey_get_address (fixture->journey), ==, "erik@flexhrm.example");
}

#define ADD(path, function) \
  g_test_add ("/mail/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("send-again", test_send_again);
  ADD ("new-flow-after-wrong-code", test_new_flow_after_wrong_code);
  ADD ("new-flow-has-new-tries", test_new_flow_has_new_tries);
  ADD ("expired-flow-is-not-sent-again", test_expired_flow_is_not_sent_again);
  ADD ("send-again-throttled", test_send_again_throttled);
  ADD ("code", test_code);
  ADD ("used-elsewhere", test_used_elsewhere);
  ADD ("look-gives-way", test_look_gives_way);
  ADD ("lost-answer", test_lost_answer);
  ADD ("link-goes-on-by-itself", test_link_goes_on_by_itself);
  ADD ("link-refused", test_link_refused);
  ADD ("link-malformed", test_link_malformed);
  ADD ("link-foreign", test_link_foreign);
  ADD ("link-unasked", test_link_unasked);
  ADD ("link-of-somebody-else", test_link_of_somebody_else);
  ADD ("link-refused-unasked", test_link_refused_unasked);
  ADD ("link-while-busy", test_link_while_busy);
  ADD ("link-before-server", test_link_before_server);
  ADD ("link-before-record", test_link_before_record);
  ADD ("link-without-record", test_link_without_record);
  ADD ("other-address-at-last-moment", test_other_address_at_last_moment);

  return g_test_run ();
}
