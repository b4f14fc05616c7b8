/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fl-look.h"
#include "fl-qr-code.h"
#include "fl-ui.h"

static FlLook *
look_with (FlAchieved achieved,
           int        codes_left)
{
  FlPose *pose = fl_pose_new (FL_STEP_ALL_SET);

  fl_journey_achieve (pose->journey, achieved);
  pose->journey->codes_left = codes_left;

  return fl_look_new (pose);
}

static void
test_what_has_been_set_up (void)
{
  g_autoptr (FlLook) look = look_with (FL_ACHIEVED_PASSWORD | FL_ACHIEVED_SECOND_FACTOR | FL_ACHIEVED_RECOVERY_CODES, -1);

  g_assert_true (fl_look_shows (look, "Your new password is set"));
  g_assert_true (fl_look_shows (look, "Two-factor authentication is on"));
  g_assert_true (fl_look_shows (look, "Your recovery codes are kept"));
  g_assert_true (fl_look_shows (look, "Sign in there with your new password and a code from your phone."));
}

static void
test_nothing_but_signed_in (void)
{
  g_autoptr (FlLook) look = look_with (0, 7);

  g_assert_true (fl_look_shows (look, "7 recovery codes are left"));
  g_assert_false (fl_look_shows (look, "Your new password is set"));
  g_assert_false (fl_look_shows (look, "Two-factor authentication is on"));
  g_assert_true (fl_look_shows (look, "Sign in there with your password and a code from your phone."));
}

static void
test_put_off (void)
{
  FlPose *pose = fl_pose_new (FL_STEP_ALL_SET);
  g_autoptr (FlLook) look = NULL;

  fl_journey_set_second_factor_rule (pose->journey, FL_SECOND_FACTOR_OPTIONAL);
  fl_journey_achieve (pose->journey, FL_ACHIEVED_PASSWORD);
  look = fl_look_new (pose);
  g_assert_true (fl_look_shows (look, "Sign in there with your new password."));
}

static void
on_open_uri (char       **opened,
             const char  *uri)
{
  g_free (*opened);
  *opened = g_strdup (uri);
}

static void
test_opens_the_product (void)
{
  g_autoptr (FlLook) look = look_with (FL_ACHIEVED_PASSWORD, -1);
  g_autofree char *opened = NULL;

  g_signal_connect_swapped (look->assistant, "open-uri", G_CALLBACK (on_open_uri), &opened);
  fl_look_press (look, "Open Flex HRM");
  g_assert_cmpstr (opened, ==, fl_policy_get_product_url (look->pose->policy));
  g_assert_nonnull (fl_qr_code_get_paintable (FL_QR_CODE (fl_look_find (look->assistant, FL_TYPE_QR_CODE))));
}

static gboolean
on_close_requested (gboolean *requested)
{
  *requested = TRUE;

  return GDK_EVENT_STOP;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

static void
test_close (void)
{
  g_autoptr (FlLook) look = look_with (FL_ACHIEVED_PASSWORD, -1);
  gboolean requested = FALSE;

  g_assert_true (gtk_root_get_focus (GTK_ROOT (look->window)) == fl_look_button (look, "Close"));
  g_signal_connect_swapped (look->window, "close-request", G_CALLBACK (on_close_requested), &requested);
  fl_look_press (look, "Close");
  fl_pose_until (is_true, &requested);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  g_test_add_func ("/all-set/what-has-been-set-up", test_what_has_been_set_up);
  g_test_add_func ("/all-set/nothing-but-signed-in", test_nothing_but_signed_in);
  g_test_add_func ("/all-set/put-off", test_put_off);
  g_test_add_func ("/all-set/opens-the-product", test_opens_the_product);
  g_test_add_func ("/all-set/close", test_close);

  return g_test_run ();
}
