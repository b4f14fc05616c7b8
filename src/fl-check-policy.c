/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "first-login"

#include "config.h"

#include "fl-check-policy.h"
#include "fl-json-member.h"
#include "fl-language.h"
#include "fl-policy-sentence.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

/* first-login --check-policy [FILE|-] [--json]: what is wrong with the policy of this computer, or with a file before it is
 * put in its place. The program itself reads policies with the same code, so that there are no two opinions. */

enum {
  STATUS_GOOD,
  STATUS_MISTAKES,
  STATUS_NOT_READ,    /* a file, or the command line */
};

typedef struct {
  const char *file;       /* (nullable): NULL: the files in force; "-": standard input */
  gboolean    as_json;
} Request;

static gboolean
parse (Request  *self,
       char    **arguments)
{
  for (gsize i = 1; arguments[i] != NULL; i++)
    {
      if (g_str_equal (arguments[i], "--json"))
        self->as_json = TRUE;
      else if (self->file == NULL && (arguments[i][0] != '-' || arguments[i][1] == '\0') && arguments[i][0] != '\0')
        self->file = arguments[i];
      else
        return FALSE;
    }

  return TRUE;
}

static FlPolicy *
read_policy (const Request *self)
{
  if (self->file == NULL)
    return fl_policy_load (NULL, NULL);
  if (g_str_equal (self->file, "-"))
    return fl_policy_new_from_descriptor (STDIN_FILENO);

  return fl_policy_new_from_file (self->file);
}

static int
find_status (FlPolicy *policy)
{
  GPtrArray *mistakes = fl_policy_get_mistakes (policy);

  for (guint i = 0; i < mistakes->len; i++)
    {
      const FlPolicyMistake *mistake = g_ptr_array_index (mistakes, i);

      if (mistake->fault <= FL_POLICY_TOO_LARGE)
        return STATUS_NOT_READ;
    }

  return mistakes->len > 0 ? STATUS_MISTAKES : STATUS_GOOD;
}

static gboolean
has_mistake (FlPolicy   *policy,
             const char *origin)
{
  GPtrArray *mistakes = fl_policy_get_mistakes (policy);

  for (guint i = 0; i < mistakes->len; i++)
    {
      if (g_strcmp0 (((FlPolicyMistake *) g_ptr_array_index (mistakes, i))->origin, origin) == 0)
        return TRUE;
    }

  return FALSE;
}

static void
print_lines (FlPolicy *policy)
{
  GPtrArray *mistakes = fl_policy_get_mistakes (policy);
  const char * const *origins = fl_policy_get_origins (policy);

  for (guint i = 0; i < mistakes->len; i++)
    {
      g_autofree char *line = fl_policy_sentence_locate (g_ptr_array_index (mistakes, i));

      g_print ("%s\n", line);
    }

  for (gsize i = 0; origins[i] != NULL; i++)
    {
      if (!has_mistake (policy, origins[i]))
        /* Translators: %s is the path of a policy file */
        g_print (_("%s: no mistakes\n"), origins[i]);
    }
  if (origins[0] == NULL)
    g_print (_("This computer has no policy file: what is built in holds\n"));
}

static void
add_line (JsonBuilder *builder,
          const char  *name,
          guint        line)
{
  json_builder_set_member_name (builder, name);
  if (line > 0)
    json_builder_add_int_value (builder, line);
  else
    json_builder_add_null_value (builder);
}

static void
add_mistake (JsonBuilder           *builder,
             const FlPolicyMistake *mistake)
{
  g_autofree char *sentence = fl_policy_sentence_describe (mistake);

  json_builder_begin_object (builder);
  fl_json_member_add_string (builder, "file", mistake->origin);
  add_line (builder, "line", mistake->line);
  fl_json_member_add_string (builder, "group", mistake->group);
  fl_json_member_add_string (builder, "key", mistake->key);
  fl_json_member_add_string (builder, "mistake", fl_policy_mistake_get_name (mistake));
  fl_json_member_add_string (builder, "sentence", sentence);
  fl_json_member_add_string (builder, "found", mistake->found);
  fl_json_member_add_string (builder, "meant", mistake->meant);
  add_line (builder, "other-line", mistake->other_line);
  json_builder_end_object (builder);
}

static void
add_value (JsonBuilder       *builder,
           FlPolicy          *policy,
           const FlPolicyKey *key)
{
  json_builder_begin_object (builder);
  fl_json_member_add_string (builder, "group", key->group);
  fl_json_member_add_string (builder, "key", key->key);
  fl_json_member_add_string (builder, "value", fl_policy_get_value (policy, key));
  fl_json_member_add_string (builder, "from", fl_policy_get_value_origin (policy, key));
  json_builder_set_member_name (builder, "locked");
  json_builder_add_boolean_value (builder, fl_policy_is_locked (policy, key->group, key->key));
  json_builder_end_object (builder);
}

static void
print_json (FlPolicy *policy)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  GPtrArray *mistakes = fl_policy_get_mistakes (policy);
  const char * const *origins = fl_policy_get_origins (policy);
  gsize n_keys;
  const FlPolicyKey *keys = fl_policy_get_keys (&n_keys);

  json_builder_begin_object (builder);
  fl_json_member_add_string (builder, "version", APP_VERSION);
  json_builder_set_member_name (builder, "files");
  json_builder_begin_array (builder);
  for (gsize i = 0; origins[i] != NULL; i++)
    json_builder_add_string_value (builder, origins[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "mistakes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < mistakes->len; i++)
    add_mistake (builder, g_ptr_array_index (mistakes, i));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "values");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < n_keys; i++)
    add_value (builder, policy, &keys[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  /* JSON is UTF-8, whatever the terminal's encoding. */
  puts (text);
}

/**
 * fl_check_policy_run:
 * @arguments: (array zero-terminated=1): name of the program, and what stands behind --check-policy
 *
 * Checks the policy, and prints every mistake. It needs neither display nor session bus.
 *
 * Returns: the status to exit with: 0 for no mistakes, 1 for mistakes, 2 where a file cannot be read, or the command line
 *   was not understood
 */
int
fl_check_policy_run (char **arguments)
{
  Request request = { NULL };
  g_autoptr (FlPolicy) policy = NULL;

  if (!parse (&request, arguments))
    {
      /* Translators: leave the words as they are, but for FILE */
      g_printerr (_("Usage: first-login --check-policy [FILE|-] [--json]\n"));
      return STATUS_NOT_READ;
    }

  policy = read_policy (&request);
  fl_policy_set_language (policy, fl_language_get ());
  if (request.as_json)
    print_json (policy);
  else
    print_lines (policy);

  return find_status (policy);
}
