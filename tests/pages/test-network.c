/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fl-look.h"
#include "fl-sentence.h"
#include "fl-ui.h"

/* What pages offer when something between here and the server is wrong, and what is said of this computer's clock. */

#define PORTAL "Open the network’s sign-in page"

static void
on_open_uri (char       **opened,
             const char  *uri)
{
  g_free (*opened);
  *opened = g_strdup (uri);
}

static gboolean
offers_portal (FlLook *look)
{
  GtkWidget *button = fl_look_button (look, PORTAL);

  return button != NULL && gtk_widget_get_mapped (button);
}

/* The server's own address without TLS, so that the network puts its page in the place of the answer. */
static void
test_portal (void)
{
  static const FlStep steps[] = {
    FL_STEP_EMAIL, FL_STEP_PASSWORD, FL_STEP_CREATE_PASSWORD, FL_STEP_INBOX, FL_STEP_NEW_PASSWORD, FL_STEP_ENROL,
    FL_STEP_RECOVERY_CODES, FL_STEP_SECOND_FACTOR,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (FlLook) look = fl_look_new (fl_pose_new (steps[i]));
      g_autofree char *opened = NULL;
      g_autofree char *doorstep = NULL;

      g_signal_connect_swapped (look->assistant, "open-uri", G_CALLBACK (on_open_uri), &opened);
      g_assert_false (offers_portal (look));
      fl_pose_problem (look->pose, FL_PROBLEM_UNREACHABLE);
      fl_pose_settle ();
      g_assert_false (offers_portal (look));
      fl_pose_problem (look->pose, FL_PROBLEM_CAPTIVE_PORTAL);
      fl_pose_settle ();
      g_assert_true (offers_portal (look));

      fl_look_press (look, PORTAL);
      doorstep = g_strconcat (fl_journey_get_server (look->pose->journey), "/", NULL);
      g_assert_true (g_str_has_prefix (doorstep, "https://"));
      g_assert_cmpstr (opened + strlen ("http"), ==, doorstep + strlen ("https"));
      g_assert_true (g_str_has_prefix (opened, "http://"));

      fl_journey_clear_problem (look->pose->journey);
      fl_pose_settle ();
      g_assert_false (offers_portal (look));
    }
}

typedef struct {
  GtkWidget *button;
  GtkWidget *page;
} Sight;

static gboolean
is_in_view (gpointer data)
{
  Sight *sight = data;
  graphene_rect_t bounds;

  return gtk_widget_get_height (sight->button) > 0
         && gtk_widget_compute_bounds (sight->button, sight->page, &bounds)
         && bounds.origin.y >= 0
         && bounds.origin.y + bounds.size.height <= gtk_widget_get_height (sight->page);
}

static void
test_portal_is_in_view (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_PASSWORD));
  Sight sight = { NULL, fl_look_find (look->assistant, FL_TYPE_PAGE) };

  gtk_window_set_default_size (GTK_WINDOW (look->window), 360, 540);
  fl_pose_settle ();
  fl_pose_problem (look->pose, FL_PROBLEM_CAPTIVE_PORTAL);
  sight.button = fl_look_button (look, PORTAL);
  fl_pose_until (is_in_view, &sight);

  /* and on a page that begins with it */
  fl_look_rebuild (look);
  sight = (Sight) { fl_look_button (look, PORTAL), fl_look_find (look->assistant, FL_TYPE_PAGE) };
  fl_pose_until (is_in_view, &sight);
}

/* Where the server is still being typed it is that one. */
static void
test_portal_before_the_server (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_ORGANISATION));
  g_autofree char *opened = NULL;

  g_signal_connect_swapped (look->assistant, "open-uri", G_CALLBACK (on_open_uri), &opened);
  fl_look_type (look, "Server address", "https://id.company.example:8443/kratos");
  fl_pose_problem (look->pose, FL_PROBLEM_CAPTIVE_PORTAL);
  fl_pose_settle ();
  fl_look_press (look, PORTAL);
  g_assert_cmpstr (opened, ==, "http://id.company.example/");
}

static gboolean
tells_of_clock (FlLook *look)
{
  return fl_look_shows (look, "This computer’s clock is 1 h 3 min ahead. Set it right in Settings, or codes made on it do not fit.");
}

static void
test_clock (void)
{
  for (int step = 0; step < FL_N_STEPS; step++)
    {
      FlPose *pose = fl_pose_new (step);
      g_autoptr (FlLook) look = NULL;
      gboolean asks_for_code = step == FL_STEP_ENROL || step == FL_STEP_SECOND_FACTOR;

      if (step == FL_STEP_ENROL)
        fl_pose_enrolment (pose);
      look = fl_look_new (pose);
      g_assert_false (tells_of_clock (look));
      pose->journey->clock_ahead = 3780;
      fl_journey_notify (pose->journey, PROP_CLOCK_AHEAD);
      g_assert_true (tells_of_clock (look) == asks_for_code);

      /* It is no error, and goes when the clock has been mended. */
      g_assert_null (fl_journey_get_problem (pose->journey));
      pose->journey->clock_ahead = 3;
      fl_journey_notify (pose->journey, PROP_CLOCK_AHEAD);
      g_assert_false (tells_of_clock (look));
    }
}

static void
test_spans (void)
{
  static const struct {
    gint64 seconds;
    const char *text;
  } spans[] = {
    { 61, "1 min 1 s" }, { 90, "1 min 30 s" }, { -150, "2 min 30 s" }, { 600, "10 min" }, { 3599, "59 min 59 s" },
    { 3600, "1 h" }, { 3780, "1 h 3 min" }, { 86400, "24 h" }, { 172799, "47 h 59 min" }, { 172800, "2 days" },
    { -12 * 86400, "12 days" }, { 31, "31 s" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      g_autofree char *text = fl_sentence_format_span (spans[i].seconds);

      g_assert_cmpstr (text, ==, spans[i].text);
    }
}

static void
test_clock_sentences (void)
{
  g_autoptr (FlPolicy) policy = fl_policy_new ();
  g_autoptr (GError) behind = fl_problem_new_ahead (FL_PROBLEM_TLS_CLOCK, -3 * 86400, "test");
  g_autoptr (GError) ahead = fl_problem_new_ahead (FL_PROBLEM_TLS_CLOCK, 3780, "test");
  g_autoptr (GError) wrong = fl_problem_new (FL_PROBLEM_TLS_CLOCK, "test");
  g_autofree char *three_days = fl_sentence_for_problem (behind, FL_STEP_EMAIL, policy, NULL);
  g_autofree char *an_hour = fl_sentence_for_problem (ahead, FL_STEP_EMAIL, policy, NULL);
  g_autofree char *somehow = fl_sentence_for_problem (wrong, FL_STEP_EMAIL, policy, NULL);

  g_assert_true (g_str_has_prefix (three_days, "This computer’s clock is 3 days behind"));
  g_assert_true (g_str_has_prefix (an_hour, "This computer’s clock is 1 h 3 min ahead"));
  g_assert_true (g_str_has_prefix (somehow, "This computer’s clock is wrong"));
  g_assert_null (fl_sentence_for_clock (0));
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  g_test_add_func ("/network/portal", test_portal);
  g_test_add_func ("/network/portal-before-the-server", test_portal_before_the_server);
  g_test_add_func ("/network/portal-is-in-view", test_portal_is_in_view);
  g_test_add_func ("/network/clock", test_clock);
  g_test_add_func ("/network/spans", test_spans);
  g_test_add_func ("/network/clock-sentences", test_clock_sentences);

  return g_test_run ();
}
