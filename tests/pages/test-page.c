/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fl-links.h"
#include "fl-look.h"
#include "fl-submit-button.h"
#include "fl-trouble.h"
#include "fl-ui.h"

/* What all pages share. */

static FlLook *
look_at (FlStep step)
{
  FlPose *pose = fl_pose_new (step);

  if (step == FL_STEP_INBOX)
    fl_pose_mail (pose, 90);
  if (step == FL_STEP_ENROL)
    fl_pose_enrolment (pose);
  if (step == FL_STEP_RECOVERY_CODES)
    fl_pose_codes (pose);

  return fl_look_new (pose);
}

static GtkWidget *
get_page (FlLook *look)
{
  return fl_look_find (look->assistant, FL_TYPE_PAGE);
}

static GtkAccessible *
get_entry (FlLook     *look,
           const char *label)
{
  return GTK_ACCESSIBLE (fl_field_get_entry (fl_look_field (look, label)));
}

static GtkAccessible *
get_submit (FlLook *look)
{
  return GTK_ACCESSIBLE (fl_look_find (look->assistant, FL_TYPE_SUBMIT_BUTTON));
}

static gboolean
has_invalid (GtkAccessible *entry)
{
  return gtk_test_accessible_has_state (entry, GTK_ACCESSIBLE_STATE_INVALID)
         && gtk_test_accessible_check_state (entry, GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE) == NULL;
}

typedef struct {
  GdkFrameClock *clock;
  gint64 counter;
} Frame;

static gboolean
is_laid_out (gpointer data)
{
  Frame *frame = data;

  gdk_frame_clock_request_phase (frame->clock, GDK_FRAME_CLOCK_PHASE_LAYOUT);

  return gdk_frame_clock_get_frame_counter (frame->clock) > frame->counter + 1;
}

/* Where the top of the main button is, from the top of the page, in a frame that knows of everything so far. */
static int
measure_submit (FlLook *look)
{
  Frame frame = { gtk_widget_get_frame_clock (look->window), 0 };
  graphene_rect_t bounds;

  frame.counter = gdk_frame_clock_get_frame_counter (frame.clock);
  fl_pose_until (is_laid_out, &frame);
  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (get_submit (look)), get_page (look), &bounds));

  return (int) bounds.origin.y;
}

static void
count_headings (GtkWidget   *from,
                guint       *n,
                const char **title)
{
  if (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (from)) == GTK_ACCESSIBLE_ROLE_HEADING)
    {
      *n += 1;
      *title = gtk_label_get_text (GTK_LABEL (from));
    }
  for (GtkWidget *child = gtk_widget_get_first_child (from); child != NULL; child = gtk_widget_get_next_sibling (child))
    count_headings (child, n, title);
}

static void
test_one_title (void)
{
  static const char * const titles[FL_N_STEPS] = {
    [FL_STEP_BEFORE_YOU_BEGIN] = "Before you begin",
    [FL_STEP_ORGANISATION] = "Your organisation",
    [FL_STEP_EMAIL] = "Email",
    [FL_STEP_PASSWORD] = "Password",
    [FL_STEP_CREATE_PASSWORD] = "Create your password",
    [FL_STEP_INBOX] = "Check your inbox",
    [FL_STEP_LINK] = "Continue with this link?",
    [FL_STEP_SECOND_FACTOR] = "Two-factor code",
    [FL_STEP_ACCOUNT] = "Is this your account?",
    [FL_STEP_NEW_PASSWORD] = "New password",
    [FL_STEP_ENROL] = "Activate two-factor authentication",
    [FL_STEP_RECOVERY_CODES] = "Recovery codes",
    [FL_STEP_PASSWORD_AGAIN] = "Password",
    [FL_STEP_ALL_SET] = "All set",
  };

  for (int step = 0; step < FL_N_STEPS; step++)
    {
      g_autoptr (FlLook) look = look_at (step);
      const char *title = NULL;
      guint n = 0;

      count_headings (look->assistant, &n, &title);
      g_assert_cmpuint (n, ==, 1);
      g_assert_cmpstr (title, ==, titles[step]);
      gtk_test_accessible_assert_role (GTK_ACCESSIBLE (get_page (look)), GTK_ACCESSIBLE_ROLE_FORM);
      gtk_test_accessible_assert_property (GTK_ACCESSIBLE (get_page (look)), GTK_ACCESSIBLE_PROPERTY_LABEL, titles[step]);
    }
}

