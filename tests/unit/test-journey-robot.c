/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-journey-robot"

#include "config.h"

#include "fl-altcha.h"
#include "fl-clock.h"
#include "fl-journey-private.h"
#include "journey-fixture.h"

#include <string.h>

#define KEY "a key of thirty-two bytes, or so."
#define PURPOSE "recovery"
#define COST 100 /* PBKDF2 rounds: some milliseconds for all tries */

static FlAnswer *
make_answer (void)
{
  g_autoptr (GBytes) key = g_bytes_new_static (KEY, strlen (KEY));
  FlAnswer *answer = fl_answer_new (FL_OUTCOME_DONE);

  answer->challenge = fl_altcha_challenge_new (key, PURPOSE, fl_clock_now () + 600, COST);

  return answer;
}

static void
give_challenges (Fixture *fixture,
                 guint    n)
{
  for (guint i = 0; i < n; i++)
    fl_fake_identity_answer (fixture->identity, "robot_challenge", make_answer ());
}

static void
wait_for_state (Fixture      *fixture,
                FlRobotState  state)
{
  while (fl_journey_get_robot_state (fixture->journey) != state)
    g_main_context_iteration (NULL, TRUE);
}

/* The last mail was asked for with a proof that the server would take; returns what makes it count only once. */
static char *
check_proof (Fixture    *fixture,
             const char *verb)
{
  g_auto (GStrv) arguments = g_strsplit (fl_fake_identity_last (fixture->identity, verb), " ", 3);
  g_autoptr (GBytes) key = g_bytes_new_static (KEY, strlen (KEY));
  g_autoptr (GError) error = NULL;
  char *nonce = NULL;

  fl_altcha_verify (arguments[2], key, PURPOSE, fl_clock_now (), &nonce, &error);
  g_assert_no_error (error);

  return nonce;
}

static void
test_tick (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *nonce = NULL;

  give_challenges (fixture, 1);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  g_assert_cmpint (fl_journey_get_robot_state (fixture->journey), ==, FL_ROBOT_UNCHECKED);
  assert_count (fixture, "robot_challenge", 1);

  fl_journey_check_robot (fixture->journey, TRUE);
  g_assert_cmpint (fl_journey_get_robot_state (fixture->journey), ==, FL_ROBOT_CHECKING);
  g_assert_false (fl_journey_get_busy (fixture->journey));
  wait_for_state (fixture, FL_ROBOT_CHECKED);

  fixture_request_mail (fixture);
  assert_step (fixture, "inbox");
  nonce = check_proof (fixture, "start_recovery");
  /* What was looked for ahead was worked on, and nothing else was asked for. */
  assert_count (fixture, "robot_challenge", 1);
}

static void
test_not_ticked (Fixture       *fixture,
                 gconstpointer  data)
{
  give_challenges (fixture, 1);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fixture_request_mail (fixture);
  assert_step (fixture, "create-password");
  assert_problem (fixture, FL_PROBLEM_ROBOT_UNCHECKED);
  assert_count (fixture, "start_recovery", 0);

  fl_journey_check_robot (fixture->journey, TRUE);
  assert_no_problem (fixture);
}

/* Pressed at once, before it is known whether there is a box at all. */
static void
test_pressed_too_early (Fixture       *fixture,
                        gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_PASSWORD);
  fl_fake_identity_hold (fixture->identity, "robot_challenge");
  give_challenges (fixture, 1);
  fl_journey_forgot_password (fixture->journey);
  fl_journey_request_mail (fixture->journey, ANNA);
  g_assert_true (fl_journey_get_busy (fixture->journey));
  fl_fake_identity_release (fixture->identity);
  fixture_settle (fixture);
  assert_problem (fixture, FL_PROBLEM_ROBOT_UNCHECKED);

  fl_journey_go_back (fixture->journey);
  fixture_restart (fixture);
  fl_journey_start (fixture->journey, SERVER, FALSE);
  fl_journey_wake (fixture->journey);
  fixture_settle (fixture);
  fl_fake_identity_hold (fixture->identity, "robot_challenge");
  fl_journey_forgot_password (fixture->journey);
  fl_journey_request_mail (fixture->journey, ANNA);
  g_assert_true (fl_journey_get_busy (fixture->journey));
  fl_fake_identity_release (fixture->identity);
  fixture_settle (fixture);
  assert_step (fixture, "inbox");
}

/* The button waits for the work. */
static void
test_pressed_meanwhile (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autofree char *nonce = NULL;

  give_challenges (fixture, 1);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_journey_check_robot (fixture->journey, TRUE);
  fl_journey_request_mail (fixture->journey, ANNA);
  g_assert_true (fl_journey_get_busy (fixture->journey));
  assert_count (fixture, "start_recovery", 0);
  fixture_settle (fixture);
  assert_step (fixture, "inbox");
  nonce = check_proof (fixture, "start_recovery");
}

