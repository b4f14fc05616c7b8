/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "policy-fixture.h"

static char *
describe (const FlPolicyMistake *mistake)
{
  GString *line = g_string_new (NULL);

  g_string_printf (line, "%u %s.%s %s", mistake->line, mistake->group != NULL ? mistake->group : "",
                   mistake->key != NULL ? mistake->key : "", fl_policy_mistake_get_name (mistake));
  if (mistake->other_line > 0)
    g_string_append_printf (line, "/%u", mistake->other_line);
  if (mistake->meant != NULL)
    g_string_append_printf (line, " (%s)", mistake->meant);

  return g_string_free (line, FALSE);
}

char *
describe_mistakes (FlPolicy *policy)
{
  GPtrArray *mistakes = fl_policy_get_mistakes (policy);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) lines = NULL;

  for (guint i = 0; i < mistakes->len; i++)
    {
      g_autofree char *line = describe (g_ptr_array_index (mistakes, i));

      g_strv_builder_add (builder, line);
    }
  lines = g_strv_builder_end (builder);

  return g_strjoinv ("\n", lines);
}