static gboolean
needs_name (GtkAccessible *accessible)
{
  switch ((int) gtk_accessible_get_accessible_role (accessible))
    {
    case GTK_ACCESSIBLE_ROLE_BUTTON:
    case GTK_ACCESSIBLE_ROLE_CHECKBOX:
    case GTK_ACCESSIBLE_ROLE_TEXT_BOX:
    case GTK_ACCESSIBLE_ROLE_LIST:
    case GTK_ACCESSIBLE_ROLE_LIST_ITEM:
    case GTK_ACCESSIBLE_ROLE_IMG:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
check_names (GtkWidget *widget,
             gpointer   data)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);

  if (needs_name (accessible) && gtk_widget_get_mapped (widget)
      && !gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL)
      && !gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY))
    g_error ("A %s on the page %s has no name", G_OBJECT_TYPE_NAME (widget), fl_step_get_name (GPOINTER_TO_INT (data)));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    check_names (child, data);
}

static void
test_everything_has_a_name (void)
{
  for (int step = 0; step < FL_N_STEPS; step++)
    {
      g_autoptr (FlLook) look = look_at (step);

      check_names (get_page (look), GINT_TO_POINTER (step));
    }
}

static void
test_error_beside_the_field (void)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_EMAIL);
  GtkAccessible *entry = get_entry (look, "Email address");

  g_assert_false (has_invalid (entry));
  fl_look_type (look, "Email address", "anna");
  fl_look_press_return (look, "Email address");
  g_assert_cmpint (fl_journey_get_problem (look->pose->journey)->code, ==, FL_PROBLEM_ADDRESS_MALFORMED);
  g_assert_true (has_invalid (entry));
  g_assert_true (gtk_test_accessible_has_relation (entry, GTK_ACCESSIBLE_RELATION_DESCRIBED_BY));
  g_assert_nonnull (fl_field_get_error (fl_look_field (look, "Email address")));
  g_assert_true (fl_look_shows (look, fl_field_get_error (fl_look_field (look, "Email address"))));
  g_assert_true (fl_look_has_focus (look, "Email address"));

  fl_look_type (look, "Email address", "anna@");
  g_assert_false (has_invalid (entry));
  g_assert_null (fl_field_get_error (fl_look_field (look, "Email address")));
  g_assert_null (fl_journey_get_problem (look->pose->journey));
}

static gboolean
is_cancellable (gpointer data)
{
  FlLook *look = data;
  GtkWidget *cancel = fl_look_button (look, "Cancel");

  return gtk_widget_get_visible (cancel);
}

static void
test_busy (void)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_EMAIL);
  GtkWidget *entry = GTK_WIDGET (get_entry (look, "Email address"));

  fl_look_type (look, "Email address", FL_POSE_ADDRESS);
  /* No main loop runs until it is seen that Cancel comes later. */
  g_signal_emit_by_name (gtk_editable_get_delegate (GTK_EDITABLE (entry)), "activate");
  g_assert_cmpstr (fl_still_identity_get_verb (look->pose->identity), ==, "identify");
  gtk_test_accessible_assert_state (get_submit (look), GTK_ACCESSIBLE_STATE_BUSY, TRUE);
  g_assert_false (gtk_widget_is_sensitive (GTK_WIDGET (get_submit (look))));
  g_assert_false (gtk_widget_is_sensitive (entry));
  g_assert_false (is_cancellable (look));

  fl_pose_until (is_cancellable, look);
  fl_look_press (look, "Cancel");
  g_assert_false (fl_journey_get_busy (look->pose->journey));
  gtk_test_accessible_assert_state (get_submit (look), GTK_ACCESSIBLE_STATE_BUSY, FALSE);
  g_assert_true (gtk_widget_is_sensitive (entry));
  g_assert_false (is_cancellable (look));
  g_assert_true (fl_look_has_focus (look, "Email address"));
  g_assert_cmpstr (fl_field_get_text (fl_look_field (look, "Email address")), ==, FL_POSE_ADDRESS);
}

