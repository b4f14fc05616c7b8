/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-policy-guess.h"

#include <string.h>

/* FlPolicyGuess finds, among the words that there are, the one that was likely meant by one that there is not. */

#define WORD_MAX 32 /* bytes; no group, key or value of the table is as long */

/* Letters that are wrong, missing, too many or swapped: optimal string alignment distance, over the bytes, after
 * Boytsov, "Indexing methods for approximate dictionary searching" (2011), 2.2. Capital letters do not count. */
static guint
measure (const char *a,
         const char *b)
{
  guint rows[WORD_MAX + 1][WORD_MAX + 1];
  gsize length_a = strlen (a);
  gsize length_b = strlen (b);

  for (gsize i = 0; i <= length_a; i++)
    rows[i][0] = (guint) i;
  for (gsize j = 0; j <= length_b; j++)
    rows[0][j] = (guint) j;

  for (gsize i = 1; i <= length_a; i++)
    {
      for (gsize j = 1; j <= length_b; j++)
        {
          char x = g_ascii_tolower (a[i - 1]);
          char y = g_ascii_tolower (b[j - 1]);
          guint best = rows[i - 1][j - 1] + (x != y);

          best = MIN (best, MIN (rows[i - 1][j], rows[i][j - 1]) + 1);
          if (i > 1 && j > 1 && x == g_ascii_tolower (b[j - 2]) && y == g_ascii_tolower (a[i - 2]))
            best = MIN (best, rows[i - 2][j - 2] + 1);
          rows[i][j] = best;
        }
    }

  return rows[length_a][length_b];
}

/**
 * fl_policy_guess_init:
 * @self: a guess
 * @word: what stands in the file; kept as long as @self
 *
 * Begins. One letter of three may be wrong, of short words one at all: beyond that, a guess helps nobody.
 */
void
fl_policy_guess_init (FlPolicyGuess *self,
                      const char    *word)
{
  self->word = word;
  self->best = NULL;
  self->distance = MAX (2, (guint) strlen (word) / 3 + 1);
}

/**
 * fl_policy_guess_consider:
 * @self: a guess
 * @candidate: a word that there is; kept as long as @self
 *
 * Takes @candidate if it is nearer than those before.
 */
void
fl_policy_guess_consider (FlPolicyGuess *self,
                          const char    *candidate)
{
  guint distance;

  if (strlen (self->word) > WORD_MAX || strlen (candidate) > WORD_MAX)
    return;

  distance = measure (self->word, candidate);
  if (distance < self->distance)
    {
      self->best = candidate;
      self->distance = distance;
    }
}
