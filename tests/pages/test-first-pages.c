/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fl-look.h"
#include "fl-ui.h"

/* Before you begin, Your organisation, Email and Password. */

static void
test_before (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_BEFORE_YOU_BEGIN));
  GtkWidget *expander = fl_look_find (look->assistant, GTK_TYPE_EXPANDER);

  g_assert_true (fl_look_shows (look, "Your first sign-in to Flex HRM takes about three minutes."));
  g_assert_true (fl_look_shows (look, "No password yet is fine"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (expander),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "No authenticator app yet?");
  gtk_expander_set_expanded (GTK_EXPANDER (expander), TRUE);
  g_assert_true (fl_look_shows (look, "It is free in your phone’s app store. Suitable ones are: "
                                      "Google Authenticator, Microsoft Authenticator, Aegis."));

  fl_look_press (look, "Get started");
  g_assert_cmpint (fl_journey_get_step (look->pose->journey), ==, FL_STEP_EMAIL);
}

static void
test_organisation (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_ORGANISATION));

  g_assert_true (fl_look_has_focus (look, "Server address"));
  g_assert_false (gtk_widget_is_sensitive (fl_look_button (look, "Continue")));
  fl_look_type (look, "Server address", "http://login.example.com");
  fl_look_press_return (look, "Server address");
  g_assert_nonnull (fl_field_get_error (fl_look_field (look, "Server address")));

  fl_look_type (look, "Server address", "https://login.example.com");
  fl_look_press (look, "Continue");
  g_assert_true (fl_journey_get_busy (look->pose->journey));
  fl_journey_cancel (look->pose->journey);

  /* That nothing answers has to do with what was typed. */
  fl_pose_problem (look->pose, FL_PROBLEM_UNRESOLVED);
  g_assert_nonnull (fl_field_get_error (fl_look_field (look, "Server address")));
}

static void
on_training_activated (GSimpleAction *action,
                       GVariant      *parameter,
                       gboolean      *activated)
{
  *activated = TRUE;
}

static void
test_training_instead (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_ORGANISATION));
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) training = g_simple_action_new ("training", NULL);
  gboolean activated = FALSE;

  g_signal_connect (training, "activate", G_CALLBACK (on_training_activated), &activated);
  g_action_map_add_action (G_ACTION_MAP (actions), G_ACTION (training));
  gtk_widget_insert_action_group (look->window, "app", G_ACTION_GROUP (actions));
  fl_look_press (look, "Try the training instead");
  g_assert_true (activated);
}

static void
test_email (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_EMAIL));

  g_assert_true (fl_look_has_focus (look, "Email address"));
  g_assert_true (fl_look_shows (look, "Use the email address that you verified for Flex HRM."));
  g_assert_false (gtk_widget_is_sensitive (fl_look_button (look, "Next")));
  fl_look_type (look, "Email address", "\xc2\xa0" FL_POSE_ADDRESS " ");
  fl_look_press (look, "Next");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "identify");
  g_assert_cmpstr (fl_still_identity_get_word (look->pose->identity), ==, FL_POSE_ADDRESS);
}

/* What was saved arrives late: it fills an empty field, and never replaces what was typed. */
static void
test_saved_address (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_EMAIL));

  fl_journey_set_address (look->pose->journey, FL_POSE_ADDRESS);
  g_assert_cmpstr (fl_field_get_text (fl_look_field (look, "Email address")), ==, FL_POSE_ADDRESS);
  g_assert_true (gtk_widget_is_sensitive (fl_look_button (look, "Next")));

  fl_look_type (look, "Email address", "erik@");
  fl_journey_set_address (look->pose->journey, "maja@flexhrm.example");
  g_assert_cmpstr (fl_field_get_text (fl_look_field (look, "Email address")), ==, "erik@");
}

static void
test_saving (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_EMAIL));
  GtkWidget *box = fl_look_find (look->assistant, GTK_TYPE_CHECK_BUTTON);

  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_ROLE_CHECKBOX);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (box),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Save my email address for future logins");
  g_assert_true (gtk_test_accessible_has_relation (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY));
  g_assert_false (gtk_check_button_get_active (GTK_CHECK_BUTTON (box)));

  g_assert_false (gtk_widget_is_sensitive (box));
  g_assert_true (fl_look_shows (look, "Nothing is saved in the training"));
  fl_journey_set_may_remember (look->pose->journey, FALSE);
  g_assert_true (fl_look_shows (look, "Your organisation does not allow it on this computer"));
}

