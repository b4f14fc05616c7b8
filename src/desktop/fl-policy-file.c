/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-policy-file.h"

#include <string.h>

/* FlPolicyFile is one policy file as it was read: what holds of it, and everything that is wrong with it, each with its
 * line. A mistake costs the line that it is in, not the others. Lines are told apart here, because GKeyFile stops at the
 * first that it does not understand, and forgets which was which; what values mean is left to it. */

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define MISTAKES_MAX 100 /* who has more has another file than a policy before them */

/* What is known while lines are read, one after the other. */
typedef struct {
  FlPolicyFile *file;
  GHashTable   *seen;         /* line of each header and of each key, as group.key */
  char         *group;        /* (nullable): that of the lines now */
  gboolean      is_lost;      /* below a header that is none: nobody knows where keys belong */
  guint         line;
} Reader;

/**
 * fl_policy_file_new:
 * @origin: (nullable): its path
 *
 * Returns: (transfer full): a file in which nothing was found yet
 */
FlPolicyFile *
fl_policy_file_new (const char *origin)
{
  FlPolicyFile *self = g_new0 (FlPolicyFile, 1);

  self->origin = g_strdup (origin);
  self->file = g_key_file_new ();
  self->mistakes = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_policy_mistake_free);

  return self;
}

/**
 * fl_policy_file_free:
 * @self: (transfer full): a file
 *
 * Frees it.
 */
void
fl_policy_file_free (FlPolicyFile *self)
{
  g_free (self->origin);
  g_key_file_unref (self->file);
  g_ptr_array_unref (self->mistakes);
  g_free (self);
}

/**
 * fl_policy_tell:
 * @place: where it is
 * @fault: what is wrong
 * @found: (nullable): what stands there
 * @meant: (nullable): what should
 *
 * Remembers a mistake.
 *
 * Returns: (transfer none): the mistake, to say more
 */
FlPolicyMistake *
fl_policy_tell (const FlPolicyPlace *place,
                FlPolicyFault        fault,
                const char          *found,
                const char          *meant)
{
  FlPolicyMistake *mistake = fl_policy_mistake_new (fault, place->file->origin, place->line);

  mistake->group = fl_policy_mistake_clean (place->group);
  mistake->key = fl_policy_mistake_clean (place->key);
  mistake->found = fl_policy_mistake_clean (found);
  mistake->meant = fl_policy_mistake_clean (meant);
  g_ptr_array_add (place->file->mistakes, mistake);

  return mistake;
}

/**
 * fl_policy_file_refuse:
 * @self: a file
 * @fault: why nothing in it holds
 * @line: where that is seen, or 0
 * @found: (nullable): more about it
 *
 * Takes nothing of the file.
 */
void
fl_policy_file_refuse (FlPolicyFile  *self,
                       FlPolicyFault  fault,
                       guint          line,
                       const char    *found)
{
  const FlPolicyPlace place = { self, line, NULL, NULL };

  self->is_refused = TRUE;
  fl_policy_tell (&place, fault, found, NULL);
}

/* Returns: the line on which the same was seen before, or 0 */
static guint
remember (Reader *self,
          char   *name)
{
  guint before = GPOINTER_TO_UINT (g_hash_table_lookup (self->seen, name));

  g_hash_table_replace (self->seen, name, GUINT_TO_POINTER (self->line));
  return before;
}

static void
read_header (Reader *self,
             char   *text)
{
  FlPolicyPlace place = { self->file, self->line, NULL, NULL };
  char *end = strchr (text, ']');
  g_autofree char *name = g_strndup (text + 1, end != NULL ? (gsize) (end - text - 1) : strcspn (text + 1, " \t#;"));
  g_autofree char *meant = NULL;
  guint before;

  g_clear_pointer (&self->group, g_free);
  self->is_lost = end == NULL || end[1] != '\0' || !fl_policy_has_group (name);
  if (self->is_lost)
    {
      meant = fl_policy_guess_group (g_strstrip (name));
      fl_policy_tell (&place, end == NULL || end[1] != '\0' ? FL_POLICY_BROKEN_HEADER : FL_POLICY_UNKNOWN_GROUP,
                      text, meant);
      return;
    }

  before = remember (self, g_strdup (text));
  place.group = name;
  if (before > 0)
    fl_policy_tell (&place, FL_POLICY_TWICE_GROUP, text, NULL)->other_line = before;
  self->group = g_steal_pointer (&name);
}

