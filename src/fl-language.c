/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-language"

#include "config.h"

#include "fl-language.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* FlLanguage is the language that windows and mails are in: the desktop's as far as there is a translation, or the one
 * that was chosen in the menu. Everything here belongs to the main thread; what has been translated already stays as it
 * is, so that windows have to be filled anew. */

#define VARIABLE "LANGUAGE="

static const char * const codes[] = { LANGUAGES, NULL };
static char **offered; /* NULL: all of them */

/* gettext reads this variable from the environment at every call, in every thread. It lives in a buffer of our own that
 * never moves, because setenv() would free what another thread is reading. */
static char variable[256] = VARIABLE;
static char *desktop;
static const char *effective = "en";

static gboolean
is_offered (const char *code)
{
  return g_strv_contains (codes, code) &&
         (offered == NULL || g_strv_contains ((const char * const *) offered, code));
}

static void
set_variable (const char *languages)
{
  g_strlcpy (variable + strlen (VARIABLE), languages, sizeof variable - strlen (VARIABLE));

  /* gettext forgets what it has looked up when the domain is set. */
  textdomain (GETTEXT_PACKAGE);
}

/* The language of the catalogue that gettext has found: it names itself in its header, the translation of nothing. */
static const char *
find_effective (void)
{
  const char *header = gettext ("");
  const char *line = strstr (header, "Language: ");

  for (gsize i = 0; line != NULL && codes[i] != NULL; i++)
    {
      if (g_str_has_prefix (line + strlen ("Language: "), codes[i]))
        return codes[i];
    }

  return "en";
}

/* The C locale knows no languages, and since glibc 2.41 neither does C.UTF-8: any other one does. The last is C.UTF-8 by
 * another name, which is there where no other is installed. */
static void
leave_c_locale (void)
{
  static const char * const locales[] = { "en_US.UTF-8", "en_GB.UTF-8", "sv_SE.UTF-8", "C_US.UTF-8" };
  const char *locale = setlocale (LC_MESSAGES, NULL);

  if (locale != NULL && !g_str_equal (locale, "C") && !g_str_equal (locale, "POSIX") && !g_str_has_prefix (locale, "C."))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (locales); i++)
    {
      if (setlocale (LC_MESSAGES, locales[i]) != NULL)
        return;
    }
}

/* Translations of the same build count before installed ones: po/ beside the folder that the program was built in. */
static char *
find_catalogues (void)
{
  static const char * const places[] = { "../po", "../../po" };
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *here = self != NULL ? g_path_get_dirname (self) : NULL;

  for (gsize i = 0; here != NULL && i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *catalogue = g_build_filename (here, places[i], "sv", "LC_MESSAGES", GETTEXT_PACKAGE ".mo", NULL);

      if (g_file_test (catalogue, G_FILE_TEST_EXISTS))
        return g_build_filename (here, places[i], NULL);
    }

  return g_strdup (LOCALEDIR);
}

/**
 * fl_language_init:
 *
 * Sets the locale, and the desktop's language. To be called first of all, while there is only one thread.
 */
void
fl_language_init (void)
{
  const char *languages = g_getenv ("LANGUAGE");
  g_autofree char *catalogues = find_catalogues ();

  setlocale (LC_ALL, "");

  /* GLib decides once and for all whether a program has translations, and would say no where the desktop's language has
   * none. Asked before the domain is set, it says yes. */
  g_dgettext (GETTEXT_PACKAGE, "");

  bindtextdomain (GETTEXT_PACKAGE, catalogues);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");

  desktop = g_strdup (languages != NULL ? languages : "");
  putenv (variable);
  fl_language_use ("");
}

/**
 * fl_language_offer:
 * @list: (nullable) (array zero-terminated=1): codes of the languages that there shall be, at least one; %NULL for all
 *
 * Leaves only these to choose from. Where the desktop's language is none of them, the first takes its place. It counts
 * from the next fl_language_use() on.
 */
void
fl_language_offer (const char * const *list)
{
  g_clear_pointer (&offered, g_strfreev);
  offered = g_strdupv ((char **) list);
}

/**
 * fl_language_is_known:
 * @code: anything
 *
 * Returns: whether @code is a language that can be chosen, or the empty string for the desktop's
 */
gboolean
fl_language_is_known (const char *code)
{
  return code != NULL && (code[0] == '\0' || is_offered (code));
}

/**
 * fl_language_use:
 * @code: `en`, `sv`, or the empty string for the desktop's language
 *
 * Changes the language of everything that is translated from now on.
 */
void
fl_language_use (const char *code)
{
  g_return_if_fail (fl_language_is_known (code));

  if (code[0] != '\0')
    leave_c_locale ();
  set_variable (code[0] != '\0' ? code : desktop);
  effective = find_effective ();
  if (!is_offered (effective))
    {
      leave_c_locale ();
      effective = offered[0];
    }

  /* Where we have no translation, GTK shall not mix in its own. */
  if (!g_str_equal (effective, code))
    set_variable (effective);
}

/**
 * fl_language_get:
 *
 * Tells which language is in use.
 *
 * Returns: (transfer none): `en`, `sv`
 */
const char *
fl_language_get (void)
{
  return effective;
}