static void
test_resume (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_EMAIL));
  FlJournal *offered = fl_journal_new ();
  GtkWidget *resume = fl_look_button (look, "Continue where you left off");

  g_assert_false (gtk_widget_get_visible (resume));
  offered->server = g_strdup (fl_journey_get_server (look->pose->journey));
  offered->address = g_strdup (FL_POSE_ADDRESS);
  offered->step = FL_STEP_PASSWORD;
  fl_journey_set_offered (look->pose->journey, offered);
  g_assert_true (gtk_widget_get_visible (resume));
  fl_look_press (look, "Continue where you left off");
  g_assert_cmpint (fl_journey_get_step (look->pose->journey), ==, FL_STEP_PASSWORD);
}

static void
test_password (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_PASSWORD));

  g_assert_true (fl_look_has_focus (look, "Password"));
  g_assert_true (fl_look_shows (look, FL_POSE_ADDRESS));
  g_assert_true (fl_look_shows (look, "Sign in with your Visma Connect password."));
  g_assert_true (fl_look_shows (look, "No password yet? The link below is the way for you too."));
  g_assert_false (gtk_widget_is_sensitive (fl_look_button (look, "Sign In")));

  fl_look_type (look, "Password", "  as typed\xc2\xa0 ");
  fl_look_press_return (look, "Password");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "sign_in");
  g_assert_cmpstr (fl_still_identity_get_word (look->pose->identity), ==, "  as typed\xc2\xa0 ");
}

static void
test_forgot (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_PASSWORD));

  fl_look_press (look, "Forgot your password?");
  g_assert_cmpint (fl_journey_get_step (look->pose->journey), ==, FL_STEP_CREATE_PASSWORD);
}

static void
test_another_address (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_PASSWORD));

  fl_look_press (look, "Use another address");
  g_assert_cmpint (fl_journey_get_step (look->pose->journey), ==, FL_STEP_EMAIL);
  g_assert_cmpstr (fl_field_get_text (fl_look_field (look, "Email address")), ==, "");
}

static void
test_reveal (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_PASSWORD));
  GtkEditable *entry = fl_field_get_entry (fl_look_field (look, "Password"));
  GtkText *text = GTK_TEXT (gtk_editable_get_delegate (entry));
  GtkWidget *reveal = fl_look_find (GTK_WIDGET (fl_look_field (look, "Password")), GTK_TYPE_TOGGLE_BUTTON);

  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (reveal), GTK_ACCESSIBLE_PROPERTY_LABEL, "Show password");
  g_assert_false (gtk_text_get_visibility (text));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (reveal), TRUE);
  g_assert_true (gtk_text_get_visibility (text));
}

static void
test_password_again (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_PASSWORD_AGAIN));

  g_assert_true (fl_look_shows (look, "A while has passed since you signed in. "
                                      "Type your password again, and you go on where you were."));
  g_assert_false (gtk_widget_get_mapped (fl_look_button (look, "Forgot your password?")));
  g_assert_false (gtk_widget_get_mapped (fl_look_button (look, "Use another address")));
  fl_look_type (look, "Password", "secret");
  fl_look_press (look, "Sign In");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "reauthenticate");
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  g_test_add_func ("/before", test_before);
  g_test_add_func ("/organisation", test_organisation);
  g_test_add_func ("/organisation/training-instead", test_training_instead);
  g_test_add_func ("/email", test_email);
  g_test_add_func ("/email/saved-address", test_saved_address);
  g_test_add_func ("/email/saving", test_saving);
  g_test_add_func ("/email/resume", test_resume);
  g_test_add_func ("/password", test_password);
  g_test_add_func ("/password/forgot", test_forgot);
  g_test_add_func ("/password/another-address", test_another_address);
  g_test_add_func ("/password/reveal", test_reveal);
  g_test_add_func ("/password/again", test_password_again);

  return g_test_run ();
}
