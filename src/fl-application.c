/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "first-login"

#include "config.h"

#include "fl-application.h"
#include "fl-about.h"
#include "fl-clock.h"
#include "fl-command-line.h"
#include "fl-done.h"
#include "fl-keyring.h"
#include "fl-kratos-identity.h"
#include "fl-language.h"
#include "fl-link.h"
#include "fl-policy-sentence.h"
#include "fl-training-start.h"
#include "fl-ui.h"
#include "fl-window.h"

#include <glib/gi18n.h>

#define ATTEMPTS 3 /* to be started while other instances end; a second is rare, a third has a fault behind it */

/**
 * FlApplication:
 *
 * The program: one instance, links that are opened, and the putting together of policy, keyring, journey
 * and window.
 *
 * The policy is read in a thread that starts before GTK does. Nothing is shown before it is there, because it says what
 * to show; it is one small local file, and has been read when GTK is ready.
 */
struct _FlApplication
{
  AdwApplication  parent_instance;

  FlCommandLine   command_line;
  FlPolicy       *policy;       /* NULL while it is being read */
  GSettings      *settings;     /* NULL where the schema is not installed */
  FlVault        *vault;
  FlJourney      *journey;
  GtkWindow      *window;
  FlSecret       *link;         /* came before the journey could take it */
  gboolean        activated;    /* came before the policy was read */
};

G_DEFINE_FINAL_TYPE (FlApplication, fl_application, ADW_TYPE_APPLICATION)

static GSettings *
open_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, APP_ID, TRUE);

  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

static char *
get_setting (FlApplication *self,
             const char    *key)
{
  return self->settings != NULL ? g_settings_get_string (self->settings, key) : g_strdup ("");
}

static FlIdentity *
make_identity (const char *server,
               gpointer    user_data)
{
  FlApplication *self = FL_APPLICATION (user_data);

  return fl_kratos_identity_new (server, fl_policy_get_issuer (self->policy), fl_policy_get_ca_file (self->policy));
}

/* The server that somebody else has laid down; NULL where a person types it. */
static const char *
get_given_server (FlApplication *self)
{
  return self->command_line.server != NULL ? self->command_line.server : fl_policy_get_server (self->policy);
}

static void
on_done_write_ready (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (GApplication) application = G_APPLICATION (user_data);
  g_autoptr (GError) error = NULL;

  if (!fl_done_write_finish (result, &error))
    g_message ("It could not be noted that everything is set: %s", error->message);
  g_application_release (application);
}

/* The window may be closed at once; the note is written all the same. */
static void
note_done (FlApplication *self)
{
  g_application_hold (G_APPLICATION (self));
  fl_done_write_async (fl_journey_get_server (self->journey), fl_journey_get_has_second_factor (self->journey),
                       fl_clock_now (), on_done_write_ready, g_object_ref (self));
}

/* A server that was typed is kept when it has answered as one: only then anything leads past its page. */
static void
on_step_changed (FlApplication *self)
{
  FlStep step = fl_journey_get_step (self->journey);
  const char *server = fl_journey_get_server (self->journey);

  if (step == FL_STEP_ALL_SET)
    note_done (self);
  if (self->settings == NULL || step == FL_STEP_BEFORE_YOU_BEGIN)
    return;

  if (!g_settings_get_boolean (self->settings, "begun"))
    g_settings_set_boolean (self->settings, "begun", TRUE);
  if (step != FL_STEP_ORGANISATION && server != NULL && get_given_server (self) == NULL)
    g_settings_set_string (self->settings, "server", server);
}

static void
start_journey (FlApplication *self)
{
  g_autofree char *typed = get_setting (self, "server");
  g_autofree char *typed_before = typed[0] != '\0' ? fl_link_parse_server (typed, NULL) : NULL;
  const char *server = get_given_server (self);
  gboolean begun = self->settings != NULL && g_settings_get_boolean (self->settings, "begun");

  self->vault = fl_keyring_new ();
  self->journey = fl_journey_new (self->vault, make_identity, self, NULL);
  fl_policy_set_language (self->policy, fl_language_get ());
  fl_journey_set_language (self->journey, fl_language_get ());
  fl_journey_set_landing (self->journey, fl_policy_get_landing (self->policy));
  fl_journey_set_second_factor_rule (self->journey, fl_policy_get_second_factor_rule (self->policy, fl_clock_now ()));
  fl_journey_set_may_remember (self->journey, fl_policy_get_may_remember (self->policy));
  fl_journey_set_may_recall (self->journey, fl_policy_get_may_remember (self->policy)
                                            || !fl_policy_is_locked (self->policy, "account", "remember-address"));
  fl_journey_set_server_typed (self->journey, server == NULL && typed_before != NULL);
  fl_journey_start (self->journey, server != NULL ? server : typed_before, !begun);

  g_signal_connect_object (self->journey, "notify::step", G_CALLBACK (on_step_changed), self, G_CONNECT_SWAPPED);
}

