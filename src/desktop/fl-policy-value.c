/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-address.h"
#include "fl-link.h"
#include "fl-policy-day.h"
#include "fl-policy-file.h"
#include "fl-policy-guess.h"
#include "fl-text.h"

#include <string.h>

/* Judging the value of a key: whether it holds, what is wrong with it, and what was likely meant. */

#define TEXT_MAX 1000 /* characters; a page shows a sentence, not a document */
#define MINIMUM_MAX 72 /* bytes; what bcrypt takes of a password: a longer minimum could not be met by any server */

static const char * const rules[] = { "required", "optional", "off", NULL };

/* Embeddings, overrides and isolates (Unicode Standard Annex 9, 2): with them a name reads as another one. */
static gboolean
turns_text (gunichar character)
{
  return (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
}

/* Returns: the fault of what no value may contain; %FL_POLICY_N_FAULTS for none */
static FlPolicyFault
find_unfit (FlPolicyType  type,
            const char   *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (g_unichar_iscntrl (character) && (type != FL_POLICY_TEXT || character != '\n'))
        return FL_POLICY_CONTROL;
      if (turns_text (character))
        return FL_POLICY_DIRECTION;
    }

  return g_utf8_strlen (text, -1) > TEXT_MAX ? FL_POLICY_TOO_LONG : FL_POLICY_N_FAULTS;
}

/* Quotation marks around a whole value, typed or made by a word processor: they belong to no value. */
static char *
dup_unquoted (const char *text)
{
  static const char opening[] = "\"'“”„«‘’‚»`";
  gunichar first = g_utf8_get_char (text);
  const char *end = text + strlen (text);
  const char *last = g_utf8_find_prev_char (text, end);

  if (last == NULL || last == text
      || g_utf8_strchr (opening, -1, first) == NULL
      || g_utf8_strchr (opening, -1, g_utf8_get_char (last)) == NULL)
    return NULL;

  return g_strstrip (g_strndup (g_utf8_next_char (text), (gsize) (last - g_utf8_next_char (text))));
}

/* What stands in front of a “#” that was meant to begin a comment. */
static char *
dup_uncommented (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      if (p > text && *p == '#' && g_ascii_isspace (p[-1]))
        return g_strchomp (g_strndup (text, (gsize) (p - text)));
    }

  return NULL;
}

/* Without characters that nobody sees, which come along when something is copied from a page. */
static char *
dup_visible (const char *text)
{
  GString *visible = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (!fl_text_is_blank (character) || g_ascii_isspace (*p))
        g_string_append_unichar (visible, character);
    }
  if (g_str_equal (g_strstrip (visible->str), text))
    g_string_assign (visible, "");

  return visible->str[0] != '\0' ? g_string_free (visible, FALSE) : (g_string_free (visible, TRUE), NULL);
}

/* A blank at its end would belong to the path. */
static gboolean
is_url (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (fl_text_is_blank (g_utf8_get_char (p)))
        return FALSE;
    }

  /* An address has the same origin as itself if it is one that this program would use at all. */
  return fl_link_same_origin (text, text);
}

/* Returns: (transfer full) (nullable): the value in the one form that the getters expect; %NULL if it is none */
static char *
accept (FlPolicyType  type,
        const char   *raw)
{
  gboolean is_good;
  gint64 number;

  switch (type)
    {
    case FL_POLICY_SERVER:
      return strstr (raw, "://") != NULL ? fl_link_parse_server (raw, NULL) : NULL;
    case FL_POLICY_URL:
      is_good = is_url (raw);
      break;
    case FL_POLICY_ADDRESS:
      is_good = fl_address_is_plausible (raw);
      break;
    case FL_POLICY_NUMBER:
      is_good = g_ascii_string_to_signed (raw, 10, 1, MINIMUM_MAX, &number, NULL);
      break;
    case FL_POLICY_BOOLEAN:
      is_good = g_str_equal (raw, "true") || g_str_equal (raw, "false");
      break;
    case FL_POLICY_RULE:
      is_good = g_strv_contains (rules, raw);
      break;
    case FL_POLICY_DAY:
      is_good = fl_policy_is_day (raw);
      break;
    case FL_POLICY_TEXT:
    case FL_POLICY_WORD:
    case FL_POLICY_LIST:
    case FL_POLICY_FILE:
    case FL_POLICY_LANGUAGES:
    case FL_POLICY_KEYS:
    default:
      is_good = TRUE;
    }

  return is_good ? g_strdup (raw) : NULL;
}

