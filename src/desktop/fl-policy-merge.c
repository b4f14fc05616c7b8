/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-policy-private.h"

/* Making one policy of what several files say, key by key: the file that counts most, of those that name a key, has it
 * with all its translations. A key that is named with a mistake has what is built in, and not what another file says:
 * a server, say, that was meant to be replaced. */

static void
set_value (FlPolicy   *self,
           gsize       i,
           const char *value)
{
  g_free (self->values[i]);
  self->values[i] = g_strdup (value);
  g_clear_pointer (&self->lists[i], g_strfreev);
  if (fl_policy_type_is_list (fl_policy_keys[i].type))
    self->lists[i] = g_strsplit (value != NULL ? value : "", ";", -1);
}

static void
copy_key (FlPolicy     *self,
          FlPolicyFile *source,
          gsize         i)
{
  static const char * const languages[] = { LANGUAGES };
  const FlPolicyKey *key = &fl_policy_keys[i];
  g_autofree char *value = g_key_file_get_string (source->file, key->group, key->key, NULL);

  self->sources[i] = value != NULL ? source : NULL;
  if (value != NULL)
    g_key_file_set_string (self->file, key->group, key->key, value);

  for (gsize l = 0; key->type == FL_POLICY_TEXT && l < G_N_ELEMENTS (languages); l++)
    {
      g_autofree char *name = g_strdup_printf ("%s[%s]", key->key, languages[l]);
      g_autofree char *translated = g_key_file_get_string (source->file, key->group, name, NULL);

      if (translated == NULL)
        continue;
      self->sources[i] = source;
      g_key_file_set_string (self->file, key->group, name, translated);
    }
}

/* Returns: (nullable): the file that has the key, well or badly */
static FlPolicyFile *
find_source (FlPolicy *self,
             gsize     i)
{
  for (guint f = 0; f < self->files->len; f++)
    {
      FlPolicyFile *file = g_ptr_array_index (self->files, f);

      if (!file->is_refused && file->lines[i] > 0)
        return file;
    }

  return NULL;
}

static void
take_key (FlPolicy *self,
          gsize     i)
{
  const FlPolicyKey *key = &fl_policy_keys[i];
  FlPolicyFile *source = find_source (self, i);
  g_autofree char *value = NULL;

  if (source != NULL)
    copy_key (self, source, i);
  value = g_key_file_get_string (self->file, key->group, key->key, NULL);
  set_value (self, i, value != NULL ? value : key->fallback);
}

/* A day without the rule that it belongs to says nothing. Nobody has made a mistake where the administrator replaces the
 * vendor's rule. */
static void
settle_until (FlPolicy *self)
{
  const FlPolicyKey *key = &fl_policy_keys[KEY_TWO_FACTOR_UNTIL];
  FlPolicyFile *source = self->sources[KEY_TWO_FACTOR_UNTIL];
  FlPolicyFile *rule = self->sources[KEY_TWO_FACTOR_RULE];

  if (source == NULL || g_str_equal (self->values[KEY_TWO_FACTOR_RULE], "optional"))
    return;

  if (rule == NULL || rule == source || source == g_ptr_array_index (self->files, 0))
    {
      const FlPolicyPlace place = { source, source->lines[KEY_TWO_FACTOR_UNTIL], key->group, key->key };

      fl_policy_tell (&place, FL_POLICY_UNTIL_ALONE, NULL, NULL);
    }
  self->sources[KEY_TWO_FACTOR_UNTIL] = NULL;
  set_value (self, KEY_TWO_FACTOR_UNTIL, NULL);
}

/* What nobody has given cannot be held on to: a locked server without address would leave people at a closed door. */
static void
settle_locks (FlPolicy *self)
{
  const FlPolicyKey *key = &fl_policy_keys[KEY_POLICY_LOCKED];
  FlPolicyFile *source = self->sources[KEY_POLICY_LOCKED];
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = g_steal_pointer (&self->lists[KEY_POLICY_LOCKED]);
  g_autofree char *value = NULL;

  for (gsize n = 0; names[n] != NULL; n++)
    {
      const FlPolicyPlace place = { source, source->lines[KEY_POLICY_LOCKED], key->group, key->key };
      g_auto (GStrv) parts = g_strsplit (names[n], ".", 2);
      const FlPolicyKey *locked = fl_policy_find_key (parts[0], parts[1]);

      if (locked->override == NULL || self->values[locked - fl_policy_keys] != NULL)
        g_strv_builder_add (builder, names[n]);
      else
        fl_policy_tell (&place, FL_POLICY_NOTHING_TO_LOCK, names[n], NULL);
    }

  self->lists[KEY_POLICY_LOCKED] = g_strv_builder_end (builder);
  value = g_strjoinv (";", self->lists[KEY_POLICY_LOCKED]);
  g_free (self->values[KEY_POLICY_LOCKED]);
  self->values[KEY_POLICY_LOCKED] = *value != '\0' ? g_steal_pointer (&value) : NULL;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const FlPolicyMistake *mistake_a = *(const FlPolicyMistake * const *) a;
  const FlPolicyMistake *mistake_b = *(const FlPolicyMistake * const *) b;

  return (mistake_a->line > mistake_b->line) - (mistake_a->line < mistake_b->line);
}

static void
take_files (FlPolicy *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint f = 0; f < self->files->len; f++)
    {
      FlPolicyFile *file = g_ptr_array_index (self->files, f);

      g_ptr_array_sort (file->mistakes, compare);
      g_ptr_array_extend (self->mistakes, file->mistakes, NULL, NULL);
      if (file->origin != NULL)
        g_strv_builder_add (builder, file->origin);
    }
  self->origins = g_strv_builder_end (builder);
}

/*
 * fl_policy_merge:
 *
 * Takes what the files say in place of the defaults.
 */
void
fl_policy_merge (FlPolicy *self)
{
  FlPolicyFile *source;

  for (gsize i = 0; i < N_KEYS; i++)
    take_key (self, i);
  settle_until (self);
  settle_locks (self);

  source = self->sources[KEY_SERVER_CA_FILE];
  if (source != NULL)
    {
      g_autofree char *path = fl_policy_file_resolve (source, self->values[KEY_SERVER_CA_FILE]);

      set_value (self, KEY_SERVER_CA_FILE, path);
    }
  fl_policy_take_texts (self);
  take_files (self);
}

/*
 * fl_policy_take_texts:
 *
 * Takes the texts in the language of now.
 */
void
fl_policy_take_texts (FlPolicy *self)
{
  for (gsize i = 0; i < N_KEYS; i++)
    {
      const FlPolicyKey *key = &fl_policy_keys[i];
      g_autofree char *value = NULL;

      if (key->type != FL_POLICY_TEXT)
        continue;
      value = g_key_file_get_locale_string (self->file, key->group, key->key, self->language, NULL);
      set_value (self, i, value != NULL ? value : key->fallback);
    }
}
