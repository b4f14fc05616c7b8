/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "first-login"

#include "config.h"

#include "fl-application.h"
#include "fl-language.h"
#include "fl-secret.h"

int
main (int    argc,
      char **argv)
{
  fl_secret_forbid_cores ();
  fl_language_init ();
  g_set_prgname ("first-login"); /* the application's name for assistive technologies */

  return fl_application_run (argc, argv);
}
