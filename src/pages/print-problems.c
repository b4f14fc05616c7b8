/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <locale.h>

#include "fl-sentence.h"

/* Prints for every problem its name and what is said of it, as docs/problems.md has them; that page adds what it comes of
 * and who can do what about it. */

#define UNTIL 1767868920  /* 10:42 UTC */
#define AHEAD 3780        /* 1 h 3 min */
#define LIMIT 12

/* A problem is made with whatever belongs to its code: time, bound, or clock. */
static GError *
make_problem (FlProblem code,
              gboolean  is_known)
{
  if (!is_known)
    return fl_problem_new (code, "test");
  if (code == FL_PROBLEM_PASSWORD_SHORT || code == FL_PROBLEM_PASSWORD_LONG)
    return fl_problem_new_limit (code, LIMIT, "test");
  if (code == FL_PROBLEM_TLS_CLOCK || code == FL_PROBLEM_CODE_SKEWED)
    return fl_problem_new_ahead (code, AHEAD, "test");

  return fl_problem_new_until (code, UNTIL, "test");
}

/* Codes are typed on four pages, and not every one can be wrong in every way. */
static gboolean
can_happen (FlProblem code,
            FlStep    step)
{
  if (code == FL_PROBLEM_CODE_SKEWED)
    return step == FL_STEP_ENROL;
  if (code == FL_PROBLEM_CODE_NOT_IN_LIST)
    return step == FL_STEP_RECOVERY_CODES;
  if (code == FL_PROBLEM_CODE_REFUSED || code == FL_PROBLEM_CODE_USED)
    return step == FL_STEP_INBOX || step == FL_STEP_ENROL || step == FL_STEP_SECOND_FACTOR;

  return TRUE;
}

static void
add_sentence (GPtrArray    *sentences,
              const GError *problem,
              FlStep        step,
              FlPolicy     *policy)
{
  g_autofree char *sentence = NULL;

  if (!can_happen (problem->code, step))
    return;

  sentence = g_strdelimit (fl_sentence_for_problem (problem, step, policy, NULL), "\n", ' ');
  if (!g_ptr_array_find_with_equal_func (sentences, sentence, g_str_equal, NULL))
    g_ptr_array_add (sentences, g_steal_pointer (&sentence));
}

int
main (void)
{
  g_autoptr (FlPolicy) policy = fl_policy_new ();

  setlocale (LC_ALL, "");

  for (int code = 0; code <= FL_PROBLEM_PROTOCOL; code++)
    {
      g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) known = make_problem (code, TRUE);
      g_autoptr (GError) unknown = make_problem (code, FALSE);
      g_autofree char *joined = NULL;

      for (int step = 0; step < FL_N_STEPS; step++)
        {
          add_sentence (sentences, known, step, policy);
          /* Maintenance is what says when it ends, and a phone's clock is known or not spoken of. */
          if (code != FL_PROBLEM_MAINTENANCE && code != FL_PROBLEM_CODE_SKEWED)
            add_sentence (sentences, unknown, step, policy);
        }
      g_ptr_array_add (sentences, NULL);
      joined = g_strjoinv ("<br>", (char **) sentences->pdata);
      g_print ("| `%s` | %s |\n", fl_problem_get_name (code), joined);
    }

  return 0;
}
