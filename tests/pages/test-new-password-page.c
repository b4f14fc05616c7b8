/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fl-checklist.h"
#include "fl-look.h"
#include "fl-strength-meter.h"
#include "fl-ui.h"

#define FIRST "New password"
#define SECOND "Confirm new password"
#define SUBMIT "Change password"

static FlStrengthMeter *
get_meter (FlLook *look)
{
  return FL_STRENGTH_METER (fl_look_find (look->assistant, FL_TYPE_STRENGTH_METER));
}

static FlChecklist *
get_rules (FlLook *look)
{
  return FL_CHECKLIST (fl_look_find (look->assistant, FL_TYPE_CHECKLIST));
}

static void
test_goes_to_the_server_unaltered (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_NEW_PASSWORD));
  const char *password = "  blå fågel\tåt  gröt \xf0\x9f\x90\xa6 ";

  g_assert_true (fl_look_has_focus (look, FIRST));
  g_assert_false (gtk_widget_is_sensitive (fl_look_button (look, SUBMIT)));
  fl_look_type (look, FIRST, password);
  fl_look_press_return (look, FIRST);
  g_assert_true (fl_look_has_focus (look, SECOND));
  g_assert_null (fl_still_identity_get_verb (look->pose->identity));

  fl_look_type (look, SECOND, password);
  fl_look_press_return (look, SECOND);
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "set_password");
  g_assert_cmpstr (fl_still_identity_get_word (look->pose->identity), ==, password);
}

/* Return in the first field goes on to the second even when both are filled in. */
static void
test_return_in_the_first_field (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_NEW_PASSWORD));

  fl_look_type (look, FIRST, "three unrelated words");
  fl_look_type (look, SECOND, "three unrelated words");
  fl_look_press_return (look, FIRST);
  g_assert_null (fl_still_identity_get_verb (look->pose->identity));
  g_assert_true (fl_look_has_focus (look, SECOND));
}

static void
test_two_different_ones (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_NEW_PASSWORD));
  FlField *second = fl_look_field (look, SECOND);

  fl_look_type (look, FIRST, "three unrelated words");
  fl_look_type (look, SECOND, "three unre");
  g_assert_null (fl_field_get_hint (second));
  fl_look_type (look, SECOND, "three unrx");
  g_assert_nonnull (fl_field_get_hint (second));
  g_assert_null (fl_field_get_error (second));

  fl_look_press (look, SUBMIT);
  g_assert_null (fl_still_identity_get_verb (look->pose->identity));
  g_assert_nonnull (fl_field_get_error (second));
  g_assert_true (fl_look_has_focus (look, SECOND));
  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (fl_field_get_entry (second)),
                                    GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE);

  fl_look_type (look, SECOND, "three unrelated words");
  g_assert_null (fl_field_get_error (second));
  g_assert_null (fl_field_get_hint (second));
}

static void
test_rules_are_ticked (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_NEW_PASSWORD));
  FlChecklist *rules = get_rules (look);
  GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (rules));

  g_assert_true (fl_look_shows (look, "At least 10 characters"));
  g_assert_true (fl_look_shows (look, "Not like your email address"));
  g_assert_false (fl_look_shows (look, "A digit"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (item),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "At least 10 characters: not yet");

  fl_look_type (look, FIRST, "anna@flexhrm.example");
  g_assert_true (fl_checklist_get_done (rules, 0));
  g_assert_false (fl_checklist_get_done (rules, 1));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (item),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "At least 10 characters: done");

  fl_look_type (look, FIRST, "short");
  g_assert_false (fl_checklist_get_done (rules, 0));
  g_assert_true (fl_checklist_get_done (rules, 1));
}

