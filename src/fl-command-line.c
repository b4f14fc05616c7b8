/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "first-login"

#include "config.h"

#include "fl-command-line.h"
#include "fl-check-policy.h"
#include "fl-doctor-way.h"
#include "fl-hand-over.h"
#include "fl-link.h"
#include "fl-policy.h"
#include "fl-training-start.h"
#include "fl-until-done.h"

#include <glib/gi18n.h>
#include <string.h>

/* The command line: what may stand there, and what is done before there is a window. */

/* Ways to run that are no assistant. Each takes over before anything is read or registered, and has options of its own. */
static const struct {
  const char *option;
  gboolean    is_there;
  int       (*run) (char **arguments);
} ways[] = {
  { "--check-policy", TRUE, fl_check_policy_run },
  { "--doctor", TRUE, fl_doctor_way_run },
  { "--demo", WITH_TRAINING, fl_training_become },
};

/**
 * fl_command_line_declare:
 * @application: the application
 *
 * Says which options there are.
 */
void
fl_command_line_declare (GApplication *application)
{
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, NULL, _("Use this server, unless the computer’s policy has locked another"), _("URL") },
    { "check-policy", 0, 0, G_OPTION_ARG_NONE, NULL,
      _("Check the computer’s policy, or the FILE behind it (“-”: standard input); with --json for programs"), NULL },
    { "doctor", 0, 0, G_OPTION_ARG_NONE, NULL,
      _("Look at everything that is needed, and say what stands in the way; with --json for programs"), NULL },
    { "until-done", 0, 0, G_OPTION_ARG_NONE, NULL, _("End at once when you are through already, for starting at login"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, _("Show the version"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, NULL },
    { NULL }
  };
  const GOptionEntry training[] = {
    { "demo", 0, 0, G_OPTION_ARG_NONE, NULL, _("Start the training, which needs no account and no network"), NULL },
    { NULL }
  };

  g_application_add_main_option_entries (application, entries);
  if (WITH_TRAINING)
    g_application_add_main_option_entries (application, training);
  /* Translators: what may stand behind the options on the command line */
  g_application_set_option_context_parameter_string (application, _("[URI]"));
  g_application_set_option_context_summary (application,
                                            _("First Login takes you from a new account to being signed in."));
}

static gboolean
take (char       **arguments,
      const char  *option)
{
  for (gsize i = 1; arguments[i] != NULL; i++)
    {
      if (!g_str_equal (arguments[i], option))
        continue;
      g_free (arguments[i]);
      for (gsize k = i; (arguments[k] = arguments[k + 1]) != NULL; k++)
        continue;
      return TRUE;
    }

  return FALSE;
}

/**
 * fl_command_line_take_over:
 * @arguments: (array zero-terminated=1): the words; the option that asks for another way to run is taken out of them
 * @exit_status: (out): the status to exit with
 *
 * Runs the program in another way than as the assistant, if it is asked to.
 *
 * Returns: whether it has
 */
gboolean
fl_command_line_take_over (char **arguments,
                           int   *exit_status)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      if (!ways[i].is_there || !take (arguments, ways[i].option))
        continue;
      *exit_status = ways[i].run (arguments);
      return TRUE;
    }

  return FALSE;
}

/* Says why the other instance has taken nothing. One that has gone leaves its place to this one; one that is there and
 * does not answer keeps it. */
static int
fail_to_hand_over (FlCommandLine *self,
                   GApplication  *application,
                   GError        *error)
{
  self->left_alone = !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
                     && (g_application_get_flags (application) & G_APPLICATION_IS_SERVICE) == 0;
  if (self->left_alone)
    g_debug ("Handing over failed: %s", error->message);
  else
    g_printerr (_("First Login could not be started: %s\n"), error->message);

  return 1;
}

/* What a browser hands over is judged in the window: there a person reads what is wrong with it. */
static gboolean
is_ours (const char *argument)
{
  return g_ascii_strncasecmp (argument, FL_LINK_SCHEME ":", strlen (FL_LINK_SCHEME ":")) == 0;
}

/* What IT has locked is asked for before another instance is, so that everybody hears the same. */
static gboolean
check_lock (void)
{
  g_autoptr (FlPolicy) policy = fl_policy_load (NULL, NULL);

  if (!fl_policy_is_locked (policy, "server", "url"))
    return TRUE;

  /* Translators: %s is the address of a server; leave --server as it is */
  g_printerr (_("--server cannot be used here: your IT department has locked the server to %s\n"),
              fl_policy_get_server (policy));
  return FALSE;
}

static gboolean
check_arguments (FlCommandLine       *self,
                 GVariantDict        *options,
                 const char * const  *rest)
{
  const char *server = NULL;

  if (g_variant_dict_lookup (options, "server", "&s", &server))
    {
      self->server = fl_link_parse_server (server, NULL);
      if (self->server == NULL)
        {
          g_printerr (_("“%s” is not the address of a server: it has to begin with https://\n"), server);
          return FALSE;
        }
      if (!check_lock ())
        return FALSE;
    }
  if (rest != NULL && rest[0] != NULL)
    {
      g_autoptr (FlLink) link = rest[1] == NULL ? fl_link_parse (rest[0], NULL) : NULL;

      if (link == NULL && (rest[1] != NULL || !is_ours (rest[0])))
        {
          g_printerr (_("That is not a link from a mail about a new password\n"));
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * fl_command_line_read:
 * @self: a command line, empty
 * @application: the application that was started with it
 * @options: its options
 *
 * Does what the options ask for, and registers @application; where it is running already, hands over to that instance.
 *
 * Returns: the status to exit with; -1 to go on as the one instance
 */
int
fl_command_line_read (FlCommandLine *self,
                      GApplication  *application,
                      GVariantDict  *options)
{
  g_autofree const char **rest = NULL;
  g_autoptr (GError) error = NULL;
  const char *link;

  self->understood = TRUE;
  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("first-login %s\n", APP_VERSION);
      return 0;
    }

  g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&s", &rest);
  if (!check_arguments (self, options, rest))
    return 2;
  link = rest != NULL ? rest[0] : NULL;
  if (link == NULL && g_variant_dict_contains (options, "until-done") && fl_until_done_is_over (self->server))
    return 0;
  if (!g_application_register (application, NULL, &error))
    return fail_to_hand_over (self, application, error);
  if (g_application_get_is_remote (application))
    {
      if (!fl_hand_over (application, link, &error))
        return fail_to_hand_over (self, application, error);
      if (self->server != NULL)
        g_printerr (_("First Login is already running: close it first to change the server\n"));
      return 0;
    }

  if (link != NULL)
    fl_hand_over_link (application, link);

  return -1;
}

/**
 * fl_command_line_clear:
 * @self: a command line
 *
 * Gives back what it holds.
 */
void
fl_command_line_clear (FlCommandLine *self)
{
  g_clear_pointer (&self->server, g_free);
}
