/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-print-edges"

#include "config.h"

#include "fl-guide.h"

static const char * const stage_names[] = {
  [FL_STAGE_ACCOUNT] = "Account",
  [FL_STAGE_PASSWORD] = "Password",
  [FL_STAGE_TWO_FACTOR] = "Two_factor",
  [FL_STAGE_DONE] = "Done",
};
G_STATIC_ASSERT (G_N_ELEMENTS (stage_names) == FL_N_STAGES);

/* Mermaid reads a dash as a part of an arrow. */
static char *
make_id (FlStep step)
{
  return g_strdelimit (g_strdup (fl_step_get_name (step)), "-", '_');
}

static void
print_stages (void)
{
  for (FlStage stage = 0; stage < FL_N_STAGES; stage++)
    {
      g_print ("  state %s {\n", stage_names[stage]);
      for (FlStep step = 0; step < FL_N_STEPS; step++)
        {
          g_autofree char *id = make_id (step);

          if (fl_guide_get_stage (step) == stage)
            g_print ("    %s: %s\n", id, fl_step_get_name (step));
        }
      g_print ("  }\n");
    }
}

/* The events between two steps share one arrow. */
static void
print_edges (void)
{
  gsize n_edges;
  const FlEdge *edges = fl_guide_get_edges (&n_edges);

  for (FlStep from = 0; from < FL_N_STEPS; from++)
    {
      for (FlStep to = 0; to < FL_N_STEPS; to++)
        {
          g_autoptr (GString) events = g_string_new (NULL);
          g_autofree char *from_id = make_id (from);
          g_autofree char *to_id = make_id (to);

          for (gsize i = 0; i < n_edges; i++)
            {
              if (edges[i].from != from || edges[i].to != to)
                continue;
              if (events->len > 0)
                g_string_append (events, ", ");
              g_string_append (events, fl_event_get_name (edges[i].event));
            }
          if (events->len > 0)
            g_print ("  %s --> %s: %s\n", from_id, to_id, events->str);
        }
    }
}

int
main (void)
{
  g_print ("<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n"
           "# The journey\n\n"
           "The steps of the guide and the events that lead from one to the next, as `src/journey/fl-guide.c` says.\n"
           "Printed from that table by `print-edges`; a test fails when this page and the table differ.\n\n"
           "```mermaid\n"
           "stateDiagram-v2\n"
           "  [*] --> before_you_begin: the very first start\n"
           "  [*] --> organisation: no server is known\n"
           "  [*] --> email: every other start\n");
  print_stages ();
  print_edges ();
  g_print ("  all_set --> [*]\n"
           "```\n");

  return 0;
}