/* A key without its “=”, perhaps with a colon. */
static char *
dup_mended_line (const char *group,
                 const char *text)
{
  gsize length = strcspn (text, " \t:");
  g_autofree char *key = g_strndup (text, length);
  g_autofree char *rest = g_strdup (text + length + strspn (text + length, " \t:"));

  if (group == NULL || *rest == '\0' || fl_policy_find_key (group, key) == NULL)
    return NULL;

  return g_strdup_printf ("%s=%s", key, rest);
}

static void
read_other (Reader     *self,
            const char *text)
{
  const FlPolicyPlace place = { self->file, self->line, self->group, NULL };
  gboolean is_comment = text[0] == ';' || g_str_has_prefix (text, "//");
  g_autofree char *meant = NULL;

  if (is_comment)
    meant = g_strconcat ("# ", text + strspn (text, ";/ \t"), NULL);
  else
    meant = dup_mended_line (self->group, text);
  fl_policy_tell (&place, is_comment ? FL_POLICY_NOT_A_COMMENT : FL_POLICY_NOT_A_LINE, text, meant);
}

/* Windows-1252 is what editors on Windows write that know of no UTF-8. */
static void
tell_encoding (const FlPolicyPlace *place,
               const char          *raw)
{
  g_autofree char *meant = g_convert (raw, -1, "UTF-8", "WINDOWS-1252", NULL, NULL, NULL);

  fl_policy_tell (place, FL_POLICY_NOT_UTF_8, raw, meant);
}

/* GLib 2.74 sets its error about an escape at the end over that about one before it, and warns. */
static gboolean
ends_in_escape (const char *raw)
{
  gsize length = strlen (raw);
  gsize escapes = 0;

  while (escapes < length && raw[length - 1 - escapes] == '\\')
    escapes++;
  return escapes % 2 == 1;
}

/*
 * Reads one value, and tells what is wrong with it.
 *
 * Returns: (transfer full) (nullable): the value; %NULL where it does not hold
 */
static char *
read_value (const FlPolicyPlace *place,
            const FlPolicyKey   *key,
            const char          *raw)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *value = NULL;

  if (!g_utf8_validate (raw, -1, NULL))
    {
      tell_encoding (place, raw);
      return NULL;
    }
  if (ends_in_escape (raw))
    {
      fl_policy_tell (place, FL_POLICY_ESCAPE_AT_END, raw, NULL);
      return NULL;
    }

  g_key_file_set_value (file, key->group, key->key, raw);
  value = g_key_file_get_string (file, key->group, key->key, &error);
  if (error != NULL)
    {
      fl_policy_tell (place, FL_POLICY_BAD_ESCAPE, raw, NULL);
      return NULL;
    }
  if (*g_strstrip (value) == '\0')
    {
      fl_policy_tell (place, FL_POLICY_EMPTY, NULL, NULL);
      return NULL;
    }

  return fl_policy_check_value (place, key, value);
}

/* Returns: (nullable): the key of @name, if it may stand there with @language behind it */
static const FlPolicyKey *
find_key (const FlPolicyPlace *place,
          const char          *name,
          const char          *language)
{
  const FlPolicyKey *key = fl_policy_find_key (place->group, name);
  g_autofree char *homes = key == NULL ? fl_policy_dup_homes (name) : NULL;
  g_autofree char *meant = NULL;

  if (homes != NULL)
    {
      fl_policy_tell (place, FL_POLICY_WRONG_GROUP, name, homes);
    }
  else if (key == NULL)
    {
      meant = fl_policy_guess_key (place->group, name);
      fl_policy_tell (place, FL_POLICY_UNKNOWN_KEY, name, meant);
    }
  else if (language != NULL && key->type != FL_POLICY_TEXT)
    {
      fl_policy_tell (place, FL_POLICY_NOT_TRANSLATABLE, language, NULL);
      return NULL;
    }
  else if (language != NULL && !fl_policy_has_language (language))
    {
      meant = g_ascii_strdown (language, (gssize) strcspn (language, "_-.@"));
      fl_policy_tell (place, FL_POLICY_UNKNOWN_LOCALE, language, fl_policy_has_language (meant) ? meant : NULL);
      return NULL;
    }

  return key;
}

