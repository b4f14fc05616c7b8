/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-journey-between"

#include "config.h"

#include "fl-clock.h"
#include "journey-fixture.h"

/* What happens between a click and its answer: the program is stopped there, or the person lets go. */

static void
settle_loop (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* The code is used up as soon as its session is there; what was to be learned after that can be learned again. */
static void
test_session_is_kept_at_once (Fixture       *fixture,
                              gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_fake_identity_hold (fixture->identity, "redeem");
  fl_journey_submit_mail_code (fixture->journey, "123456");
  fl_identity_session_begun (FL_IDENTITY (fixture->identity));
  settle_loop ();

  fixture_restart (fixture);
  fixture_start (fixture);
  assert_step (fixture, "new-password");
  assert_notice (fixture, FL_NOTICE_RESUMED);
  assert_count (fixture, "redeem", 0);
}

/* Whose account a link opened that nobody here had asked for is shown also after a restart. */
static void
test_session_of_a_strange_link (Fixture       *fixture,
                                gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_LINK);
  fl_fake_identity_hold (fixture->identity, "redeem");
  fl_journey_accept_link (fixture->journey);
  fl_identity_session_begun (FL_IDENTITY (fixture->identity));
  settle_loop ();

  fixture_restart (fixture);
  fixture_start (fixture);
  assert_step (fixture, "account");
}

/* A session that comes by a password is not one by a mail. */
static void
test_session_by_password (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autoptr (FlSecret) password = fl_secret_new ("brand new words");
  guint writes;

  fixture_walk_to (fixture, FL_STEP_PASSWORD);
  writes = fl_fake_vault_get_writes (fixture->vault, FL_VAULT_JOURNAL);
  fl_fake_identity_hold (fixture->identity, "sign_in");
  fl_journey_submit_password (fixture->journey, password);
  fl_identity_session_begun (FL_IDENTITY (fixture->identity));
  settle_loop ();
  g_assert_cmpuint (fl_fake_vault_get_writes (fixture->vault, FL_VAULT_JOURNAL), ==, writes);
}

static void
stop_while_asking_for_mail (Fixture *fixture)
{
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_fake_identity_hold (fixture->identity, "start_recovery");
  fl_journey_request_mail (fixture->journey, ANNA);
  settle_loop ();
  assert_count (fixture, "start_recovery", 1);
  fl_identity_recovery_begun (FL_IDENTITY (fixture->identity));
  settle_loop ();
}

/* The mail was sent, and its answer never came: the next start waits for it, instead of asking for another one. */
static void
test_mail_was_sent (Fixture       *fixture,
                    gconstpointer  data)
{
  stop_while_asking_for_mail (fixture);

  fixture_restart (fixture);
  fl_fake_identity_answer (fixture->identity, "resume",
                           fl_fake_identity_usual (fixture->identity, "start_recovery"));
  fixture_start (fixture);
  assert_step (fixture, "inbox");
  assert_notice (fixture, FL_NOTICE_RESUMED);
  g_assert_cmpint (fl_journey_get_mail_expires_at (fixture->journey), >, fl_clock_now ());
  fixture_open_link (fixture, SERVER "/r/", FLOW_1);
  assert_step (fixture, "new-password");
}

/* The same of another mail on a new flow: the one before is superseded. */
static void
test_another_mail_was_sent (Fixture       *fixture,
                            gconstpointer  data)
{
  FlAnswer *seen;

  fixture_walk_to (fixture, FL_STEP_INBOX);
  fixture_restart (fixture);
  seen = fl_answer_new (FL_OUTCOME_DONE);
  seen->flow = fl_secret_new (FLOW_2);
  seen->mail_expires_at = fl_clock_now () + 1800;
  fl_fake_identity_answer (fixture->identity, "resume", seen);
  fixture_start (fixture);
  assert_step (fixture, "inbox");
  fixture_open_link (fixture, SERVER "/r/", FLOW_1);
  assert_problem (fixture, FL_PROBLEM_MAIL_SUPERSEDED);
}

