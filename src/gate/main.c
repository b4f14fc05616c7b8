/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-store-postgres.h"
#include "fl-gate-store-sqlite.h"
#include "fl-gate.h"
#include "fl-secret.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define EXIT_USAGE 2
#define FILES_BESIDE 128
#define DRAIN_SECONDS 60  /* as long as the listener lets an answer take */

typedef struct
{
  char     *config;
  gboolean  version;
} Options;

static gboolean
parse (Options   *options,
       int       *argc,
       char    ***argv,
       GError   **error)
{
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &options->config, "What it is told: lines of NAME=value", "FILE" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Show the version", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "Stands between nginx and Ory Kratos: a robot check, limits on guessing, and a "
                                "strict reading of what is asked.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1 || (options->config == NULL && !options->version))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "--config FILE is needed, and nothing else");
      return FALSE;
    }
  return TRUE;
}

static gboolean
on_signal_caught (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
give_up (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Nobody who has been let in is turned away. */
static void
drain (FlGate *gate)
{
  gboolean over = FALSE;
  guint deadline = g_timeout_add_seconds (DRAIN_SECONDS, give_up, &over);

  fl_gate_drain (gate);
  while (!over && fl_gate_get_open (gate) > 0)
    g_main_context_iteration (NULL, TRUE);
  if (!over)
    g_source_remove (deadline);
  /* What has been answered last is still to be written. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* A connection has two files here and one to Kratos, and shells begin with 1024 for programs that use select(). Where systemd
 * gives enough it may also forbid to ask for more. */
static void
raise_file_limit (guint connections)
{
  const rlim_t wanted = 3 * (rlim_t) connections + FILES_BESIDE;
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
    return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
    g_warning ("CONNECTIONS is more than the limit of open files has room for (ulimit -n, LimitNOFILE=).");
}

static FlGateStore *
open_store (const FlGateConfig  *config,
            GError             **error)
{
  if (config->postgres != NULL)
    return fl_gate_store_postgres_new (config->postgres, error);
  return fl_gate_store_sqlite_new (config->store);
}

static gboolean
serve (const FlGateConfig  *config,
       GError             **error)
{
  g_autoptr (FlGateStore) store = open_store (config, error);
  g_autoptr (FlGate) gate = NULL;
  g_autoptr (GMainLoop) loop = NULL;
  g_autofree char *url = NULL;
  g_autofree char *metrics = NULL;

  if (store == NULL)
    return FALSE;
  raise_file_limit (config->connections);
  gate = fl_gate_new (config, store);
  if (!fl_gate_listen (gate, error))
    return FALSE;

  loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGTERM, on_signal_caught, loop);
  g_unix_signal_add (SIGINT, on_signal_caught, loop);
  url = fl_gate_get_url (gate);
  metrics = fl_gate_get_metrics_url (gate);
  g_print ("listening on %s\n", url);
  if (metrics != NULL)
    g_print ("metrics on %s/metrics\n", metrics);
  fflush (stdout);
  g_main_loop_run (loop);
  drain (gate);
  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  Options options = { NULL };
  g_autofree char *path = NULL;
  g_autoptr (FlGateConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  fl_secret_forbid_cores ();
  setlocale (LC_ALL, "");
  umask (0077);
  g_log_writer_default_set_use_stderr (TRUE);

  if (!parse (&options, &argc, &argv, &error))
    {
      g_printerr ("first-login-gate: %s\n", error->message);
      return EXIT_USAGE;
    }
  path = options.config;
  if (options.version)
    {
      g_print ("first-login-gate %s\n", APP_VERSION);
      return EXIT_SUCCESS;
    }
  config = fl_gate_config_load (path, &error);
  if (config == NULL || !serve (config, &error))
    {
      g_printerr ("first-login-gate: %s\n", error->message);
      return EXIT_USAGE;
    }
  return EXIT_SUCCESS;
}