static void
tell_mistakes (FlApplication *self)
{
  GPtrArray *mistakes = fl_policy_get_mistakes (self->policy);
  gboolean rest_holds = TRUE;

  for (guint i = 0; i < mistakes->len; i++)
    {
      const FlPolicyMistake *mistake = g_ptr_array_index (mistakes, i);
      g_autofree char *sentence = fl_policy_sentence_locate (mistake);

      rest_holds = rest_holds && !fl_policy_mistake_costs_file (mistake);
      g_message ("%s", sentence);
    }
  if (mistakes->len > 0)
    fl_window_toast (FL_WINDOW (self->window), rest_holds ? _("Your IT department’s settings contain a mistake")
                                                          : _("Your IT department’s settings cannot be used"));
}

static void
wake_journey (gpointer user_data)
{
  g_autoptr (FlJourney) journey = FL_JOURNEY (user_data);

  fl_journey_wake (journey);
}

static void
on_frame_painted (FlJourney     *journey,
                  GdkFrameClock *clock)
{
  g_signal_handlers_disconnect_by_func (clock, on_frame_painted, journey);

  /* What was painted goes out to the screen first. */
  g_idle_add_once (wake_journey, g_object_ref (journey));
}

static void
show (FlApplication *self)
{
  gboolean is_new = self->journey == NULL;

  if (is_new)
    start_journey (self);
  if (self->window == NULL)
    {
      g_set_weak_pointer (&self->window, fl_window_new (GTK_APPLICATION (self), self->journey, self->policy));
      tell_mistakes (self);
    }
  gtk_window_present (self->window);
  if (is_new)
    g_signal_connect_object (gtk_widget_get_frame_clock (GTK_WIDGET (self->window)), "after-paint",
                             G_CALLBACK (on_frame_painted), self->journey, G_CONNECT_SWAPPED);

  if (self->link != NULL)
    {
      g_autoptr (FlSecret) link = g_steal_pointer (&self->link);

      fl_journey_open_link (self->journey, fl_secret_get_text (link));
    }
}

/* The language that was chosen at an earlier start, if it is still offered. */
static void
restore_language (FlApplication *self)
{
  g_autofree char *saved = get_setting (self, "language");
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "language");
  const char *code;

  fl_language_offer (fl_policy_get_languages (self->policy));
  code = fl_language_is_known (saved) ? saved : "";
  fl_language_use (code);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (code));
}

static void
on_load_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (FlApplication) self = FL_APPLICATION (user_data);

  self->policy = fl_policy_load_finish (result, NULL);
  restore_language (self);
  if (self->activated)
    {
      show (self);
      g_application_release (G_APPLICATION (self));
    }
}

static void
fl_application_activate (GApplication *application)
{
  FlApplication *self = FL_APPLICATION (application);

  if (self->policy != NULL)
    show (self);
  else if (!self->activated)
    {
      self->activated = TRUE;
      g_application_hold (application);
    }
}

static void
fl_application_open (GApplication  *application,
                     GFile        **files,
                     int            n_files,
                     const char    *hint)
{
  FlApplication *self = FL_APPLICATION (application);

  /* Who calls by the bus may have nothing to open. */
  if (n_files > 0)
    {
      char *uri = g_file_get_uri (files[0]);

      g_clear_pointer (&self->link, fl_secret_unref);
      self->link = fl_secret_new (uri);
      fl_secret_wipe_string (uri);
    }
  g_application_activate (application);
}

static void
change_language (GSimpleAction *action,
                 GVariant      *state,
                 gpointer       user_data)
{
  FlApplication *self = FL_APPLICATION (user_data);
  const char *code = g_variant_get_string (state, NULL);

  if (!fl_language_is_known (code))
    return;

  g_simple_action_set_state (action, state);
  fl_language_use (code);
  if (self->settings != NULL)
    g_settings_set_string (self->settings, "language", code);
  if (self->journey != NULL)
    {
      fl_policy_set_language (self->policy, fl_language_get ());
      fl_journey_set_language (self->journey, fl_language_get ());
    }
  if (self->window != NULL)
    fl_window_refill (FL_WINDOW (self->window));
}

static void
show_about (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  FlApplication *self = FL_APPLICATION (user_data);

  if (self->window != NULL)
    fl_about_show (self->window, self->policy, self->journey);
}

static void
quit (GSimpleAction *action,
      GVariant      *parameter,
      gpointer       user_data)
{
  FlApplication *self = FL_APPLICATION (user_data);

  if (self->window != NULL)
    gtk_window_close (self->window);
}