/* Nothing was sent, or nobody can say: the page that asks for the mail is there at once, and nothing is wrong. */
static void
test_mail_was_not_sent (Fixture       *fixture,
                        gconstpointer  data)
{
  static const FlProblem problems[] = { FL_PROBLEM_OFFLINE, FL_PROBLEM_MAIL_EXPIRED, FL_PROBLEM_SESSION_ENDED };

  stop_while_asking_for_mail (fixture);
  for (gsize i = 0; i <= G_N_ELEMENTS (problems); i++)
    {
      fixture_restart (fixture);
      if (i < G_N_ELEMENTS (problems))
        fixture_fail (fixture, "resume", problems[i]);
      fixture_start (fixture);
      assert_count (fixture, "resume", 1);
      assert_step (fixture, "create-password");
      assert_notice (fixture, FL_NOTICE_RESUMED);
      assert_no_problem (fixture);
    }
}

static void
test_typed_address (Fixture       *fixture,
                    gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_EMAIL);
  fl_fake_identity_hold (fixture->identity, "identify");
  fl_journey_submit_address (fixture->journey, ANNA, FALSE);
  settle_loop ();

  fixture_restart (fixture);
  fixture_start (fixture);
  assert_step (fixture, "email");
  g_assert_cmpstr (fl_journey_get_address (fixture->journey), ==, ANNA);
  g_assert_false (fl_journey_get_remember (fixture->journey));
  g_assert_false (fl_journey_get_resume_offered (fixture->journey));
  assert_notice (fixture, FL_NOTICE_NONE);
}

/* What is on offer is not lost by an address that may not be found. */
static void
test_typed_beside_an_offer (Fixture       *fixture,
                            gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_ENROL);
  fixture_restart (fixture);
  fl_journey_person_typed (fixture->journey);
  fixture_start (fixture);
  g_assert_true (fl_journey_get_resume_offered (fixture->journey));
  fl_fake_identity_hold (fixture->identity, "identify");
  fl_journey_submit_address (fixture->journey, "erik@flexhrm.example", FALSE);
  settle_loop ();

  fixture_restart (fixture);
  fixture_start (fixture);
  assert_step (fixture, "enrol");
}

/* Letting go of a code does not take it back: what it brings is taken up when it comes. */
static void
test_let_go_of_a_code (Fixture       *fixture,
                       gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_fake_identity_hold (fixture->identity, "redeem");
  fl_journey_submit_mail_code (fixture->journey, "123456");
  fl_journey_cancel (fixture->journey);
  g_assert_false (fl_journey_get_busy (fixture->journey));
  assert_no_problem (fixture);

  fl_fake_identity_release (fixture->identity);
  settle_loop ();
  assert_step (fixture, "new-password");
}

/* The same code again is not sent again while the first answer is out. */
static void
test_same_code_again (Fixture       *fixture,
                      gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_fake_identity_hold (fixture->identity, "redeem");
  fl_journey_submit_mail_code (fixture->journey, "123456");
  fl_journey_cancel (fixture->journey);
  fl_journey_submit_mail_code (fixture->journey, "123456");
  g_assert_true (fl_journey_get_busy (fixture->journey));
  assert_count (fixture, "redeem", 1);

  fl_fake_identity_release (fixture->identity);
  settle_loop ();
  g_assert_false (fl_journey_get_busy (fixture->journey));
  assert_step (fixture, "new-password");
}

/* That it failed is no news to somebody who has let go; but the flow has a try less, so that the next mail is a new one. */
static void
test_let_go_of_a_wrong_code (Fixture       *fixture,
                             gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_fake_identity_hold (fixture->identity, "redeem");
  fixture_fail (fixture, "redeem", FL_PROBLEM_CODE_REFUSED);
  fl_journey_submit_mail_code (fixture->journey, "111111");
  fl_journey_cancel (fixture->journey);
  fl_fake_identity_release (fixture->identity);
  settle_loop ();
  assert_step (fixture, "inbox");
  assert_no_problem (fixture);

  fl_clock_advance (61);
  fl_journey_send_again (fixture->journey);
  fixture_settle (fixture);
  assert_count (fixture, "send_again", 0);
  assert_count (fixture, "start_recovery", 2);
}

/* Whoever goes elsewhere meanwhile is not fetched back. */
static void
test_let_go_and_leave (Fixture       *fixture,
                       gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_fake_identity_hold (fixture->identity, "redeem");
  fl_journey_submit_mail_code (fixture->journey, "123456");
  fl_journey_cancel (fixture->journey);
  fl_journey_use_another_address (fixture->journey);
  fixture_settle (fixture);
  fl_fake_identity_release (fixture->identity);
  settle_loop ();
  assert_step (fixture, "email");
  g_assert_null (fl_journey_get_address (fixture->journey));
}

