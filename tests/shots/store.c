/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-shots"

#include "config.h"

#include "fl-clock.h"
#include "fl-fake-vault.h"
#include "fl-journey-private.h"
#include "fl-language.h"
#include "fl-letter.h"
#include "fl-look.h"
#include "fl-mail.h"
#include "fl-training-resources.h"
#include "fl-training-stage.h"
#include "fl-ui.h"

/*
 * store DIRECTORY [SCENE...]
 *
 * Draws the pictures that software centres show, as the metainfo names them: windows with their corners and shadow, on
 * nothing, for fine screens (GDK_SCALE=2). The same pixels each time.
 */

#define SCALE 2
#define NOW 1795776120   /* a Friday morning: 2026-11-27 10:42 UTC */
#define MAIL_CODE "407155"
#define EDGE 32          /* px around the window, for its shadow */

typedef struct {
  const char *name;
  FlStep step;
  int width;
  int height;
  gboolean dark;
  void (*pose) (FlPose *pose);
  void (*act) (FlLook *look);
} Scene;

static void
pose_mail (FlPose *pose)
{
  fl_pose_mail (pose, 90);
}

static void
pose_achieved (FlPose *pose)
{
  fl_journey_achieve (pose->journey, FL_ACHIEVED_PASSWORD);
  fl_journey_achieve (pose->journey, FL_ACHIEVED_SECOND_FACTOR);
  fl_journey_achieve (pose->journey, FL_ACHIEVED_RECOVERY_CODES);
}

static void
type (FlLook     *look,
      const char *label,
      const char *text)
{
  fl_look_type (look, label, text);
  gtk_editable_set_position (fl_field_get_entry (fl_look_field (look, label)), -1);
}

static void
act_address (FlLook *look)
{
  type (look, "Email address", FL_POSE_ADDRESS);
}

static void
act_mail_code (FlLook *look)
{
  type (look, "Code", MAIL_CODE);
}

static void
act_passwords (FlLook *look)
{
  type (look, "New password", "lantern orbit thistle");
  type (look, "Confirm new password", "lantern orbit thistle");
}

static void
act_phone_code (FlLook *look)
{
  type (look, "Code", "481920");
}

static FlMail *
write_mail (void)
{
  g_autoptr (FlLetter) letter = fl_letter_new ();
  g_autoptr (GBytes) message = NULL;

  letter->to = g_strdup (FL_POSE_ADDRESS);
  letter->name = g_strdup ("Anna");
  letter->lang = g_strdup ("en");
  letter->flow = g_strdup (FL_POSE_FLOW);
  letter->code = fl_secret_new (MAIL_CODE);
  letter->landing = g_strdup ("http://127.0.0.1:4433/reset");
  letter->from = g_strdup ("Visma Connect <no-reply@flexhrm.example>");
  letter->product = g_strdup ("Flex HRM");
  letter->sent_at = fl_clock_now () - 90;
  letter->expires_at = letter->sent_at + 1800;
  message = fl_letter_compose (letter, NULL, NULL);

  return fl_mail_new (message, NULL);
}

/* Both halves of the training, as its window has them; its service would write another code each time. */
static void
act_training (FlLook *look)
{
  g_autoptr (GListStore) mails = g_list_store_new (FL_TYPE_MAIL);
  g_autoptr (FlMail) mail = write_mail ();
  g_autoptr (GtkWidget) assistant = g_object_ref (look->assistant);
  GtkWidget *halves = g_object_new (GTK_TYPE_BOX, "homogeneous", TRUE, NULL);
  GtkWidget *stage;

  g_list_store_append (mails, mail);
  adw_window_set_content (ADW_WINDOW (look->window), halves);
  gtk_box_append (GTK_BOX (halves), assistant);
  stage = fl_training_stage_new (G_LIST_MODEL (mails));
  fl_training_stage_set_notes (FL_TRAINING_STAGE (stage), "Maja’s recovery codes\nabcd 1234\nefgh 5678");
  gtk_box_append (GTK_BOX (halves), stage);
  act_mail_code (look);
}

