/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "solve"

#include "config.h"

#include "fl-altcha.h"

#include <stdio.h>

/* Solves the challenges on its standard input, one a line, and prints the milliseconds that each one took. */
int
main (void)
{
  char challenge[8192];

  while (fgets (challenge, sizeof challenge, stdin) != NULL)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *payload = NULL;
      gint64 begun = g_get_monotonic_time ();

      payload = fl_altcha_solve (challenge, NULL, &error);
      if (payload == NULL)
        {
          fprintf (stderr, "%s\n", error->message);
          return 1;
        }
      printf ("%.3f\n", (double) (g_get_monotonic_time () - begun) / 1000);
    }
  return 0;
}
