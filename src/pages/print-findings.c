/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <locale.h>

#include "fl-finding-sentence.h"
#include "fl-problem.h"

/* Prints every way in which a check of the doctor can end, with what is said of it, as the table in docs/doctor.md has
 * them. */

#define UNTIL 1767868920  /* 10:42 UTC */
#define AHEAD 3780        /* 1 h 3 min */

static FlFinding *
make_finding (const FlFindingKind *kind)
{
  FlFinding *finding = fl_finding_new (kind->check);

  fl_finding_add_fact (finding, "seconds-ahead", G_STRINGIFY (AHEAD));
  if (kind->cause == FL_CAUSE_PROBLEM)
    {
      g_autoptr (GError) problem = kind->problem == FL_PROBLEM_TLS_CLOCK
                                   ? fl_problem_new_ahead (kind->problem, AHEAD, "test")
                                   : fl_problem_new_until (kind->problem, UNTIL, "test");

      fl_finding_end_problem (finding, problem);
    }
  else
    {
      fl_finding_end (finding, kind->cause);
    }

  return finding;
}

int
main (void)
{
  g_autoptr (FlPolicy) policy = fl_policy_new ();
  gsize n_kinds;
  const FlFindingKind *kinds = fl_finding_get_kinds (&n_kinds);

  setlocale (LC_ALL, "");

  g_print ("| check | verdict | cause | what is said | what to do |\n|---|---|---|---|---|\n");
  for (gsize i = 0; i < n_kinds; i++)
    {
      g_autoptr (FlFinding) finding = make_finding (&kinds[i]);
      g_autofree char *sentence = fl_finding_sentence_describe (finding, policy);
      const char *next = fl_finding_sentence_get_next (finding);

      g_print ("| `%s` | %s | `%s` | %s | %s |\n", fl_check_get_name (kinds[i].check), fl_verdict_get_name (kinds[i].verdict),
               fl_finding_get_word (finding), sentence, next != NULL ? next : "");
    }

  return 0;
}