static void
read_pair (Reader     *self,
           const char *name,
           const char *raw)
{
  const FlPolicyPlace place = { self->file, self->line, self->group, name };
  const char *bracket = strchr (name, '[');
  gboolean has_language = bracket != NULL && g_str_has_suffix (name, "]");
  g_autofree char *plain = g_strndup (name, has_language ? (gsize) (bracket - name) : strlen (name));
  g_autofree char *language = has_language ? g_strndup (bracket + 1, strlen (bracket) - 2) : NULL;
  const FlPolicyKey *key = find_key (&place, plain, language);
  g_autofree char *value = NULL;
  guint before;

  if (key == NULL)
    return;

  before = remember (self, g_strdup_printf ("%s.%s", self->group, name));
  if (before > 0)
    fl_policy_tell (&place, FL_POLICY_TWICE_KEY, NULL, NULL)->other_line = before;
  self->file->lines[key - fl_policy_keys] = self->line;

  /* What is wrong is taken out, so that no language falls back on it. */
  value = read_value (&place, key, raw);
  if (value != NULL)
    g_key_file_set_string (self->file->file, key->group, name, value);
  else
    g_key_file_remove_key (self->file->file, key->group, name, NULL);
}

static void
read_line (Reader *self,
           char   *text)
{
  char *sign = strchr (text, '=');
  FlPolicyPlace place = { self->file, self->line, NULL, NULL };

  if (text[0] == '\0' || text[0] == '#')
    return;

  if (text[0] == '[')
    {
      read_header (self, text);
    }
  else if (sign == NULL || sign == text || text[0] == ';' || g_str_has_prefix (text, "//"))
    {
      read_other (self, text);
    }
  else if (!self->is_lost)
    {
      *sign = '\0';
      if (self->group != NULL)
        {
          read_pair (self, g_strchomp (text), g_strchug (sign + 1));
        }
      else
        {
          g_autofree char *homes = fl_policy_dup_homes (g_strchomp (text));

          place.key = text;
          fl_policy_tell (&place, FL_POLICY_NO_GROUP, NULL, homes);
        }
    }
}

/* Text that is there in some language only is not there for everybody else. */
static void
check_translations (Reader *self)
{
  for (gsize i = 0; i < N_KEYS; i++)
    {
      const FlPolicyKey *key = &fl_policy_keys[i];
      const FlPolicyPlace place = { self->file, self->file->lines[i], key->group, key->key };
      g_autofree char *name = g_strdup_printf ("%s.%s", key->group, key->key);

      if (place.line > 0 && !g_hash_table_contains (self->seen, name))
        fl_policy_tell (&place, FL_POLICY_ONLY_TRANSLATED, NULL, NULL);
    }
}

static guint
count_lines (const char *data,
             const char *end)
{
  guint lines = 1;

  for (; data < end; data++)
    lines += *data == '\n';
  return lines;
}

/* Editors on Windows call it “Unicode”: every second byte of plain letters is zero, and a mark may stand in front. */
static gboolean
is_utf_16 (const char *data,
           gsize       length)
{
  return length >= 2
         && (memcmp (data, "\xff\xfe", 2) == 0 || memcmp (data, "\xfe\xff", 2) == 0
             || (data[0] == '\0') != (data[1] == '\0'));
}

/**
 * fl_policy_file_read:
 * @self: a file, new
 * @data: (array length=length): what stands in it
 * @length: bytes of @data
 *
 * Reads the file.
 */
void
fl_policy_file_read (FlPolicyFile *self,
                     const char   *data,
                     gsize         length)
{
  const char *zero = memchr (data, '\0', length);
  gsize mark = length >= 3 && memcmp (data, BYTE_ORDER_MARK, 3) == 0 ? 3 : 0;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  Reader reader = { self };

  if (is_utf_16 (data, length))
    {
      fl_policy_file_refuse (self, FL_POLICY_UTF_16, 0, NULL);
      return;
    }
  if (zero != NULL)
    {
      fl_policy_file_refuse (self, FL_POLICY_BINARY, count_lines (data, zero), NULL);
      return;
    }

  text = g_strndup (data + mark, length - mark);
  lines = g_strsplit (text, "\n", -1);
  reader.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; lines[i] != NULL && self->mistakes->len < MISTAKES_MAX; i++)
    {
      reader.line = (guint) i + 1;
      read_line (&reader, g_strstrip (lines[i]));
    }
  check_translations (&reader);

  g_hash_table_unref (reader.seen);
  g_free (reader.group);
}
