/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include "fl-policy-sentence.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What administrators read about a mistake in a policy file: what is wrong, and what is likely meant. */

/* In each, {found} is what stands in the file, {line} another line of it. */
static const char * const sentences[FL_POLICY_N_FAULTS] = {
  /* Translators: about a policy file. {found} is a reason, as the operating system words it; leave it as it is */
  [FL_POLICY_UNREADABLE] = N_("The file cannot be read: {found}."),
  [FL_POLICY_NOT_REGULAR] = N_("This is not a regular file."),
  [FL_POLICY_TOO_LARGE] = N_("The file is larger than 65536 bytes."),
  [FL_POLICY_FOREIGN_OWNER] = N_("The file belongs to somebody else than root, and is not used (chown root)."),
  [FL_POLICY_WRITABLE] = N_("Others than its owner can write to the file, and it is not used (chmod go-w)."),
  [FL_POLICY_UTF_16] = N_("The file is in UTF-16. Save it as UTF-8."),
  [FL_POLICY_BINARY] = N_("There is a zero byte here: this is not a text file in UTF-8."),
  /* Translators: {found} is a line of a policy file, [group] and key=value are how lines look */
  [FL_POLICY_NOT_A_LINE] = N_("“{found}” is neither [group] nor key=value."),
  [FL_POLICY_NOT_A_COMMENT] = N_("“{found}” is not a comment: these begin with #."),
  [FL_POLICY_BROKEN_HEADER] = N_("“{found}” is not the beginning of a group: nothing stands behind the bracket. "
                                 "The keys below it are not read."),
  [FL_POLICY_UNKNOWN_GROUP] = N_("There is no group {found}. The keys below it are not read."),
  [FL_POLICY_NO_GROUP] = N_("The key stands in front of the first [group]."),
  [FL_POLICY_UNKNOWN_KEY] = N_("There is no key “{found}”."),
  [FL_POLICY_WRONG_GROUP] = N_("The key “{found}” does not belong to this group."),
  /* Translators: {found} is the code of a language */
  [FL_POLICY_NOT_TRANSLATABLE] = N_("The key is the same in every language: “[{found}]” may not stand there."),
  [FL_POLICY_UNKNOWN_LOCALE] = N_("The program is not translated into “{found}”, so nobody would see this."),
  [FL_POLICY_EMPTY] = N_("Nothing stands behind the “=”. Without a value, remove the line."),
  [FL_POLICY_NOT_UTF_8] = N_("The value is not in UTF-8. Save the file as UTF-8."),
  [FL_POLICY_BAD_ESCAPE] = N_("There is a backslash with a letter that it does not go with: for a backslash, write two."),
  [FL_POLICY_ESCAPE_AT_END] = N_("There is a backslash at the end: lines cannot be continued."),
  [FL_POLICY_CONTROL] = N_("The value contains control characters."),
  [FL_POLICY_DIRECTION] = N_("The value contains characters that change the direction of text."),
  [FL_POLICY_INVISIBLE] = N_("The value contains characters that cannot be seen, as come along when copying from a page."),
  [FL_POLICY_TOO_LONG] = N_("The value is longer than 1000 characters."),
  [FL_POLICY_COMMENT_BEHIND] = N_("A comment cannot stand behind a value: give it a line of its own."),
  [FL_POLICY_QUOTED] = N_("The value stands in quotation marks, which would be part of it."),
  [FL_POLICY_NOT_HTTPS] = N_("“{found}” is not encrypted: http is for this computer itself only."),
  [FL_POLICY_NO_SCHEME] = N_("“{found}” does not begin with https://."),
  [FL_POLICY_NOT_URL] = N_("“{found}” is not an address that begins with https://."),
  [FL_POLICY_NOT_ADDRESS] = N_("“{found}” is not a mail address."),
  [FL_POLICY_NOT_NUMBER] = N_("“{found}” is not a whole number from 1 to 72."),
  [FL_POLICY_NOT_BOOLEAN] = N_("“{found}” is neither true nor false."),
  [FL_POLICY_NOT_RULE] = N_("“{found}” is none of required, optional, off."),
  [FL_POLICY_NOT_DAY] = N_("“{found}” is not a day like 2026-06-30."),
  [FL_POLICY_UNTIL_ALONE] = N_("The day goes with rule=optional only."),
  [FL_POLICY_COMMAS] = N_("Entries are separated by semicolons."),
  [FL_POLICY_CA_MISSING] = N_("There is no file {found}."),
  [FL_POLICY_CA_UNREADABLE] = N_("The file with certificates cannot be read: {found}."),
  [FL_POLICY_CA_UNTRUSTED] = N_("{found} is not used: it does not belong to root, or others can write to it "
                                "(chown root, chmod go-w)."),
  [FL_POLICY_CA_PRIVATE] = N_("There is a private key in {found}: take it out, and consider it known."),
  [FL_POLICY_CA_NOT_PEM] = N_("There is no certificate in PEM format in {found} (openssl x509 -inform der -in … converts one)."),
  [FL_POLICY_UNKNOWN_LANGUAGE] = N_("The program is not translated into “{found}”."),
  [FL_POLICY_UNKNOWN_LOCK] = N_("There is no key “{found}” to lock."),
  [FL_POLICY_NOTHING_TO_LOCK] = N_("The key “{found}” is locked and has no value. Give it one."),
  [FL_POLICY_TWICE_KEY] = N_("The key stands in line {line} already. This line counts."),
  [FL_POLICY_TWICE_GROUP] = N_("The group {found} begins in line {line} already."),
  [FL_POLICY_ONLY_TRANSLATED] = N_("The text is there as a translation only. Add it without a language, for everybody else."),
  [FL_POLICY_TEXT_QUOTED] = N_("The text stands in quotation marks, and is shown with them."),
  [FL_POLICY_TEXT_COMMENT_BEHIND] = N_("What looks like a comment is shown with the text: give it a line of its own."),
  [FL_POLICY_CA_EXPIRED] = N_("A certificate in the file has expired on {found}."),
};