/* Rules advise: only the server refuses, and what it says of the minimum is shown from then on. */
static void
test_refused_as_too_short (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_NEW_PASSWORD));
  FlField *first = fl_look_field (look, FIRST);

  fl_look_type (look, FIRST, "short");
  fl_look_type (look, SECOND, "short");
  fl_look_press_return (look, SECOND);
  fl_still_identity_refuse (look->pose->identity, fl_problem_new_limit (FL_PROBLEM_PASSWORD_SHORT, 14, "too short"));
  fl_pose_settle ();

  g_assert_nonnull (fl_field_get_error (first));
  g_assert_true (fl_look_has_focus (look, FIRST));
  g_assert_cmpstr (fl_field_get_text (first), ==, "short");
  g_assert_true (fl_look_shows (look, "At least 14 characters"));
}

static void
test_strength (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_NEW_PASSWORD));
  FlStrengthMeter *meter = get_meter (look);

  g_assert_cmpint (fl_strength_meter_get_strength (meter), ==, FL_STRENGTH_NONE);
  fl_look_type (look, FIRST, "password");
  g_assert_cmpint (fl_strength_meter_get_strength (meter), ==, FL_STRENGTH_VERY_WEAK);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (meter),
                                       GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "Very easy to guess");

  /* Hard to guess for others, but it is this account's own address. */
  fl_look_type (look, FIRST, FL_POSE_ADDRESS);
  g_assert_cmpint (fl_strength_meter_get_strength (meter), ==, FL_STRENGTH_VERY_WEAK);

  fl_look_type (look, FIRST, "correct horse battery staple");
  g_assert_cmpint (fl_strength_meter_get_strength (meter), ==, FL_STRENGTH_STRONG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (meter),
                                       GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, (double) FL_STRENGTH_STRONG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (meter),
                                       GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, fl_strength_meter_get_text (meter));

  fl_look_type (look, FIRST, "");
  g_assert_cmpint (fl_strength_meter_get_strength (meter), ==, FL_STRENGTH_NONE);
}

/* The line below the entry is the meter's, until something is wrong. */
static void
test_strength_makes_room_for_an_error (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_NEW_PASSWORD));
  FlField *first = fl_look_field (look, FIRST);
  int height = gtk_widget_get_height (GTK_WIDGET (first));

  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (get_meter (look))));
  fl_pose_problem (look->pose, FL_PROBLEM_PASSWORD_BREACHED);
  fl_pose_settle ();
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (get_meter (look))));
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (first)), ==, height);
}

/* GTK would keep the first bytes of it, and nobody would ever know which password was set. */
static void
test_too_long_to_be_held (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_NEW_PASSWORD));
  FlField *first = fl_look_field (look, FIRST);
  g_autofree char *fits = g_strnfill (4096, 'x');
  g_autofree char *does_not = g_strnfill (4097, 'x');
  int position = 3;

  fl_look_type (look, FIRST, "abc");
  gtk_editable_insert_text (gtk_editable_get_delegate (fl_field_get_entry (first)), does_not, -1, &position);
  g_assert_cmpstr (fl_field_get_text (first), ==, "abc");
  g_assert_nonnull (fl_field_get_error (first));

  fl_look_type (look, FIRST, fits);
  g_assert_cmpuint (strlen (fl_field_get_text (first)), ==, 4096);
  g_assert_null (fl_field_get_error (first));
  gtk_editable_insert_text (gtk_editable_get_delegate (fl_field_get_entry (first)), "y", -1, &position);
  g_assert_cmpuint (strlen (fl_field_get_text (first)), ==, 4096);
  g_assert_nonnull (fl_field_get_error (first));
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  g_test_add_func ("/new-password/goes-to-the-server-unaltered", test_goes_to_the_server_unaltered);
  g_test_add_func ("/new-password/return-in-the-first-field", test_return_in_the_first_field);
  g_test_add_func ("/new-password/two-different-ones", test_two_different_ones);
  g_test_add_func ("/new-password/rules-are-ticked", test_rules_are_ticked);
  g_test_add_func ("/new-password/refused-as-too-short", test_refused_as_too_short);
  g_test_add_func ("/new-password/strength", test_strength);
  g_test_add_func ("/new-password/strength-makes-room-for-an-error", test_strength_makes_room_for_an_error);
  g_test_add_func ("/new-password/too-long-to-be-held", test_too_long_to_be_held);

  return g_test_run ();
}
