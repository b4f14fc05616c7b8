/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-journey-walks"

#include "config.h"

#include "journey-fixture.h"

/* The guide's main case: no password yet, the mail's code typed on the same computer. */
static void
test_anna (Fixture       *fixture,
           gconstpointer  data)
{
  FlJourney *journey = fixture->journey;

  fl_journey_start (journey, SERVER, TRUE);
  fl_journey_wake (journey);
  assert_step (fixture, "before-you-begin");
  g_assert_false (fl_journey_get_can_go_back (journey));
  fl_journey_get_started (journey);
  assert_step (fixture, "email");

  fl_journey_submit_address (journey, " \302\240" ANNA "\342\200\213 ", TRUE);
  fixture_settle (fixture);
  assert_step (fixture, "password");
  g_assert_cmpstr (fl_journey_get_address (journey), ==, ANNA);
  g_assert_cmpstr (fl_fake_vault_peek (fixture->vault, FL_VAULT_ADDRESS), ==, ANNA);

  fl_journey_forgot_password (journey);
  fixture_settle (fixture);
  g_assert_cmpint (fl_journey_get_robot_state (journey), ==, FL_ROBOT_ABSENT);
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "prepare"), ==, "recovery");
  fl_journey_set_language (journey, "sv");
  fixture_request_mail (fixture);
  assert_step (fixture, "inbox");
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "start_recovery"), ==, ANNA " sv -");
  g_assert_cmpint (fl_journey_get_mail_expires_at (journey) - fl_journey_get_mail_sent_at (journey), ==, 1800);

  fixture_mail_code (fixture, "123 456");
  assert_step (fixture, "new-password");
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "redeem"), ==, FLOW_1 " 123456");
  g_assert_cmpint (fl_journey_get_mail_sent_at (journey), ==, 0);

  fixture_new_password (fixture, " brand new words ");
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "set_password"), ==, " brand new words ");
  assert_step (fixture, "enrol");
  g_assert_nonnull (fl_journey_get_enrolment (journey));
  assert_notice (fixture, FL_NOTICE_NONE);
  g_assert_cmpint (fl_journey_get_achieved (journey), ==, FL_ACHIEVED_PASSWORD);

  fixture_activate (fixture, "654 321");
  assert_step (fixture, "recovery-codes");
  g_assert_null (fl_journey_get_enrolment (journey));
  g_assert_cmpuint (fl_journey_get_codes (journey)->len, ==, 2);

  fixture_confirm_codes (fixture, "EFGH-5678");
  assert_step (fixture, "all-set");
  g_assert_null (fl_journey_get_codes (journey));
  g_assert_cmpint (fl_journey_get_achieved (journey), ==,
                   FL_ACHIEVED_PASSWORD | FL_ACHIEVED_SECOND_FACTOR | FL_ACHIEVED_RECOVERY_CODES);
  assert_count (fixture, "sign_out", 1);
  g_assert_null (fl_fake_vault_peek (fixture->vault, FL_VAULT_JOURNAL));
  g_assert_cmpstr (fl_fake_vault_peek (fixture->vault, FL_VAULT_ADDRESS), ==, ANNA);
}

/* A password, no second factor yet. */
static void
test_erik (Fixture       *fixture,
           gconstpointer  data)
{
  fixture_start (fixture);
  fixture_give_address (fixture);

  fixture_fail (fixture, "sign_in", FL_PROBLEM_CREDENTIALS_REFUSED);
  fixture_give_password (fixture, "wrong");
  assert_step (fixture, "password");
  assert_problem (fixture, FL_PROBLEM_CREDENTIALS_REFUSED);
  fl_journey_clear_problem (fixture->journey);
  assert_no_problem (fixture);

  fixture_give_password (fixture, "correct horse battery");
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "sign_in"), ==, ANNA " correct horse battery");
  assert_step (fixture, "enrol");
  fixture_activate (fixture, "123456");
  fixture_confirm_codes (fixture, "abcd1234");
  assert_step (fixture, "all-set");
  g_assert_cmpint (fl_journey_get_achieved (fixture->journey), ==,
                   FL_ACHIEVED_SECOND_FACTOR | FL_ACHIEVED_RECOVERY_CODES);
}

