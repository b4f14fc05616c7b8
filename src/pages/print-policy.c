/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <locale.h>

#include "fl-policy-sentence.h"

/* Prints what docs/policy.md says of every key, and of every mistake. */

static const char *
get_type_words (FlPolicyType type)
{
  switch (type)
    {
    case FL_POLICY_TEXT:
      return "text; `\\n` is a new line";
    case FL_POLICY_WORD:
      return "one line of text";
    case FL_POLICY_URL:
    case FL_POLICY_SERVER:
      return "https address";
    case FL_POLICY_ADDRESS:
      return "mail address";
    case FL_POLICY_LIST:
      return "list, separated by `;`";
    case FL_POLICY_NUMBER:
      return "number from 1 to 72";
    case FL_POLICY_BOOLEAN:
      return "`true` or `false`";
    case FL_POLICY_RULE:
      return "`required`, `optional` or `off`";
    case FL_POLICY_DAY:
      return "day, `YYYY-MM-DD`";
    case FL_POLICY_FILE:
      return "path";
    case FL_POLICY_LANGUAGES:
      return "list of languages, separated by `;`";
    case FL_POLICY_KEYS:
      return "list of `group.key`, separated by `;`";
    default:
      g_return_val_if_reached ("");
    }
}

static void
print_key (const FlPolicyKey *key)
{
  g_autofree char *fallback = key->fallback != NULL ? g_strdup_printf ("`%s`", key->fallback) : g_strdup ("nothing");

  g_print ("| `%s` | %s | %s | `%s` | %s %s | %s | %s |\n",
           key->key, get_type_words (key->type), fallback, key->example, key->doc, key->effect,
           key->type == FL_POLICY_TEXT ? "yes" : "no",
           key->override != NULL ? key->override : "nothing");
}

static void
print_keys (void)
{
  gsize n_keys;
  const FlPolicyKey *keys = fl_policy_get_keys (&n_keys);

  for (gsize i = 0; i < n_keys; i++)
    {
      if (i == 0 || !g_str_equal (keys[i].group, keys[i - 1].group))
        g_print ("%s### [%s]\n\n| key | what stands there | built in | for example | what it is, and what it does | can be "
                 "translated | what counts before it unless it is locked |\n|---|---|---|---|---|---|---|\n",
                 i > 0 ? "\n" : "", keys[i].group);
      print_key (&keys[i]);
    }
}

static const char *
get_cost (FlPolicyFault fault)
{
  if (fault <= FL_POLICY_BINARY)
    return "the file";
  if (fault <= FL_POLICY_UNKNOWN_LOCALE)
    return "the line";
  if (fault <= FL_POLICY_CA_NOT_PEM)
    return "the key";

  return fault <= FL_POLICY_NOTHING_TO_LOCK ? "the entry" : "nothing";
}

static void
print_mistakes (void)
{
  g_print ("| mistake | it costs | what is said |\n|---|---|---|\n");
  for (int fault = 0; fault < FL_POLICY_N_FAULTS; fault++)
    {
      const FlPolicyMistake mistake = { .fault = (FlPolicyFault) fault, .found = (char *) "…", .other_line = 3 };
      g_autofree char *sentence = fl_policy_sentence_describe (&mistake);

      g_print ("| `%s` | %s | %s |\n", fl_policy_mistake_get_name (&mistake), get_cost (mistake.fault), sentence);
    }
}

int
main (void)
{
  setlocale (LC_ALL, "");

  print_keys ();
  g_print ("\n<!-- mistakes -->\n");
  print_mistakes ();

  return 0;
}