static void
test_cancel_meanwhile (Fixture       *fixture,
                       gconstpointer  data)
{
  give_challenges (fixture, 1);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_journey_check_robot (fixture->journey, TRUE);
  fl_journey_request_mail (fixture->journey, ANNA);
  fl_journey_cancel (fixture->journey);
  g_assert_false (fl_journey_get_busy (fixture->journey));
  wait_for_state (fixture, FL_ROBOT_CHECKED);
  assert_count (fixture, "start_recovery", 0);
  assert_no_problem (fixture);
}

/* The server may have had the proof, and takes none twice. */
static void
test_cancel_when_sent (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  give_challenges (fixture, 2);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_journey_check_robot (fixture->journey, TRUE);
  wait_for_state (fixture, FL_ROBOT_CHECKED);
  fl_fake_identity_hold (fixture->identity, "start_recovery");
  fl_journey_request_mail (fixture->journey, ANNA);
  while (fl_fake_identity_last (fixture->identity, "start_recovery") == NULL)
    g_main_context_iteration (NULL, TRUE);
  first = check_proof (fixture, "start_recovery");
  fl_journey_cancel (fixture->journey);
  g_assert_cmpint (fl_journey_get_robot_state (fixture->journey), !=, FL_ROBOT_UNCHECKED);

  wait_for_state (fixture, FL_ROBOT_CHECKED);
  fixture_request_mail (fixture);
  assert_step (fixture, "inbox");
  second = check_proof (fixture, "start_recovery");
  g_assert_cmpstr (first, !=, second);
}

static void
test_untick (Fixture       *fixture,
             gconstpointer  data)
{
  give_challenges (fixture, 3);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_journey_check_robot (fixture->journey, TRUE);
  fl_journey_check_robot (fixture->journey, FALSE);
  g_assert_cmpint (fl_journey_get_robot_state (fixture->journey), ==, FL_ROBOT_UNCHECKED);
  fixture_request_mail (fixture);
  assert_problem (fixture, FL_PROBLEM_ROBOT_UNCHECKED);

  fl_journey_check_robot (fixture->journey, TRUE);
  fl_journey_request_mail (fixture->journey, ANNA);
  fl_journey_check_robot (fixture->journey, FALSE);
  fixture_settle (fixture);
  assert_step (fixture, "create-password");
  assert_count (fixture, "start_recovery", 0);
}

/* Refused, the box is unticked, and the next tick works on a fresh challenge. */
static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  give_challenges (fixture, 2);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_journey_check_robot (fixture->journey, TRUE);
  fixture_fail (fixture, "start_recovery", FL_PROBLEM_ROBOT_REFUSED);
  fixture_request_mail (fixture);
  assert_step (fixture, "create-password");
  assert_problem (fixture, FL_PROBLEM_ROBOT_REFUSED);
  g_assert_cmpint (fl_journey_get_robot_state (fixture->journey), ==, FL_ROBOT_UNCHECKED);
  first = check_proof (fixture, "start_recovery");

  fl_journey_check_robot (fixture->journey, TRUE);
  fixture_request_mail (fixture);
  assert_step (fixture, "inbox");
  second = check_proof (fixture, "start_recovery");
  g_assert_cmpstr (first, !=, second);
}

/* A request that never left has used nothing up. */
static void
test_offline (Fixture       *fixture,
              gconstpointer  data)
{
  give_challenges (fixture, 1);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_journey_check_robot (fixture->journey, TRUE);
  fixture_fail (fixture, "start_recovery", FL_PROBLEM_OFFLINE);
  fixture_request_mail (fixture);
  assert_problem (fixture, FL_PROBLEM_OFFLINE);
  g_assert_cmpint (fl_journey_get_robot_state (fixture->journey), ==, FL_ROBOT_CHECKED);
  fixture_request_mail (fixture);
  assert_step (fixture, "inbox");
  assert_count (fixture, "robot_challenge", 1);
}

/* Only absence removes the box; everything else has a name. */
static void
test_challenge_fails (Fixture       *fixture,
                      gconstpointer  data)
{
  fixture_fail (fixture, "robot_challenge", FL_PROBLEM_UNREACHABLE);
  fixture_fail (fixture, "robot_challenge", FL_PROBLEM_CAPTIVE_PORTAL);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  assert_no_problem (fixture);
  g_assert_cmpint (fl_journey_get_robot_state (fixture->journey), ==, FL_ROBOT_UNCHECKED);

  fl_journey_check_robot (fixture->journey, TRUE);
  wait_for_state (fixture, FL_ROBOT_UNCHECKED);
  assert_problem (fixture, FL_PROBLEM_CAPTIVE_PORTAL);

  give_challenges (fixture, 1);
  fl_journey_check_robot (fixture->journey, TRUE);
  wait_for_state (fixture, FL_ROBOT_CHECKED);
  assert_no_problem (fixture);
}

