/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-desktop-language"

#include "config.h"

#include "fl-language.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

/* The language changes while the program runs: with and without a translation for the desktop's own, and from the C
 * locales, which have none. Each case is a process of its own, because GLib and gettext remember. */

static void
assert_swedish (void)
{
  fl_language_use ("sv");
  g_assert_cmpstr (fl_language_get (), ==, "sv");
  g_assert_nonnull (strstr (gettext (""), "Language: sv"));
  g_assert_nonnull (strstr (g_dgettext (GETTEXT_PACKAGE, ""), "Language: sv"));
  g_assert_cmpstr (g_getenv ("LANGUAGE"), ==, "sv");
}

static void
assert_english (const char *code)
{
  fl_language_use (code);
  g_assert_cmpstr (fl_language_get (), ==, "en");
  g_assert_cmpstr (gettext (""), ==, "");
  g_assert_cmpstr (g_getenv ("LANGUAGE"), ==, "en");
}

static void
change (const char *locale,
        const char *languages,
        gboolean    starts_swedish)
{
  g_setenv ("LC_ALL", locale, TRUE);
  if (languages != NULL)
    g_setenv ("LANGUAGE", languages, TRUE);
  else
    g_unsetenv ("LANGUAGE");

  fl_language_init ();
  g_assert_cmpstr (fl_language_get (), ==, starts_swedish ? "sv" : "en");
  assert_swedish ();
  assert_english ("en");
  assert_swedish ();
  fl_language_use ("");
  g_assert_cmpstr (fl_language_get (), ==, starts_swedish ? "sv" : "en");
}

static void
test_swedish_desktop (void)
{
  if (g_test_subprocess ())
    {
      change ("C_SE.UTF-8", "sv_SE:sv:en_GB:en", TRUE);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static void
test_other_desktop (void)
{
  if (g_test_subprocess ())
    {
      change ("C_DE.UTF-8", "de_DE:de", FALSE);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static void
test_no_language (void)
{
  if (g_test_subprocess ())
    {
      change ("C", NULL, FALSE);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

/* The policy's languages hold against the desktop's: from each desktop to where it leads. */
static void
test_offered (void)
{
  static const char * const swedish[] = { "sv", NULL };
  static const char * const english[] = { "en", NULL };
  static const char * const both[] = { "sv", "en", NULL };

  if (g_test_subprocess ())
    {
      g_setenv ("LC_ALL", "C", TRUE);
      g_setenv ("LANGUAGE", "de", TRUE);
      fl_language_init ();
      g_assert_cmpstr (fl_language_get (), ==, "en");

      fl_language_offer (swedish);
      g_assert_false (fl_language_is_known ("en"));
      g_assert_true (fl_language_is_known (""));
      fl_language_use ("");
      g_assert_cmpstr (fl_language_get (), ==, "sv");
      g_assert_nonnull (strstr (gettext (""), "Language: sv"));

      fl_language_offer (both);
      assert_english ("en");
      fl_language_offer (english);
      assert_english ("");
      g_assert_false (fl_language_is_known ("sv"));
      fl_language_offer (NULL);
      assert_swedish ();
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static void
test_bare_desktop (void)
{
  if (g_test_subprocess ())
    {
      change ("C.UTF-8", NULL, FALSE);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static void
test_known (void)
{
  g_assert_true (fl_language_is_known (""));
  g_assert_true (fl_language_is_known ("en"));
  g_assert_true (fl_language_is_known ("sv"));
  g_assert_false (fl_language_is_known ("xx"));
  g_assert_false (fl_language_is_known ("sv:en"));
  g_assert_false (fl_language_is_known (NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/language/known", test_known);
  g_test_add_func ("/language/swedish-desktop", test_swedish_desktop);
  g_test_add_func ("/language/other-desktop", test_other_desktop);
  g_test_add_func ("/language/no-language", test_no_language);
  g_test_add_func ("/language/bare-desktop", test_bare_desktop);
  g_test_add_func ("/language/offered", test_offered);

  return g_test_run ();
}
