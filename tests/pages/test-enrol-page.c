/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>

#include "fl-look.h"
#include "fl-qr-code.h"
#include "fl-qr-window.h"
#include "fl-ui.h"

#define KEY "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
#define GROUPED "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"

static FlQrCode *
get_picture (FlLook *look)
{
  return FL_QR_CODE (fl_look_find (look->assistant, FL_TYPE_QR_CODE));
}

static FlLook *
look_at_enrolment (void)
{
  FlPose *pose = fl_pose_new (FL_STEP_ENROL);

  fl_pose_enrolment (pose);

  return fl_look_new (pose);
}

static GtkWindow *
find_large (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (FL_IS_QR_WINDOW (window))
        return window;
    }

  return NULL;
}

/* The card keeps its place while it is empty, so that nothing jumps when the picture comes. */
static void
test_waits_for_the_enrolment (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_ENROL));
  FlQrCode *picture = get_picture (look);
  int width = gtk_widget_get_width (GTK_WIDGET (picture));

  g_assert_null (fl_qr_code_get_paintable (picture));
  g_assert_false (gtk_widget_is_sensitive (fl_look_button (look, "Copy")));
  fl_pose_enrolment (look->pose);
  fl_pose_settle ();
  g_assert_nonnull (fl_qr_code_get_paintable (picture));
  g_assert_true (fl_look_shows (look, GROUPED));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (picture)), ==, width);
}

static gboolean
is_done (gpointer data)
{
  return !fl_journey_get_busy (((FlLook *) data)->pose->journey);
}

/* Where the server did not answer, the main button asks again instead of leading nowhere. */
static void
test_asks_again (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_ENROL));

  fl_look_press (look, "Try again");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "start_totp");
  g_assert_nonnull (fl_look_button (look, "Activate"));
  fl_still_identity_refuse (look->pose->identity, fl_problem_new (FL_PROBLEM_OFFLINE, "no network"));
  fl_pose_until (is_done, look);
  g_assert_true (gtk_widget_is_sensitive (fl_look_button (look, "Try again")));
}

static FlOtpauth *
create_enrolment (const char *text)
{
  g_autoptr (FlSecret) key = fl_secret_new (text);

  return fl_otpauth_new ("Visma Connect", FL_POSE_ADDRESS, key);
}

/* After a refused code the journey asks whether the key is still the same; when it is, the picture stays. */
static void
test_takes_the_code (void)
{
  g_autoptr (FlLook) look = look_at_enrolment ();
  GdkPaintable *picture = fl_qr_code_get_paintable (get_picture (look));
  FlAnswer *answer = fl_answer_new (FL_OUTCOME_DONE);

  g_assert_true (fl_look_has_focus (look, "Code"));
  g_assert_false (gtk_widget_is_sensitive (fl_look_button (look, "Activate")));
  fl_look_type (look, "Code", " 123-456");
  fl_look_press_return (look, "Code");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "confirm_totp");
  g_assert_cmpstr (fl_still_identity_get_word (look->pose->identity), ==, "123456");

  fl_still_identity_refuse (look->pose->identity, fl_problem_new (FL_PROBLEM_CODE_REFUSED, "wrong"));
  fl_pose_settle ();
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "start_totp");
  answer->enrolment = create_enrolment (KEY);
  fl_still_identity_answer (look->pose->identity, answer);
  fl_pose_until (is_done, look);
  g_assert_nonnull (fl_field_get_error (fl_look_field (look, "Code")));
  g_assert_true (fl_look_has_focus (look, "Code"));
  g_assert_true (fl_qr_code_get_paintable (get_picture (look)) == picture);
}

