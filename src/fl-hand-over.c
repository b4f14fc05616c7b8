/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "first-login"

#include "config.h"

#include "fl-hand-over.h"

/* How a process that is not the first one gives what it was started with to the first, and learns that it has arrived. */

/**
 * fl_hand_over_link:
 * @application: a registered application
 * @link: a link of a mail
 *
 * Opens @link in whichever instance there is: this one, or the one that was there before.
 */
void
fl_hand_over_link (GApplication *application,
                   const char   *link)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (link);

  g_application_open (application, &file, 1, "");
}

/* The one that has the name at this moment: another may have it at the next. */
static char *
find_instance (GApplication  *application,
               GError       **error)
{
  g_autoptr (GVariant) answer = NULL;
  char *instance = NULL;

  answer = g_dbus_connection_call_sync (g_application_get_dbus_connection (application), "org.freedesktop.DBus",
                                        "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner",
                                        g_variant_new ("(s)", g_application_get_application_id (application)),
                                        G_VARIANT_TYPE ("(s)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);
  if (answer != NULL)
    g_variant_get (answer, "(s)", &instance);
  return instance;
}

/**
 * fl_hand_over:
 * @application: an application that is registered as a remote one
 * @link: (nullable): a link of a mail
 * @error: return location for an error
 *
 * Asks the instance that is running to show its window, or @link in it, and waits until it has. Sending alone would
 * succeed even where nobody is there any more: that it has arrived is known when the same instance answers what it was
 * asked after it, because an instance takes one call after the other.
 *
 * Returns: whether the other instance has taken it
 */
gboolean
fl_hand_over (GApplication  *application,
              const char    *link,
              GError       **error)
{
  g_autofree char *instance = find_instance (application, error);
  g_autoptr (GVariant) answer = NULL;

  if (instance == NULL)
    return FALSE;
  if (link != NULL)
    fl_hand_over_link (application, link);
  else
    g_application_activate (application);

  answer = g_dbus_connection_call_sync (g_application_get_dbus_connection (application), instance,
                                        g_application_get_dbus_object_path (application), "org.gtk.Actions", "List",
                                        NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);

  return answer != NULL;
}