/* Password and second factor. */
static void
test_maja (Fixture       *fixture,
           gconstpointer  data)
{
  fixture_start (fixture);
  fixture_give_address (fixture);
  fl_fake_identity_outcome (fixture->identity, "sign_in", FL_OUTCOME_SECOND_FACTOR_FIRST);
  fixture_give_password (fixture, "correct horse battery");
  assert_step (fixture, "second-factor");

  fixture_second_factor (fixture, FL_FACTOR_TOTP, "12345");
  assert_problem (fixture, FL_PROBLEM_CODE_MALFORMED);
  assert_count (fixture, "answer_second_factor", 0);

  fixture_fail (fixture, "answer_second_factor", FL_PROBLEM_CODE_REFUSED);
  fixture_second_factor (fixture, FL_FACTOR_TOTP, "111 111");
  assert_problem (fixture, FL_PROBLEM_CODE_REFUSED);
  assert_step (fixture, "second-factor");

  fixture_second_factor (fixture, FL_FACTOR_TOTP, "123-456");
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "answer_second_factor"), ==, "totp 123456");
  assert_step (fixture, "all-set");
  g_assert_cmpint (fl_journey_get_codes_left (fixture->journey), ==, -1);
  g_assert_cmpint (fl_journey_get_achieved (fixture->journey), ==, 0);
}

static void
test_maja_with_recovery_code (Fixture       *fixture,
                              gconstpointer  data)
{
  FlAnswer *answer;

  fixture_walk_to (fixture, FL_STEP_SECOND_FACTOR);
  answer = fl_fake_identity_usual (fixture->identity, "answer_second_factor");
  answer->recovery_codes_left = 1;
  fl_fake_identity_answer (fixture->identity, "answer_second_factor", answer);
  fixture_second_factor (fixture, FL_FACTOR_RECOVERY_CODE, "ABCD 1234");
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "answer_second_factor"), ==, "recovery abcd1234");
  assert_step (fixture, "all-set");
  g_assert_cmpint (fl_journey_get_codes_left (fixture->journey), ==, 1);
}

/* An account with two-factor but without recovery codes gets that page next. */
static void
test_no_recovery_codes_yet (Fixture       *fixture,
                            gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_SECOND_FACTOR);
  fixture_answer_facts (fixture, "answer_second_factor", 2, FL_FACT_YES, FL_FACT_NO);
  fixture_second_factor (fixture, FL_FACTOR_TOTP, "123456");
  assert_step (fixture, "recovery-codes");
  fixture_confirm_codes (fixture, "abcd1234");
  assert_step (fixture, "all-set");
}

/* A forgotten password of somebody with two-factor: the code comes before the new password, and never again. */
static void
test_second_factor_before_new_password (Fixture       *fixture,
                                        gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_fake_identity_outcome (fixture->identity, "redeem", FL_OUTCOME_SECOND_FACTOR_FIRST);
  fixture_mail_code (fixture, "123456");
  assert_step (fixture, "second-factor");
  g_assert_false (fl_journey_get_can_go_back (fixture->journey));
  fixture_second_factor (fixture, FL_FACTOR_TOTP, "123456");
  assert_step (fixture, "new-password");
  fixture_answer_facts (fixture, "set_password", 2, FL_FACT_YES, FL_FACT_YES);
  fixture_new_password (fixture, "brand new words");
  assert_step (fixture, "all-set");
  assert_count (fixture, "answer_second_factor", 1);
}

/* The session of who has just enrolled counts as raised, even if an answer says level 1. */
static void
test_enrolled_is_not_asked (Fixture       *fixture,
                            gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_ENROL);
  fixture_answer_facts (fixture, "confirm_totp", 1, FL_FACT_YES, FL_FACT_NO);
  fixture_activate (fixture, "123456");
  assert_step (fixture, "recovery-codes");
}

/* Nobody said whether there is a second factor: the page that would enrol it learns that there is. */
static void
test_unknown_second_factor (Fixture       *fixture,
                            gconstpointer  data)
{
  FlAnswer *answer = fl_answer_new (FL_OUTCOME_DONE);

  answer->second_factor = FL_FACT_YES;
  answer->recovery_codes = FL_FACT_YES;
  fixture_walk_to (fixture, FL_STEP_PASSWORD);
  fl_fake_identity_outcome (fixture->identity, "sign_in", FL_OUTCOME_DONE);
  fl_fake_identity_answer (fixture->identity, "start_totp", answer);
  fixture_give_password (fixture, "pass");
  assert_step (fixture, "all-set");
  assert_count (fixture, "start_totp", 1);
}

