/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "argon2"

#include "config.h"

#include "fl-hasher.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

/* argon2 THREADS SECONDS: how many passwords libsodium alone checks in a second, against a hash of the service's own
 * making, and so of the same cost. */

#define PASSWORD "correct horse battery"

static char   hash[crypto_pwhash_STRBYTES];
static gint64 end;

static gpointer
check_passwords (gpointer unused)
{
  guint checked = 0;

  while (g_get_monotonic_time () < end)
    {
      if (crypto_pwhash_str_verify (hash, PASSWORD, sizeof PASSWORD - 1) != 0)
        g_error ("The hash of the password does not match it");
      checked++;
    }
  return GUINT_TO_POINTER (checked);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (FlSecret) password = fl_secret_new (PASSWORD);
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  g_autofree char *made = NULL;
  int n_threads = argc == 3 ? atoi (argv[1]) : 0;
  int seconds = argc == 3 ? atoi (argv[2]) : 0;
  guint checked = 0;
  gint64 begun;

  if (n_threads < 1 || seconds < 1 || sodium_init () < 0)
    {
      fputs ("usage: argon2 THREADS SECONDS\n", stderr);
      return 2;
    }
  made = fl_hasher_hash (password, NULL);
  g_strlcpy (hash, made, sizeof hash);

  begun = g_get_monotonic_time ();
  end = begun + seconds * G_USEC_PER_SEC;
  for (int i = 0; i < n_threads; i++)
    g_ptr_array_add (threads, g_thread_new ("check", check_passwords, NULL));
  for (int i = 0; i < n_threads; i++)
    checked += GPOINTER_TO_UINT (g_thread_join (threads->pdata[i]));

  printf ("%.2f\n", checked * (double) G_USEC_PER_SEC / (g_get_monotonic_time () - begun));
  return 0;
}