/* Puts what is known into a sentence, in one go: what stands in the file may look like a name in braces itself. */
static char *
fill_in (const char            *sentence,
         const FlPolicyMistake *mistake)
{
  g_autofree char *line = g_strdup_printf ("%u", mistake->other_line);
  const struct {
    const char *name;
    const char *value;
  } places[] = {
    { "{found}", mistake->found },
    { "{meant}", mistake->meant },
    { "{line}", line },
  };
  GString *text = g_string_new (NULL);

  while (*sentence != '\0')
    {
      gsize length = 0;

      for (gsize i = 0; length == 0 && i < G_N_ELEMENTS (places); i++)
        {
          if (!g_str_has_prefix (sentence, places[i].name))
            continue;
          length = strlen (places[i].name);
          g_string_append (text, places[i].value != NULL ? places[i].value : "");
        }
      if (length == 0)
        g_string_append_c (text, *sentence);
      sentence += MAX (length, 1);
    }

  return g_string_free (text, FALSE);
}

/**
 * fl_policy_sentence_describe:
 * @mistake: a mistake in a policy file
 *
 * Returns: (transfer full): what is wrong, and what is likely meant, in the language of now
 */
char *
fl_policy_sentence_describe (const FlPolicyMistake *mistake)
{
  g_autofree char *sentence = NULL;
  g_autofree char *question = NULL;

  g_return_val_if_fail (mistake != NULL, NULL);

  sentence = fill_in (_(sentences[mistake->fault]), mistake);
  if (mistake->meant == NULL)
    return g_steal_pointer (&sentence);

  /* Translators: about a policy file. {meant} is what should stand there; leave it as it is */
  question = fill_in (_("Did you mean “{meant}”?"), mistake);
  return g_strdup_printf ("%s %s", sentence, question);
}

/**
 * fl_policy_sentence_locate:
 * @mistake: a mistake in a policy file
 *
 * Describes a mistake in one line of the form that compilers have, `FILE:LINE: group.key: sentence`, without what is not
 * known; `-` is what came in without a file.
 *
 * Returns: (transfer full): the line
 */
char *
fl_policy_sentence_locate (const FlPolicyMistake *mistake)
{
  g_autofree char *sentence = fl_policy_sentence_describe (mistake);
  GString *line;

  g_return_val_if_fail (mistake != NULL, NULL);

  line = g_string_new (mistake->origin != NULL ? mistake->origin : "-");
  if (mistake->line > 0)
    g_string_append_printf (line, ":%u", mistake->line);
  if (mistake->group != NULL && mistake->key != NULL)
    g_string_append_printf (line, ": %s.%s", mistake->group, mistake->key);
  else if (mistake->group != NULL || mistake->key != NULL)
    g_string_append_printf (line, ": %s", mistake->group != NULL ? mistake->group : mistake->key);
  g_string_append_printf (line, ": %s", sentence);

  return g_string_free (line, FALSE);
}
