/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-post-directory.h"
#include "fl-post-smtp.h"
#include "fl-secret.h"
#include "fl-service.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define EXIT_USAGE 2

typedef struct
{
  char     *listen;
  char     *database;
  char     *accounts;
  char     *config;
  char     *mail_directory;
  char     *smtp;
  gboolean  version;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->listen);
  g_free (options->database);
  g_free (options->accounts);
  g_free (options->config);
  g_free (options->mail_directory);
  g_free (options->smtp);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options   *options,
       int       *argc,
       char    ***argv,
       GError   **error)
{
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &options->listen, "Listen here; port 0 picks one", "127.0.0.1:PORT" },
    { "database", 0, 0, G_OPTION_ARG_FILENAME, &options->database, "Keep everything here", "FILE" },
    { "accounts", 0, 0, G_OPTION_ARG_FILENAME, &options->accounts, "Add accounts that are not known yet", "FILE" },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &options->config, "Lifetimes, limits and names", "FILE" },
    { "mail-directory", 0, 0, G_OPTION_ARG_FILENAME, &options->mail_directory, "Write mails here", "DIR" },
    { "smtp", 0, 0, G_OPTION_ARG_STRING, &options->smtp, "Send mails there", "smtp://HOST:PORT" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Show the version", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "Answers like the self-service API of Ory Kratos, for training and tests.");
  g_option_context_set_description (context, "For training only: never put real accounts into it. In production, use "
                                    "Ory Kratos.");
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, error);
}

static gboolean
check (const Options  *options,
       int             argc,
       GError        **error)
{
  const char *reason = NULL;

  if (argc > 1)
    reason = "there is nothing but options to give";
  else if (options->listen == NULL)
    reason = "--listen is missing";
  else if (options->database == NULL)
    reason = "--database is missing";
  else if (options->accounts == NULL)
    reason = "--accounts is missing";
  else if ((options->mail_directory == NULL) == (options->smtp == NULL))
    reason = "exactly one of --mail-directory and --smtp is needed";

  if (reason != NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, reason);
  return reason == NULL;
}

static FlPost *
make_post (const Options  *options,
           GError        **error)
{
  if (options->smtp != NULL)
    return fl_post_smtp_new (options->smtp, error);
  if (!g_file_test (options->mail_directory, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR, "“%s” is not a directory", options->mail_directory);
      return NULL;
    }
  return fl_post_directory_new (options->mail_directory);
}

static gboolean
on_signal_caught (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
serve (const Options  *options,
       FlPost         *post,
       GError        **error)
{
  g_autoptr (FlServiceConfig) config = fl_service_config_new ();
  g_autoptr (FlService) service = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  if (options->config != NULL && !fl_service_config_load (config, options->config, error))
    {
      g_prefix_error (error, "“%s”: ", options->config);
      return FALSE;
    }
  service = fl_service_new (config);
  if (!fl_service_start (service, options->listen, options->database, options->accounts, post, error))
    return FALSE;

  g_unix_signal_add (SIGTERM, on_signal_caught, loop);
  g_unix_signal_add (SIGINT, on_signal_caught, loop);
  g_print ("listening on %s\n", fl_service_get_url (service));
  fflush (stdout);
  g_main_loop_run (loop);
  fl_service_stop (service);
  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  g_auto (Options) options = { NULL };
  g_autoptr (FlPost) post = NULL;
  g_autoptr (GError) error = NULL;

  fl_secret_forbid_cores ();
  setlocale (LC_ALL, "");
  /* Whatever is written here is for the eyes of its owner. */
  umask (0077);

  if (!parse (&options, &argc, &argv, &error))
    {
      g_printerr ("first-login-service: %s\n", error->message);
      return EXIT_USAGE;
    }
  if (options.version)
    {
      g_print ("first-login-service %s\n", APP_VERSION);
      return EXIT_SUCCESS;
    }
  if (check (&options, argc, &error))
    post = make_post (&options, &error);
  if (post == NULL || !serve (&options, post, &error))
    {
      g_printerr ("first-login-service: %s\n", error->message);
      return EXIT_USAGE;
    }
  return EXIT_SUCCESS;
}
