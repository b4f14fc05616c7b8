/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-journey-session"

#include "config.h"

#include "fl-clock.h"
#include "fl-journey-private.h"
#include "journey-fixture.h"

/* Too old a session: the password again in place, and what was typed goes on. */
static void
test_password_again (Fixture       *fixture,
                     gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_PASSWORD_AGAIN);

  fixture_fail (fixture, "reauthenticate", FL_PROBLEM_CREDENTIALS_REFUSED);
  fixture_give_password (fixture, "wrong");
  assert_step (fixture, "password-again");
  assert_problem (fixture, FL_PROBLEM_CREDENTIALS_REFUSED);

  fixture_give_password (fixture, "old words");
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "reauthenticate"), ==, "old words");
  assert_count (fixture, "confirm_totp", 2);
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "confirm_totp"), ==, "123456");
  assert_step (fixture, "recovery-codes");
}

/* What is asked again and refused shows that on its own page. */
static void
test_password_again_then_refused (Fixture       *fixture,
                                  gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_PASSWORD_AGAIN);
  fixture_fail (fixture, "confirm_totp", FL_PROBLEM_CODE_REFUSED);
  fixture_give_password (fixture, "old words");
  assert_step (fixture, "enrol");
  assert_problem (fixture, FL_PROBLEM_CODE_REFUSED);
}

static void
test_password_again_for_key (Fixture       *fixture,
                             gconstpointer  data)
{
  g_autoptr (FlSecret) first = NULL;

  fixture_walk_to (fixture, FL_STEP_ENROL);
  first = fl_secret_ref (fl_otpauth_get_key (fl_journey_get_enrolment (fixture->journey)));
  fl_fake_identity_outcome (fixture->identity, "confirm_totp", FL_OUTCOME_PASSWORD_FIRST);
  fixture_activate (fixture, "123456");
  assert_step (fixture, "password-again");
  g_assert_true (fl_secret_equal (first, fl_otpauth_get_key (fl_journey_get_enrolment (fixture->journey))));

  fl_journey_go_back (fixture->journey);
  assert_step (fixture, "enrol");
  assert_count (fixture, "start_totp", 1);
  fixture_activate (fixture, "123456");
  assert_step (fixture, "recovery-codes");
}

/* Back from the password leads to where it was needed, whatever was needed before that. */
static void
test_password_again_and_back (Fixture       *fixture,
                              gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_ACCOUNT);
  fl_journey_confirm_account (fixture->journey);
  fixture_new_password (fixture, "brand new words");
  fl_fake_identity_outcome (fixture->identity, "confirm_totp", FL_OUTCOME_PASSWORD_FIRST);
  fixture_activate (fixture, "123456");
  assert_step (fixture, "password-again");
  fl_journey_go_back (fixture->journey);
  assert_step (fixture, "enrol");
  assert_no_problem (fixture);
}

static void
test_server_goes_in_circles (Fixture       *fixture,
                             gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_PASSWORD_AGAIN);
  fl_fake_identity_outcome (fixture->identity, "confirm_totp", FL_OUTCOME_PASSWORD_FIRST);
  fixture_give_password (fixture, "old words");
  assert_step (fixture, "password-again");
  assert_problem (fixture, FL_PROBLEM_PROTOCOL);
  fixture_give_password (fixture, "old words");
  assert_step (fixture, "recovery-codes");
}

/* Too old a session and no password to ask for: another mail, with a word why; nobody is signed out. */
static void
test_mail_first (Fixture       *fixture,
                 gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_NEW_PASSWORD);
  fl_fake_identity_outcome (fixture->identity, "set_password", FL_OUTCOME_MAIL_FIRST);
  fixture_new_password (fixture, "brand new words");
  assert_step (fixture, "inbox");
  assert_notice (fixture, FL_NOTICE_SESSION_AGED);
  assert_count (fixture, "start_recovery", 2);
  assert_count (fixture, "sign_out", 0);
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "start_recovery"), ==, ANNA " en -");

  fixture_mail_code (fixture, "123456");
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "redeem"), ==, FLOW_2 " 123456");
  assert_step (fixture, "new-password");
}

/* What the server wants of a password is shown from then on. */
static void
test_password_short (Fixture       *fixture,
                     gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_NEW_PASSWORD);
  fl_fake_identity_fail (fixture->identity, "set_password",
                         fl_problem_new_limit (FL_PROBLEM_PASSWORD_SHORT, 10, "4000032"));
  fixture_new_password (fixture, "brand new words");
  assert_step (fixture, "new-password");
  assert_problem (fixture, FL_PROBLEM_PASSWORD_SHORT);
  g_assert_cmpint (fl_journey_get_password_minimum (fixture->journey), ==, 10);
}

