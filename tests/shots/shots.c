/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-shots"

#include "config.h"

#include "fl-assistant.h"
#include "fl-clock.h"
#include "fl-doctor-page.h"
#include "fl-language.h"
#include "fl-page.h"
#include "fl-pose.h"
#include "fl-ui.h"

/*
 * shots DIRECTORY [VARIANT [SCENE...]]
 *
 * Draws every page in every variant into DIRECTORY, as SCENE-VARIANT.png. One process draws one variant, since the
 * toolkit asks for contrast, direction and language when it starts; without a variant, a process is started for each.
 */

typedef struct {
  const char *name;
  int width;
  int height;
  int scale;           /* per cent, of the text */
  gboolean dark;
  gboolean contrast;
  gboolean rtl;
  const char *language;
} Variant;

static const Variant variants[] = {
  { "light",    760, 680, 100, FALSE, FALSE, FALSE, "en" },
  { "dark",     760, 680, 100, TRUE,  FALSE, FALSE, "en" },
  { "contrast", 760, 680, 100, FALSE, TRUE,  FALSE, "en" },
  { "narrow",   360, 960, 100, FALSE, FALSE, FALSE, "en" },
  { "large",    760, 1240, 200, FALSE, FALSE, FALSE, "en" },
  { "rtl",      760, 680, 100, FALSE, FALSE, TRUE,  "en" },
  { "sv",       760, 680, 100, FALSE, FALSE, FALSE, "sv" },
  { "sv-narrow", 360, 960, 100, FALSE, FALSE, FALSE, "sv" },
};

typedef struct {
  const char *name;
  FlStep step;
  void (*pose) (FlPose *pose);
  void (*act) (GtkWidget *assistant);
} Scene;

static void
pose_resume (FlPose *pose)
{
  fl_journey_set_offered (pose->journey, fl_journal_new ());
}

static void
pose_privacy (FlPose *pose)
{
  static const char text[] = "[privacy]\n"
                             "text=Your address and sign-ins are stored by Example AB in Sweden.\n"
                             "text[sv]=Din adress och dina inloggningar sparas av Example AB i Sverige.\n"
                             "url=https://www.example.com/privacy\n";

  g_object_unref (pose->policy);
  pose->policy = fl_policy_new_from_data (text, strlen (text), "pose");
  fl_policy_set_language (pose->policy, fl_language_get ());
}

static void
pose_malformed (FlPose *pose)
{
  fl_pose_problem (pose, FL_PROBLEM_ADDRESS_MALFORMED);
}

static void
pose_offline (FlPose *pose)
{
  fl_pose_problem (pose, FL_PROBLEM_OFFLINE);
}

static void
pose_refused (FlPose *pose)
{
  fl_pose_problem (pose, FL_PROBLEM_CREDENTIALS_REFUSED);
}

static void
pose_portal (FlPose *pose)
{
  fl_pose_problem (pose, FL_PROBLEM_CAPTIVE_PORTAL);
}

static void
pose_wrong_clock (FlPose *pose)
{
  fl_journey_set_problem (pose->journey, fl_problem_new_ahead (FL_PROBLEM_TLS_CLOCK, 3780, "posed"));
}

static void
pose_clock (FlPose *pose)
{
  pose->journey->clock_ahead = 3780;
  if (fl_journey_get_step (pose->journey) == FL_STEP_ENROL)
    fl_pose_enrolment (pose);
}

static void
pose_clock_after_resume (FlPose *pose)
{
  pose_clock (pose);
  fl_journey_set_notice (pose->journey, FL_NOTICE_RESUMED);
}

static void
pose_throttled (FlPose *pose)
{
  fl_journey_set_retry_at (pose->journey, fl_clock_now () + 1790);
  fl_pose_problem (pose, FL_PROBLEM_THROTTLED);
}

static void
pose_unticked (FlPose *pose)
{
  fl_pose_problem (pose, FL_PROBLEM_ROBOT_UNCHECKED);
}

static void
pose_checking (FlPose *pose)
{
  fl_journey_check_robot (pose->journey, TRUE);
}

static void
pose_mail (FlPose *pose)
{
  fl_pose_mail (pose, 19);
}

static void
pose_old_mail (FlPose *pose)
{
  fl_pose_mail (pose, 90);
}

static void
pose_wrong_code (FlPose *pose)
{
  fl_pose_mail (pose, 19);
  fl_pose_problem (pose, FL_PROBLEM_CODE_REFUSED);
}