static void
test_rules (Fixture       *fixture,
            gconstpointer  data)
{
  /* Required: the page cannot be left. */
  fixture_walk_to (fixture, FL_STEP_ENROL);
  fl_journey_remind_later (fixture->journey);
  assert_step (fixture, "enrol");

  fixture_restart (fixture);
  fl_journey_set_second_factor_rule (fixture->journey, FL_SECOND_FACTOR_OPTIONAL);
  fixture_start (fixture);
  fixture_settle (fixture);
  assert_step (fixture, "enrol");
  fl_journey_remind_later (fixture->journey);
  assert_step (fixture, "all-set");

  fixture_restart (fixture);
  fl_journey_set_second_factor_rule (fixture->journey, FL_SECOND_FACTOR_OFF);
  fixture_walk_to (fixture, FL_STEP_PASSWORD);
  fixture_give_password (fixture, "pass");
  assert_step (fixture, "all-set");
}

static void
count (guint *n)
{
  (*n)++;
}

static void
test_key_changes (Fixture       *fixture,
                  gconstpointer  data)
{
  FlAnswer *answer;
  g_autoptr (FlSecret) first = NULL;
  guint changes = 0;

  fixture_walk_to (fixture, FL_STEP_NEW_PASSWORD);
  g_signal_connect_swapped (fixture->journey, "enrolment-changed", G_CALLBACK (count), &changes);
  fixture_new_password (fixture, "brand new words");
  assert_notice (fixture, FL_NOTICE_NONE);
  g_assert_cmpuint (changes, ==, 1);
  first = fl_secret_ref (fl_otpauth_get_key (fl_journey_get_enrolment (fixture->journey)));

  /* The engine had to begin a new flow: nothing was activated, and there is another key. */
  fl_fake_identity_change_key (fixture->identity);
  answer = fl_fake_identity_usual (fixture->identity, "start_totp");
  answer->second_factor = FL_FACT_NO;
  fl_fake_identity_answer (fixture->identity, "confirm_totp", answer);
  fixture_activate (fixture, "123456");
  assert_step (fixture, "enrol");
  assert_notice (fixture, FL_NOTICE_KEY_CHANGED);
  assert_no_problem (fixture);
  g_assert_cmpuint (changes, ==, 2);
  g_assert_false (fl_secret_equal (first, fl_otpauth_get_key (fl_journey_get_enrolment (fixture->journey))));

  /* The same key once more is no news. */
  answer = fl_answer_new (FL_OUTCOME_DONE);
  answer->second_factor = FL_FACT_NO;
  answer->enrolment = fl_otpauth_ref (fl_journey_get_enrolment (fixture->journey));
  fl_fake_identity_answer (fixture->identity, "confirm_totp", answer);
  fixture_activate (fixture, "123456");
  assert_notice (fixture, FL_NOTICE_NONE);
  g_assert_cmpuint (changes, ==, 2);

  fixture_activate (fixture, "123456");
  assert_step (fixture, "recovery-codes");
  g_assert_cmpint (fl_journey_get_achieved (fixture->journey) & FL_ACHIEVED_SECOND_FACTOR, !=, 0);
}

/* A refused code may be one of a key that has gone; then the picture goes with it, and that is what is said. */
static void
test_key_changes_with_refusal (Fixture       *fixture,
                               gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_ENROL);
  fixture_fail (fixture, "confirm_totp", FL_PROBLEM_CODE_REFUSED);
  fixture_activate (fixture, "123456");
  assert_step (fixture, "enrol");
  assert_problem (fixture, FL_PROBLEM_CODE_REFUSED);
  assert_notice (fixture, FL_NOTICE_NONE);

  fixture_fail (fixture, "confirm_totp", FL_PROBLEM_CODE_REFUSED);
  fixture_fail (fixture, "start_totp", FL_PROBLEM_OFFLINE);
  fixture_activate (fixture, "123456");
  assert_problem (fixture, FL_PROBLEM_CODE_REFUSED);

  fl_fake_identity_change_key (fixture->identity);
  fixture_fail (fixture, "confirm_totp", FL_PROBLEM_CODE_REFUSED);
  fixture_activate (fixture, "123456");
  assert_step (fixture, "enrol");
  assert_no_problem (fixture);
  assert_notice (fixture, FL_NOTICE_KEY_CHANGED);
}