/* The server would take a password, but it is the one that was forgotten, or that nobody has ever known. */
static void
test_password_forgotten (Fixture       *fixture,
                         gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_NEW_PASSWORD);
  fl_fake_identity_outcome (fixture->identity, "set_password", FL_OUTCOME_PASSWORD_FIRST);
  fixture_new_password (fixture, "brand new words");
  assert_step (fixture, "inbox");
  assert_notice (fixture, FL_NOTICE_SESSION_AGED);
  assert_count (fixture, "start_recovery", 2);
  g_assert_null (fixture->journey->pending);

  fixture_mail_code (fixture, "123456");
  assert_step (fixture, "new-password");
  fixture_new_password (fixture, "brand new words");
  assert_step (fixture, "enrol");
}

static void
test_mail_first_fails (Fixture       *fixture,
                       gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_NEW_PASSWORD);
  fl_fake_identity_outcome (fixture->identity, "set_password", FL_OUTCOME_MAIL_FIRST);
  fixture_fail (fixture, "start_recovery", FL_PROBLEM_OFFLINE);
  fixture_new_password (fixture, "brand new words");
  assert_step (fixture, "new-password");
  assert_problem (fixture, FL_PROBLEM_OFFLINE);
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (FlSecret) password = fl_secret_new ("pass");

  fixture_walk_to (fixture, FL_STEP_PASSWORD);
  fl_fake_identity_hold (fixture->identity, "sign_in");
  fl_journey_submit_password (fixture->journey, password);
  g_assert_true (fl_journey_get_busy (fixture->journey));

  /* One question at a time. */
  fl_journey_submit_password (fixture->journey, password);
  fl_journey_forgot_password (fixture->journey);
  assert_step (fixture, "password");
  assert_count (fixture, "sign_in", 1);

  fl_journey_cancel (fixture->journey);
  g_assert_false (fl_journey_get_busy (fixture->journey));
  fixture_settle (fixture);
  assert_no_problem (fixture);
  assert_step (fixture, "password");

  fixture_give_password (fixture, "pass");
  assert_step (fixture, "enrol");
}

/* An answer that comes after the person has gone elsewhere moves nothing. */
static void
test_late_answer (Fixture       *fixture,
                  gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_fake_identity_hold (fixture->identity, "redeem");
  fl_journey_submit_mail_code (fixture->journey, "123456");
  fl_journey_use_another_address (fixture->journey);
  fl_fake_identity_release (fixture->identity);
  fixture_settle (fixture);
  assert_step (fixture, "email");
  g_assert_null (fl_journey_get_address (fixture->journey));
}

static void
test_throttled (Fixture       *fixture,
                gconstpointer  data)
{
  gint64 until = fl_clock_now () + 30;

  fixture_walk_to (fixture, FL_STEP_PASSWORD);
  fl_fake_identity_fail (fixture->identity, "sign_in", fl_problem_new_until (FL_PROBLEM_THROTTLED, until, "429"));
  fixture_give_password (fixture, "pass");
  assert_problem (fixture, FL_PROBLEM_THROTTLED);
  g_assert_cmpint (fl_journey_get_retry_at (fixture->journey), ==, until);

  fl_journey_clear_problem (fixture->journey);
  fixture_give_password (fixture, "pass");
  assert_count (fixture, "sign_in", 1);
  assert_problem (fixture, FL_PROBLEM_THROTTLED);
  g_assert_cmpint (fl_problem_get_until (fl_journey_get_problem (fixture->journey)), ==, until);

  fl_clock_advance (31);
  fixture_give_password (fixture, "pass");
  assert_step (fixture, "enrol");
  g_assert_cmpint (fl_journey_get_retry_at (fixture->journey), ==, 0);
}

/* Who has typed too many codes from the phone can still use a recovery code, and the other way round. */
static void
test_throttled_factor (Fixture       *fixture,
                       gconstpointer  data)
{
  gint64 until = fl_clock_now () + 30;

  fixture_walk_to (fixture, FL_STEP_SECOND_FACTOR);
  fl_fake_identity_fail (fixture->identity, "answer_second_factor",
                         fl_problem_new_until (FL_PROBLEM_THROTTLED, until, "429"));
  fl_journey_submit_second_factor (fixture->journey, FL_FACTOR_TOTP, "123456");
  fixture_settle (fixture);
  g_assert_cmpint (fl_journey_get_retry_at (fixture->journey), ==, until);

  fl_journey_choose_factor (fixture->journey, FL_FACTOR_RECOVERY_CODE);
  g_assert_cmpint (fl_journey_get_retry_at (fixture->journey), ==, 0);
  assert_no_problem (fixture);

  fl_journey_choose_factor (fixture->journey, FL_FACTOR_TOTP);
  g_assert_cmpint (fl_journey_get_retry_at (fixture->journey), ==, until);
  assert_problem (fixture, FL_PROBLEM_THROTTLED);

  fl_journey_choose_factor (fixture->journey, FL_FACTOR_RECOVERY_CODE);
  fl_journey_submit_second_factor (fixture->journey, FL_FACTOR_RECOVERY_CODE, "abcd1234");
  fixture_settle (fixture);
  assert_count (fixture, "answer_second_factor", 2);
  assert_step (fixture, "all-set");
}

