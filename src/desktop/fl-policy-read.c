/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-policy-private.h"

#include <string.h>

/* Reading a policy file: every key that can be taken is, and the first that cannot is told. */

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define MESSAGE_MAX 200 /* characters */

/* Whoever mends the file looks at it, and sees the next mistake at the next start: the first is enough. What stands in
 * the file may be long, and no text at all. */
static void G_GNUC_PRINTF (4, 5)
tell (FlPolicy      *self,
      FlPolicyError  code,
      guint          line,
      const char    *format,
      ...)
{
  va_list arguments;
  g_autofree char *whole = NULL;
  g_autofree char *valid = NULL;
  g_autofree char *message = NULL;

  if (self->mistake != NULL)
    return;

  va_start (arguments, format);
  whole = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  valid = g_utf8_make_valid (whole, -1);
  message = g_utf8_substring (valid, 0, MIN (MESSAGE_MAX, g_utf8_strlen (valid, -1)));
  self->mistake = g_error_new (FL_POLICY_ERROR, code, "line %u: %s", line, message);
}

/* What stands between two semicolons; nothing is no entry. */
static char **
read_list (FlPolicy          *self,
           const FlPolicyKey *key)
{
  g_auto (GStrv) list = g_key_file_get_string_list (self->file, key->group, key->key, NULL, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (gsize i = 0; list != NULL && list[i] != NULL; i++)
    {
      if (g_strstrip (list[i])[0] != '\0')
        g_strv_builder_add (builder, list[i]);
    }
  return g_strv_builder_end (builder);
}

static void
take_value (FlPolicy   *self,
            gsize       i,
            const char *value)
{
  const FlPolicyKey *key = &fl_policy_keys[i];

  g_free (self->values[i]);
  self->values[i] = g_strdup (value);
  if (fl_policy_type_is_list (key->type))
    {
      g_strfreev (self->lists[i]);
      self->lists[i] = read_list (self, key);
    }
}

/*
 * fl_policy_take_texts:
 *
 * Takes the texts in the language of now; what is wrong has been taken out of the file.
 */
void
fl_policy_take_texts (FlPolicy *self)
{
  for (gsize i = 0; self->file != NULL && i < N_KEYS; i++)
    {
      const FlPolicyKey *key = &fl_policy_keys[i];
      g_autofree char *value = NULL;

      if (key->type != FL_POLICY_TEXT)
        continue;
      value = g_key_file_get_locale_string (self->file, key->group, key->key, self->language, NULL);
      if (value != NULL)
        take_value (self, i, g_strstrip (value));
    }
}

/* GLib 2.74 sets its error about this one over that about an escape before it, and warns. */
static gboolean
ends_in_escape (FlPolicy   *self,
                const char *group,
                const char *key)
{
  g_autofree char *value = g_key_file_get_value (self->file, group, key, NULL);
  gsize length = value != NULL ? strlen (value) : 0;
  gsize escapes = 0;

  while (escapes < length && value[length - 1 - escapes] == '\\')
    escapes++;
  return escapes % 2 == 1;
}

/*
 * Reads one key, if it says anything.
 *
 * Returns: (transfer full) (nullable): its value; %NULL where there is none, or not one that can be taken
 */
static char *
check_key (FlPolicy      *self,
           FlPolicyType   type,
           const char    *group,
           const char    *key,
           GError       **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *raw = NULL;

  if (ends_in_escape (self, group, key))
    {
      g_set_error_literal (error, FL_POLICY_ERROR, FL_POLICY_ERROR_BAD_VALUE, "a backslash at its end");
      return NULL;
    }

  raw = g_key_file_get_string (self->file, group, key, &local);
  if (raw != NULL)
    return g_strstrip (raw)[0] != '\0' ? fl_policy_check_value (type, raw, error) : NULL;

  g_set_error_literal (error, FL_POLICY_ERROR, FL_POLICY_ERROR_BAD_VALUE,
                       g_error_matches (local, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_UNKNOWN_ENCODING) ? "not UTF-8"
                                                                                                    : local->message);
  return NULL;
}

/* What is wrong is taken out, so that no language falls back on it. */
static void
read_key (FlPolicy   *self,
          const char *group,
          const char *key,
          const char *text)
{
  const FlPolicyKey *known = fl_policy_find_key (group, key);
  g_autoptr (GError) error = NULL;
  g_autofree char *value = known != NULL ? check_key (self, known->type, group, key, &error) : NULL;

  if (value == NULL)
    {
      guint line = self->mistake == NULL ? fl_policy_find_line (text, group, key) : 0;

      if (known == NULL)
        tell (self, FL_POLICY_ERROR_UNKNOWN_KEY, line, "[%s] %s is not known", group, key);
      else if (error != NULL)
        tell (self, FL_POLICY_ERROR_BAD_VALUE, line, "[%s] %s: %s", group, key, error->message);
      g_key_file_remove_key (self->file, group, key, NULL);
    }
  else if (known->type != FL_POLICY_TEXT)
    {
      take_value (self, (gsize) (known - fl_policy_keys), value);
    }
}

static void
read_keys (FlPolicy   *self,
           const char *text)
{
  g_auto (GStrv) groups = g_key_file_get_groups (self->file, NULL);

  for (gsize g = 0; groups[g] != NULL; g++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (self->file, groups[g], NULL, NULL);

      for (gsize k = 0; keys != NULL && keys[k] != NULL; k++)
        read_key (self, groups[g], keys[k], text);
    }
}

/* Returns: (transfer full) (nullable): the text of a file, without the mark that some editors put in front of UTF-8 */
static char *
dup_text (const char *data,
          gsize       length)
{
  gsize mark = strlen (BYTE_ORDER_MARK);
  gsize begin = length >= mark && memcmp (data, BYTE_ORDER_MARK, mark) == 0 ? mark : 0;

  return memchr (data, '\0', length) == NULL ? g_strndup (data + begin, length - begin) : NULL;
}

/* A path without a folder of its own is meant beside the policy file. */
static void
take_ca_file (FlPolicy *self)
{
  const char *path = self->values[KEY_SERVER_CA_FILE];
  g_autofree char *folder = self->origin != NULL ? g_path_get_dirname (self->origin) : g_strdup (".");

  g_clear_pointer (&self->ca_file, g_free);
  if (path != NULL)
    self->ca_file = g_canonicalize_filename (path, folder);
}

/*
 * fl_policy_read:
 *
 * Takes what a file says in place of the defaults, and remembers its first mistake.
 */
void
fl_policy_read (FlPolicy   *self,
                const char *data,
                gsize       length)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = dup_text (data, length);

  if (text == NULL)
    {
      self->mistake = g_error_new_literal (FL_POLICY_ERROR, FL_POLICY_ERROR_MALFORMED, "not a text file in UTF-8");
      return;
    }
  if (!g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_KEEP_TRANSLATIONS, &error))
    {
      tell (self, FL_POLICY_ERROR_MALFORMED, fl_policy_find_malformed_line (text, strlen (text)), "%s",
            g_error_matches (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND)
            ? "in front of the first [group]" : "neither [group] nor key=value");
      return;
    }

  self->file = g_steal_pointer (&file);
  read_keys (self, text);
  fl_policy_take_texts (self);
  take_ca_file (self);

  if (self->values[KEY_TWO_FACTOR_UNTIL] != NULL && !g_str_equal (self->values[KEY_TWO_FACTOR_RULE], "optional"))
    {
      tell (self, FL_POLICY_ERROR_BAD_VALUE, fl_policy_find_line (text, "two-factor", "until"),
            "[two-factor] until goes with rule=optional only");
      g_clear_pointer (&self->values[KEY_TWO_FACTOR_UNTIL], g_free);
    }
}
