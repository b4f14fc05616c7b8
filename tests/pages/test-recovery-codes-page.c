/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>

#include "fl-codes-sheet.h"
#include "fl-look.h"
#include "fl-ui.h"

static FlLook *
look_at_codes (void)
{
  FlPose *pose = fl_pose_new (FL_STEP_RECOVERY_CODES);

  fl_pose_codes (pose);

  return fl_look_new (pose);
}

static GtkWidget *
find_label (GtkWidget  *from,
            const char *text)
{
  if (GTK_IS_LABEL (from) && g_strcmp0 (gtk_label_get_text (GTK_LABEL (from)), text) == 0)
    return from;

  for (GtkWidget *child = gtk_widget_get_first_child (from); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_label (child, text);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static void
test_each_is_shown_and_named (void)
{
  g_autoptr (FlLook) look = look_at_codes ();
  GtkWidget *first = find_label (look->assistant, "4x7r 2kqa");
  GtkWidget *last = find_label (look->assistant, "n8g5 mv4b");

  g_assert_nonnull (first);
  g_assert_nonnull (last);
  g_assert_true (gtk_label_get_selectable (GTK_LABEL (first)));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (first), GTK_ACCESSIBLE_PROPERTY_LABEL, "Code 1: 4x7r 2kqa");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (last), GTK_ACCESSIBLE_PROPERTY_LABEL, "Code 12: n8g5 mv4b");
}

static void
test_one_is_typed_back (void)
{
  g_autoptr (FlLook) look = look_at_codes ();

  g_assert_true (fl_look_has_focus (look, "Type one code"));
  g_assert_false (gtk_widget_is_sensitive (fl_look_button (look, "Continue")));

  fl_look_type (look, "Type one code", "aaaa bbbb");
  fl_look_press_return (look, "Type one code");
  g_assert_null (fl_still_identity_get_verb (look->pose->identity));
  g_assert_nonnull (fl_field_get_error (fl_look_field (look, "Type one code")));

  fl_look_type (look, "Type one code", "R8T4-YB7K");
  fl_look_press_return (look, "Type one code");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "confirm_recovery_codes");
}

static void
test_codes_come_later (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_RECOVERY_CODES));

  g_assert_false (gtk_widget_is_sensitive (fl_look_button (look, "Save…")));
  fl_look_press (look, "Try again");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "issue_recovery_codes");
  fl_pose_codes (look->pose);
  g_assert_true (fl_look_shows (look, "4x7r 2kqa"));
}

static void
test_copy (void)
{
  g_autoptr (FlLook) look = look_at_codes ();
  g_autofree char *copied = NULL;

  fl_look_press (look, "Copy");
  copied = fl_look_read_clipboard (look);
  g_assert_nonnull (strstr (copied, "\n 1  4x7r2kqa\n"));
  g_assert_nonnull (strstr (copied, "\n12  n8g5mv4b\n"));
}

static void
test_sheet (void)
{
  g_autoptr (FlPose) pose = fl_pose_new (FL_STEP_RECOVERY_CODES);
  g_autoptr (FlSecret) sheet = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *year = g_date_time_format (now, "%Y");
  g_autofree char *name = fl_codes_sheet_suggest_name (pose->policy);
  const char *text;

  fl_pose_codes (pose);
  sheet = fl_codes_sheet_write (fl_journey_get_codes (pose->journey), pose->policy, FL_POSE_ADDRESS);
  text = fl_secret_get_text (sheet);
  g_assert_true (g_str_has_prefix (text, "Recovery codes: Visma Connect for Flex HRM\n" FL_POSE_ADDRESS "\n"));
  g_assert_nonnull (strstr (text, year));
  g_assert_nonnull (strstr (text, "anyone can sign in as you"));
  g_assert_true (g_str_has_suffix (text, "\n12  n8g5mv4b\n"));
  g_assert_cmpstr (name, ==, "Flex HRM recovery codes.txt");
}

static void
on_save_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

static gboolean
save (FlSecret    *sheet,
      GFile       *file,
      GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fl_codes_sheet_save_async (sheet, file, NULL, on_save_ready, &result);
  fl_pose_until (is_set, &result);

  return fl_codes_sheet_save_finish (result, error);
}

/* Only its owner can read the file, even where one stood that everybody could read. */
static void
test_saved_for_the_owner_only (void)
{
  g_autofree char *directory = g_dir_make_tmp ("first-login-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "codes.txt", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (FlSecret) sheet = fl_secret_new ("1  4x7r2kqa\n");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  GStatBuf status;

  g_assert_true (save (sheet, file, &error));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);

  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_assert_true (save (sheet, file, &error));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "1  4x7r2kqa\n");

  g_remove (path);
  g_rmdir (directory);
  g_assert_false (save (sheet, file, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_printed (void)
{
  g_autofree char *directory = g_dir_make_tmp ("first-login-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "codes.pdf", NULL);
  g_autoptr (FlSecret) sheet = fl_secret_new ("1  4x7r2kqa\n");
  g_autoptr (GtkPrintOperation) operation = fl_codes_sheet_print (sheet);
  g_autofree char *job = NULL;
  g_autofree char *pdf = NULL;

  gtk_print_operation_set_export_filename (operation, path);
  gtk_print_operation_set_allow_async (operation, FALSE);
  g_assert_cmpint (gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_EXPORT, NULL, NULL),
                   ==, GTK_PRINT_OPERATION_RESULT_APPLY);
  g_assert_true (g_file_get_contents (path, &pdf, NULL, NULL));
  g_assert_true (g_str_has_prefix (pdf, "%PDF"));
  g_object_get (operation, "job-name", &job, NULL);
  g_assert_cmpstr (job, ==, "Recovery codes");

  g_remove (path);
  g_rmdir (directory);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  g_test_add_func ("/recovery-codes/each-is-shown-and-named", test_each_is_shown_and_named);
  g_test_add_func ("/recovery-codes/one-is-typed-back", test_one_is_typed_back);
  g_test_add_func ("/recovery-codes/codes-come-later", test_codes_come_later);
  g_test_add_func ("/recovery-codes/copy", test_copy);
  g_test_add_func ("/recovery-codes/sheet", test_sheet);
  g_test_add_func ("/recovery-codes/saved-for-the-owner-only", test_saved_for_the_owner_only);
  g_test_add_func ("/recovery-codes/printed", test_printed);

  return g_test_run ();
}
