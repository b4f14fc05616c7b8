/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-journey-clock"

#include "config.h"

#include "fl-clock.h"
#include "fl-journey-private.h"
#include "fl-totp.h"
#include "journey-fixture.h"

/* Always the same codes, of which no two are the same by chance. */
#define SOME_DAY 4102444800  /* 1 January 2100, the beginning of a period */

/* A phone whose clock is wrong is told so, when its code fits within ten periods; the code is sent as it was typed, and
 * stays refused. What the server itself accepts, one period before and after, is not the clock's fault. */
static void
test_phone_with_wrong_clock (Fixture       *fixture,
                             gconstpointer  data)
{
  gint64 shift = SOME_DAY - fl_clock_now ();

  fl_clock_set (shift);
  fixture_walk_to (fixture, FL_STEP_ENROL);
  for (int skew = -12; skew <= 12; skew++)
    {
      FlOtpauth *enrolment = fl_journey_get_enrolment (fixture->journey);
      g_autofree char *code = NULL;

      /* Early in a period, so that it does not end meanwhile */
      fl_clock_advance (FL_TOTP_PERIOD - fl_clock_now () % FL_TOTP_PERIOD);
      code = fl_totp_code (fl_otpauth_get_key (enrolment), fl_clock_now () + skew * FL_TOTP_PERIOD);
      fixture_fail (fixture, "confirm_totp", FL_PROBLEM_CODE_REFUSED);
      fixture_activate (fixture, code);

      assert_step (fixture, "enrol");
      g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "confirm_totp"), ==, code);
      if (ABS (skew) <= 1 || ABS (skew) > 10)
        {
          assert_problem (fixture, FL_PROBLEM_CODE_REFUSED);
        }
      else
        {
          assert_problem (fixture, FL_PROBLEM_CODE_SKEWED);
          g_assert_cmpint (fl_problem_get_ahead (fl_journey_get_problem (fixture->journey)), ==, skew * 30);
        }
    }
  assert_count (fixture, "confirm_totp", 25);

  /* Nor is it said where the code was refused for another reason. */
  fixture_fail (fixture, "confirm_totp", FL_PROBLEM_CODE_USED);
  fixture_activate (fixture, "123456");
  assert_problem (fixture, FL_PROBLEM_CODE_USED);
  fl_clock_set (-shift);
}

/* The phone is judged by the server's time, whatever this computer's clock says. */
static void
test_phone_beside_wrong_computer (Fixture       *fixture,
                                  gconstpointer  data)
{
  static const int aheads[] = { 120, -240, 86400 };
  gint64 shift = SOME_DAY - fl_clock_now ();

  fl_clock_set (shift);
  fixture_walk_to (fixture, FL_STEP_ENROL);
  for (guint i = 0; i < G_N_ELEMENTS (aheads); i++)
    {
      g_autoptr (FlSecret) key = fl_secret_ref (fl_otpauth_get_key (fl_journey_get_enrolment (fixture->journey)));
      g_autofree char *behind = NULL;
      g_autofree char *here = NULL;

      fl_fake_identity_set_clock_ahead (fixture->identity, aheads[i]);
      fl_clock_advance (FL_TOTP_PERIOD - fl_clock_now () % FL_TOTP_PERIOD);
      behind = fl_totp_code (key, fl_clock_now () - aheads[i] - 150);
      fixture_fail (fixture, "confirm_totp", FL_PROBLEM_CODE_REFUSED);
      fixture_activate (fixture, behind);
      assert_problem (fixture, FL_PROBLEM_CODE_SKEWED);
      g_assert_cmpint (fl_problem_get_ahead (fl_journey_get_problem (fixture->journey)), ==, -150);

      /* A phone that agrees with this computer is as wrong as that. */
      here = fl_totp_code (key, fl_clock_now ());
      fixture_fail (fixture, "confirm_totp", FL_PROBLEM_CODE_REFUSED);
      fixture_activate (fixture, here);
      if (ABS (aheads[i]) > 300)
        assert_problem (fixture, FL_PROBLEM_CODE_REFUSED);
      else
        g_assert_cmpint (fl_problem_get_ahead (fl_journey_get_problem (fixture->journey)), ==, aheads[i]);
    }
  fl_clock_set (-shift);
}

