/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-policy-private.h"
#include "fl-link.h"

#include <stdio.h>
#include <string.h>

/* The one table of everything that a policy file may say. The parser, the example file and the test of the example go
 * by it. */
const FlPolicyKey fl_policy_keys[N_KEYS] = {
  [KEY_SERVER_URL] = { "server", "url", FL_POLICY_SERVER, NULL,
    "Address of the identity server. Without it, people are asked for it." },
  [KEY_SERVER_LANDING] = { "server", "landing", FL_POLICY_URL, NULL,
    "Page that the button in mails leads to, where it is not on the server itself." },
  [KEY_ORGANISATION_NAME] = { "organisation", "name", FL_POLICY_TEXT, NULL,
    "The employer's name." },
  [KEY_ACCOUNT_NAME] = { "account", "name", FL_POLICY_WORD, "Visma Connect",
    "What the account is called." },
  [KEY_ACCOUNT_REMEMBER_ADDRESS] = { "account", "remember-address", FL_POLICY_BOOLEAN, "true",
    "Whether people may have their address kept for the next time: false on shared computers." },
  [KEY_PRODUCT_NAME] = { "product", "name", FL_POLICY_WORD, "Flex HRM",
    "What people get into with the account." },
  [KEY_PRODUCT_URL] = { "product", "url", FL_POLICY_URL, "https://web.flexhrm.com/",
    "Where it opens in a browser." },
  [KEY_PRODUCT_MOBILE_URL] = { "product", "mobile-url", FL_POLICY_URL, "https://mobile.flexhrm.com",
    "The site that its phone app asks for; shown as a QR code." },
  [KEY_MAIL_SENDER] = { "mail", "sender", FL_POLICY_WORD, NULL,
    "Address that mails come from, for people who search their inbox." },
  [KEY_TWO_FACTOR_RULE] = { "two-factor", "rule", FL_POLICY_RULE, "required",
    "required, optional or off. The server has the last word." },
  [KEY_TWO_FACTOR_UNTIL] = { "two-factor", "until", FL_POLICY_DAY, NULL,
    "With rule=optional: the last day (YYYY-MM-DD) on which it may be put off." },
  [KEY_TWO_FACTOR_APPS] = { "two-factor", "apps", FL_POLICY_LIST, "Google Authenticator;Microsoft Authenticator;Aegis",
    "Authenticator apps to suggest, separated by semicolons." },
  [KEY_PASSWORD_MINIMUM] = { "password", "minimum", FL_POLICY_NUMBER, "10",
    "Fewest characters of a password, as the server wants it; shown while typing." },
  [KEY_PASSWORD_LOWERCASE] = { "password", "lowercase", FL_POLICY_BOOLEAN, "false",
    "Whether the server wants a small letter." },
  [KEY_PASSWORD_UPPERCASE] = { "password", "uppercase", FL_POLICY_BOOLEAN, "false",
    "Whether the server wants a capital letter." },
  [KEY_PASSWORD_DIGIT] = { "password", "digit", FL_POLICY_BOOLEAN, "false",
    "Whether the server wants a digit." },
  [KEY_PASSWORD_SYMBOL] = { "password", "symbol", FL_POLICY_BOOLEAN, "false",
    "Whether the server wants a character that is neither letter nor digit." },
  [KEY_SUPPORT_TEXT] = { "support", "text", FL_POLICY_TEXT, NULL,
    "Whom to ask for help, one sentence." },
  [KEY_SUPPORT_PHONE] = { "support", "phone", FL_POLICY_WORD, NULL,
    "The help desk's telephone number." },
  [KEY_SUPPORT_MAIL] = { "support", "mail", FL_POLICY_WORD, NULL,
    "The help desk's mail address." },
  [KEY_SUPPORT_HOURS] = { "support", "hours", FL_POLICY_TEXT, NULL,
    "When the help desk answers." },
};

#define TEXT_MAX 1000 /* characters; a page shows a sentence, not a document */
#define MINIMUM_MAX 72 /* bytes; what bcrypt takes of a password: a longer minimum could not be met by any server */

/**
 * fl_policy_get_keys:
 * @n_keys: (out): how many there are
 *
 * Shows the table of keys that a policy file may have.
 *
 * Returns: (transfer none) (array length=n_keys): the table
 */
const FlPolicyKey *
fl_policy_get_keys (gsize *n_keys)
{
  g_return_val_if_fail (n_keys != NULL, NULL);

  *n_keys = N_KEYS;
  return fl_policy_keys;
}

/* Returns: (nullable): what the table says of @key, which may carry a language in brackets if it is a text */
const FlPolicyKey *
fl_policy_find_key (const char *group,
                    const char *key)
{
  for (gsize i = 0; i < N_KEYS; i++)
    {
      const FlPolicyKey *known = &fl_policy_keys[i];
      gsize length = strlen (known->key);

      if (!g_str_equal (group, known->group) || strncmp (key, known->key, length) != 0)
        continue;
      if (key[length] == '\0' || (key[length] == '[' && known->type == FL_POLICY_TEXT))
        return known;
    }

  return NULL;
}

