/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fl-altcha.h"
#include "fl-clock.h"
#include "fl-look.h"
#include "fl-robot-box.h"
#include "fl-ui.h"

/* Create your password, Check your inbox, and the two pages of a link that was not asked for here. */

static GtkCheckButton *
get_box (FlLook *look)
{
  return GTK_CHECK_BUTTON (fl_look_find (look->assistant, GTK_TYPE_CHECK_BUTTON));
}

static FlLook *
look_at_inbox (gint64 sent_seconds_ago)
{
  FlPose *pose = fl_pose_new (FL_STEP_INBOX);

  fl_pose_mail (pose, sent_seconds_ago);

  return fl_look_new (pose);
}

static void
test_unticked (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_CREATE_PASSWORD));
  GtkCheckButton *box = get_box (look);

  g_assert_cmpstr (fl_field_get_text (fl_look_field (look, "Email address")), ==, FL_POSE_ADDRESS);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (look->window)) == GTK_WIDGET (box));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL, "I am not a robot");
  g_assert_true (fl_look_shows (look, "The proof runs on this computer only"));

  fl_pose_problem (look->pose, FL_PROBLEM_ROBOT_UNCHECKED);
  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (box),
                                    GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE);
  g_assert_true (gtk_test_accessible_has_relation (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY));
  g_assert_true (fl_look_shows (look, "Tick this box first"));
  g_assert_true (gtk_root_get_focus (GTK_ROOT (look->window)) == GTK_WIDGET (box));

  gtk_check_button_set_active (box, TRUE);
  g_assert_false (gtk_test_accessible_has_state (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_STATE_INVALID));
  g_assert_null (fl_journey_get_problem (look->pose->journey));
}

static gboolean
is_checked (gpointer data)
{
  return fl_journey_get_robot_state (data) == FL_ROBOT_CHECKED;
}

static void
test_ticked (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_CREATE_PASSWORD));
  g_autoptr (GBytes) key = g_bytes_new_static ("key", 3);
  g_autofree char *challenge = fl_altcha_challenge_new (key, "recovery", fl_clock_now () + 600, 10);
  GtkCheckButton *box = get_box (look);

  gtk_check_button_set_active (box, TRUE);
  g_assert_cmpint (fl_journey_get_robot_state (look->pose->journey), ==, FL_ROBOT_CHECKING);
  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_STATE_BUSY, TRUE);
  g_assert_true (fl_look_shows (look, "Checking…"));

  fl_still_identity_answer_robot (look->pose->identity, challenge);
  fl_pose_until (is_checked, look->pose->journey);
  g_assert_true (gtk_check_button_get_active (box));
  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_STATE_BUSY, FALSE);
  g_assert_true (fl_look_shows (look, "Checked"));

  fl_look_press (look, "Reset password");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "start_recovery");
  g_assert_cmpstr (fl_still_identity_get_word (look->pose->identity), ==, FL_POSE_ADDRESS);

  /* A proof that was refused has to be given anew. */
  fl_still_identity_refuse (look->pose->identity, fl_problem_new (FL_PROBLEM_ROBOT_REFUSED, "test"));
  fl_pose_settle ();
  g_assert_false (gtk_check_button_get_active (box));
  g_assert_true (fl_look_shows (look, "The check failed. Tick the box again."));
}

static void
test_no_robot_check (void)
{
  FlPose *pose = fl_pose_new (FL_STEP_CREATE_PASSWORD);
  g_autoptr (FlLook) look = NULL;

  fl_pose_robot (pose, FALSE);
  look = fl_look_new (pose);
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (get_box (look))));
  g_assert_true (fl_look_has_focus (look, "Email address"));
  fl_look_press_return (look, "Email address");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "start_recovery");
}

static void
test_inbox (void)
{
  g_autoptr (FlLook) look = look_at_inbox (19);
  g_autofree char *until = NULL;

  g_assert_true (fl_look_has_focus (look, "Code"));
  g_assert_true (fl_look_shows (look, "If " FL_POSE_ADDRESS " has an account here, an email is on its way. "
                                      "Press the green button “Enter new password” in it, or type its code below."));
  g_assert_true (g_str_has_prefix (fl_field_get_hint (fl_look_field (look, "Code")), "Works until "));

  fl_look_type (look, "Code", "481-920");
  fl_look_press_return (look, "Code");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "redeem");
  g_assert_cmpstr (fl_still_identity_get_word (look->pose->identity), ==, "481920");

  fl_still_identity_refuse (look->pose->identity, fl_problem_new (FL_PROBLEM_CODE_REFUSED, "test"));
  fl_pose_settle ();
  g_assert_nonnull (fl_field_get_error (fl_look_field (look, "Code")));
  g_assert_true (fl_look_has_focus (look, "Code"));
}

static gboolean
may_resend (gpointer data)
{
  return gtk_widget_is_sensitive (data);
}

/* Its name stays the same for those who hear it; the rest is for the eye. */
static void
test_send_again (void)
{
  g_autoptr (FlLook) look = look_at_inbox (0);
  GtkWidget *label;
  GtkWidget *button;

  fl_journey_set_resend_at (look->pose->journey, fl_clock_now () + 60);
  button = gtk_widget_get_next_sibling (fl_look_button (look, "Paste link"));
  label = gtk_button_get_child (GTK_BUTTON (button));
  g_assert_true (g_str_has_prefix (gtk_label_get_text (GTK_LABEL (label)), "Send again in "));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, "Send again");
  g_assert_false (gtk_widget_is_sensitive (button));

  fl_clock_advance (61);
  fl_pose_until (may_resend, button);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (label)), ==, "Send again");
  fl_look_press (look, "Send again");
  fl_still_identity_answer_robot (look->pose->identity, NULL);
  fl_pose_settle ();
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "send_again");
}

