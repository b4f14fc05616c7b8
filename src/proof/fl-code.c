/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-code"

#include "config.h"

#include "fl-code.h"
#include "fl-secret.h"
#include "fl-text.h"

#include <string.h>

static gboolean
is_separator (gunichar character)
{
  return fl_text_is_blank (character)
         || g_unichar_type (character) == G_UNICODE_DASH_PUNCTUATION
         || character == 0x2212; /* the minus sign, which is mathematics to Unicode */
}

static char *
normalise (const char *typed,
           gboolean    with_letters)
{
  char *code;
  gsize length = 0;

  if (typed == NULL || !g_utf8_validate (typed, -1, NULL))
    return NULL;

  /* Never longer than what was typed, so that it never moves and leaves a copy. */
  code = g_malloc0 (strlen (typed) + 1);
  for (const char *p = typed; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);
      int digit = g_unichar_digit_value (character);

      if (digit >= 0)
        code[length++] = (char) ('0' + digit);
      else if (with_letters && character < 0x80 && g_ascii_isalpha ((char) character))
        code[length++] = g_ascii_tolower ((char) character);
      else if (!is_separator (character))
        {
          fl_secret_wipe_string (code);
          return NULL;
        }
    }

  return code;
}

/**
 * fl_code_normalise_digits:
 * @typed: (nullable): what a person typed or pasted for a code of digits
 *
 * Leaves the digits as ASCII, whatever script they were in, without the spaces and dashes that make them readable.
 *
 * Returns: (transfer full) (nullable): the digits, perhaps too few or too many; %NULL if there is anything else.
 *   Release it with [func@secret_wipe_string]
 */
char *
fl_code_normalise_digits (const char *typed)
{
  return normalise (typed, FALSE);
}

/**
 * fl_code_normalise_recovery:
 * @typed: (nullable): what a person typed or pasted for a recovery code
 *
 * Leaves letters and digits in the form Kratos compares, small letters without spaces and dashes.
 *
 * Returns: (transfer full) (nullable): the code; %NULL if there is anything else. Release it with
 *   [func@secret_wipe_string]
 */
char *
fl_code_normalise_recovery (const char *typed)
{
  return normalise (typed, TRUE);
}

/**
 * fl_code_is_complete:
 * @digits: (nullable): normalised digits
 *
 * Tells when a code can be submitted.
 *
 * Returns: whether @digits is exactly %FL_CODE_DIGITS digits
 */
gboolean
fl_code_is_complete (const char *digits)
{
  return digits != NULL
         && strnlen (digits, FL_CODE_DIGITS + 1) == FL_CODE_DIGITS
         && strspn (digits, "0123456789") == FL_CODE_DIGITS;
}

/**
 * fl_code_group:
 * @code: a code or key, in UTF-8
 * @size: characters in a group; 0 for one group
 *
 * Puts spaces in a code, for eyes and for reading aloud.
 *
 * Returns: (transfer full): the groups; release it with [func@secret_wipe_string]
 */
char *
fl_code_group (const char *code,
               guint       size)
{
  char *grouped;
  char *end;
  guint position = 0;

  g_return_val_if_fail (code != NULL, NULL);

  grouped = end = g_malloc0 (2 * strlen (code) + 1);
  for (const char *p = code; *p != '\0'; p++)
    {
      /* A byte that continues a character of UTF-8 starts with the bits 10. */
      if ((*p & 0xC0) != 0x80)
        {
          if (size > 0 && position > 0 && position % size == 0)
            *end++ = ' ';
          position++;
        }
      *end++ = *p;
    }

  return grouped;
}
