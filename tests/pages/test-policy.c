/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fl-look.h"
#include "fl-ui.h"

/* What a policy adds to the pages, and what it takes away. */

static FlLook *
look_at (FlStep      step,
         const char *text)
{
  FlPose *pose = fl_pose_new (step);

  g_object_unref (pose->policy);
  pose->policy = fl_policy_new_from_data (text, strlen (text), "test");

  return fl_look_new (pose);
}

static void
on_open_uri (GtkWidget   *assistant,
             const char  *uri,
             char       **opened)
{
  g_free (*opened);
  *opened = g_strdup (uri);
}

static void
test_names_product_and_organisation (void)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_EMAIL,
                                     "[organisation]\nname=Example Industries\n[product]\nname=Example HR\n");

  g_assert_true (fl_look_shows (look, "Example HR"));
  g_assert_true (fl_look_shows (look, "Example Industries"));
}

static void
test_privacy (void)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_EMAIL,
                                     "[privacy]\ntext=Example AB <stores> your address.\nurl=https://www.example.com/privacy\n");
  g_autofree char *opened = NULL;

  g_signal_connect (look->assistant, "open-uri", G_CALLBACK (on_open_uri), &opened);
  g_assert_true (fl_look_shows (look, "Example AB <stores> your address."));
  fl_look_press (look, "How your data is handled");
  g_assert_cmpstr (opened, ==, "https://www.example.com/privacy");
  g_assert_true (fl_look_has_focus (look, "Email address"));
}

static void
test_privacy_in_parts (void)
{
  g_autoptr (FlLook) link = look_at (FL_STEP_EMAIL, "[privacy]\nurl=https://www.example.com/privacy\n");
  g_autoptr (FlLook) text = look_at (FL_STEP_EMAIL, "[privacy]\ntext=Example AB stores your address.\n");
  g_autoptr (FlLook) neither = look_at (FL_STEP_EMAIL, "");

  g_assert_true (fl_look_shows (link, "How your data is handled"));
  g_assert_true (fl_look_shows (text, "Example AB stores your address."));
  g_assert_false (fl_look_shows (text, "How your data is handled"));
  g_assert_false (fl_look_shows (neither, "How your data is handled"));
}

static void
list (GMenuModel *model,
      GString    *names)
{
  for (int i = 0; i < g_menu_model_get_n_items (model); i++)
    {
      static const char * const links[] = { G_MENU_LINK_SECTION, G_MENU_LINK_SUBMENU };
      g_autofree char *name = NULL;

      if (g_menu_model_get_item_attribute (model, i, G_MENU_ATTRIBUTE_LABEL, "s", &name))
        g_string_append_printf (names, "%s;", name);
      for (guint j = 0; j < G_N_ELEMENTS (links); j++)
        {
          g_autoptr (GMenuModel) below = g_menu_model_get_item_link (model, i, links[j]);

          if (below != NULL)
            list (below, names);
        }
    }
}

static gboolean
has_menu (gpointer button)
{
  return gtk_menu_button_get_popover (button) != NULL;
}

static void
assert_languages (const char *policy,
                  const char *start)
{
  g_autoptr (FlLook) look = look_at (FL_STEP_EMAIL, policy);
  GtkMenuButton *button = GTK_MENU_BUTTON (fl_look_find (look->assistant, GTK_TYPE_MENU_BUTTON));
  g_autoptr (GString) names = g_string_new (NULL);

  gtk_menu_button_popup (button);
  fl_pose_until (has_menu, button);
  list (gtk_popover_menu_get_menu_model (GTK_POPOVER_MENU (gtk_menu_button_get_popover (button))), names);
  gtk_menu_button_popdown (button);
  g_assert_true (g_str_has_prefix (names->str, start));
  g_assert_true (g_str_has_suffix (names->str, "_About First Login;"));
  g_assert_cmpint (strstr (start, "Svenska") != NULL, ==, strstr (names->str, "Svenska") != NULL);
  g_assert_cmpint (strstr (start, "_Language") != NULL, ==, strstr (names->str, "_Language") != NULL);
}

static void
test_languages (void)
{
  assert_languages ("", "_Language;Same as the desktop;English;Svenska;");
  assert_languages ("[language]\noffered=sv;en\n", "_Language;Same as the desktop;English;Svenska;");
  assert_languages ("[language]\noffered=sv\n", "");
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  g_test_add_func ("/policy/names", test_names_product_and_organisation);
  g_test_add_func ("/policy/privacy", test_privacy);
  g_test_add_func ("/policy/privacy/in-parts", test_privacy_in_parts);
  g_test_add_func ("/policy/languages", test_languages);

  return g_test_run ();
}