static gboolean
has_verb (gpointer data)
{
  FlLook *look = data;

  return fl_still_identity_get_verb (look->pose->identity) != NULL;
}

static gboolean
has_problem (gpointer data)
{
  FlLook *look = data;

  return fl_journey_get_problem (look->pose->journey) != NULL;
}

static void
test_paste_link (void)
{
  g_autoptr (FlLook) look = look_at_inbox (19);
  GdkClipboard *clipboard = gtk_widget_get_clipboard (look->window);

  look->pose->journey->vault_heard = TRUE;
  gdk_clipboard_set_text (clipboard, "what I copied last");
  fl_look_press (look, "Paste link");
  fl_pose_until (has_problem, look);
  g_assert_cmpint (fl_journey_get_problem (look->pose->journey)->code, ==, FL_PROBLEM_LINK_MALFORMED);
  g_assert_null (fl_field_get_error (fl_look_field (look, "Code")));

  gdk_clipboard_set_text (clipboard, "first-login:recover?flow=" FL_POSE_FLOW "&code=481920");
  fl_look_press (look, "Paste link");
  fl_pose_until (has_verb, look);
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "redeem");
}

static gboolean
is_visible (gpointer data)
{
  return gtk_widget_get_visible (data);
}

static void
test_nothing_came (void)
{
  g_autoptr (FlLook) look = look_at_inbox (0);
  GtkWidget *expander = fl_look_find (look->assistant, GTK_TYPE_EXPANDER);

  g_assert_false (gtk_widget_get_visible (expander));
  fl_clock_advance (31);
  fl_pose_until (is_visible, expander);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (expander), GTK_ACCESSIBLE_PROPERTY_LABEL, "Nothing came?");

  gtk_expander_set_expanded (GTK_EXPANDER (expander), TRUE);
  g_assert_true (fl_look_shows (look, FL_POSE_ADDRESS));
  g_assert_true (fl_look_shows (look, "Search for no-reply@flexhrm.example"));
  g_assert_true (fl_look_shows (look, "Ask the IT desk.\n+46 8 123 456 · it@flexhrm.example · weekdays 8–17"));
}

static void
test_used_elsewhere (void)
{
  g_autoptr (FlLook) look = look_at_inbox (90);

  g_assert_false (gtk_widget_get_mapped (fl_look_button (look, "Send a new email")));
  fl_pose_problem (look->pose, FL_PROBLEM_MAIL_USED);
  g_assert_true (fl_look_shows (look, "The code in this email has already been used. If you chose a password elsewhere, "
                                      "sign in with it; otherwise send a new email."));
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (fl_look_field (look, "Code"))));
  g_assert_true (gtk_widget_is_sensitive (fl_look_button (look, "Send a new email")));

  fl_look_press (look, "Sign in instead");
  g_assert_cmpint (fl_journey_get_step (look->pose->journey), ==, FL_STEP_PASSWORD);
}

static void
test_new_mail_instead (void)
{
  g_autoptr (FlLook) look = look_at_inbox (90);

  fl_pose_problem (look->pose, FL_PROBLEM_MAIL_USED);
  fl_look_press (look, "Send a new email");
  g_assert_true (fl_journey_get_busy (look->pose->journey));
  fl_journey_cancel (look->pose->journey);
  fl_pose_settle ();
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (fl_look_field (look, "Code"))));
  g_assert_true (fl_look_shows (look, "Continue"));
}

static void
test_link (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_LINK));

  g_assert_true (fl_look_shows (look, "login.flexhrm.example"));
  g_assert_true (gtk_root_get_focus (GTK_ROOT (look->window)) == fl_look_button (look, "Continue"));
  look->pose->journey->link = fl_link_parse ("first-login:recover?flow=" FL_POSE_FLOW "&code=481920", NULL);
  fl_look_press (look, "Continue");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "redeem");
}

static void
test_not_now (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_LINK));

  fl_look_press (look, "Not now");
  g_assert_cmpint (fl_journey_get_step (look->pose->journey), ==, FL_STEP_EMAIL);
  g_assert_null (fl_still_identity_get_verb (look->pose->identity));
}

static void
test_account (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_ACCOUNT));

  g_assert_true (fl_look_shows (look, FL_POSE_ADDRESS));
  fl_look_press (look, "Continue");
  g_assert_cmpint (fl_journey_get_step (look->pose->journey), ==, FL_STEP_NEW_PASSWORD);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  g_test_add_func ("/create-password/unticked", test_unticked);
  g_test_add_func ("/create-password/ticked", test_ticked);
  g_test_add_func ("/create-password/no-robot-check", test_no_robot_check);
  g_test_add_func ("/inbox", test_inbox);
  g_test_add_func ("/inbox/send-again", test_send_again);
  g_test_add_func ("/inbox/paste-link", test_paste_link);
  g_test_add_func ("/inbox/nothing-came", test_nothing_came);
  g_test_add_func ("/inbox/used-elsewhere", test_used_elsewhere);
  g_test_add_func ("/inbox/new-mail-instead", test_new_mail_instead);
  g_test_add_func ("/link", test_link);
  g_test_add_func ("/link/not-now", test_not_now);
  g_test_add_func ("/account", test_account);

  return g_test_run ();
}