static void
test_rebuilt_page_has_lost_nothing (void)
{
  FlLook *look = look_at (FL_STEP_EMAIL);
  GtkWidget *box = fl_look_find (look->assistant, GTK_TYPE_CHECK_BUTTON);

  fl_look_type (look, "Email address", "anna@");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (box), TRUE);
  fl_look_press_return (look, "Email address");
  fl_look_rebuild (look);
  box = fl_look_find (look->assistant, GTK_TYPE_CHECK_BUTTON);
  g_assert_cmpstr (fl_field_get_text (fl_look_field (look, "Email address")), ==, "anna@");
  g_assert_true (gtk_check_button_get_active (GTK_CHECK_BUTTON (box)));
  g_assert_true (has_invalid (get_entry (look, "Email address")));
  fl_look_type (look, "Email address", FL_POSE_ADDRESS);
  g_assert_false (has_invalid (get_entry (look, "Email address")));
  fl_look_free (look);

  look = look_at (FL_STEP_SECOND_FACTOR);
  fl_look_press (look, "Use a recovery code instead");
  fl_look_type (look, "Recovery code", "4x7r2kqa");
  fl_look_rebuild (look);
  fl_look_press_return (look, "Recovery code");
  g_assert_cmpstr (fl_still_identity_get_word (look->pose->identity), ==, "4x7r2kqa");
  fl_look_free (look);
}

static gboolean
is_idle (gpointer data)
{
  FlLook *look = data;

  return !fl_journey_get_busy (look->pose->journey);
}

/* What rests has no focus, so the keys go to no widget of the page. */
static void
test_keys_stop_what_is_under_way (void)
{
  static const char * const keys[] = { "Escape", "alt+Left" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (FlLook) look = look_at (FL_STEP_EMAIL);

      fl_look_type (look, "Email address", FL_POSE_ADDRESS);
      fl_look_press_return (look, "Email address");
      g_assert_true (fl_journey_get_busy (look->pose->journey));
      fl_look_press_key (look, keys[i]);
      fl_pose_until (is_idle, look);
      g_assert_cmpint (fl_journey_get_step (look->pose->journey), ==, FL_STEP_EMAIL);
    }
}

static gboolean
is_low (gpointer data)
{
  return gtk_widget_get_height (data) < 600;
}

/* How far down a widget ends below the edge of what can be seen of the page. */
static int
measure_hidden (FlLook    *look,
                GtkWidget *widget)
{
  GtkWidget *scroll = fl_look_find (get_page (look), GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, scroll, &bounds));

  return (int) (bounds.origin.y + bounds.size.height) - gtk_widget_get_height (scroll);
}

static void
test_problem_is_in_view (void)
{
  static const struct {
    FlStep step;
    FlProblem problem;
    const char *field;
  } cases[] = {
    { FL_STEP_ENROL, FL_PROBLEM_CODE_REFUSED, "Code" },
    { FL_STEP_RECOVERY_CODES, FL_PROBLEM_CODE_NOT_IN_LIST, "Type one code" },
    { FL_STEP_EMAIL, FL_PROBLEM_UNREACHABLE, NULL },
    { FL_STEP_PASSWORD, FL_PROBLEM_UNREACHABLE, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlLook) look = look_at (cases[i].step);
      GtkWidget *place = cases[i].field != NULL ? GTK_WIDGET (fl_look_field (look, cases[i].field))
                                                : fl_look_find (look->assistant, FL_TYPE_TROUBLE);

      gtk_window_set_default_size (GTK_WINDOW (look->window), 360, 540);
      fl_pose_until (is_low, look->window);
      measure_submit (look);
      fl_pose_problem (look->pose, cases[i].problem);
      measure_submit (look);
      g_assert_cmpint (measure_hidden (look, place), <=, 0);
    }
}

/* Trouble that is not about the field does not call the field wrong. */
static void
test_trouble_in_the_room_of_a_field (void)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_INBOX);
  int before = measure_submit (look);

  fl_pose_problem (look->pose, FL_PROBLEM_OFFLINE);
  g_assert_false (has_invalid (get_entry (look, "Code")));
  g_assert_true (gtk_test_accessible_has_relation (get_entry (look, "Code"), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY));
  g_assert_true (fl_look_shows (look, "This computer is not connected to a network. Connect it, then try again."));
  g_assert_cmpint (measure_submit (look), ==, before);

  fl_journey_clear_problem (look->pose->journey);
  g_assert_false (fl_look_shows (look, "This computer is not connected to a network. Connect it, then try again."));
}

