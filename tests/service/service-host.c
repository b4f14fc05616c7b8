/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-test"

#include "config.h"

#include "fl-clock.h"
#include "fl-post-directory.h"
#include "fl-service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The service as a library, for tests written in another language: it starts as the program does, and takes orders on
 * its standard input, one a line, each answered by a line: `advance SECONDS` moves the clock, `import FILE` and
 * `reset FILE` are the calls of that name, `stop` ends it.
 */

static gboolean
obey (FlService  *service,
      char      **words,
      GError    **error)
{
  g_autofree char *json = NULL;

  if (strcmp (words[0], "advance") == 0)
    {
      fl_clock_advance (g_ascii_strtoll (words[1], NULL, 10));
      return TRUE;
    }
  if (!g_file_get_contents (words[1], &json, NULL, error))
    return FALSE;
  return strcmp (words[0], "reset") == 0
         ? fl_service_reset (service, json, error)
         : fl_service_import (service, json, error);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (FlServiceConfig) config = fl_service_config_new ();
  g_autoptr (FlPost) post = NULL;
  g_autoptr (FlService) service = NULL;
  g_autoptr (GError) error = NULL;
  char line[4096];

  if (argc != 5)
    return 2;
  post = fl_post_directory_new (argv[4]);
  if (!fl_service_config_load (config, argv[3], &error))
    g_error ("%s", error->message);
  service = fl_service_new (config);
  if (!fl_service_start (service, "127.0.0.1:0", argv[1], argv[2], post, &error))
    g_error ("%s", error->message);
  g_print ("listening on %s\n", fl_service_get_url (service));
  fflush (stdout);

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", 2);

      if (strcmp (words[0], "stop") == 0)
        break;
      if (obey (service, words, &error))
        g_print ("done\n");
      else
        g_print ("%s\n", error->message);
      g_clear_error (&error);
      fflush (stdout);
    }
  fl_service_stop (service);
  return 0;
}
