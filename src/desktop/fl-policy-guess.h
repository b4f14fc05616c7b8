/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A search for the word that a mistyped one was meant to be. */
typedef struct {
  const char *word;
  const char *best;       /* (nullable) */
  guint       distance;   /* what a better one stays below */
} FlPolicyGuess;

void fl_policy_guess_init     (FlPolicyGuess *self,
                               const char    *word);
void fl_policy_guess_consider (FlPolicyGuess *self,
                               const char    *candidate);

G_END_DECLS