static const int days[] = { -86400, 86400 };

/* Whoever has to wait waits as long as the server said, although somebody sets this computer's clock meanwhile. */
static void
test_set_while_throttled (Fixture       *fixture,
                          gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_SECOND_FACTOR);
  for (guint i = 0; i < G_N_ELEMENTS (days); i++)
    {
      fl_fake_identity_fail (fixture->identity, "answer_second_factor",
                             fl_problem_new_until (FL_PROBLEM_THROTTLED, fl_clock_now () + 30, "429"));
      fixture_second_factor (fixture, FL_FACTOR_TOTP, "123456");
      fl_clock_set (days[i]);
      g_assert_cmpint (fl_journey_get_retry_at (fixture->journey) - fl_clock_now (), >, 20);
      g_assert_cmpint (fl_journey_get_retry_at (fixture->journey) - fl_clock_now (), <=, 30);
      fixture_second_factor (fixture, FL_FACTOR_TOTP, "123456");
      assert_count (fixture, "answer_second_factor", i + 1);
      assert_problem (fixture, FL_PROBLEM_THROTTLED);

      /* So does what the other factor waits for. */
      fl_journey_choose_factor (fixture->journey, FL_FACTOR_RECOVERY_CODE);
      fl_clock_set (days[i]);
      fl_journey_choose_factor (fixture->journey, FL_FACTOR_TOTP);
      assert_problem (fixture, FL_PROBLEM_THROTTLED);
      g_assert_cmpint (fl_journey_get_retry_at (fixture->journey) - fl_clock_now (), <=, 30);
      fl_clock_advance (31);
    }
  fixture_second_factor (fixture, FL_FACTOR_TOTP, "123456");
  assert_count (fixture, "answer_second_factor", 3);
  assert_step (fixture, "all-set");
}

/* A mail that is waited for works as long as it did, and another can be had when it could. */
static void
test_set_while_waiting (Fixture       *fixture,
                        gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  for (guint i = 0; i < G_N_ELEMENTS (days); i++)
    {
      FlJourney *journey = fixture->journey;
      gint64 expires_at;
      guint sent = fl_fake_identity_count (fixture->identity, "send_again");

      fl_clock_set (days[i]);
      g_assert_cmpint (fl_journey_get_mail_expires_at (journey) - fl_clock_now (), >, 1700);
      g_assert_cmpint (fl_journey_get_mail_expires_at (journey) - fl_clock_now (), <=, 1800);
      g_assert_cmpint (fl_journey_get_resend_at (journey) - fl_clock_now (), >, 40);
      g_assert_cmpint (fl_journey_get_resend_at (journey) - fl_clock_now (), <=, 60);
      g_assert_cmpint (fl_journey_get_mail_sent_at (journey), <=, fl_clock_now ());

      /* The server's word for it comes on top of that, and changes nothing. */
      expires_at = fl_journey_get_mail_expires_at (journey);
      fl_journey_take_expiry (journey, expires_at);
      g_assert_cmpint (fl_journey_get_mail_expires_at (journey), ==, expires_at);
      g_assert_cmpint (fl_journey_get_resend_at (journey) - fl_clock_now (), <=, 60);

      fl_journey_send_again (journey);
      fixture_settle (fixture);
      assert_problem (fixture, FL_PROBLEM_THROTTLED);
      fl_clock_advance (61);
      fl_journey_send_again (journey);
      fixture_settle (fixture);
      assert_count (fixture, "send_again", sent + 1);
      assert_no_problem (fixture);
    }
}

#define ADD(name, function) \
  g_test_add ("/clock/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("phone-with-wrong-clock", test_phone_with_wrong_clock);
  ADD ("phone-beside-wrong-computer", test_phone_beside_wrong_computer);
  ADD ("set-while-throttled", test_set_while_throttled);
  ADD ("set-while-waiting", test_set_while_waiting);

  return g_test_run ();
}