static gboolean
parse_day (const char *text,
           int        *year,
           int        *month,
           int        *day)
{
  char rest;

  return strlen (text) == strlen ("YYYY-MM-DD")
         && strspn (text, "0123456789-") == strlen (text)
         && sscanf (text, "%4d-%2d-%2d%c", year, month, day, &rest) == 3
         && *year >= 2000
         && *month >= 1 && *month <= 12
         && *day >= 1
         && g_date_valid_dmy ((GDateDay) *day, (GDateMonth) *month, (GDateYear) *year);
}

/* The last Unix second of @day, which is valid, where this computer is. */
gint64
fl_policy_end_of_day (const char *text)
{
  g_autoptr (GDateTime) start = NULL;
  g_autoptr (GDateTime) next = NULL;
  int year = 0, month = 0, day = 0;

  if (!parse_day (text, &year, &month, &day))
    return 0;

  start = g_date_time_new_local (year, month, day, 0, 0, 0);
  next = g_date_time_add_days (start, 1);
  return g_date_time_to_unix (next) - 1;
}

/* Embeddings, overrides and isolates (Unicode Standard Annex 9, 2): with them a name reads as another one. */
static gboolean
turns_text (gunichar character)
{
  return (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
}

static const char *
why_unfit (FlPolicyType  type,
           const char   *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (g_unichar_iscntrl (character) && (type != FL_POLICY_TEXT || character != '\n'))
        return "it contains control characters";
      if (turns_text (character))
        return "it contains characters that change the direction of text";
    }

  return g_utf8_strlen (text, -1) > TEXT_MAX ? "too long" : NULL;
}

static const char *
why_not (FlPolicyType  type,
         const char   *raw)
{
  static const char * const rules[] = { "required", "optional", "off", NULL };
  gint64 number;
  int year, month, day;

  switch (type)
    {
    case FL_POLICY_TEXT:
    case FL_POLICY_WORD:
    case FL_POLICY_LIST:
      return NULL;
    case FL_POLICY_URL:
    case FL_POLICY_SERVER:
      /* An address has the same origin as itself if it is one that this program would use at all. */
      if (type == FL_POLICY_URL ? fl_link_same_origin (raw, raw) : strstr (raw, "://") != NULL)
        return NULL;
      return "not an address that begins with https://";
    case FL_POLICY_NUMBER:
      return g_ascii_string_to_signed (raw, 10, 1, MINIMUM_MAX, &number, NULL) ? NULL : "not a number from 1 to 72";
    case FL_POLICY_BOOLEAN:
      return g_str_equal (raw, "true") || g_str_equal (raw, "false") ? NULL : "neither true nor false";
    case FL_POLICY_RULE:
      return g_strv_contains (rules, raw) ? NULL : "none of required, optional, off";
    case FL_POLICY_DAY:
      return parse_day (raw, &year, &month, &day) ? NULL : "not a day like 2026-06-30";
    default:
      g_return_val_if_reached ("not a known kind of value");
    }
}

/*
 * Checks what stands in a file.
 *
 * Returns: (transfer full) (nullable): the value in the one form that the getters expect
 */
char *
fl_policy_check_value (FlPolicyType   type,
                       const char    *raw,
                       GError       **error)
{
  const char *reason = why_unfit (type, raw);

  if (reason == NULL)
    reason = why_not (type, raw);
  if (reason != NULL)
    {
      g_set_error_literal (error, FL_POLICY_ERROR, FL_POLICY_ERROR_BAD_VALUE, reason);
      return NULL;
    }

  return type == FL_POLICY_SERVER ? fl_link_parse_server (raw, error) : g_strdup (raw);
}

static gboolean
is_key_line (const char *line,
             const char *key)
{
  gsize length = strlen (key);

  return strncmp (line, key, length) == 0 && line[length + strspn (line + length, " \t\v\f\r")] == '=';
}

/*
 * Finds where a key stands: GKeyFile forgets it.
 *
 * Returns: the line, from 1; of two, the last, which is the one that counts; 0 when there is none
 */
guint
fl_policy_find_line (const char *text,
                     const char *group,
                     const char *key)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *header = g_strdup_printf ("[%s]", group);
  gboolean inside = FALSE;
  guint found = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);

      /* GKeyFile takes a broken character behind the bracket for nothing. */
      if (line[0] == '[')
        inside = g_str_has_prefix (line, header);
      else if (inside && is_key_line (line, key))
        found = i + 1;
    }

  return found;
}

/*
 * Finds the line at which GKeyFile gave up. It reads line by line, so that everything up to the line before is a key
 * file and everything from there on is not: the line between is found by halving.
 */
guint
fl_policy_find_malformed_line (const char *text,
                               gsize       length)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  guint good = 0;
  guint bad;

  for (gsize i = 0; i < length; i++)
    {
      gsize end = i + 1;

      if (text[i] == '\n' || end == length)
        g_array_append_val (ends, end);
    }

  bad = ends->len;
  while (bad - good > 1)
    {
      g_autoptr (GKeyFile) file = g_key_file_new ();
      guint middle = good + (bad - good) / 2;

      if (g_key_file_load_from_data (file, text, g_array_index (ends, gsize, middle - 1), G_KEY_FILE_NONE, NULL))
        good = middle;
      else
        bad = middle;
    }

  return bad;
}
