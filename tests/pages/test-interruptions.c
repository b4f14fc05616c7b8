/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fl-clock.h"
#include "fl-look.h"
#include "fl-ui.h"

/* What comes in between while a person is on a page. */

static gboolean
is_over (gpointer data)
{
  FlLook *look = data;

  return fl_journey_get_problem (look->pose->journey) == NULL;
}

/* The seconds go on while a busy computer is looking. */
static gboolean
shows_what_is_left (gpointer data)
{
  FlLook *look = data;
  int left = (int) (fl_journey_get_retry_at (look->pose->journey) - fl_clock_now ());
  g_autofree char *text = g_strdup_printf ("Those were too many tries. Try again in %d:%02d.", left / 60, left % 60);

  return fl_look_shows (look, text);
}

static void
test_countdown (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_PASSWORD));
  FlJourney *journey = look->pose->journey;

  fl_look_type (look, "Password", "correct horse battery");
  fl_journey_set_retry_at (journey, fl_clock_now () + 90);
  fl_pose_problem (look->pose, FL_PROBLEM_THROTTLED);
  g_assert_false (gtk_widget_is_sensitive (fl_look_button (look, "Sign In")));
  fl_pose_until (shows_what_is_left, look);
  fl_look_press_return (look, "Password");
  g_assert_null (fl_still_identity_get_verb (look->pose->identity));

  /* A key does not take back what goes on being true. */
  fl_look_type (look, "Password", "correct horse");
  g_assert_nonnull (fl_journey_get_problem (journey));

  fl_clock_advance (91);
  fl_pose_until (is_over, look);
  g_assert_true (gtk_widget_is_sensitive (fl_look_button (look, "Sign In")));
  fl_look_press_return (look, "Password");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "sign_in");
}

/* Somebody sets this computer's clock back while a button rests: it does not rest for a day. */
static void
test_clock_is_set (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_PASSWORD));

  fl_look_type (look, "Password", "correct horse battery");
  fl_journey_set_retry_at (look->pose->journey, fl_clock_now () + 90);
  fl_pose_problem (look->pose, FL_PROBLEM_THROTTLED);
  fl_clock_set (-86400);
  fl_clock_advance (60);
  g_assert_false (gtk_widget_is_sensitive (fl_look_button (look, "Sign In")));
  fl_clock_advance (31);
  fl_pose_until (is_over, look);
  g_assert_true (gtk_widget_is_sensitive (fl_look_button (look, "Sign In")));
  fl_look_press_return (look, "Password");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "sign_in");
}

static void
open_link (FlLook *look)
{
  look->pose->journey->vault_heard = TRUE;
  fl_journey_open_link (look->pose->journey, "first-login:recover?flow=99999999-0000-4000-8000-000000000000&code=123456");
  fl_pose_settle ();
  g_assert_cmpint (fl_journey_get_step (look->pose->journey), ==, FL_STEP_LINK);
}

/* A link that was not asked for comes while a code is typed, and is declined: the code is still there, also when the
 * language is changed meanwhile. */
static void
test_link (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_INBOX));

  fl_pose_mail (look->pose, 10);
  fl_look_type (look, "Code", "12 34");
  for (int time = 0; time < 2; time++)
    {
      open_link (look);
      if (time == 1)
        fl_look_rebuild (look);
      fl_journey_decline_link (look->pose->journey);
      fl_pose_settle ();
      g_assert_cmpstr (fl_field_get_text (fl_look_field (look, "Code")), ==, "12 34");
      g_assert_true (fl_look_has_focus (look, "Code"));
    }

  /* On another page it has gone. */
  open_link (look);
  fl_journey_go (look->pose->journey, FL_EVENT_FORGOTTEN);
  fl_pose_settle ();
  fl_journey_go (look->pose->journey, FL_EVENT_MAIL_SENT);
  fl_pose_settle ();
  g_assert_cmpstr (fl_field_get_text (fl_look_field (look, "Code")), ==, "");
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  g_test_add_func ("/interruptions/countdown", test_countdown);
  g_test_add_func ("/interruptions/clock-is-set", test_clock_is_set);
  g_test_add_func ("/interruptions/link", test_link);

  return g_test_run ();
}