static void
pose_used_mail (FlPose *pose)
{
  fl_pose_mail (pose, 90);
  fl_pose_problem (pose, FL_PROBLEM_MAIL_USED);
}

static void
pose_resumed (FlPose *pose)
{
  fl_pose_mail (pose, 19);
  fl_journey_set_notice (pose->journey, FL_NOTICE_RESUMED);
}

static void
pose_short (FlPose *pose)
{
  fl_journey_set_problem (pose->journey, fl_problem_new_limit (FL_PROBLEM_PASSWORD_SHORT, 10, "posed"));
}

static void
pose_achieved (FlPose *pose)
{
  fl_journey_achieve (pose->journey, FL_ACHIEVED_PASSWORD);
  fl_journey_achieve (pose->journey, FL_ACHIEVED_SECOND_FACTOR);
  fl_journey_achieve (pose->journey, FL_ACHIEVED_RECOVERY_CODES);
}

static void
pose_refused_code (FlPose *pose)
{
  fl_pose_problem (pose, FL_PROBLEM_CODE_REFUSED);
}

static void
pose_skewed_code (FlPose *pose)
{
  fl_pose_enrolment (pose);
  fl_journey_set_problem (pose->journey, fl_problem_new_ahead (FL_PROBLEM_CODE_SKEWED, -150, "posed"));
}

/* Depth first, in the order in which things stand on the page. */
static GtkWidget *
find (GtkWidget *root,
      GType      type,
      guint     *skip)
{
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found;

      if (g_type_is_a (G_OBJECT_TYPE (child), type) && (*skip)-- == 0)
        return child;
      found = find (child, type, skip);
      if (found != NULL)
        return found;
    }

  return NULL;
}

static void
type_into (GtkWidget  *assistant,
           guint       which,
           const char *text)
{
  GtkWidget *field = find (assistant, FL_TYPE_FIELD, &which);

  gtk_editable_set_text (fl_field_get_entry (FL_FIELD (field)), text);
}

static void
act_type_address (GtkWidget *assistant)
{
  type_into (assistant, 0, FL_POSE_ADDRESS);
}

static void
act_type_password (GtkWidget *assistant)
{
  type_into (assistant, 0, "correct horse");
}

static void
act_type_passwords (GtkWidget *assistant)
{
  type_into (assistant, 0, "correct horse battery");
  type_into (assistant, 1, "correct horse");
}

static void
act_type_code (GtkWidget *assistant)
{
  type_into (assistant, 0, "481920");
}

static void
act_paste_password (GtkWidget *assistant)
{
  type_into (assistant, 0, "correct horse battery\n");
}

/* A thousand marks on one letter, with right-to-left text and emoji around it. */
static void
act_type_strange (GtkWidget *assistant)
{
  g_autoptr (GString) text = g_string_new ("שלום\u202eanna e");

  for (guint i = 0; i < 900; i++)
    g_string_append (text, "\u0301");
  g_string_append (text, "👩‍👩‍👧‍👦@flexhrm.example");
  type_into (assistant, 0, text->str);
}

static void
act_paste_megabyte (GtkWidget *assistant)
{
  g_autofree char *text = g_strnfill (1 << 20, 'm');

  type_into (assistant, 0, text);
}

static void
act_expand (GtkWidget *assistant)
{
  guint skip = 0;

  gtk_expander_set_expanded (GTK_EXPANDER (find (assistant, GTK_TYPE_EXPANDER, &skip)), TRUE);
}

/* The connection check, with what a doctor has found who has not looked at anything. */
static void
show_findings (GtkWidget *assistant,
               FlVerdict  worst)
{
  g_autoptr (FlPolicy) policy = fl_policy_new ();
  g_autoptr (FlDoctor) doctor = fl_doctor_new (policy, "https://login.flexhrm.example");
  g_autoptr (GError) expired = fl_problem_new (FL_PROBLEM_TLS_EXPIRED, "posed");
  guint skip = 0;

  fl_finding_end (fl_doctor_get_finding (doctor, FL_CHECK_KEYRING),
                  worst > FL_VERDICT_GREEN ? FL_CAUSE_KEYRING_LOCKED : FL_CAUSE_OK);
  if (worst == FL_VERDICT_RED)
    {
      fl_finding_end_problem (fl_doctor_get_finding (doctor, FL_CHECK_TLS), expired);
      for (FlCheck check = FL_CHECK_CLOCK; check <= FL_CHECK_MAIL_WAY; check++)
        fl_finding_end (fl_doctor_get_finding (doctor, check), FL_CAUSE_BLOCKED);
    }
  for (FlCheck check = FL_CHECK_POLICY; check <= FL_CHECK_VERSIONS; check++)
    {
      if (fl_finding_get_verdict (fl_doctor_get_finding (doctor, check)) == FL_VERDICT_NONE
          && (worst != FL_VERDICT_NONE || check <= FL_CHECK_PORTAL))
        fl_finding_end (fl_doctor_get_finding (doctor, check), FL_CAUSE_OK);
    }

  gtk_widget_activate_action (assistant, "assistant.doctor", NULL);
  fl_doctor_page_show (FL_DOCTOR_PAGE (find (assistant, FL_TYPE_DOCTOR_PAGE, &skip)), doctor);
}