static void
test_enrolment_cannot_be_had (Fixture       *fixture,
                              gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_NEW_PASSWORD);
  fixture_fail (fixture, "start_totp", FL_PROBLEM_OFFLINE);
  fixture_new_password (fixture, "brand new words");
  assert_step (fixture, "enrol");
  assert_problem (fixture, FL_PROBLEM_OFFLINE);
  g_assert_null (fl_journey_get_enrolment (fixture->journey));

  fixture_activate (fixture, "");
  assert_no_problem (fixture);
  g_assert_nonnull (fl_journey_get_enrolment (fixture->journey));

  /* The same for the codes. */
  fixture_fail (fixture, "issue_recovery_codes", FL_PROBLEM_TIMED_OUT);
  fixture_activate (fixture, "123456");
  assert_step (fixture, "recovery-codes");
  assert_problem (fixture, FL_PROBLEM_TIMED_OUT);
  fixture_confirm_codes (fixture, "");
  g_assert_nonnull (fl_journey_get_codes (fixture->journey));
}

static void
test_codes_typed_back (Fixture       *fixture,
                       gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_RECOVERY_CODES);
  fixture_confirm_codes (fixture, "abcd1235");
  assert_problem (fixture, FL_PROBLEM_CODE_NOT_IN_LIST);
  fixture_confirm_codes (fixture, "abcd");
  assert_problem (fixture, FL_PROBLEM_CODE_NOT_IN_LIST);
  fixture_confirm_codes (fixture, "");
  assert_problem (fixture, FL_PROBLEM_CODE_MALFORMED);
  fixture_confirm_codes (fixture, "a/b");
  assert_problem (fixture, FL_PROBLEM_CODE_MALFORMED);
  assert_count (fixture, "confirm_recovery_codes", 0);
  fixture_confirm_codes (fixture, "abcd 1234");
  assert_step (fixture, "all-set");
}

static void
test_address (Fixture       *fixture,
              gconstpointer  data)
{
  fixture_start (fixture);
  fl_journey_submit_address (fixture->journey, "anna", TRUE);
  assert_problem (fixture, FL_PROBLEM_ADDRESS_MALFORMED);
  fl_journey_submit_address (fixture->journey, "", TRUE);
  assert_problem (fixture, FL_PROBLEM_ADDRESS_MALFORMED);
  assert_count (fixture, "identify", 0);

  fixture_fail (fixture, "identify", FL_PROBLEM_ADDRESS_UNKNOWN);
  fl_journey_submit_address (fixture->journey, ANNA, TRUE);
  fixture_settle (fixture);
  assert_problem (fixture, FL_PROBLEM_ADDRESS_UNKNOWN);
  assert_step (fixture, "email");
  g_assert_null (fl_fake_vault_peek (fixture->vault, FL_VAULT_ADDRESS));

  fl_journey_submit_address (fixture->journey, ANNA, TRUE);
  fixture_settle (fixture);
  g_assert_cmpstr (fl_fake_vault_peek (fixture->vault, FL_VAULT_ADDRESS), ==, ANNA);

  /* Unticked, it is forgotten. */
  fl_journey_go_back (fixture->journey);
  assert_step (fixture, "email");
  fl_journey_submit_address (fixture->journey, ANNA, FALSE);
  fixture_settle (fixture);
  g_assert_null (fl_fake_vault_peek (fixture->vault, FL_VAULT_ADDRESS));
}

static void
test_policy_forbids_saving (Fixture       *fixture,
                            gconstpointer  data)
{
  fl_journey_set_may_remember (fixture->journey, FALSE);
  fl_fake_vault_put (fixture->vault, FL_VAULT_ADDRESS, ANNA);
  fixture_start (fixture);
  fl_journey_submit_address (fixture->journey, ANNA, TRUE);
  fixture_settle (fixture);
  g_assert_false (fl_journey_get_remember (fixture->journey));
  g_assert_null (fl_fake_vault_peek (fixture->vault, FL_VAULT_ADDRESS));
}

