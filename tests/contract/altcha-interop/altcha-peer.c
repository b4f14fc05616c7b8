/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "altcha-peer"

#include "config.h"

#include "fl-altcha.h"

#include <stdio.h>
#include <string.h>

/* Our side of the interoperability test: "challenge", "solve" and "verify" as a filter. The key is one of a test, so it
 * may stand in the arguments. */

static char *
read_input (void)
{
  char input[16384];
  gsize length = fread (input, 1, sizeof input - 1, stdin);

  return g_strndup (input, length);
}

static char *
run (char    **argv,
     GError  **error)
{
  g_autoptr (GBytes) key = argv[1] != NULL && argv[2] != NULL ? g_bytes_new_static (argv[2], strlen (argv[2])) : NULL;
  guint n_arguments = g_strv_length (argv);
  g_autofree char *input = NULL;
  char *nonce = NULL;

  if (n_arguments == 6 && g_str_equal (argv[1], "challenge"))
    return fl_altcha_challenge_new (key, argv[3], g_ascii_strtoll (argv[4], NULL, 10),
                                    (guint) g_ascii_strtoull (argv[5], NULL, 10));

  input = read_input ();
  if (n_arguments == 2 && g_str_equal (argv[1], "solve"))
    return fl_altcha_solve (input, NULL, error);
  if (n_arguments == 5 && g_str_equal (argv[1], "verify"))
    {
      fl_altcha_verify (input, key, argv[3], g_ascii_strtoll (argv[4], NULL, 10), &nonce, error);
      return nonce;
    }

  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "challenge KEY PURPOSE EXPIRES-AT COST | solve | verify KEY PURPOSE NOW");
  return NULL;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autofree char *output = run (argv, &error);

  if (output == NULL)
    {
      /* 10 and more tell the codes of FlAltchaError apart, 2 is a mistake of the test. */
      g_printerr ("%s\n", error->message);
      return error->domain == FL_ALTCHA_ERROR ? 10 + error->code : 2;
    }

  g_print ("%s\n", output);
  return 0;
}
