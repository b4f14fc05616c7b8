/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-training"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-assistant.h"
#include "fl-clipboard.h"
#include "fl-kratos-identity.h"
#include "fl-language.h"
#include "fl-memory-vault.h"
#include "fl-scanner.h"
#include "fl-training-stage.h"
#include "fl-training-window.h"

/**
 * FlTrainingWindow:
 *
 * The assistant exactly as the new hire gets it, and beside it the stage; one window, so that it can be shown on a
 * projector, recorded, and photographed as it is.
 *
 * The two halves know nothing of each other. What passes between them passes here, as it would pass through a
 * person's hands: a link from the mail to the assistant, a picture of the assistant to the phone. F9 hides and shows
 * the stage; in a narrow window it goes under the assistant.
 */
struct _FlTrainingWindow
{
  AdwApplicationWindow parent_instance;

  FlDemo *demo;
  FlPolicy *policy;
  FlJourney *journey;

  GtkWidget *halves;
  GtkWidget *assistant;
  GtkWidget *stage;
};

G_DEFINE_FINAL_TYPE (FlTrainingWindow, fl_training_window, ADW_TYPE_APPLICATION_WINDOW)

#define NARROW 860          /* px; below it two halves of at least 360 px and some air do not fit */

static void on_start_over (FlTrainingWindow *self);

static FlIdentity *
make_identity (const char *server,
               gpointer    data)
{
  return fl_kratos_identity_new (server, fl_policy_get_issuer (data), NULL);
}

/* From here on the phone is what is needed, not the mail. */
static void
on_step_changed (FlTrainingWindow *self)
{
  FlStep step = fl_journey_get_step (self->journey);

  if (step == FL_STEP_ENROL || step == FL_STEP_SECOND_FACTOR)
    fl_training_stage_clear_desk (FL_TRAINING_STAGE (self->stage));
}

static void
on_open_uri (FlTrainingWindow *self,
             const char       *uri)
{
  fl_training_stage_show_page (FL_TRAINING_STAGE (self->stage), uri);
}

static void
on_link_pressed (FlTrainingWindow *self,
                 const char       *href)
{
  fl_journey_open_link (self->journey, href);
}

static void
on_fl_scanner_read_ready (GObject      *assistant,
                          GAsyncResult *result,
                          gpointer      user_data)
{
  g_autoptr (FlTrainingWindow) self = user_data;
  g_autoptr (FlSecret) text = fl_scanner_read_finish (result);
  FlPhone *phone = fl_training_stage_get_phone (FL_TRAINING_STAGE (self->stage));
  g_autoptr (FlOtpauth) account = text != NULL ? fl_otpauth_parse (fl_secret_get_text (text), NULL) : NULL;

  if (account != NULL)
    fl_phone_add (phone, account);
  else if (text != NULL)
    fl_phone_say (phone, _("This code is not for an authenticator."));
  else
    fl_phone_say (phone, _("There is no code to see on the screen yet."));
}

static void
on_scan (FlTrainingWindow *self)
{
  fl_scanner_read_async (self->assistant, on_fl_scanner_read_ready, g_object_ref (self));
}

static void
show_assistant (FlTrainingWindow *self)
{
  if (self->assistant != NULL)
    gtk_box_remove (GTK_BOX (self->halves), self->assistant);

  gtk_window_set_title (GTK_WINDOW (self), _("First Login"));
  self->assistant = fl_assistant_new (self->journey, self->policy);
  gtk_widget_set_hexpand (self->assistant, TRUE);
  gtk_widget_set_vexpand (self->assistant, TRUE);
  g_signal_connect_object (self->assistant, "open-uri", G_CALLBACK (on_open_uri), self, G_CONNECT_SWAPPED);
  gtk_box_prepend (GTK_BOX (self->halves), self->assistant);
}