static const Scene scenes[] = {
  { "email", FL_STEP_EMAIL, 760, 680, FALSE, NULL, act_address },
  { "inbox", FL_STEP_INBOX, 760, 680, FALSE, pose_mail, act_mail_code },
  { "new-password", FL_STEP_NEW_PASSWORD, 760, 680, FALSE, NULL, act_passwords },
  { "enrol", FL_STEP_ENROL, 760, 680, FALSE, fl_pose_enrolment, act_phone_code },
  { "all-set", FL_STEP_ALL_SET, 760, 680, TRUE, pose_achieved, NULL },
  { "training", FL_STEP_INBOX, 1000, 700, FALSE, pose_mail, act_training },
};

static gboolean
is_drawn (gpointer data)
{
  GtkWidget *window = data;
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  int width;
  int height;

  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);

  return gtk_widget_get_mapped (window) && gdk_frame_clock_get_frame_counter (clock) > 1
         && gtk_widget_get_width (window) == width && gtk_widget_get_height (window) == height;
}

/* A paintable cuts off what a widget draws around itself. */
static GskRenderNode *
snapshot_with_shadow (GtkWidget *window)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (window), gtk_widget_get_height (window));
  node = gtk_snapshot_free_to_node (snapshot);

  return gsk_render_node_ref (gsk_render_node_get_node_type (node) == GSK_CLIP_NODE ? gsk_clip_node_get_child (node) : node);
}

static gboolean
draw (GtkWidget  *window,
      const char *path)
{
  g_autoptr (GskRenderNode) content = snapshot_with_shadow (window);
  int width = SCALE * (gtk_widget_get_width (window) + 2 * EDGE);
  int height = SCALE * (gtk_widget_get_height (window) + 2 * EDGE);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  gtk_snapshot_scale (snapshot, SCALE, SCALE);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (EDGE, EDGE));
  gtk_snapshot_append_node (snapshot, content);
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, width, height));

  return gdk_texture_save_to_png (texture, path);
}

static gboolean
draw_scene (const Scene *scene,
            const char  *directory)
{
  g_autofree char *name = g_strconcat (scene->name, ".png", NULL);
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (FlLook) look = NULL;
  FlPose *pose;
  g_autoptr (FlVault) keyring = FL_VAULT (fl_fake_vault_new ());

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      scene->dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
  fl_clock_set (NOW - fl_clock_now ());
  pose = fl_pose_new (scene->step);
  g_set_object (&pose->journey->vault, keyring);
  if (scene->pose != NULL)
    scene->pose (pose);
  look = fl_look_new (pose);
  if (scene->act != NULL)
    scene->act (look);

  /* Where nothing puts shadows together, windows come without; the style draws them all the same. */
  gtk_widget_remove_css_class (look->window, "solid-csd");
  gtk_widget_add_css_class (look->window, "csd");
  gtk_widget_unset_state_flags (look->window, GTK_STATE_FLAG_BACKDROP);
  fl_pose_until (is_drawn, look->window);
  gtk_window_set_default_size (GTK_WINDOW (look->window), scene->width, scene->height);
  fl_pose_settle ();
  fl_pose_until (is_drawn, look->window);
  fl_pose_settle ();

  return draw (look->window, path);
}

static void
set_up (void)
{
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();

  fl_language_init ();
  fl_language_use ("en");
  adw_init ();
  fl_ui_init ();
  fl_training_register_resource ();
  gtk_css_provider_load_from_resource (style, "/first-login/training/training.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_object_set (gtk_settings_get_default (),
                "gtk-enable-animations", FALSE,
                "gtk-cursor-blink", FALSE,
                "gtk-font-name", "Cantarell 11",
                "gtk-decoration-layout", ":close",
                "gtk-xft-dpi", 96 * 1024,
                NULL);
}

int
main (int    argc,
      char **argv)
{
  gboolean drawn = TRUE;

  if (argc < 2)
    {
      g_printerr ("Usage: %s DIRECTORY [SCENE...]\n", argv[0]);
      return 2;
    }

  g_mkdir_with_parents (argv[1], 0755);
  set_up ();
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      if (argc == 2 || g_strv_contains ((const char * const *) argv + 2, scenes[i].name))
        drawn = draw_scene (&scenes[i], argv[1]) && drawn;
    }

  return drawn ? 0 : 1;
}