/* The sentence stands at the field, whole, and the button can still be reached; with the next digit it is gone. */
static void
test_phone_with_wrong_clock (void)
{
  g_autoptr (FlLook) look = look_at_enrolment ();
  FlField *code = fl_look_field (look, "Code");

  fl_look_type (look, "Code", "123456");
  fl_journey_set_problem (look->pose->journey, fl_problem_new_ahead (FL_PROBLEM_CODE_SKEWED, -150, "test"));
  fl_pose_settle ();
  g_assert_true (g_str_has_prefix (fl_field_get_error (code), "Your phone’s clock is 2 min 30 s behind."));
  g_assert_nonnull (strstr (fl_field_get_error (code), "iPhone: "));
  g_assert_cmpstr (fl_field_get_text (code), ==, "123456");
  g_assert_true (fl_look_has_focus (look, "Code"));
  g_assert_true (gtk_widget_is_sensitive (fl_look_button (look, "Activate")));
  fl_look_type (look, "Code", "1");
  g_assert_null (fl_field_get_error (code));
}

static void
test_old_picture_goes_at_once (void)
{
  g_autoptr (FlLook) look = look_at_enrolment ();
  g_autoptr (FlOtpauth) changed = create_enrolment ("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
  GdkPaintable *old = fl_qr_code_get_paintable (get_picture (look));

  g_object_add_weak_pointer (G_OBJECT (old), (gpointer *) &old);
  gtk_widget_activate (gtk_widget_get_parent (GTK_WIDGET (get_picture (look))));
  while (find_large () == NULL)
    g_main_context_iteration (NULL, TRUE);
  fl_look_type (look, "Code", "123456");

  fl_journey_set_enrolment (look->pose->journey, changed);
  g_assert_null (old);
  g_assert_cmpstr (fl_field_get_text (fl_look_field (look, "Code")), ==, "");
  g_assert_null (find_large ());
  g_assert_nonnull (fl_qr_code_get_paintable (get_picture (look)));
  g_assert_false (fl_look_shows (look, GROUPED));
  g_assert_true (fl_look_shows (look, "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"));
}

static void
test_large_and_back (void)
{
  g_autoptr (FlLook) look = look_at_enrolment ();
  GtkWindow *large;
  FlQrCode *picture;

  g_signal_emit_by_name (gtk_widget_get_parent (GTK_WIDGET (get_picture (look))), "clicked");
  fl_pose_settle ();
  large = find_large ();
  g_assert_nonnull (large);
  picture = FL_QR_CODE (fl_look_find (GTK_WIDGET (large), FL_TYPE_QR_CODE));
  g_assert_nonnull (fl_qr_code_get_paintable (picture));
  g_assert_true (gtk_window_get_modal (large));
  while (gtk_widget_get_width (GTK_WIDGET (picture)) <= gtk_widget_get_width (GTK_WIDGET (get_picture (look))))
    g_main_context_iteration (NULL, TRUE);

  gtk_window_close (large);
  while (find_large () != NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* Nothing of the key outlives the page: its pictures are gone with it. */
static void
test_leaving_drops_the_key (void)
{
  FlLook *look = look_at_enrolment ();
  GdkPaintable *picture = fl_qr_code_get_paintable (get_picture (look));
  GtkWidget *page = fl_look_find (look->assistant, FL_TYPE_PAGE);

  g_object_add_weak_pointer (G_OBJECT (picture), (gpointer *) &picture);
  g_object_add_weak_pointer (G_OBJECT (page), (gpointer *) &page);
  g_signal_emit_by_name (gtk_widget_get_parent (GTK_WIDGET (get_picture (look))), "clicked");
  g_assert_nonnull (find_large ());

  fl_journey_begin_at (look->pose->journey, FL_STEP_RECOVERY_CODES);
  while (page != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (picture);
  g_assert_null (find_large ());
  fl_look_free (look);
}

static void
test_copy (void)
{
  g_autoptr (FlLook) look = look_at_enrolment ();
  g_autofree char *copied = NULL;

  fl_look_press (look, "Copy");
  copied = fl_look_read_clipboard (look);
  g_assert_cmpstr (copied, ==, KEY);
  g_assert_true (fl_look_shows (look, "Copied. The clipboard forgets it in a minute."));
}

/* The loan ends with the program, or GTK would hand the key to a clipboard manager. */
static void
test_copy_ends_with_the_program (void)
{
  g_autoptr (FlLook) look = look_at_enrolment ();
  g_autoptr (GApplication) application = g_application_new (NULL, G_APPLICATION_DEFAULT_FLAGS);
  GdkClipboard *clipboard = gtk_widget_get_clipboard (look->window);

  g_application_set_default (application);
  fl_look_press (look, "Copy");
  g_assert_nonnull (gdk_clipboard_get_content (clipboard));
  g_signal_emit_by_name (application, "shutdown");
  g_assert_null (gdk_clipboard_get_content (clipboard));

  fl_look_press (look, "Copy");
  gdk_clipboard_set_text (clipboard, "mine");
  g_signal_emit_by_name (application, "shutdown");
  g_assert_nonnull (gdk_clipboard_get_content (clipboard));
  g_application_set_default (NULL);
}

static void
test_names_suitable_apps (void)
{
  g_autoptr (FlLook) look = look_at_enrolment ();
  GtkWidget *popover = fl_look_find (fl_look_button (look, "No authenticator app yet?"), GTK_TYPE_POPOVER);

  g_assert_false (gtk_widget_get_visible (popover));
  fl_look_press (look, "No authenticator app yet?");
  g_assert_true (gtk_widget_get_visible (popover));
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (fl_look_find (popover, GTK_TYPE_LABEL))), "Aegis"));
  g_assert_false (gtk_label_get_selection_bounds (GTK_LABEL (fl_look_find (popover, GTK_TYPE_LABEL)), NULL, NULL));
}

static void
test_may_be_put_off (void)
{
  g_autoptr (FlLook) look = look_at_enrolment ();
  GtkWidget *later = fl_look_button (look, "Remind me later");

  g_assert_false (gtk_widget_get_visible (later));
  fl_journey_set_second_factor_rule (look->pose->journey, FL_SECOND_FACTOR_OPTIONAL);
  g_assert_true (gtk_widget_get_visible (later));
  fl_look_press (look, "Remind me later");
  g_assert_cmpint (fl_journey_get_step (look->pose->journey), ==, FL_STEP_ALL_SET);
}

static void
test_may_be_put_off_until (void)
{
  static const char text[] = "[two-factor]\nrule=optional\nuntil=2999-06-30\n";
  FlPose *pose = fl_pose_new (FL_STEP_ENROL);
  g_autoptr (FlLook) look = NULL;

  g_object_unref (pose->policy);
  pose->policy = fl_policy_new_from_data (text, strlen (text), "test");
  look = fl_look_new (pose);
  g_assert_false (fl_look_shows (look, "You can put it off until 30 June 2999"));
  fl_journey_set_second_factor_rule (pose->journey, FL_SECOND_FACTOR_OPTIONAL);
  g_assert_true (fl_look_shows (look, "You can put it off until 30 June 2999"));
}

static gboolean
is_open_shown (gpointer data)
{
  return gtk_widget_get_visible (fl_look_button (data, "Open in an app on this computer"));
}

static gboolean
is_written (gpointer path)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && g_str_has_suffix (text, "\n");
}