static void
test_trouble_above_the_button (void)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_EMAIL);
  int before = measure_submit (look);

  fl_pose_problem (look->pose, FL_PROBLEM_NOT_OUR_SERVER);
  g_assert_true (fl_look_shows (look, "Something answers at this address, but it is not the server for your account. "
                                      "Ask your IT department."));
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (fl_look_find (look->assistant, FL_TYPE_TROUBLE)),
                                   GTK_ACCESSIBLE_ROLE_ALERT);
  g_assert_true (gtk_test_accessible_has_relation (get_submit (look), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY));
  g_assert_cmpint (measure_submit (look), ==, before);
}

/* A link is none of what was typed: not the address, not the code. */
static void
test_link_is_no_fault_of_a_field (void)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_EMAIL);

  fl_pose_problem (look->pose, FL_PROBLEM_LINK_FOREIGN);
  g_assert_false (has_invalid (get_entry (look, "Email address")));
  g_assert_null (fl_field_get_error (fl_look_field (look, "Email address")));
}

static void
test_nothing_moves (void)
{
  static const struct {
    FlStep step;
    FlProblem problem;
  } wrong[] = {
    { FL_STEP_ORGANISATION, FL_PROBLEM_SERVER_MALFORMED },
    { FL_STEP_EMAIL, FL_PROBLEM_ADDRESS_MALFORMED },
    { FL_STEP_PASSWORD, FL_PROBLEM_CREDENTIALS_REFUSED },
    { FL_STEP_PASSWORD, FL_PROBLEM_TIMED_OUT },
    { FL_STEP_CREATE_PASSWORD, FL_PROBLEM_ROBOT_UNCHECKED },
    { FL_STEP_CREATE_PASSWORD, FL_PROBLEM_UNREACHABLE },
    { FL_STEP_INBOX, FL_PROBLEM_CODE_REFUSED },
    { FL_STEP_LINK, FL_PROBLEM_MAIL_EXPIRED },
    { FL_STEP_SECOND_FACTOR, FL_PROBLEM_CODE_REFUSED },
    { FL_STEP_NEW_PASSWORD, FL_PROBLEM_PASSWORD_BREACHED },
    { FL_STEP_ENROL, FL_PROBLEM_CODE_REFUSED },
    { FL_STEP_RECOVERY_CODES, FL_PROBLEM_CODE_NOT_IN_LIST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (FlLook) look = look_at (wrong[i].step);
      int before = measure_submit (look);

      g_test_message ("%s: %s", fl_step_get_name (wrong[i].step), fl_problem_get_name (wrong[i].problem));
      fl_pose_problem (look->pose, wrong[i].problem);
      g_assert_cmpint (measure_submit (look), ==, before);
    }
}

static void
test_left_page_listens_no_longer (void)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_EMAIL);
  g_autoptr (FlPage) left = FL_PAGE (g_object_ref (get_page (look)));
  FlField *address = fl_look_field (look, "Email address");

  fl_look_type (look, "Email address", FL_POSE_ADDRESS);
  fl_look_press_return (look, "Email address");
  fl_still_identity_answer (look->pose->identity, fl_answer_new (FL_OUTCOME_DONE));
  fl_pose_settle ();
  g_assert_cmpint (fl_journey_get_step (look->pose->journey), ==, FL_STEP_PASSWORD);
  g_assert_true (fl_look_has_focus (look, "Password"));

  fl_pose_problem (look->pose, FL_PROBLEM_PASSWORD_MISSING);
  g_assert_null (fl_field_get_error (address));
  g_assert_true (fl_look_has_focus (look, "Password"));
}

static gboolean
press_key (GtkWidget *page,
           guint      key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (page);
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, 0, &taken);
    }

  return taken;
}

static void
test_return_in_a_check_box (void)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_CREATE_PASSWORD);
  GtkWidget *box = fl_look_find (look->assistant, GTK_TYPE_CHECK_BUTTON);

  gtk_widget_grab_focus (box);
  g_assert_false (press_key (get_page (look), GDK_KEY_space));
  g_assert_true (press_key (get_page (look), GDK_KEY_Return));
  g_assert_false (gtk_check_button_get_active (GTK_CHECK_BUTTON (box)));
  g_assert_true (fl_journey_get_busy (look->pose->journey));
}

/* No main loop runs between the key and the verb. */
static void
test_keyboard_presses_at_once (void)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_ACCOUNT);

  g_assert_true (gtk_widget_activate (GTK_WIDGET (get_submit (look))));
  g_assert_cmpint (fl_journey_get_step (look->pose->journey), ==, FL_STEP_NEW_PASSWORD);
}