static void
start_training (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  FlApplication *self = FL_APPLICATION (user_data);
  g_autoptr (GError) error = NULL;

  if (fl_training_launch (&error))
    {
      quit (action, NULL, user_data);
      return;
    }

  g_message ("The training could not be started: %s", error->message);
  if (self->window != NULL)
    fl_window_toast (FL_WINDOW (self->window), _("The training could not be started"));
}

static void
on_settle_ready (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GApplication) application = G_APPLICATION (user_data);

  g_application_release (application);
}

static void
fl_application_window_removed (GtkApplication *application,
                               GtkWindow      *window)
{
  FlApplication *self = FL_APPLICATION (application);

  /* What the journey has just written shall arrive before the program ends. */
  if (self->vault != NULL)
    {
      g_application_hold (G_APPLICATION (application));
      fl_keyring_settle_async (FL_KEYRING (self->vault), on_settle_ready, g_object_ref (application));
    }

  GTK_APPLICATION_CLASS (fl_application_parent_class)->window_removed (application, window);
}

static void
add_actions (FlApplication *self)
{
  static const GActionEntry entries[] = {
    { "about", show_about },
    { "quit", quit },
    { "language", NULL, "s", "''", change_language },
  };
  static const GActionEntry training[] = { { "training", start_training } };
  static const char * const quit_keys[] = { "<Control>q", NULL };
  static const char * const close_keys[] = { "<Control>w", NULL };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  if (WITH_TRAINING)
    g_action_map_add_action_entries (G_ACTION_MAP (self), training, G_N_ELEMENTS (training), self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.quit", quit_keys);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "window.close", close_keys);
}

static void
fl_application_startup (GApplication *application)
{
  FlApplication *self = FL_APPLICATION (application);

  fl_policy_load_async (NULL, NULL, NULL, on_load_ready, g_object_ref (self));
  G_APPLICATION_CLASS (fl_application_parent_class)->startup (application);

  self->settings = open_settings ();
  fl_ui_init ();
  add_actions (self);
}

static int
fl_application_handle_local_options (GApplication *application,
                                     GVariantDict *options)
{
  return fl_command_line_read (&FL_APPLICATION (application)->command_line, application, options);
}

static gboolean
fl_application_local_command_line (GApplication   *application,
                                   char         ***arguments,
                                   int            *exit_status)
{
  gboolean handled;

  if (fl_command_line_take_over (*arguments, exit_status))
    return TRUE;

  handled = G_APPLICATION_CLASS (fl_application_parent_class)->local_command_line (application, arguments, exit_status);

  /* An option that does not exist is a mistake of use, as the others are, and not a failure of the program. */
  if (handled && *exit_status == 1 && !FL_APPLICATION (application)->command_line.understood)
    *exit_status = 2;

  return handled;
}

static void
fl_application_dispose (GObject *object)
{
  FlApplication *self = FL_APPLICATION (object);

  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->journey);
  g_clear_object (&self->vault);
  g_clear_object (&self->policy);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->link, fl_secret_unref);
  fl_command_line_clear (&self->command_line);

  G_OBJECT_CLASS (fl_application_parent_class)->dispose (object);
}

static void
fl_application_class_init (FlApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);
  GtkApplicationClass *gtk_application_class = GTK_APPLICATION_CLASS (klass);

  object_class->dispose = fl_application_dispose;
  application_class->local_command_line = fl_application_local_command_line;
  application_class->handle_local_options = fl_application_handle_local_options;
  application_class->startup = fl_application_startup;
  application_class->activate = fl_application_activate;
  application_class->open = fl_application_open;
  gtk_application_class->window_removed = fl_application_window_removed;
}

static void
fl_application_init (FlApplication *self)
{
  fl_command_line_declare (G_APPLICATION (self));
}

/**
 * fl_application_run:
 * @argc: number of words on the command line
 * @argv: (array length=argc): the words
 *
 * Runs the program: as the one instance, or for as long as it takes to hand over to it. Where that one ends meanwhile,
 * this one takes its place.
 *
 * Returns: the status to exit with
 */
int
fl_application_run (int    argc,
                    char **argv)
{
  for (guint attempts = 1; ; attempts++)
    {
      g_autoptr (GApplication) application = g_object_new (FL_TYPE_APPLICATION,
                                                           "application-id", APP_ID,
                                                           "flags", G_APPLICATION_HANDLES_OPEN,
                                                           NULL);
      int status = g_application_run (application, argc, argv);

      if (!FL_APPLICATION (application)->command_line.left_alone)
        return status;
      if (attempts == ATTEMPTS)
        {
          g_printerr (_("First Login could not be started: %s\n"),
                      _("another one that is running ends each time it is asked to open. Try again"));
          return status;
        }
    }
}
