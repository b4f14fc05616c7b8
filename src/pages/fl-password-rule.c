/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <string.h>

#include "fl-password-rule.h"

/* FlPasswordRule ticks the server's rules while a password is typed, counting as Kratos counts (its package
 * selfservice/strategy/password, file validator.go): bytes, and likeness to the address without regard to case. */

#define ADDRESS_MAX 320    /* bytes; RFC 5321, 4.5.3.1 */
#define DISTANCE_MIN 5     /* edits; Kratos, minIdentifierPasswordDist */

/* Both measures in one pass over the table: the longest run in common, and the edits from one to the other. */
static void
compare (const char *a,
         gsize       a_length,
         const char *b,
         gsize       b_length,
         gsize      *run,
         gsize      *distance)
{
  gsize runs[ADDRESS_MAX + 1] = { 0, };
  gsize edits[ADDRESS_MAX + 1];

  for (gsize j = 0; j <= b_length; j++)
    edits[j] = j;

  *run = 0;
  for (gsize i = 1; i <= a_length; i++)
    {
      gsize run_before = 0;
      gsize edits_before = edits[0];

      edits[0] = i;
      for (gsize j = 1; j <= b_length; j++)
        {
          gboolean same = g_ascii_tolower (a[i - 1]) == g_ascii_tolower (b[j - 1]);
          gsize run_here = same ? run_before + 1 : 0;
          gsize edits_here = MIN (MIN (edits[j], edits[j - 1]) + 1, edits_before + (same ? 0 : 1));

          run_before = runs[j];
          edits_before = edits[j];
          runs[j] = run_here;
          edits[j] = edits_here;
          *run = MAX (*run, run_here);
        }
    }

  *distance = edits[b_length];
}

static gboolean
is_unlike (const char *password,
           const char *address)
{
  gsize length = strlen (password);
  gsize address_length = strnlen (address, ADDRESS_MAX);
  gsize run, distance;

  /* Too long for either measure to come out as alike: the longest run in common is at most the whole address. */
  if (length > 2 * address_length + DISTANCE_MIN)
    return TRUE;

  compare (password, length, address, address_length, &run, &distance);

  return distance >= DISTANCE_MIN && 2 * run <= length;
}

static gboolean
has_kind (const char     *password,
          FlPasswordRule  kind)
{
  for (const char *p = password; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if ((kind == FL_PASSWORD_RULE_LOWERCASE && g_unichar_islower (character))
          || (kind == FL_PASSWORD_RULE_UPPERCASE && g_unichar_isupper (character))
          || (kind == FL_PASSWORD_RULE_DIGIT && g_unichar_isdigit (character))
          || (kind == FL_PASSWORD_RULE_SYMBOL && !g_unichar_isalnum (character)))
        return TRUE;
    }

  return FALSE;
}

/**
 * fl_password_rule_is_met:
 * @rule: a rule
 * @password: what has been typed so far, in UTF-8
 * @address: (nullable): the account's address, where it is known
 * @minimum: the fewest bytes
 *
 * Returns: whether the rule holds; none does for an empty password
 */
gboolean
fl_password_rule_is_met (FlPasswordRule  rule,
                         const char     *password,
                         const char     *address,
                         int             minimum)
{
  g_return_val_if_fail (password != NULL, FALSE);

  if (*password == '\0')
    return FALSE;

  switch (rule)
    {
    case FL_PASSWORD_RULE_LENGTH:
      return strlen (password) >= (gsize) MAX (minimum, 0);
    case FL_PASSWORD_RULE_UNLIKE_ADDRESS:
      return address == NULL || is_unlike (password, address);
    case FL_PASSWORD_RULE_LOWERCASE:
    case FL_PASSWORD_RULE_UPPERCASE:
    case FL_PASSWORD_RULE_DIGIT:
    case FL_PASSWORD_RULE_SYMBOL:
      return has_kind (password, rule);
    default:
      g_return_val_if_reached (FALSE);
    }
}
