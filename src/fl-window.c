/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-window"

#include "config.h"

#include "fl-window.h"
#include "fl-assistant.h"
#include "fl-opener.h"

#include <glib/gi18n.h>

/**
 * FlWindow:
 *
 * The plain window around the assistant: it opens outside what the assistant asks to open.
 */
struct _FlWindow
{
  AdwApplicationWindow  parent_instance;

  FlJourney            *journey;
  FlPolicy             *policy;
  GCancellable         *cancellable;
};

G_DEFINE_FINAL_TYPE (FlWindow, fl_window, ADW_TYPE_APPLICATION_WINDOW)

static void
on_open_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (fl_opener_open_finish (result, &error) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  fl_window_toast (FL_WINDOW (user_data), _("No program for this was found"));
}

static void
on_open_uri (FlWindow   *self,
             const char *uri)
{
  fl_opener_open_async (uri, self->cancellable, on_open_ready, self);
}

static void
fl_window_dispose (GObject *object)
{
  FlWindow *self = FL_WINDOW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->journey);
  g_clear_object (&self->policy);

  G_OBJECT_CLASS (fl_window_parent_class)->dispose (object);
}

static void
fl_window_class_init (FlWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fl_window_dispose;
}

static void
fl_window_init (FlWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_window_set_default_size (GTK_WINDOW (self), 760, 680);
  gtk_widget_set_size_request (GTK_WIDGET (self), 360, 540);
}

/**
 * fl_window_new:
 * @application: the application
 * @journey: the journey to show
 * @policy: names, links and contacts
 *
 * Returns: (transfer none): a new window, which the application holds
 */
GtkWindow *
fl_window_new (GtkApplication *application,
               FlJourney      *journey,
               FlPolicy       *policy)
{
  FlWindow *self = g_object_new (FL_TYPE_WINDOW, "application", application, NULL);

  self->journey = g_object_ref (journey);
  self->policy = g_object_ref (policy);
  fl_window_refill (self);

  return GTK_WINDOW (self);
}

/**
 * fl_window_refill:
 * @self: a window
 *
 * Builds what is shown anew, in the language of now, at the step of now, with what has been typed there.
 */
void
fl_window_refill (FlWindow *self)
{
  GtkWidget *before;
  GtkWidget *assistant;

  g_return_if_fail (FL_IS_WINDOW (self));

  before = adw_application_window_get_content (ADW_APPLICATION_WINDOW (self));

  gtk_window_set_title (GTK_WINDOW (self), _("First Login"));
  assistant = fl_assistant_new (self->journey, self->policy);
  if (before != NULL)
    fl_assistant_take_over (FL_ASSISTANT (assistant), FL_ASSISTANT (before));
  g_signal_connect_object (assistant, "open-uri", G_CALLBACK (on_open_uri), self, G_CONNECT_SWAPPED);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), assistant);
}

/**
 * fl_window_toast:
 * @self: a window
 * @sentence: a few words
 *
 * Shows something that can be missed.
 */
void
fl_window_toast (FlWindow   *self,
                 const char *sentence)
{
  g_return_if_fail (FL_IS_WINDOW (self));

  gtk_widget_activate_action (adw_application_window_get_content (ADW_APPLICATION_WINDOW (self)), "assistant.toast",
                              "s", sentence);
}