/* Where the last answer was lost, what it said shows in what the account has: the last page says what was set up. */
static void
test_lost_answers_show (Fixture       *fixture,
                        gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_ENROL);
  fixture_restart (fixture);
  fixture_answer_facts (fixture, "resume", 2, FL_FACT_YES, FL_FACT_NO);
  fixture_start (fixture);
  assert_step (fixture, "recovery-codes");
  fixture_restart (fixture);
  fixture_answer_facts (fixture, "resume", 2, FL_FACT_YES, FL_FACT_YES);
  fixture_start (fixture);
  assert_step (fixture, "all-set");
  g_assert_cmpuint (fl_journey_get_achieved (fixture->journey), ==,
                    FL_ACHIEVED_PASSWORD | FL_ACHIEVED_SECOND_FACTOR | FL_ACHIEVED_RECOVERY_CODES);
}

/* Nobody has to choose another password because the answer to the first was lost. */
static void
test_password_was_set (Fixture       *fixture,
                       gconstpointer  data)
{
  FlAnswer *answer;

  fixture_walk_to (fixture, FL_STEP_NEW_PASSWORD);
  fixture_restart (fixture);
  answer = fl_fake_identity_usual (fixture->identity, "resume");
  answer->saved = TRUE;
  fl_fake_identity_answer (fixture->identity, "resume", answer);
  fixture_start (fixture);
  assert_step (fixture, "enrol");
  assert_notice (fixture, FL_NOTICE_PASSWORD_SET);
  g_assert_cmpuint (fl_journey_get_achieved (fixture->journey), ==, FL_ACHIEVED_PASSWORD);
}

/* The codes have gone with their flow while they were looked at: the new ones are shown, and nothing is confirmed. */
static void
test_codes_have_gone (Fixture       *fixture,
                      gconstpointer  data)
{
  FlAnswer *others;

  fixture_walk_to (fixture, FL_STEP_RECOVERY_CODES);
  others = fl_fake_identity_usual (fixture->identity, "issue_recovery_codes");
  g_ptr_array_set_size (others->codes, 1);
  fl_fake_identity_answer (fixture->identity, "confirm_recovery_codes", others);
  fixture_confirm_codes (fixture, "abcd1234");
  assert_step (fixture, "recovery-codes");
  assert_notice (fixture, FL_NOTICE_CODES_CHANGED);
  g_assert_cmpuint (fl_journey_get_codes (fixture->journey)->len, ==, 1);
  g_assert_cmpuint (fl_journey_get_achieved (fixture->journey) & FL_ACHIEVED_RECOVERY_CODES, ==, 0);

  fixture_confirm_codes (fixture, "abcd1234");
  assert_step (fixture, "all-set");
}

static void
test_link_unneeded (Fixture       *fixture,
                    gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_ENROL);
  fixture_open_link (fixture, SERVER "/r/", FLOW_1);
  assert_step (fixture, "enrol");
  assert_notice (fixture, FL_NOTICE_LINK_UNNEEDED);
  assert_no_problem (fixture);
}

#define ADD(path, function) \
  g_test_add ("/between/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("session-is-kept-at-once", test_session_is_kept_at_once);
  ADD ("session-of-a-strange-link", test_session_of_a_strange_link);
  ADD ("session-by-password", test_session_by_password);
  ADD ("mail-was-sent", test_mail_was_sent);
  ADD ("another-mail-was-sent", test_another_mail_was_sent);
  ADD ("mail-was-not-sent", test_mail_was_not_sent);
  ADD ("typed-address", test_typed_address);
  ADD ("typed-beside-an-offer", test_typed_beside_an_offer);
  ADD ("let-go-of-a-code", test_let_go_of_a_code);
  ADD ("same-code-again", test_same_code_again);
  ADD ("let-go-of-a-wrong-code", test_let_go_of_a_wrong_code);
  ADD ("let-go-and-leave", test_let_go_and_leave);
  ADD ("lost-answers-show", test_lost_answers_show);
  ADD ("password-was-set", test_password_was_set);
  ADD ("codes-have-gone", test_codes_have_gone);
  ADD ("link-unneeded", test_link_unneeded);

  return g_test_run ();
}
