/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-doctor-report.h"
#include "fl-finding-sentence.h"

/* What the doctor has found, as text: for a terminal, and for a helpdesk. Nothing in it is a secret or about a person: that
 * has been taken out of the facts, and sentences have none. */

static void
add_line (GString   *text,
          FlFinding *finding,
          FlPolicy  *policy)
{
  g_autofree char *sentence = fl_finding_sentence_describe (finding, policy);
  const char *next = fl_finding_sentence_get_next (finding);

  g_string_append_printf (text, "%-6s  %s: %s\n", fl_verdict_get_name (fl_finding_get_verdict (finding)),
                          fl_finding_sentence_get_title (fl_finding_get_check (finding)),
                          g_strdelimit (sentence, "\n", ' '));
  if (next != NULL)
    g_string_append_printf (text, "        %s\n", next);
}

static void
add_facts (GString   *text,
           FlFinding *finding)
{
  const char * const *facts = fl_finding_get_facts (finding);

  for (gsize i = 0; facts[i] != NULL; i += 2)
    g_string_append_printf (text, "        %s: %s\n", facts[i], facts[i + 1]);
}

/**
 * fl_doctor_report_lines:
 * @doctor: a doctor that has examined
 *
 * Returns: (transfer full): a line for each check, and below it what to do
 */
char *
fl_doctor_report_lines (FlDoctor *doctor)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (FlCheck check = 0; check < FL_N_CHECKS; check++)
    add_line (text, fl_doctor_get_finding (doctor, check), fl_doctor_get_policy (doctor));

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * fl_doctor_report_text:
 * @doctor: a doctor that has examined
 *
 * Returns: (transfer full): all of it for a helpdesk: as fl_doctor_report_lines(), with what was seen
 */
char *
fl_doctor_report_text (FlDoctor *doctor)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *when = g_date_time_format (now, "%Y-%m-%d %H:%M UTC");
  const char *server = fl_doctor_get_server (doctor);

  g_string_append_printf (text, "First Login %s, %s\n", APP_VERSION, when);
  if (server != NULL)
    g_string_append_printf (text, "%s\n", server);
  g_string_append_c (text, '\n');
  for (FlCheck check = 0; check < FL_N_CHECKS; check++)
    {
      FlFinding *finding = fl_doctor_get_finding (doctor, check);

      add_line (text, finding, fl_doctor_get_policy (doctor));
      add_facts (text, finding);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}
