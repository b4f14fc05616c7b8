/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-totp"

#include "config.h"

#include "fl-totp.h"
#include "fl-code.h"

#include <oath.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define KEY_SIZE 20 /* bytes; RFC 4226, section 4, R6 recommends 160 bits */

/**
 * fl_totp_generate_key:
 *
 * Makes a key for a new authenticator.
 *
 * Returns: (transfer full): 160 random bits in Base32 (RFC 4648) without padding
 */
FlSecret *
fl_totp_generate_key (void)
{
  guint8 bytes[KEY_SIZE];
  char *base32 = NULL;
  FlSecret *key;

  fl_secret_random (bytes, sizeof bytes);
  if (oath_base32_encode ((const char *) bytes, sizeof bytes, &base32, NULL) != OATH_OK)
    g_error ("No memory for a key");
  fl_secret_wipe (bytes, sizeof bytes);

  /* 160 bits fill the last group of Base32, so there is no padding to take away. */
  key = fl_secret_new (base32);
  fl_secret_wipe (base32, strlen (base32));
  free (base32);

  return key;
}

/**
 * fl_totp_code:
 * @key: a key in Base32, with or without padding, spaces and capital letters
 * @time: Unix time in seconds
 *
 * Computes the code that an authenticator shows at @time (RFC 6238: HMAC-SHA-1, %FL_CODE_DIGITS digits).
 *
 * Returns: (transfer full) (nullable): the digits, to be released with [func@secret_wipe_string]; %NULL if @key is not
 *   Base32 or @time is before 1970
 */
char *
fl_totp_code (const FlSecret *key,
              gint64          time)
{
  char *bytes = NULL;
  size_t size = 0;
  char *code = NULL;

  g_return_val_if_fail (key != NULL, NULL);

  if (time < 0
      || oath_base32_decode (fl_secret_get_text (key), fl_secret_get_length (key), &bytes, &size) != OATH_OK)
    return NULL;

  if (size > 0)
    {
      code = g_malloc0 (FL_CODE_DIGITS + 1);
      if (oath_totp_generate (bytes, size, time, FL_TOTP_PERIOD, OATH_TOTP_DEFAULT_START_TIME, FL_CODE_DIGITS,
                              code) != OATH_OK)
        g_clear_pointer (&code, fl_secret_wipe_string);
      fl_secret_wipe (bytes, size);
    }
  free (bytes);

  return code;
}

static gboolean
is_code_of (const FlSecret *key,
            const char     *code,
            gint64          period)
{
  char *expected = fl_totp_code (key, period * FL_TOTP_PERIOD);
  gboolean same = expected != NULL && sodium_memcmp (expected, code, FL_CODE_DIGITS) == 0;

  fl_secret_wipe_string (expected);

  return same;
}

/**
 * fl_totp_verify:
 * @key: a key in Base32
 * @code: (nullable): what was typed, as [func@code_normalise_digits] leaves it
 * @time: Unix time in seconds
 * @skew: how many periods a clock may be ahead or behind; RFC 6238, section 5.2 recommends one
 * @period: (out) (optional): the period that @code belongs to, counted from 1970. Remember the last one used and refuse
 *   it and those before it, as section 5.2 demands
 *
 * Checks a code in a time that does not depend on how much of it is right.
 *
 * Returns: whether @code is right
 */
gboolean
fl_totp_verify (const FlSecret *key,
                const char     *code,
                gint64          time,
                guint           skew,
                gint64         *period)
{
  gint64 now = time / FL_TOTP_PERIOD;
  gint64 found = -1;

  g_return_val_if_fail (key != NULL, FALSE);

  if (!fl_code_is_complete (code))
    return FALSE;

  /* Downwards, so that the earliest stays: it is the one that a replay would come from. */
  for (gint64 candidate = now + skew; candidate >= now - (gint64) skew; candidate--)
    {
      if (is_code_of (key, code, candidate))
        found = candidate;
    }

  if (found >= 0 && period != NULL)
    *period = found;
  return found >= 0;
}

/**
 * fl_totp_find_skew:
 * @key: a key in Base32
 * @code: (nullable): what was typed, as [func@code_normalise_digits] leaves it
 * @time: Unix time in seconds
 * @reach: how many periods to look ahead and back
 * @skew: (out): how many periods the clock that @code comes from is ahead; negative when it is behind
 *
 * Looks for the time that a code would be right at, as RFC 6238, section 6 does to resynchronise. It serves to explain a
 * code that has been refused, and must never be a reason to accept one: of a million codes, 2 * @reach + 1 are found.
 *
 * All of them are computed, whichever is right; where more than one is, the nearest counts.
 *
 * Returns: whether @code is right at any time within @reach
 */
gboolean
fl_totp_find_skew (const FlSecret *key,
                   const char     *code,
                   gint64          time,
                   guint           reach,
                   int            *skew)
{
  gint64 now = time / FL_TOTP_PERIOD;
  gboolean found = FALSE;

  g_return_val_if_fail (key != NULL, FALSE);
  g_return_val_if_fail (skew != NULL, FALSE);

  if (!fl_code_is_complete (code))
    return FALSE;

  for (int distance = (int) reach; distance >= 0; distance--)
    {
      gboolean ahead = is_code_of (key, code, now + distance);
      gboolean behind = is_code_of (key, code, now - distance);

      if (ahead || behind)
        {
          found = TRUE;
          *skew = behind ? -distance : distance;
        }
    }

  return found;
}