static void
test_what_is_wrong_is_typed_anew (void)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_PASSWORD);
  GtkEditable *entry = fl_field_get_entry (fl_look_field (look, "Password"));
  int start;
  int end;

  fl_look_type (look, "Password", "wrong");
  fl_look_press_return (look, "Password");
  fl_still_identity_refuse (look->pose->identity, fl_problem_new (FL_PROBLEM_CREDENTIALS_REFUSED, "test"));
  fl_pose_settle ();
  g_assert_true (has_invalid (GTK_ACCESSIBLE (entry)));
  g_assert_true (fl_look_has_focus (look, "Password"));
  g_assert_true (gtk_editable_get_selection_bounds (entry, &start, &end));
  g_assert_cmpint (start, ==, 0);
  g_assert_cmpint (end, ==, 5);
}

static void
test_notice (void)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_INBOX);

  fl_journey_set_notice (look->pose->journey, FL_NOTICE_RESUMED);
  g_assert_true (fl_look_shows (look, "Welcome back. You go on where you left off."));
  fl_journey_set_notice (look->pose->journey, FL_NOTICE_NONE);
  g_assert_false (fl_look_shows (look, "Welcome back. You go on where you left off."));

  /* An event is told by a toast, so that the field does not move. */
  fl_journey_set_notice (look->pose->journey, FL_NOTICE_MAIL_SENT_AGAIN);
  g_assert_true (fl_look_shows (look, "A new email is on its way. Use the newest one."));
}

static gboolean
is_at_the_end (gpointer data)
{
  GtkAdjustment *room = data;

  return gtk_adjustment_get_value (room) > 0
         && gtk_adjustment_get_value (room) >= gtk_adjustment_get_upper (room) - gtk_adjustment_get_page_size (room) - 1;
}

static void
test_what_unfolds_is_shown (void)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_INBOX);
  GtkWidget *scrolled = fl_look_find (get_page (look), GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *room = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));

  g_assert_cmpfloat (gtk_adjustment_get_value (room), ==, 0.0);
  gtk_expander_set_expanded (GTK_EXPANDER (fl_look_find (look->assistant, GTK_TYPE_EXPANDER)), TRUE);
  fl_pose_until (is_at_the_end, room);
}

static void
test_nothing_is_left_behind (void)
{
  FlLook *look = look_at (FL_STEP_PASSWORD);
  GtkWidget *page = get_page (look);

  g_object_add_weak_pointer (G_OBJECT (page), (gpointer *) &page);
  fl_look_free (look);
  g_assert_null (page);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  g_test_add_func ("/page/one-title", test_one_title);
  g_test_add_func ("/page/everything-has-a-name", test_everything_has_a_name);
  g_test_add_func ("/page/error-beside-the-field", test_error_beside_the_field);
  g_test_add_func ("/page/busy", test_busy);
  g_test_add_func ("/page/problem-is-in-view", test_problem_is_in_view);
  g_test_add_func ("/page/rebuilt-has-lost-nothing", test_rebuilt_page_has_lost_nothing);
  g_test_add_func ("/page/keys-stop-what-is-under-way", test_keys_stop_what_is_under_way);
  g_test_add_func ("/page/trouble-in-the-room-of-a-field", test_trouble_in_the_room_of_a_field);
  g_test_add_func ("/page/trouble-above-the-button", test_trouble_above_the_button);
  g_test_add_func ("/page/link-is-no-fault-of-a-field", test_link_is_no_fault_of_a_field);
  g_test_add_func ("/page/nothing-moves", test_nothing_moves);
  g_test_add_func ("/page/left-page-listens-no-longer", test_left_page_listens_no_longer);
  g_test_add_func ("/page/return-in-a-check-box", test_return_in_a_check_box);
  g_test_add_func ("/page/keyboard-presses-at-once", test_keyboard_presses_at_once);
  g_test_add_func ("/page/what-is-wrong-is-typed-anew", test_what_is_wrong_is_typed_anew);
  g_test_add_func ("/page/notice", test_notice);
  g_test_add_func ("/page/what-unfolds-is-shown", test_what_unfolds_is_shown);
  g_test_add_func ("/page/nothing-is-left-behind", test_nothing_is_left_behind);

  return g_test_run ();
}