static void
test_server_fault (Fixture       *fixture,
                   gconstpointer  data)
{
  gint64 until = fl_clock_now () + 120;

  fixture_walk_to (fixture, FL_STEP_NEW_PASSWORD);
  fl_fake_identity_fail (fixture->identity, "set_password",
                         fl_problem_new_until (FL_PROBLEM_SERVER_FAULT, until, "503"));
  fixture_new_password (fixture, "brand new words");
  assert_problem (fixture, FL_PROBLEM_SERVER_FAULT);
  g_assert_cmpint (fl_journey_get_retry_at (fixture->journey), ==, until);
}

static void
test_session_ends (Fixture       *fixture,
                   gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_ENROL);
  fixture_fail (fixture, "confirm_totp", FL_PROBLEM_SESSION_ENDED);
  fixture_activate (fixture, "123456");
  assert_step (fixture, "email");
  assert_notice (fixture, FL_NOTICE_SESSION_ENDED);
  assert_no_problem (fixture);
  g_assert_cmpstr (fl_journey_get_address (fixture->journey), ==, ANNA);
  g_assert_null (fl_journey_get_enrolment (fixture->journey));
  g_assert_null (fl_fake_vault_peek (fixture->vault, FL_VAULT_JOURNAL));

  fixture_give_address (fixture);
  assert_notice (fixture, FL_NOTICE_NONE);
}

static void
test_another_address (Fixture       *fixture,
                      gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_ENROL);
  g_assert_nonnull (fl_fake_vault_peek (fixture->vault, FL_VAULT_JOURNAL));
  fl_journey_use_another_address (fixture->journey);
  assert_step (fixture, "email");
  g_assert_null (fl_journey_get_address (fixture->journey));
  g_assert_null (fl_journey_get_enrolment (fixture->journey));
  g_assert_null (fl_fake_vault_peek (fixture->vault, FL_VAULT_JOURNAL));
  g_assert_cmpint (fl_journey_get_achieved (fixture->journey), ==, 0);
  assert_count (fixture, "sign_out", 1);
}

static void
assert_nothing_is_held (FlJourney *journey)
{
  g_assert_null (journey->call);
  g_assert_null (journey->pending);
  g_assert_null (journey->link);
  g_assert_null (journey->enrolment);
  g_assert_null (journey->codes);
  g_assert_null (journey->journal->flow);
  g_assert_null (journey->journal->identity);
  g_assert_cmpuint (journey->journal->superseded->len, ==, 0);
  g_assert_null (journey->written);
}

/* What was typed and shown is let go of, and with that wiped, as soon as its page has been left for good. */
static void
test_secrets_go (Fixture       *fixture,
                 gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_PASSWORD_AGAIN);
  g_assert_nonnull (fixture->journey->pending);
  fl_journey_go_back (fixture->journey);
  g_assert_null (fixture->journey->pending);

  fl_fake_identity_outcome (fixture->identity, "confirm_totp", FL_OUTCOME_PASSWORD_FIRST);
  fixture_activate (fixture, "123456");
  g_assert_nonnull (fixture->journey->pending);
  fl_journey_use_another_address (fixture->journey);
  assert_nothing_is_held (fixture->journey);

  fixture_open_link (fixture, SERVER "/r/", STRANGE_FLOW);
  g_assert_nonnull (fixture->journey->link);
  fl_journey_accept_link (fixture->journey);
  fixture_settle (fixture);
  assert_step (fixture, "account");
  g_assert_null (fixture->journey->link);

  fl_journey_confirm_account (fixture->journey);
  fixture_new_password (fixture, "brand new words");
  fixture_activate (fixture, "123456");
  fixture_confirm_codes (fixture, "abcd1234");
  assert_step (fixture, "all-set");
  assert_nothing_is_held (fixture->journey);
}

#define ADD(path, function) \
  g_test_add ("/session/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("password-again", test_password_again);
  ADD ("password-again-then-refused", test_password_again_then_refused);
  ADD ("password-again-for-key", test_password_again_for_key);
  ADD ("password-again-and-back", test_password_again_and_back);
  ADD ("server-goes-in-circles", test_server_goes_in_circles);
  ADD ("mail-first", test_mail_first);
  ADD ("password-short", test_password_short);
  ADD ("password-forgotten", test_password_forgotten);
  ADD ("mail-first-fails", test_mail_first_fails);
  ADD ("cancel", test_cancel);
  ADD ("late-answer", test_late_answer);
  ADD ("throttled", test_throttled);
  ADD ("throttled-factor", test_throttled_factor);
  ADD ("server-fault", test_server_fault);
  ADD ("session-ends", test_session_ends);
  ADD ("another-address", test_another_address);
  ADD ("secrets-go", test_secrets_go);

  return g_test_run ();
}