static void
test_vault_fails (Fixture       *fixture,
                  gconstpointer  data)
{
  fixture_start (fixture);
  g_assert_cmpint (fl_journey_get_vault_state (fixture->journey), ==, FL_VAULT_KEPT);
  fl_fake_vault_break (fixture->vault, TRUE);
  g_assert_cmpint (fl_journey_get_vault_state (fixture->journey), ==, FL_VAULT_MEMORY);

  fl_journey_submit_address (fixture->journey, ANNA, TRUE);
  fixture_settle (fixture);
  assert_step (fixture, "password");
  assert_notice (fixture, FL_NOTICE_SAVE_FAILED);
  assert_no_problem (fixture);

  fixture_give_password (fixture, "pass");
  assert_step (fixture, "enrol");
}

/* What is kept is not thrown away because nobody knew of it. */
static void
test_vault_away (Fixture       *fixture,
                 gconstpointer  data)
{
  fl_fake_vault_put (fixture->vault, FL_VAULT_ADDRESS, ANNA);
  fl_fake_vault_break (fixture->vault, TRUE);
  fixture_start (fixture);
  g_assert_null (fl_journey_get_address (fixture->journey));
  fl_journey_submit_address (fixture->journey, "erik@flexhrm.example", FALSE);
  fixture_settle (fixture);
  assert_step (fixture, "password");
  g_assert_cmpuint (fl_fake_vault_get_writes (fixture->vault, FL_VAULT_ADDRESS), ==, 0);
  fl_fake_vault_break (fixture->vault, FALSE);
  fixture_settle (fixture);
  g_assert_cmpstr (fl_fake_vault_peek (fixture->vault, FL_VAULT_ADDRESS), ==, ANNA);
  g_assert_cmpstr (fl_journey_get_address (fixture->journey), ==, "erik@flexhrm.example");
}

static void
test_vault_comes_back (Fixture       *fixture,
                       gconstpointer  data)
{
  fl_fake_vault_put (fixture->vault, FL_VAULT_ADDRESS, ANNA);
  fl_fake_vault_break (fixture->vault, TRUE);
  fixture_start (fixture);
  g_assert_false (fl_journey_get_remember (fixture->journey));
  fl_fake_vault_break (fixture->vault, FALSE);
  fixture_settle (fixture);
  assert_step (fixture, "email");
  g_assert_cmpstr (fl_journey_get_address (fixture->journey), ==, ANNA);
  g_assert_true (fl_journey_get_remember (fixture->journey));
}

static void
test_organisation (Fixture       *fixture,
                   gconstpointer  data)
{
  fl_journey_start (fixture->journey, NULL, FALSE);
  fl_journey_wake (fixture->journey);
  assert_step (fixture, "organisation");
  g_assert_false (fl_journey_get_can_go_back (fixture->journey));

  fl_journey_choose_server (fixture->journey, "ftp://id.flexhrm.example");
  assert_problem (fixture, FL_PROBLEM_SERVER_MALFORMED);
  g_assert_null (fl_journey_get_server (fixture->journey));

  fixture_fail (fixture, "prepare", FL_PROBLEM_NOT_OUR_SERVER);
  fl_journey_choose_server (fixture->journey, "www.flexhrm.example");
  fixture_settle (fixture);
  assert_step (fixture, "organisation");
  assert_problem (fixture, FL_PROBLEM_NOT_OUR_SERVER);
  g_assert_null (fl_journey_get_server (fixture->journey));

  fl_fake_identity_hold (fixture->identity, "prepare");
  fl_journey_choose_server (fixture->journey, "slow.flexhrm.example");
  fl_journey_cancel (fixture->journey);
  g_assert_null (fl_journey_get_server (fixture->journey));

  fl_journey_choose_server (fixture->journey, "ID.flexhrm.example/");
  fixture_settle (fixture);
  assert_step (fixture, "email");
  g_assert_cmpstr (fl_journey_get_server (fixture->journey), ==, SERVER);
}

