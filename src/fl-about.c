/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "first-login"

#include "config.h"

#include "fl-about.h"
#include "fl-policy-sentence.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Returns: the mistakes in the policy, one a line */
static char *
describe_mistakes (FlPolicy *policy)
{
  GPtrArray *mistakes = fl_policy_get_mistakes (policy);
  GString *lines = g_string_new (NULL);

  for (guint i = 0; i < mistakes->len; i++)
    {
      g_autofree char *sentence = fl_policy_sentence_locate (g_ptr_array_index (mistakes, i));

      g_string_append_printf (lines, "Mistake: %s\n", sentence);
    }

  return g_string_free (lines, FALSE);
}

/* What the IT department asks for first. */
static char *
describe (FlPolicy  *policy,
          FlJourney *journey)
{
  g_autofree char *origins = g_strjoinv (", ", (char **) fl_policy_get_origins (policy));
  g_autofree char *mistakes = describe_mistakes (policy);
  const char *server = fl_journey_get_server (journey);

  return g_strdup_printf ("First Login %s\nGTK %u.%u.%u, libadwaita %u.%u.%u\nPolicy: %s\n%sServer: %s\n",
                          APP_VERSION,
                          gtk_get_major_version (), gtk_get_minor_version (), gtk_get_micro_version (),
                          adw_get_major_version (), adw_get_minor_version (), adw_get_micro_version (),
                          *origins != '\0' ? origins : "none",
                          mistakes,
                          server != NULL ? server : "none");
}

/* The window opens what leads outside, and says where it cannot. */
static gboolean
on_link_activated (AdwApplicationWindow *window,
                   const char           *uri)
{
  return gtk_widget_activate_action (adw_application_window_get_content (window), "assistant.open-uri", "s", uri);
}

/* What the policy says of people's data: the text, and the link below it. */
static void
add_privacy_note (AdwAboutWindow *about,
                  FlPolicy       *policy)
{
  const char *text = fl_policy_get_privacy_text (policy);
  const char *url = fl_policy_get_privacy_url (policy);
  g_autofree char *escaped = text != NULL ? g_markup_escape_text (text, -1) : NULL;
  g_autofree char *link = NULL;
  g_autofree char *note = NULL;

  if (url != NULL)
    link = g_markup_printf_escaped ("<a href=\"%s\">%s</a>", url, _("How your data is handled"));
  note = g_strjoin (escaped != NULL && link != NULL ? "\n\n" : "",
                    escaped != NULL ? escaped : "", link != NULL ? link : "", NULL);
  if (note[0] != '\0')
    adw_about_window_add_legal_section (about,
                                        /* Translators: what the organisation says about people's data */
                                        _("Your data"), NULL, GTK_LICENSE_CUSTOM, note);
}

/**
 * fl_about_show:
 * @window: the window that it belongs to
 * @policy: the computer's policy
 * @journey: the journey
 *
 * Says what the program is, and with what it runs here.
 */
void
fl_about_show (GtkWindow *window,
               FlPolicy  *policy,
               FlJourney *journey)
{
  g_autofree char *information = describe (policy, journey);
  GtkWidget *about = g_object_new (ADW_TYPE_ABOUT_WINDOW,
                                   "transient-for", window,
                                   "application-name", _("First Login"),
                                   "application-icon", APP_ID,
                                   "developer-name", _("The First Login developers"),
                                   "version", APP_VERSION,
                                   "license-type", GTK_LICENSE_GPL_3_0,
                                   "debug-info", information,
                                   /* Translators: your names, one a line; they are shown in the about window */
                                   "translator-credits", _("translator-credits"),
                                   NULL);

  add_privacy_note (ADW_ABOUT_WINDOW (about), policy);
  g_signal_connect_object (about, "activate-link", G_CALLBACK (on_link_activated), window, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (about));
}
