/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "first-login"

#include "config.h"

#include "fl-training-start.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

/* Starting the training, which is a program of its own, so that this one links no server. */

#define PROGRAM "first-login-training"

/**
 * fl_training_become:
 * @arguments: (array zero-terminated=1): name of the program, and what the training is given
 *
 * Turns this process into the training: the one of the same build, or the installed one.
 *
 * Returns: only when there is none, the status to exit with
 */
int
fl_training_become (char **arguments)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *here = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *built = here != NULL ? g_build_filename (here, "training", PROGRAM, NULL) : NULL;
  const char * const places[] = { built, LIBEXECDIR "/" PROGRAM };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      if (places[i] != NULL)
        execv (places[i], arguments);
    }

  /* Translators: %s is a reason, as the operating system words it */
  g_printerr (_("The training could not be started: %s\n"), g_strerror (errno));
  return 1;
}

/**
 * fl_training_launch:
 * @error: return location for an error
 *
 * Starts the training beside this program.
 *
 * Returns: whether it has been started
 */
gboolean
fl_training_launch (GError **error)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", error);
  char *arguments[] = { self, (char *) "--demo", NULL };

  return self != NULL
         && g_spawn_async (NULL, arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, error);
}