/* The handler that main() has put in place writes down what it was given. */
static void
test_opens_in_an_app (gconstpointer path)
{
  g_autoptr (FlLook) look = look_at_enrolment ();
  g_autofree char *opened = NULL;

  fl_pose_until (is_open_shown, look);
  fl_look_press (look, "Open in an app on this computer");
  fl_pose_until (is_written, (gpointer) path);
  g_file_get_contents (path, &opened, NULL, NULL);
  g_assert_cmpstr (opened, ==, "otpauth://totp/Visma%20Connect:anna@flexhrm.example?secret=" KEY "&issuer=Visma%20Connect\n");
}

/* The main button is in view at the window's first size, also in half of a training window. */
static void
test_main_button_is_in_view (void)
{
  g_autoptr (FlLook) look = look_at_enrolment ();
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (fl_look_button (look, "Activate"), look->window, &bounds));
  g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <, 680);
  g_assert_cmpint (gtk_widget_get_height (look->window), <=, 680);
}

/* So it is when there is something to say above it. */
static void
test_main_button_is_in_view_below_a_notice (void)
{
  static const FlNotice notices[] = { FL_NOTICE_NONE, FL_NOTICE_RESUMED, FL_NOTICE_PASSWORD_SET, FL_NOTICE_KEY_CHANGED };

  for (guint i = 0; i < G_N_ELEMENTS (notices); i++)
    {
      FlPose *pose = fl_pose_new (FL_STEP_ENROL);
      g_autoptr (FlLook) look = NULL;
      graphene_rect_t bounds;

      fl_pose_enrolment (pose);
      pose->journey->clock_ahead = 3780;
      fl_journey_set_notice (pose->journey, notices[i]);
      look = fl_look_new (pose);
      g_assert_true (gtk_widget_compute_bounds (fl_look_button (look, "Activate"), look->window, &bounds));
      g_assert_cmpfloat (bounds.origin.y, >, 0);
      g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <, 680);
      g_assert_cmpint (gtk_widget_get_height (look->window), <=, 680);
    }
}

