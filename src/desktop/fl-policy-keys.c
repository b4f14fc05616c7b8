/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-policy-private.h"
#include "fl-link.h"

#include <stdio.h>
#include <string.h>

/* The one table of everything that a policy file may say. The parser, the check of a file, the example file and
 * docs/policy.md go by it. What may be locked is what people could change otherwise. */
const FlPolicyKey fl_policy_keys[N_KEYS] = {
  [KEY_SERVER_URL] = { "server", "url", FL_POLICY_SERVER, TRUE, NULL, "https://login.example.com",
    "Address of the identity server.",
    "Without it, people are asked for it. https; http only for this computer itself." },
  [KEY_SERVER_LANDING] = { "server", "landing", FL_POLICY_URL, FALSE, NULL, "https://www.example.com/reset",
    "Page that the button in mails leads to, where it is not on the server itself.",
    "Links that lead anywhere else are refused." },
  [KEY_SERVER_CA_FILE] = { "server", "ca-file", FL_POLICY_FILE, FALSE, NULL, "ca.pem",
    "File with certificates (PEM) of an authority of your own, that the server may be known by.",
    "They count besides the system's, for this server only. A relative path begins at the folder of the policy file." },
  [KEY_ORGANISATION_NAME] = { "organisation", "name", FL_POLICY_TEXT, FALSE, NULL, "Example AB",
    "The employer's name.",
    "Shown in the title of the window." },
  [KEY_ACCOUNT_NAME] = { "account", "name", FL_POLICY_WORD, FALSE, "Visma Connect", "Example Account",
    "What the account is called.",
    "Named on the pages, and in authenticator apps." },
  [KEY_ACCOUNT_REMEMBER_ADDRESS] = { "account", "remember-address", FL_POLICY_BOOLEAN, TRUE, "true", "false",
    "Whether people may have their address kept for the next time: false on shared computers.",
    "With false, the page does not offer it." },
  [KEY_PRODUCT_NAME] = { "product", "name", FL_POLICY_WORD, FALSE, "Flex HRM", "Example HR",
    "What people get into with the account.",
    "Named on the pages, and the title of the window." },
  [KEY_PRODUCT_URL] = { "product", "url", FL_POLICY_URL, FALSE, "https://web.flexhrm.com/", "https://hr.example.com/",
    "Where it opens in a browser.",
    "The button of the last page leads there." },
  [KEY_PRODUCT_MOBILE_URL] = { "product", "mobile-url", FL_POLICY_URL, FALSE,
    "https://mobile.flexhrm.com", "https://m.example.com",
    "The site that its phone app asks for.",
    "Shown on the last page, also as a QR code." },
  [KEY_MAIL_SENDER] = { "mail", "sender", FL_POLICY_WORD, FALSE, NULL, "no-reply@example.com",
    "Address that mails come from.",
    "Named where people wait for a mail, so that they can search their inbox." },
  [KEY_TWO_FACTOR_RULE] = { "two-factor", "rule", FL_POLICY_RULE, FALSE, "required", "optional",
    "Whether two-factor authentication is required, optional or off.",
    "It binds this program only. Whatever people sign in to must demand the second factor itself." },
  [KEY_TWO_FACTOR_UNTIL] = { "two-factor", "until", FL_POLICY_DAY, FALSE, NULL, "2026-12-31",
    "With rule=optional: the last day (YYYY-MM-DD) on which it may be put off.",
    "From the day after, it is required. Without it, there is no such day." },
  [KEY_TWO_FACTOR_APPS] = { "two-factor", "apps", FL_POLICY_LIST, FALSE,
    "Google Authenticator;Microsoft Authenticator;Aegis", "Aegis;FreeOTP",
    "Authenticator apps to suggest, separated by semicolons.",
    "Named where people need one." },
  [KEY_PASSWORD_MINIMUM] = { "password", "minimum", FL_POLICY_NUMBER, FALSE, "10", "12",
    "Fewest characters of a password, from 1 to 72.",
    "Shown while a new password is typed. The server decides." },
  [KEY_PASSWORD_LOWERCASE] = { "password", "lowercase", FL_POLICY_BOOLEAN, FALSE, "false", "true",
    "Whether the server wants a small letter.",
    "Shown while a new password is typed. The server decides." },
  [KEY_PASSWORD_UPPERCASE] = { "password", "uppercase", FL_POLICY_BOOLEAN, FALSE, "false", "true",
    "Whether the server wants a capital letter.",
    "Shown while a new password is typed. The server decides." },
  [KEY_PASSWORD_DIGIT] = { "password", "digit", FL_POLICY_BOOLEAN, FALSE, "false", "true",
    "Whether the server wants a digit.",
    "Shown while a new password is typed. The server decides." },
  [KEY_PASSWORD_SYMBOL] = { "password", "symbol", FL_POLICY_BOOLEAN, FALSE, "false", "true",
    "Whether the server wants a character that is neither letter nor digit.",
    "Shown while a new password is typed. The server decides." },
  [KEY_SUPPORT_TEXT] = { "support", "text", FL_POLICY_TEXT, FALSE, NULL, "Ask the help desk on the second floor.",
    "Whom to ask for help, one sentence.",
    "Shown where somebody may need help, as the three keys below." },
  [KEY_SUPPORT_PHONE] = { "support", "phone", FL_POLICY_WORD, FALSE, NULL, "+46 8 123 456",
    "The help desk's telephone number.",
    "Without it, none is named." },
  [KEY_SUPPORT_MAIL] = { "support", "mail", FL_POLICY_WORD, FALSE, NULL, "help@example.com",
    "The help desk's mail address.",
    "Without it, none is named." },
  [KEY_SUPPORT_HOURS] = { "support", "hours", FL_POLICY_TEXT, FALSE, NULL, "Monday to Friday, 8 to 17",
    "When the help desk answers.",
    "Without it, nothing is said of it." },
  [KEY_LANGUAGE_OFFERED] = { "language", "offered", FL_POLICY_LANGUAGES, TRUE, NULL, "en;sv",
    "Languages that the program may be in, separated by semicolons.",
    "The menu offers these only, and the desktop's language counts if it is one of them; otherwise the first of them does. "
    "Without it, all that there are." },
  [KEY_PRIVACY_TEXT] = { "privacy", "text", FL_POLICY_TEXT, FALSE, NULL,
    "Your address and sign-ins are stored by Example AB in Sweden.",
    "What people are told about their data before they type their address, one or two sentences.",
    "Without it, nothing is said of it." },
  [KEY_PRIVACY_URL] = { "privacy", "url", FL_POLICY_URL, FALSE, NULL, "https://www.example.com/privacy",
    "Page with the whole of it.",
    "Without it, there is no link." },
  [KEY_POLICY_LOCKED] = { "policy", "locked", FL_POLICY_KEYS, FALSE, NULL, "server.url;account.remember-address",
    "Keys that nothing else in the program overrides, separated by semicolons, each as group.key.",
    "What was saved or typed earlier does not count, and the command line cannot change it." },
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

/* Whether values of @type are several, separated by semicolons */
gboolean
fl_policy_type_is_list (FlPolicyType type)
{
  return type == FL_POLICY_LIST || type == FL_POLICY_LANGUAGES || type == FL_POLICY_KEYS;
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

static gboolean
is_language (const char *code)
{
  static const char * const codes[] = { LANGUAGES, NULL };

  return g_strv_contains (codes, code);
}

static gboolean
is_lockable (const char *name)
{
  for (gsize i = 0; i < N_KEYS; i++)
    {
      g_autofree char *known = g_strdup_printf ("%s.%s", fl_policy_keys[i].group, fl_policy_keys[i].key);

      if (fl_policy_keys[i].is_lockable && g_str_equal (name, known))
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_list_of (const char *raw,
            gboolean  (*is_good) (const char *entry))
{
  g_auto (GStrv) entries = g_strsplit (raw, ";", -1);

  for (gsize i = 0; entries[i] != NULL; i++)
    {
      if (g_strstrip (entries[i])[0] != '\0' && !is_good (entries[i]))
        return FALSE;
    }

  return TRUE;
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
    case FL_POLICY_FILE:
      return NULL;
    case FL_POLICY_LANGUAGES:
      return is_list_of (raw, is_language) ? NULL : "not languages that there are";
    case FL_POLICY_KEYS:
      return is_list_of (raw, is_lockable) ? NULL : "not keys that can be locked";
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
