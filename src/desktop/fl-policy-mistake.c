/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-policy-mistake.h"

/* FlPolicyMistake is one thing that is wrong with a policy file: where it stands, and what is likely meant. The words for
 * it are the business of whoever shows it. */

#define SHOWN_MAX 100 /* characters: what stands in the file may be long, and a sentence goes on behind it */

/* What programs that read --check-policy --json know a mistake by: never change one. */
static const char * const names[FL_POLICY_N_FAULTS] = {
  [FL_POLICY_UNREADABLE] = "unreadable",
  [FL_POLICY_NOT_REGULAR] = "not-regular",
  [FL_POLICY_TOO_LARGE] = "too-large",
  [FL_POLICY_FOREIGN_OWNER] = "foreign-owner",
  [FL_POLICY_WRITABLE] = "writable",
  [FL_POLICY_UTF_16] = "utf-16",
  [FL_POLICY_BINARY] = "binary",
  [FL_POLICY_NOT_A_LINE] = "not-a-line",
  [FL_POLICY_NOT_A_COMMENT] = "not-a-comment",
  [FL_POLICY_BROKEN_HEADER] = "broken-header",
  [FL_POLICY_UNKNOWN_GROUP] = "unknown-group",
  [FL_POLICY_NO_GROUP] = "no-group",
  [FL_POLICY_UNKNOWN_KEY] = "unknown-key",
  [FL_POLICY_WRONG_GROUP] = "wrong-group",
  [FL_POLICY_NOT_TRANSLATABLE] = "not-translatable",
  [FL_POLICY_UNKNOWN_LOCALE] = "unknown-locale",
  [FL_POLICY_EMPTY] = "empty",
  [FL_POLICY_NOT_UTF_8] = "not-utf-8",
  [FL_POLICY_BAD_ESCAPE] = "bad-escape",
  [FL_POLICY_ESCAPE_AT_END] = "escape-at-end",
  [FL_POLICY_CONTROL] = "control",
  [FL_POLICY_DIRECTION] = "direction",
  [FL_POLICY_INVISIBLE] = "invisible",
  [FL_POLICY_TOO_LONG] = "too-long",
  [FL_POLICY_COMMENT_BEHIND] = "comment-behind",
  [FL_POLICY_QUOTED] = "quoted",
  [FL_POLICY_NOT_HTTPS] = "not-https",
  [FL_POLICY_NO_SCHEME] = "no-scheme",
  [FL_POLICY_NOT_URL] = "not-url",
  [FL_POLICY_NOT_ADDRESS] = "not-address",
  [FL_POLICY_NOT_NUMBER] = "not-number",
  [FL_POLICY_NOT_BOOLEAN] = "not-boolean",
  [FL_POLICY_NOT_RULE] = "not-rule",
  [FL_POLICY_NOT_DAY] = "not-day",
  [FL_POLICY_UNTIL_ALONE] = "until-alone",
  [FL_POLICY_COMMAS] = "commas",
  [FL_POLICY_CA_MISSING] = "ca-missing",
  [FL_POLICY_CA_UNREADABLE] = "ca-unreadable",
  [FL_POLICY_CA_UNTRUSTED] = "ca-untrusted",
  [FL_POLICY_CA_PRIVATE] = "ca-private",
  [FL_POLICY_CA_NOT_PEM] = "ca-not-pem",
  [FL_POLICY_UNKNOWN_LANGUAGE] = "unknown-language",
  [FL_POLICY_UNKNOWN_LOCK] = "unknown-lock",
  [FL_POLICY_NOTHING_TO_LOCK] = "nothing-to-lock",
  [FL_POLICY_TWICE_KEY] = "twice-key",
  [FL_POLICY_TWICE_GROUP] = "twice-group",
  [FL_POLICY_ONLY_TRANSLATED] = "only-translated",
  [FL_POLICY_TEXT_QUOTED] = "text-quoted",
  [FL_POLICY_TEXT_COMMENT_BEHIND] = "text-comment-behind",
  [FL_POLICY_CA_EXPIRED] = "ca-expired",
};

/**
 * fl_policy_mistake_new:
 * @fault: what is wrong
 * @origin: (nullable): path of the file
 * @line: where, from 1; 0 for the file as such
 *
 * Returns: (transfer full): a mistake, of which nothing more is known
 */
FlPolicyMistake *
fl_policy_mistake_new (FlPolicyFault  fault,
                       const char    *origin,
                       guint          line)
{
  FlPolicyMistake *self = g_new0 (FlPolicyMistake, 1);

  self->fault = fault;
  self->origin = g_strdup (origin);
  self->line = line;

  return self;
}

/**
 * fl_policy_mistake_free:
 * @self: (transfer full): a mistake
 *
 * Frees it.
 */
void
fl_policy_mistake_free (FlPolicyMistake *self)
{
  g_free (self->origin);
  g_free (self->group);
  g_free (self->key);
  g_free (self->found);
  g_free (self->meant);
  g_free (self);
}

/**
 * fl_policy_mistake_get_name:
 * @self: a mistake
 *
 * Returns: (transfer none): the word that programs know this kind of mistake by
 */
const char *
fl_policy_mistake_get_name (const FlPolicyMistake *self)
{
  return names[self->fault];
}

/**
 * fl_policy_mistake_costs_file:
 * @self: a mistake
 *
 * Returns: whether nothing in its file holds, for it
 */
gboolean
fl_policy_mistake_costs_file (const FlPolicyMistake *self)
{
  return self->fault <= FL_POLICY_BINARY;
}

/**
 * fl_policy_mistake_clean:
 * @text: (nullable): anything out of a file
 *
 * Makes something that can be shown: UTF-8, without what moves a cursor, turns text or cannot be seen, and not long.
 *
 * Returns: (transfer full) (nullable): the text; %NULL for %NULL
 */
char *
fl_policy_mistake_clean (const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  GString *clean;
  gsize length = 0;

  if (valid == NULL)
    return NULL;

  clean = g_string_new (NULL);
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (++length > SHOWN_MAX)
        {
          g_string_append (clean, "…");
          break;
        }
      g_string_append_unichar (clean, g_unichar_isprint (character) ? character : 0xFFFD);
    }

  return g_string_free (clean, FALSE);
}
