/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fl-look.h"
#include "fl-ui.h"

static void
test_code_from_the_phone (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_SECOND_FACTOR));

  g_assert_true (fl_look_has_focus (look, "Code"));
  g_assert_false (gtk_widget_is_sensitive (fl_look_button (look, "Continue")));

  /* Six digits are not sent by themselves. */
  fl_look_type (look, "Code", "481 920");
  g_assert_null (fl_still_identity_get_verb (look->pose->identity));
  fl_look_press_return (look, "Code");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "answer_second_factor");
  g_assert_cmpstr (fl_still_identity_get_word (look->pose->identity), ==, "481920");
}

static void
test_recovery_code_instead (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_SECOND_FACTOR));

  fl_look_type (look, "Code", "12");
  fl_look_press_return (look, "Code");
  g_assert_nonnull (fl_field_get_error (fl_look_field (look, "Code")));

  fl_look_press (look, "Use a recovery code instead");
  g_assert_null (fl_journey_get_problem (look->pose->journey));
  g_assert_true (fl_look_has_focus (look, "Recovery code"));
  g_assert_cmpstr (fl_field_get_text (fl_look_field (look, "Recovery code")), ==, "");
  g_assert_cmpint (gtk_entry_get_input_purpose (GTK_ENTRY (fl_field_get_entry (fl_look_field (look, "Recovery code")))),
                   ==, GTK_INPUT_PURPOSE_FREE_FORM);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (fl_field_get_entry (fl_look_field (look, "Recovery code"))),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Recovery code");

  fl_look_type (look, "Recovery code", "4X7R 2KQA");
  fl_look_press (look, "Continue");
  g_assert_cmpstr (fl_still_identity_get_word (look->pose->identity), ==, "4x7r2kqa");
}

static void
test_and_back (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_SECOND_FACTOR));

  fl_look_press (look, "Use a recovery code instead");
  fl_look_press (look, "Use a code from your phone instead");
  fl_look_type (look, "Code", "123456");
  fl_look_press_return (look, "Code");
  g_assert_cmpstr (fl_still_identity_get_word (look->pose->identity), ==, "123456");
  g_assert_cmpint (gtk_entry_get_input_purpose (GTK_ENTRY (fl_field_get_entry (fl_look_field (look, "Code")))),
                   ==, GTK_INPUT_PURPOSE_DIGITS);
}

static void
test_whom_to_ask (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_SECOND_FACTOR));

  g_assert_true (fl_look_shows (look, "Neither phone nor recovery codes? Ask the IT desk.\n"
                                      "+46 8 123 456 · it@flexhrm.example · weekdays 8–17"));
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  g_test_add_func ("/second-factor/code-from-the-phone", test_code_from_the_phone);
  g_test_add_func ("/second-factor/recovery-code-instead", test_recovery_code_instead);
  g_test_add_func ("/second-factor/and-back", test_and_back);
  g_test_add_func ("/second-factor/whom-to-ask", test_whom_to_ask);

  return g_test_run ();
}