static void
test_challenge_makes_no_sense (Fixture       *fixture,
                               gconstpointer  data)
{
  FlAnswer *answer = fl_answer_new (FL_OUTCOME_DONE);

  answer->challenge = g_strdup ("{\"parameters\":{}}");
  fl_fake_identity_answer (fixture->identity, "robot_challenge", answer);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_journey_check_robot (fixture->journey, TRUE);
  wait_for_state (fixture, FL_ROBOT_UNCHECKED);
  assert_problem (fixture, FL_PROBLEM_PROTOCOL);
}

static void
test_old_challenge (Fixture       *fixture,
                    gconstpointer  data)
{
  give_challenges (fixture, 2);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_clock_advance (61);
  fl_journey_check_robot (fixture->journey, TRUE);
  wait_for_state (fixture, FL_ROBOT_CHECKED);
  assert_count (fixture, "robot_challenge", 2);
}

/* Send again, and the mail for a session that has grown old, prove it by themselves, each anew. */
static void
test_silent (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  give_challenges (fixture, 3);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_journey_check_robot (fixture->journey, TRUE);
  fixture_request_mail (fixture);
  first = check_proof (fixture, "start_recovery");

  fl_clock_advance (61);
  fl_journey_send_again (fixture->journey);
  g_assert_true (fl_journey_get_busy (fixture->journey));
  fixture_settle (fixture);
  assert_notice (fixture, FL_NOTICE_MAIL_SENT_AGAIN);
  second = check_proof (fixture, "send_again");
  g_assert_cmpstr (first, !=, second);

  fixture_mail_code (fixture, "123456");
  fl_fake_identity_outcome (fixture->identity, "set_password", FL_OUTCOME_MAIL_FIRST);
  fixture_new_password (fixture, "brand new words");
  assert_step (fixture, "inbox");
  assert_notice (fixture, FL_NOTICE_SESSION_AGED);
  third = check_proof (fixture, "start_recovery");
  g_assert_cmpstr (second, !=, third);
}

/* The window is closed while the thread works. */
static void
test_closed_meanwhile (Fixture       *fixture,
                       gconstpointer  data)
{
  give_challenges (fixture, 1);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_journey_check_robot (fixture->journey, TRUE);
  fl_journey_request_mail (fixture->journey, ANNA);
}

/* Shortly before another mail may be asked for, the proof for it is made ahead. */
static void
wait_ahead (Fixture *fixture)
{
  give_challenges (fixture, 2);
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_journey_check_robot (fixture->journey, TRUE);
  fixture_request_mail (fixture);
  assert_step (fixture, "inbox");
  fl_journey_look (fixture->journey);
  fixture_settle (fixture);
  assert_count (fixture, "robot_challenge", 1);

  fl_clock_advance (51);
  fl_journey_look (fixture->journey);
  wait_for_state (fixture, FL_ROBOT_CHECKED);
  assert_count (fixture, "robot_challenge", 2);
}

static void
send_again (Fixture *fixture)
{
  fl_journey_send_again (fixture->journey);
  fixture_settle (fixture);
  assert_count (fixture, "send_again", 1);
}

static void
test_ahead (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *nonce = NULL;

  wait_ahead (fixture);
  fl_clock_advance (9);
  send_again (fixture);
  assert_count (fixture, "robot_challenge", 2);
  nonce = check_proof (fixture, "send_again");
  g_assert_cmpint (fl_journey_get_robot_state (fixture->journey), ==, FL_ROBOT_UNCHECKED);
}

static void
test_ahead_too_long (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *nonce = NULL;

  wait_ahead (fixture);
  fl_clock_advance (10 * 60);
  give_challenges (fixture, 1);
  send_again (fixture);
  assert_count (fixture, "robot_challenge", 3);
  nonce = check_proof (fixture, "send_again");
}

/* Nobody has ticked the box. */
static void
test_ahead_for_nothing (Fixture       *fixture,
                        gconstpointer  data)
{
  wait_ahead (fixture);
  fl_journey_go_back (fixture->journey);
  assert_step (fixture, "create-password");
  g_assert_cmpint (fl_journey_get_robot_state (fixture->journey), ==, FL_ROBOT_UNCHECKED);
}

#define ADD(path, function) \
  g_test_add ("/robot/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("tick", test_tick);
  ADD ("not-ticked", test_not_ticked);
  ADD ("pressed-too-early", test_pressed_too_early);
  ADD ("pressed-meanwhile", test_pressed_meanwhile);
  ADD ("cancel-meanwhile", test_cancel_meanwhile);
  ADD ("cancel-when-sent", test_cancel_when_sent);
  ADD ("untick", test_untick);
  ADD ("refused", test_refused);
  ADD ("offline", test_offline);
  ADD ("challenge-fails", test_challenge_fails);
  ADD ("challenge-makes-no-sense", test_challenge_makes_no_sense);
  ADD ("old-challenge", test_old_challenge);
  ADD ("silent", test_silent);
  ADD ("closed-meanwhile", test_closed_meanwhile);
  ADD ("ahead", test_ahead);
  ADD ("ahead-too-long", test_ahead_too_long);
  ADD ("ahead-for-nothing", test_ahead_for_nothing);

  return g_test_run ();
}
