/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-policy-day.h"

#include <stdio.h>
#include <string.h>

/* Days in a policy file, which have one form: ISO 8601, YYYY-MM-DD. */

static gboolean
is_day (int year,
        int month,
        int day)
{
  return year >= 2000 && year <= 9999
         && month >= 1 && month <= 12
         && day >= 1 && day <= 31
         && g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year);
}

static gboolean
parse (const char *text,
       int        *year,
       int        *month,
       int        *day)
{
  char rest;

  return strlen (text) == strlen ("YYYY-MM-DD")
         && strspn (text, "0123456789-") == strlen (text)
         && sscanf (text, "%4d-%2d-%2d%c", year, month, day, &rest) == 3
         && is_day (*year, *month, *day);
}

/**
 * fl_policy_is_day:
 * @text: anything
 *
 * Returns: whether it is a day as it has to stand in a policy file
 */
gboolean
fl_policy_is_day (const char *text)
{
  int year, month, day;

  return parse (text, &year, &month, &day);
}

static int
fetch (GMatchInfo *match,
       const char *name)
{
  g_autofree char *digits = g_match_info_fetch_named (match, name);

  return (int) g_ascii_strtoll (digits, NULL, 10);
}

/**
 * fl_policy_guess_day:
 * @text: what is not a day as it has to stand there
 *
 * Reads other ways to write a day that can only mean one: with the year first, or day.month.year. What has slashes and
 * begins with the day, or the month, is left alone.
 *
 * Returns: (transfer full) (nullable): the day in the right form
 */
char *
fl_policy_guess_day (const char *text)
{
  static const char * const forms[] = {
    "^(?<y>[0-9]{4})([-/.])(?<m>[0-9]{1,2})\\2(?<d>[0-9]{1,2})$",
    "^(?<y>[0-9]{4})(?<m>[0-9]{2})(?<d>[0-9]{2})$",
    "^(?<d>[0-9]{1,2})\\.(?<m>[0-9]{1,2})\\.(?<y>[0-9]{4})$",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (GRegex) regex = g_regex_new (forms[i], 0, 0, NULL);
      g_autoptr (GMatchInfo) match = NULL;
      int year, month, day;

      if (!g_regex_match (regex, text, 0, &match))
        continue;
      year = fetch (match, "y");
      month = fetch (match, "m");
      day = fetch (match, "d");
      if (is_day (year, month, day))
        return g_strdup_printf ("%04d-%02d-%02d", year, month, day);
    }

  return NULL;
}

/**
 * fl_policy_end_of_day:
 * @text: a day
 *
 * Returns: the last Unix second of it, where this computer is; 0 for what is none
 */
gint64
fl_policy_end_of_day (const char *text)
{
  g_autoptr (GDateTime) start = NULL;
  g_autoptr (GDateTime) next = NULL;
  int year = 0, month = 0, day = 0;

  if (!parse (text, &year, &month, &day))
    return 0;

  start = g_date_time_new_local (year, month, day, 0, 0, 0);
  next = g_date_time_add_days (start, 1);
  return g_date_time_to_unix (next) - 1;
}
