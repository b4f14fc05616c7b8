/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-training"

#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "fl-language.h"
#include "fl-training-resources.h"
#include "fl-training-window.h"
#include "fl-training.h"
#include "fl-ui.h"

/**
 * FlTraining:
 *
 * The training as a program: what `first-login --demo` becomes.
 *
 * It is a world of its own. It registers nowhere, so a running First Login is not touched; it reads no policy, asks no
 * keyring, keeps no setting, and its service ends with it.
 */
struct _FlTraining
{
  AdwApplication parent_instance;

  FlDemo *demo;
};

G_DEFINE_FINAL_TYPE (FlTraining, fl_training, ADW_TYPE_APPLICATION)

static void
change_language (GSimpleAction *action,
                 GVariant      *state,
                 gpointer       data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (data));
  const char *code = g_variant_get_string (state, NULL);

  if (!fl_language_is_known (code))
    return;

  g_simple_action_set_state (action, state);
  fl_language_use (code);
  if (window != NULL)
    fl_training_window_translate (FL_TRAINING_WINDOW (window), fl_language_get ());
}

static void
show_about (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       data)
{
  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (data)),
                         "application-name", _("First Login"),
                         "application-icon", APP_ID,
                         "version", APP_VERSION,
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", _("This is the training. The accounts, the mails and the phone are made up; what happens to them is real."),
                         NULL);
}

static void
quit (GSimpleAction *action,
      GVariant      *parameter,
      gpointer       data)
{
  gtk_window_close (gtk_application_get_active_window (GTK_APPLICATION (data)));
}

/* Nothing is left behind by logging out, or by Ctrl+C in a terminal, either. */
static gboolean
on_signal_received (gpointer data)
{
  g_application_quit (G_APPLICATION (data));

  return G_SOURCE_CONTINUE;
}

static void
fl_training_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { "about", show_about },
    { "quit", quit },
    { "language", NULL, "s", "''", change_language },
  };
  static const char * const quit_keys[] = { "<Control>q", NULL };
  static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();

  G_APPLICATION_CLASS (fl_training_parent_class)->startup (application);

  fl_ui_init ();
  fl_training_register_resource ();
  gtk_css_provider_load_from_resource (style, "/first-login/training/training.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), application);
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "app.quit", quit_keys);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_unix_signal_add (signals[i], on_signal_received, application);
}

static void
fl_training_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (fl_training_window_new (GTK_APPLICATION (application), FL_TRAINING (application)->demo)));
}

static void
fl_training_shutdown (GApplication *application)
{
  fl_demo_stop (FL_TRAINING (application)->demo);

  G_APPLICATION_CLASS (fl_training_parent_class)->shutdown (application);
}

static void
fl_training_dispose (GObject *object)
{
  g_clear_object (&FL_TRAINING (object)->demo);

  G_OBJECT_CLASS (fl_training_parent_class)->dispose (object);
}

static void
fl_training_class_init (FlTrainingClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_training_dispose;
  application_class->startup = fl_training_startup;
  application_class->activate = fl_training_activate;
  application_class->shutdown = fl_training_shutdown;
}

static void
fl_training_init (FlTraining *self)
{
  self->demo = fl_demo_new ();
}

/**
 * fl_training_new:
 *
 * Returns: (transfer full): the training
 */
GApplication *
fl_training_new (void)
{
  return g_object_new (FL_TYPE_TRAINING,
                       "application-id", APP_ID,
                       "flags", G_APPLICATION_NON_UNIQUE,
                       NULL);
}