static void
tell_url (const FlPolicyPlace *place,
          FlPolicyType         type,
          const char          *raw)
{
  gboolean is_http = g_ascii_strncasecmp (raw, "http://", strlen ("http://")) == 0;
  const char *rest = is_http ? raw + strlen ("http://") : raw;
  g_autofree char *secure = g_strconcat ("https://", rest, NULL);
  g_autofree char *meant = strstr (rest, "://") == NULL ? accept (type, secure) : NULL;

  if (meant != NULL)
    fl_policy_tell (place, is_http ? FL_POLICY_NOT_HTTPS : FL_POLICY_NO_SCHEME, raw, meant);
  else
    fl_policy_tell (place, FL_POLICY_NOT_URL, raw, NULL);
}

static void
tell_boolean (const FlPolicyPlace *place,
              const char          *raw)
{
  static const char * const words[][2] = {
    { "yes", "true" }, { "on", "true" }, { "1", "true" }, { "enabled", "true" },
    { "no", "false" }, { "off", "false" }, { "0", "false" }, { "disabled", "false" },
  };
  FlPolicyGuess guess;

  fl_policy_guess_init (&guess, raw);
  fl_policy_guess_consider (&guess, "true");
  fl_policy_guess_consider (&guess, "false");
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_ascii_strcasecmp (raw, words[i][0]) == 0)
        guess.best = words[i][1];
    }
  fl_policy_tell (place, FL_POLICY_NOT_BOOLEAN, raw, guess.best);
}

static void
tell_rule (const FlPolicyPlace *place,
           const char          *raw)
{
  FlPolicyGuess guess;

  fl_policy_guess_init (&guess, raw);
  for (gsize i = 0; rules[i] != NULL; i++)
    fl_policy_guess_consider (&guess, rules[i]);
  fl_policy_tell (place, FL_POLICY_NOT_RULE, raw, guess.best);
}

/* What a mail program shows: Name <address>, mailto:address. */
static void
tell_address (const FlPolicyPlace *place,
              const char          *raw)
{
  const char *start = strchr (raw, '<');
  const char *end = start != NULL ? strchr (start, '>') : NULL;
  g_autofree char *meant = NULL;

  if (end != NULL)
    meant = g_strndup (start + 1, (gsize) (end - start - 1));
  else if (g_ascii_strncasecmp (raw, "mailto:", strlen ("mailto:")) == 0)
    meant = g_strdup (raw + strlen ("mailto:"));

  fl_policy_tell (place, FL_POLICY_NOT_ADDRESS, raw, fl_address_is_plausible (meant) ? meant : NULL);
}

static void
tell_unaccepted (const FlPolicyPlace *place,
                 FlPolicyType         type,
                 const char          *raw)
{
  g_autofree char *day = NULL;

  switch ((int) type)
    {
    case FL_POLICY_SERVER:
    case FL_POLICY_URL:
      tell_url (place, type, raw);
      break;
    case FL_POLICY_ADDRESS:
      tell_address (place, raw);
      break;
    case FL_POLICY_NUMBER:
      fl_policy_tell (place, FL_POLICY_NOT_NUMBER, raw, NULL);
      break;
    case FL_POLICY_BOOLEAN:
      tell_boolean (place, raw);
      break;
    case FL_POLICY_RULE:
      tell_rule (place, raw);
      break;
    default:
      day = fl_policy_guess_day (raw);
      fl_policy_tell (place, FL_POLICY_NOT_DAY, raw, day);
    }
}

/* Returns: whether something around the value is what is wrong */
static gboolean
tell_surroundings (const FlPolicyPlace *place,
                   FlPolicyType         type,
                   const char          *raw)
{
  const struct {
    FlPolicyFault fault;
    char *(*mend) (const char *text);
  } ways[] = {
    { FL_POLICY_COMMENT_BEHIND, dup_uncommented },
    { FL_POLICY_QUOTED, dup_unquoted },
    { FL_POLICY_INVISIBLE, dup_visible },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *mended = ways[i].mend (raw);
      g_autofree char *meant = mended != NULL ? accept (type, mended) : NULL;

      if (meant == NULL || *meant == '\0')
        continue;
      fl_policy_tell (place, ways[i].fault, raw, meant);
      return TRUE;
    }

  return FALSE;
}

