/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-password-check.h"

#include "fl-message.h"

#include <string.h>

/* Kratos' numbers: bytes because bcrypt reads no more, and how like the address a password may be. */
#define MAXIMUM 72
#define DISTANCE_LEAST 5

/* How many single changes lead from one text to the other: Levenshtein's distance, one row at a time. */
static gsize
distance (const char *a,
          const char *b)
{
  gsize width = strlen (b);
  g_autofree gsize *row = g_new (gsize, width + 1);

  for (gsize j = 0; j <= width; j++)
    row[j] = j;
  for (gsize i = 1; a[i - 1] != '\0'; i++)
    {
      gsize diagonal = row[0];

      row[0] = i;
      for (gsize j = 1; j <= width; j++)
        {
          gsize above = row[j];

          row[j] = MIN (MIN (above, row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
          diagonal = above;
        }
    }
  return row[width];
}

static gsize
longest_common_part (const char *a,
                     const char *b)
{
  gsize width = strlen (b);
  g_autofree gsize *row = g_new0 (gsize, width + 1);
  gsize longest = 0;

  for (gsize i = 0; a[i] != '\0'; i++)
    {
      for (gsize j = width; j > 0; j--)
        {
          row[j] = a[i] == b[j - 1] ? row[j - 1] + 1 : 0;
          longest = MAX (longest, row[j]);
        }
    }
  return longest;
}

static gboolean
is_like (const FlSecret *password,
         const char     *address)
{
  char *lower = g_utf8_strdown (fl_secret_get_text (password), -1);
  gboolean like = distance (address, lower) < DISTANCE_LEAST
                  || 2 * longest_common_part (address, lower) > strlen (lower);

  fl_secret_wipe_string (lower);
  return like;
}

/**
 * fl_password_check:
 * @password: a new password
 * @minimum: bytes that it must have
 * @address: the folded address of whose it is to be
 *
 * Returns: (transfer full) (nullable): what is wrong with it
 */
JsonObject *
fl_password_check (const FlSecret *password,
                   gint64          minimum,
                   const char     *address)
{
  gint64 length = (gint64) fl_secret_get_length (password);

  if (length < minimum)
    return fl_message_new_length (4000032, minimum, length);
  if (length > MAXIMUM)
    return fl_message_new_length (4000033, MAXIMUM, length);
  if (is_like (password, address))
    return fl_message_new (4000031);
  return NULL;
}