static void
act_check (GtkWidget *assistant)
{
  show_findings (assistant, FL_VERDICT_NONE);
}

static void
act_check_green (GtkWidget *assistant)
{
  show_findings (assistant, FL_VERDICT_GREEN);
}

static void
act_check_yellow (GtkWidget *assistant)
{
  show_findings (assistant, FL_VERDICT_YELLOW);
}

static void
act_check_red (GtkWidget *assistant)
{
  show_findings (assistant, FL_VERDICT_RED);
}

static const Scene scenes[] = {
  { "before-you-begin", FL_STEP_BEFORE_YOU_BEGIN, NULL, NULL },
  { "before-you-begin-apps", FL_STEP_BEFORE_YOU_BEGIN, NULL, act_expand },
  { "organisation", FL_STEP_ORGANISATION, NULL, NULL },
  { "email", FL_STEP_EMAIL, NULL, NULL },
  { "email-privacy", FL_STEP_EMAIL, pose_privacy, NULL },
  { "email-typed", FL_STEP_EMAIL, pose_resume, act_type_address },
  { "email-strange", FL_STEP_EMAIL, NULL, act_type_strange },
  { "email-too-long", FL_STEP_EMAIL, NULL, act_paste_megabyte },
  { "email-malformed", FL_STEP_EMAIL, pose_malformed, NULL },
  { "email-offline", FL_STEP_EMAIL, pose_offline, NULL },
  { "password", FL_STEP_PASSWORD, NULL, NULL },
  { "password-typed", FL_STEP_PASSWORD, NULL, act_type_password },
  { "password-pasted", FL_STEP_PASSWORD, NULL, act_paste_password },
  { "password-refused", FL_STEP_PASSWORD, pose_refused, NULL },
  { "email-portal", FL_STEP_EMAIL, pose_portal, NULL },
  { "password-portal", FL_STEP_PASSWORD, pose_portal, NULL },
  { "password-clock", FL_STEP_PASSWORD, pose_wrong_clock, NULL },
  { "password-throttled", FL_STEP_PASSWORD, pose_throttled, NULL },
  { "password-again", FL_STEP_PASSWORD_AGAIN, NULL, NULL },
  { "create-password", FL_STEP_CREATE_PASSWORD, NULL, NULL },
  { "create-password-unticked", FL_STEP_CREATE_PASSWORD, pose_unticked, NULL },
  { "create-password-checking", FL_STEP_CREATE_PASSWORD, pose_checking, NULL },
  { "inbox", FL_STEP_INBOX, pose_mail, NULL },
  { "inbox-refused", FL_STEP_INBOX, pose_wrong_code, NULL },
  { "inbox-nothing", FL_STEP_INBOX, pose_old_mail, act_expand },
  { "inbox-used", FL_STEP_INBOX, pose_used_mail, NULL },
  { "inbox-resumed", FL_STEP_INBOX, pose_resumed, NULL },
  { "link", FL_STEP_LINK, NULL, NULL },
  { "account", FL_STEP_ACCOUNT, NULL, NULL },
  { "new-password", FL_STEP_NEW_PASSWORD, NULL, NULL },
  { "new-password-typed", FL_STEP_NEW_PASSWORD, NULL, act_type_passwords },
  { "new-password-short", FL_STEP_NEW_PASSWORD, pose_short, NULL },
  { "enrol", FL_STEP_ENROL, fl_pose_enrolment, NULL },
  { "enrol-clock", FL_STEP_ENROL, pose_clock, NULL },
  { "enrol-clock-resumed", FL_STEP_ENROL, pose_clock_after_resume, NULL },
  { "second-factor-clock", FL_STEP_SECOND_FACTOR, pose_clock, NULL },
  { "enrol-typed", FL_STEP_ENROL, fl_pose_enrolment, act_type_code },
  { "enrol-skewed", FL_STEP_ENROL, pose_skewed_code, NULL },
  { "recovery-codes", FL_STEP_RECOVERY_CODES, fl_pose_codes, NULL },
  { "second-factor", FL_STEP_SECOND_FACTOR, NULL, NULL },
  { "second-factor-refused", FL_STEP_SECOND_FACTOR, pose_refused_code, NULL },
  { "all-set", FL_STEP_ALL_SET, pose_achieved, NULL },
  { "check", FL_STEP_EMAIL, NULL, act_check },
  { "check-green", FL_STEP_EMAIL, NULL, act_check_green },
  { "check-yellow", FL_STEP_EMAIL, NULL, act_check_yellow },
  { "check-red", FL_STEP_EMAIL, NULL, act_check_red },
};

