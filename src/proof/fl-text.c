/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-text"

#include "config.h"

#include "fl-text.h"
#include "fl-secret.h"

#include <string.h>

/**
 * fl_text_is_blank:
 * @character: a Unicode character
 *
 * Tells what nobody sees in typed or pasted text: white space of every script (with the no-break spaces), controls,
 * and format characters (zero-width ones, bidirectional marks, the byte order mark, the soft hyphen).
 *
 * Returns: whether @character is invisible
 */
gboolean
fl_text_is_blank (gunichar character)
{
  GUnicodeType type = g_unichar_type (character);

  return type == G_UNICODE_CONTROL
         || type == G_UNICODE_FORMAT
         || type == G_UNICODE_SPACE_SEPARATOR
         || type == G_UNICODE_LINE_SEPARATOR
         || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

/**
 * fl_text_hides_anything:
 * @text: (nullable): what a person typed or pasted
 *
 * Looks for what is blank without being a space: nobody who looks at the text would know why it is refused.
 *
 * Returns: whether there is such a character in @text
 */
gboolean
fl_text_hides_anything (const char *text)
{
  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (fl_text_is_blank (character) && g_unichar_type (character) != G_UNICODE_SPACE_SEPARATOR)
        return TRUE;
    }

  return FALSE;
}

/**
 * fl_text_trim:
 * @text: (nullable): what a person typed or pasted
 *
 * Removes what is blank from both ends. Bytes that are not UTF-8 become U+FFFD.
 *
 * Returns: (transfer full): the rest, perhaps empty; wipe it with [func@secret_wipe_string] if it holds a secret
 */
char *
fl_text_trim (const char *text)
{
  char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  gsize length = strlen (valid);
  const char *start = valid;
  const char *end = valid + length;
  gsize kept;

  while (*start != '\0' && fl_text_is_blank (g_utf8_get_char (start)))
    start = g_utf8_next_char (start);
  while (end > start)
    {
      const char *previous = g_utf8_prev_char (end);

      if (!fl_text_is_blank (g_utf8_get_char (previous)))
        break;
      end = previous;
    }

  kept = end - start;
  memmove (valid, start, kept);
  /* Moving leaves a part of the original behind. */
  fl_secret_wipe (valid + kept, length - kept);

  return valid;
}

static gboolean
take_param (const char         *param,
            gsize               length,
            const char * const *keys,
            char              **values)
{
  const char *equals = memchr (param, '=', length);

  if (equals == NULL)
    return FALSE;

  for (gsize i = 0; keys[i] != NULL; i++)
    {
      if (strlen (keys[i]) != (gsize) (equals - param) || memcmp (keys[i], param, equals - param) != 0)
        continue;
      if (values[i] != NULL)
        return FALSE;
      /* Refuses broken escapes and an escaped NUL. */
      values[i] = g_uri_unescape_segment (equals + 1, param + length, NULL);
      return values[i] != NULL && g_utf8_validate (values[i], -1, NULL);
    }

  return FALSE;
}

/**
 * fl_text_parse_params:
 * @params: `key=value&key=value`, percent-encoded as in RFC 3986 (a plus sign is a plus sign)
 * @keys: (array zero-terminated=1): the keys there may be
 * @values: (array): one place for each of @keys, all %NULL; filled with what to wipe and free
 *
 * Splits parameters without leaving copies of them behind, as they hold secrets.
 *
 * An unknown or repeated key, a part without `=`, a broken escape and text that is not UTF-8 are refused; then there
 * are no values.
 *
 * Returns: whether @params is well-formed
 */
gboolean
fl_text_parse_params (const char         *params,
                      const char * const *keys,
                      char              **values)
{
  const char *param = params;

  while (TRUE)
    {
      gsize length = strcspn (param, "&");

      if (!take_param (param, length, keys, values))
        break;
      if (param[length] == '\0')
        return TRUE;
      param += length + 1;
    }

  for (gsize i = 0; keys[i] != NULL; i++)
    g_clear_pointer (&values[i], fl_secret_wipe_string);
  return FALSE;
}
