/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-doctor"

#include "config.h"

#include "fl-scrub.h"

#include <string.h>

/* What a helpdesk is sent may be read by many: of a person there shall be nothing in it, nor anything that opens a door. */

static const struct {
  const char *pattern;
  const char *replacement;
} rules[] = {
  /* who signs in to a proxy, and how (RFC 3986, section 3.2.1): up to the last @ of the authority, which a password that is
   * not escaped may have too */
  { "://[^/\\s]*@", "://" },
  /* what a server is asked for, and where in a page: flow ids and codes stand there */
  { "(://[^\\s?#]*)[?#]\\S*", "\\1" },
  { "\\b(first-login|otpauth):[^\\s/]\\S*", "\\1:…" },
  { "[^\\s<>()\"“”,;:]+@[^\\s<>()\"“”,;]+", "…" },
};

static char *
replace_word (char       *text,
              const char *word,
              const char *by)
{
  g_autofree char *before = text;
  g_autofree char *escaped = g_regex_escape_string (word, -1);
  g_autofree char *pattern = g_strdup_printf ("(?<![\\w.-])%s(?![\\w.-])", escaped);
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_CASELESS, 0, NULL);

  return g_regex_replace_literal (regex, before, -1, 0, by, 0, NULL);
}

/* A home that is the root of everything is nobody's. */
static gboolean
tells_somebody (const char *home)
{
  return home != NULL && strlen (home) > 1;
}

/**
 * fl_scrub:
 * @text: words that somebody else shall read
 *
 * Takes out what is about a person or opens a door: who signs in to a proxy, queries of addresses, email addresses, the
 * person's folder and name. The administrator's name, root, tells nothing.
 *
 * Returns: (transfer full): the rest, with `~` for the folder and `…` for what else was there
 */
char *
fl_scrub (const char *text)
{
  const char *home = g_get_home_dir ();
  const char *user = g_get_user_name ();
  char *scrubbed = g_utf8_make_valid (text, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autoptr (GRegex) regex = g_regex_new (rules[i].pattern, G_REGEX_OPTIMIZE, 0, NULL);
      g_autofree char *before = scrubbed;

      scrubbed = g_regex_replace (regex, before, -1, 0, rules[i].replacement, 0, NULL);
    }
  if (tells_somebody (home))
    scrubbed = replace_word (scrubbed, home, "~");
  if (user != NULL && !g_str_equal (user, "root") && user[0] != '\0')
    scrubbed = replace_word (scrubbed, user, "…");

  return scrubbed;
}
