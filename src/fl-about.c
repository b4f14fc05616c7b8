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

  adw_show_about_window (window,
                         "application-name", _("First Login"),
                         "application-icon", APP_ID,
                         "developer-name", _("The First Login developers"),
                         "version", APP_VERSION,
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "debug-info", information,
                         /* Translators: your names, one a line; they are shown in the about window */
                         "translator-credits", _("translator-credits"),
                         NULL);
}