/* A server that answers but is the wrong one was typed at an earlier start, and another can be typed now. */
static void
test_server_typed_before (Fixture       *fixture,
                          gconstpointer  data)
{
  fl_journey_set_server_typed (fixture->journey, TRUE);
  fl_journey_start (fixture->journey, "https://id.elsewhere.example", FALSE);
  fl_journey_wake (fixture->journey);
  assert_step (fixture, "email");
  fixture_give_address (fixture);
  fl_journey_forgot_password (fixture->journey);
  fixture_request_mail (fixture);
  assert_step (fixture, "inbox");

  for (int pages = 0; pages < 4; pages++)
    {
      g_assert_true (fl_journey_get_can_go_back (fixture->journey));
      fl_journey_go_back (fixture->journey);
      fixture_settle (fixture);
    }
  assert_step (fixture, "organisation");
  g_assert_false (fl_journey_get_can_go_back (fixture->journey));
  g_assert_cmpstr (fl_journey_get_server (fixture->journey), ==, "https://id.elsewhere.example");

  fl_journey_choose_server (fixture->journey, SERVER);
  fixture_settle (fixture);
  assert_step (fixture, "email");
  g_assert_cmpstr (fl_journey_get_server (fixture->journey), ==, SERVER);
  g_assert_cmpint (fl_journey_get_mail_sent_at (fixture->journey), ==, 0);

  /* Whatever the other one has sent is not redeemed here. */
  fixture_open_link (fixture, SERVER, FLOW_1);
  assert_step (fixture, "link");
}

static void
test_password_missing (Fixture       *fixture,
                       gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_PASSWORD);
  fixture_give_password (fixture, "");
  assert_problem (fixture, FL_PROBLEM_PASSWORD_MISSING);
  assert_count (fixture, "sign_in", 0);
}

/* A verb on a page that it does not belong to does nothing at all. */
static void
test_verbs_elsewhere (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr (FlSecret) password = fl_secret_new ("pass");
  FlJourney *journey = fixture->journey;

  fixture_start (fixture);
  fl_journey_submit_password (journey, password);
  fl_journey_set_password (journey, password);
  fl_journey_activate (journey, "123456");
  fl_journey_confirm_codes (journey, "abcd1234");
  fl_journey_submit_mail_code (journey, "123456");
  fl_journey_submit_second_factor (journey, FL_FACTOR_TOTP, "123456");
  fl_journey_request_mail (journey, ANNA);
  fl_journey_send_again (journey);
  fl_journey_forgot_password (journey);
  fl_journey_accept_link (journey);
  fl_journey_decline_link (journey);
  fl_journey_confirm_account (journey);
  fl_journey_remind_later (journey);
  fl_journey_sign_in_instead (journey);
  fl_journey_go_back (journey);
  fl_journey_use_another_address (journey);
  fl_journey_accept_resume (journey);
  fl_journey_get_started (journey);
  fl_journey_choose_server (journey, SERVER);
  fixture_settle (fixture);
  assert_step (fixture, "email");
  assert_no_problem (fixture);
  g_assert_false (fl_journey_get_busy (journey));
}

#define ADD(path, function) \
  g_test_add ("/walks/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("anna", test_anna);
  ADD ("erik", test_erik);
  ADD ("maja", test_maja);
  ADD ("maja-with-recovery-code", test_maja_with_recovery_code);
  ADD ("no-recovery-codes-yet", test_no_recovery_codes_yet);
  ADD ("second-factor-before-new-password", test_second_factor_before_new_password);
  ADD ("enrolled-is-not-asked", test_enrolled_is_not_asked);
  ADD ("unknown-second-factor", test_unknown_second_factor);
  ADD ("rules", test_rules);
  ADD ("key-changes", test_key_changes);
  ADD ("key-changes-with-refusal", test_key_changes_with_refusal);
  ADD ("enrolment-cannot-be-had", test_enrolment_cannot_be_had);
  ADD ("codes-typed-back", test_codes_typed_back);
  ADD ("address", test_address);
  ADD ("policy-forbids-saving", test_policy_forbids_saving);
  ADD ("vault-fails", test_vault_fails);
  ADD ("vault-away", test_vault_away);
  ADD ("vault-comes-back", test_vault_comes_back);
  ADD ("organisation", test_organisation);
  ADD ("server-typed-before", test_server_typed_before);
  ADD ("password-missing", test_password_missing);
  ADD ("verbs-elsewhere", test_verbs_elsewhere);

  return g_test_run ();
}