static gboolean
is_drawn (gpointer window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  return gtk_widget_get_mapped (window) && gdk_frame_clock_get_frame_counter (clock) > 1;
}

static gboolean
draw (GtkWidget  *window,
      const char *path)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  gdk_paintable_snapshot (paintable, snapshot,
                          gdk_paintable_get_intrinsic_width (paintable),
                          gdk_paintable_get_intrinsic_height (paintable));
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);

  return gdk_texture_save_to_png (texture, path);
}

static gboolean
draw_scene (const Scene   *scene,
            const Variant *variant,
            const char    *directory)
{
  g_autoptr (FlPose) pose = fl_pose_new (scene->step);
  g_autofree char *name = g_strdup_printf ("%s-%s.png", scene->name, variant->name);
  g_autofree char *path = g_build_filename (directory, name, NULL);
  GtkWidget *assistant;
  GtkWidget *window;
  gboolean drawn;

  if (scene->pose != NULL)
    scene->pose (pose);
  assistant = fl_assistant_new (pose->journey, pose->policy);
  window = g_object_new (ADW_TYPE_WINDOW,
                         "default-width", variant->width,
                         "default-height", variant->height,
                         "content", assistant,
                         NULL);
  if (scene->act != NULL)
    scene->act (assistant);
  gtk_window_present (GTK_WINDOW (window));
  fl_pose_until (is_drawn, window);
  fl_pose_settle ();
  drawn = draw (window, path);
  if (!drawn)
    g_printerr ("%s could not be written\n", path);
  gtk_window_destroy (GTK_WINDOW (window));

  return drawn;
}

static void
set_up (const Variant *variant)
{
  g_setenv ("ADW_DEBUG_HIGH_CONTRAST", variant->contrast ? "1" : "0", TRUE);
  fl_language_init ();
  fl_language_use (variant->language);
  adw_init ();
  fl_ui_init ();
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      variant->dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
  gtk_widget_set_default_direction (variant->rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  g_object_set (gtk_settings_get_default (),
                "gtk-enable-animations", FALSE,
                "gtk-cursor-blink", FALSE,
                "gtk-font-name", "Cantarell 11",
                "gtk-decoration-layout", ":minimize,maximize,close",
                "gtk-xft-dpi", 96 * 1024 * variant->scale / 100,
                NULL);
}

static int
draw_variant (const Variant  *variant,
              const char     *directory,
              char          **names)
{
  gboolean drawn = TRUE;

  set_up (variant);
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      if (names[0] == NULL || g_strv_contains ((const char * const *) names, scenes[i].name))
        drawn = draw_scene (&scenes[i], variant, directory) && drawn;
    }

  return drawn ? 0 : 1;
}

static int
draw_all (const char *self,
          const char *directory)
{
  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error,
                                                          self, directory, variants[i].name, NULL);

      if (process == NULL || !g_subprocess_wait_check (process, NULL, &error))
        {
          g_printerr ("%s: %s\n", variants[i].name, error->message);
          return 1;
        }
    }

  return 0;
}

int
main (int    argc,
      char **argv)
{
  if (argc < 2)
    {
      g_printerr ("Usage: %s DIRECTORY [VARIANT [SCENE...]]\n", argv[0]);
      return 2;
    }

  g_mkdir_with_parents (argv[1], 0755);
  if (argc == 2)
    return draw_all (argv[0], argv[1]);

  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      if (g_str_equal (variants[i].name, argv[2]))
        return draw_variant (&variants[i], argv[1], argv + 3);
    }
  g_printerr ("There is no variant %s\n", argv[2]);

  return 2;
}