static void
show_stage (FlTrainingWindow *self)
{
  FlTrainingStage *stage;

  if (self->stage != NULL)
    gtk_box_remove (GTK_BOX (self->halves), self->stage);

  self->stage = fl_training_stage_new (fl_demo_get_mails (self->demo));
  stage = FL_TRAINING_STAGE (self->stage);
  fl_training_stage_set_product (stage, fl_policy_get_product (self->policy));
  g_signal_connect_object (stage, "link-pressed", G_CALLBACK (on_link_pressed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (stage, "scan", G_CALLBACK (on_scan), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (stage, "start-over", G_CALLBACK (on_start_over), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->halves), self->stage);
}

static void
show_note (FlTrainingWindow *self)
{
  g_autofree char *note = g_strdup_printf (/* Translators: a handwritten note beside the phone; two recovery codes follow */
                                           _("Maja’s recovery codes\n%s"), fl_demo_get_maja_codes (self->demo));

  fl_training_stage_set_notes (FL_TRAINING_STAGE (self->stage), note);
}

/* A new journey at its first page; the one before is dropped with everything that it knew. */
static void
renew_journey (FlTrainingWindow *self)
{
  g_autoptr (FlVault) vault = fl_memory_vault_new ();

  g_clear_object (&self->journey);
  self->journey = fl_journey_new (vault, make_identity, g_object_ref (self->policy), g_object_unref);
  fl_journey_set_language (self->journey, fl_language_get ());
  fl_journey_set_second_factor_rule (self->journey, fl_policy_get_second_factor_rule (self->policy, 0));
  g_signal_connect_object (self->journey, "notify::step", G_CALLBACK (on_step_changed), self, G_CONNECT_SWAPPED);
  show_assistant (self);
}

static void
toggle_stage (GtkWidget  *widget,
                  const char *action,
                  GVariant   *parameter)
{
  GtkWidget *stage = FL_TRAINING_WINDOW (widget)->stage;

  gtk_widget_set_visible (stage, !gtk_widget_get_visible (stage));
}

static void
say_failure (FlTrainingWindow *self,
             const GError     *error)
{
  g_warning ("The training service: %s", error->message);
  gtk_widget_activate_action (self->assistant, "assistant.toast", "s",
                              _("The training service could not be started. Is there room on the disk?"));
}

/* Puts phone and note in order and starts a journey at its first page. */
static void
begin (FlTrainingWindow *self)
{
  FlTrainingStage *stage = FL_TRAINING_STAGE (self->stage);
  g_autoptr (FlOtpauth) maja = fl_demo_dup_maja (self->demo);

  if (fl_journey_get_server (self->journey) != NULL)
    renew_journey (self);
  fl_phone_clear (fl_training_stage_get_phone (stage));
  fl_phone_add (fl_training_stage_get_phone (stage), maja);
  fl_training_stage_show_page (stage, NULL);
  show_note (self);
  fl_journey_start (self->journey, fl_demo_get_url (self->demo), TRUE);
  fl_journey_wake (self->journey);
}

static void
on_demo_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  g_autoptr (FlTrainingWindow) self = data;
  g_autoptr (GError) error = NULL;

  /* The window may have been closed meanwhile. */
  if (self->demo == NULL)
    return;

  gtk_widget_set_sensitive (self->halves, TRUE);
  if (fl_demo_finish (FL_DEMO (source), result, &error))
    begin (self);
  else
    say_failure (self, error);
}

static void
on_start_over (FlTrainingWindow *self)
{
  /* An entry that rests while it has the focus is not told that it loses it. */
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  gtk_widget_set_sensitive (self->halves, FALSE);
  fl_clipboard_forget (GTK_WIDGET (self));
  fl_demo_start_over_async (self->demo, on_demo_ready, g_object_ref (self));
}

static void
on_surface_width_changed (FlTrainingWindow *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self));
  gboolean narrow = gdk_surface_get_width (surface) < NARROW;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->halves),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
}

static void
fl_training_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fl_training_window_parent_class)->realize (widget);

  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "notify::width",
                           G_CALLBACK (on_surface_width_changed), widget, G_CONNECT_SWAPPED);
}

static void
fl_training_window_dispose (GObject *object)
{
  FlTrainingWindow *self = FL_TRAINING_WINDOW (object);

  g_clear_object (&self->journey);
  g_clear_object (&self->policy);
  g_clear_object (&self->demo);

  G_OBJECT_CLASS (fl_training_window_parent_class)->dispose (object);
}

static void
fl_training_window_class_init (FlTrainingWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_training_window_dispose;
  widget_class->realize = fl_training_window_realize;

  gtk_widget_class_install_action (widget_class, "training.stage", NULL, toggle_stage);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F9, 0, "training.stage", NULL);
}

static void
fl_training_window_init (FlTrainingWindow *self)
{
  self->halves = g_object_new (GTK_TYPE_BOX, "homogeneous", TRUE, "sensitive", FALSE, NULL);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), self->halves);
  self->policy = fl_policy_new_training ();
  fl_policy_set_language (self->policy, fl_language_get ());
  gtk_window_set_default_size (GTK_WINDOW (self), 1240, 760);
  gtk_widget_set_size_request (GTK_WIDGET (self), 360, 540);
}

/**
 * fl_training_window_new:
 * @application: the application
 * @demo: a demo that has not been started; the window starts it
 *
 * Returns: (transfer floating): a window that rests until the demo's service listens
 */
GtkWidget *
fl_training_window_new (GtkApplication *application,
                        FlDemo         *demo)
{
  FlTrainingWindow *self = g_object_new (FL_TYPE_TRAINING_WINDOW, "application", application, NULL);

  self->demo = g_object_ref (demo);
  renew_journey (self);
  show_stage (self);
  fl_demo_start_async (demo, on_demo_ready, g_object_ref (self));

  return GTK_WIDGET (self);
}

/**
 * fl_training_window_translate:
 * @self: a training window
 * @language: the language that the program speaks from now on, such as "sv"
 *
 * Shows both halves anew in that language; the journey and the phone's accounts stay.
 */
void
fl_training_window_translate (FlTrainingWindow *self,
                              const char       *language)
{
  g_autoptr (GPtrArray) accounts = NULL;
  g_autoptr (GtkWidget) before = NULL;

  g_return_if_fail (FL_IS_TRAINING_WINDOW (self));

  before = g_object_ref (self->assistant);
  accounts = fl_phone_dup_accounts (fl_training_stage_get_phone (FL_TRAINING_STAGE (self->stage)));
  fl_policy_set_language (self->policy, language);
  fl_journey_set_language (self->journey, language);
  show_assistant (self);
  fl_assistant_take_over (FL_ASSISTANT (self->assistant), FL_ASSISTANT (before));
  show_stage (self);
  for (guint i = 0; i < accounts->len; i++)
    fl_phone_add (fl_training_stage_get_phone (FL_TRAINING_STAGE (self->stage)), g_ptr_array_index (accounts, i));
  if (fl_demo_get_url (self->demo) != NULL)
    show_note (self);
}