static char *
install_handler (const char *directory)
{
  g_autofree char *applications = g_build_filename (directory, "applications", NULL);
  g_autofree char *desktop = g_build_filename (applications, "otp.desktop", NULL);
  g_autofree char *list = g_build_filename (applications, "mimeapps.list", NULL);
  char *path = g_build_filename (directory, "opened", NULL);
  g_autofree char *text = NULL;

  text = g_strdup_printf ("[Desktop Entry]\nType=Application\nName=Codes\nMimeType=x-scheme-handler/otpauth;\n"
                          "Exec=sh -c \"echo \\\\\"\\\\$1\\\\\" > %s\" sh %%u\n", path);
  g_assert_cmpint (g_mkdir_with_parents (applications, 0700), ==, 0);
  g_assert_true (g_file_set_contents (desktop, text, -1, NULL));
  g_assert_true (g_file_set_contents (list, "[Default Applications]\nx-scheme-handler/otpauth=otp.desktop\n", -1, NULL));
  g_setenv ("XDG_DATA_HOME", directory, TRUE);

  return path;
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_remove (path);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *directory = g_dir_make_tmp ("first-login-XXXXXX", NULL);
  g_autofree char *path = install_handler (directory);
  int status;

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  g_test_add_func ("/enrol/waits-for-the-enrolment", test_waits_for_the_enrolment);
  g_test_add_func ("/enrol/asks-again", test_asks_again);
  g_test_add_func ("/enrol/takes-the-code", test_takes_the_code);
  g_test_add_func ("/enrol/phone-with-wrong-clock", test_phone_with_wrong_clock);
  g_test_add_func ("/enrol/old-picture-goes-at-once", test_old_picture_goes_at_once);
  g_test_add_func ("/enrol/large-and-back", test_large_and_back);
  g_test_add_func ("/enrol/leaving-drops-the-key", test_leaving_drops_the_key);
  g_test_add_func ("/enrol/copy", test_copy);
  g_test_add_func ("/enrol/copy-ends-with-the-program", test_copy_ends_with_the_program);
  g_test_add_func ("/enrol/names-suitable-apps", test_names_suitable_apps);
  g_test_add_func ("/enrol/may-be-put-off", test_may_be_put_off);
  g_test_add_func ("/enrol/may-be-put-off-until", test_may_be_put_off_until);
  g_test_add_data_func ("/enrol/opens-in-an-app", path, test_opens_in_an_app);
  g_test_add_func ("/enrol/main-button-is-in-view", test_main_button_is_in_view);
  g_test_add_func ("/enrol/main-button-is-in-view-below-a-notice", test_main_button_is_in_view_below_a_notice);
  status = g_test_run ();

  remove_all (directory);
  return status;
}