/* Words are shown as they stand there, whatever was meant. */
static void
tell_odd_words (const FlPolicyPlace *place,
                const char          *raw)
{
  g_autofree char *unquoted = dup_unquoted (raw);
  const char *comment = strstr (raw, " # ");
  g_autofree char *uncommented = comment != NULL ? g_strndup (raw, (gsize) (comment - raw)) : NULL;

  if (unquoted != NULL)
    fl_policy_tell (place, FL_POLICY_TEXT_QUOTED, raw, unquoted);
  if (uncommented != NULL)
    fl_policy_tell (place, FL_POLICY_TEXT_COMMENT_BEHIND, raw, uncommented);
}

static gboolean
check_language (const FlPolicyPlace *place,
                const char          *code)
{
  g_autofree char *language = g_ascii_strdown (code, (gssize) strcspn (code, "_-.@"));

  if (fl_policy_has_language (code))
    return TRUE;

  fl_policy_tell (place, FL_POLICY_UNKNOWN_LANGUAGE, code, fl_policy_has_language (language) ? language : NULL);
  return FALSE;
}

static gboolean
check_lock (const FlPolicyPlace *place,
            const char          *name)
{
  g_auto (GStrv) parts = g_strsplit (name, ".", 2);
  g_autofree char *meant = NULL;

  if (g_strv_length (parts) == 2 && fl_policy_find_key (parts[0], parts[1]) != NULL)
    return TRUE;

  meant = fl_policy_guess_lock (name);
  fl_policy_tell (place, FL_POLICY_UNKNOWN_LOCK, name, meant);
  return FALSE;
}

/* Entries stand between semicolons; nothing is no entry. One that is wrong costs the others nothing. */
static char *
check_entries (const FlPolicyPlace *place,
               FlPolicyType         type,
               const char          *raw)
{
  g_auto (GStrv) entries = g_strsplit (raw, ";", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) good = NULL;

  for (gsize i = 0; entries[i] != NULL; i++)
    {
      const char *entry = g_strstrip (entries[i]);

      if (*entry != '\0'
          && (type != FL_POLICY_LANGUAGES || check_language (place, entry))
          && (type != FL_POLICY_KEYS || check_lock (place, entry)))
        g_strv_builder_add (builder, entry);
    }
  good = g_strv_builder_end (builder);

  /* Semicolons alone are a list of nothing, where that makes sense. */
  return good[0] != NULL || type == FL_POLICY_LIST ? g_strjoinv (";", good) : NULL;
}

static char *
check_list (const FlPolicyPlace *place,
            FlPolicyType         type,
            const char          *raw)
{
  g_autofree char *unquoted = dup_unquoted (raw);
  g_auto (GStrv) parts = g_strsplit (raw, ",", -1);

  if (parts[1] != NULL && strchr (raw, ';') == NULL)
    {
      g_autofree char *meant = NULL;

      for (gsize i = 0; parts[i] != NULL; i++)
        g_strstrip (parts[i]);
      meant = g_strjoinv (";", parts);
      fl_policy_tell (place, FL_POLICY_COMMAS, raw, meant);
      return NULL;
    }
  if (unquoted != NULL)
    {
      fl_policy_tell (place, FL_POLICY_QUOTED, raw, unquoted);
      return NULL;
    }

  return check_entries (place, type, raw);
}

/**
 * fl_policy_check_value:
 * @place: where @raw stands
 * @key: what it is the value of
 * @raw: what stands there, without spaces around it, not empty, UTF-8
 *
 * Judges a value, and tells what is wrong with it.
 *
 * Returns: (transfer full) (nullable): the value in the one form that the getters expect; %NULL where it does not hold
 */
char *
fl_policy_check_value (const FlPolicyPlace *place,
                       const FlPolicyKey   *key,
                       const char          *raw)
{
  FlPolicyFault unfit = find_unfit (key->type, raw);
  g_autofree char *value = NULL;

  if (unfit != FL_POLICY_N_FAULTS)
    {
      fl_policy_tell (place, unfit, NULL, NULL);
      return NULL;
    }
  if (fl_policy_type_is_list (key->type))
    return check_list (place, key->type, raw);
  if (key->type == FL_POLICY_FILE && tell_surroundings (place, key->type, raw))
    return NULL;

  value = accept (key->type, raw);
  if (value == NULL && !tell_surroundings (place, key->type, raw))
    tell_unaccepted (place, key->type, raw);
  if (key->type == FL_POLICY_TEXT || key->type == FL_POLICY_WORD)
    tell_odd_words (place, raw);

  return g_steal_pointer (&value);
}
