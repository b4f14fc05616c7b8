/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "first-login"

#include "config.h"

#include "fl-doctor-way.h"

#include "fl-doctor-json.h"
#include "fl-doctor-report.h"
#include "fl-link.h"
#include "fl-toolkit.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* The doctor on a terminal: without a window, a display or a session bus. Exit statuses are those of monitoring plugins. */

#define NOT_UNDERSTOOD 3  /* "unknown" there */

static const int statuses[] = {
  [FL_VERDICT_NONE] = NOT_UNDERSTOOD,
  [FL_VERDICT_GREEN] = 0,
  [FL_VERDICT_YELLOW] = 1,
  [FL_VERDICT_RED] = 2,
};

typedef struct {
  char     *server;  /* (nullable) */
  gboolean  json;
} Options;

static gboolean
parse (char    **arguments,
       Options  *options)
{
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, &options->server, _("Use this server, unless the computer’s policy has locked another"),
      _("URL") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, _("Answer for programs"), NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) words = g_strdupv (arguments);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, _("--doctor looks at everything that First Login needs, and says what stands in the way."));
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &words, &error))
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }
  if (words[0] != NULL && words[1] != NULL)
    {
      /* Translators: %s is a word on the command line */
      g_printerr (_("--doctor does not know what to do with “%s”\n"), words[1]);
      return FALSE;
    }

  return TRUE;
}

/* The server that a person has typed, where IT has named none. */
static char *
get_typed_server (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettings) settings = NULL;
  g_autofree char *typed = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, APP_ID, TRUE);
  if (schema == NULL)
    return NULL;

  settings = g_settings_new_full (schema, NULL, NULL);
  typed = g_settings_get_string (settings, "server");
  return typed[0] != '\0' ? fl_link_parse_server (typed, NULL) : NULL;
}

static gboolean
find_server (const Options  *options,
             FlPolicy       *policy,
             char          **server)
{
  if (options->server == NULL)
    {
      *server = fl_policy_get_server (policy) != NULL ? g_strdup (fl_policy_get_server (policy)) : get_typed_server ();
      return TRUE;
    }

  *server = fl_link_parse_server (options->server, NULL);
  if (*server == NULL)
    {
      g_printerr (_("“%s” is not the address of a server: it has to begin with https://\n"), options->server);
      return FALSE;
    }
  if (fl_policy_is_locked (policy, "server", "url"))
    {
      /* Translators: %s is the address of a server; leave --server as it is */
      g_printerr (_("--server cannot be used here: your IT department has locked the server to %s\n"),
                  fl_policy_get_server (policy));
      return FALSE;
    }

  return TRUE;
}

static void
on_examine_ready (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  fl_doctor_examine_finish (FL_DOCTOR (source), result, NULL);
  g_main_loop_quit (user_data);
}

static int
examine (FlPolicy   *policy,
         const char *server,
         gboolean    json)
{
  g_autoptr (FlDoctor) doctor = fl_doctor_new (policy, server);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *report = NULL;

  fl_toolkit_tell (doctor, NULL);
  fl_doctor_examine_async (doctor, NULL, on_examine_ready, loop);
  g_main_loop_run (loop);
  report = json ? fl_doctor_json_new (doctor) : fl_doctor_report_lines (doctor);
  /* JSON is UTF-8, whatever the terminal is (RFC 8259, section 8.1). */
  if (json)
    puts (report);
  else
    g_print ("%s", report);

  return statuses[fl_doctor_get_verdict (doctor)];
}

/**
 * fl_doctor_way_run:
 * @arguments: (array zero-terminated=1): name of the program, and what the doctor is told
 *
 * Examines, and prints what has been found.
 *
 * Returns: the status to exit with: 0 when everything is green, 1 for yellow, 2 for red, 3 for a command line that makes no
 *   sense
 */
int
fl_doctor_way_run (char **arguments)
{
  Options options = { NULL, FALSE };
  g_autoptr (FlPolicy) policy = NULL;
  g_autofree char *server = NULL;
  g_autofree char *given = NULL;
  gboolean is_understood = parse (arguments, &options);

  given = options.server;
  if (!is_understood)
    return NOT_UNDERSTOOD;

  policy = fl_policy_load (NULL, NULL);
  if (!find_server (&options, policy, &server))
    return NOT_UNDERSTOOD;

  return examine (policy, server, options.json);
}
