/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-training"

#include "config.h"

#include <gmime/gmime.h>

#include "fl-language.h"
#include "fl-secret.h"
#include "fl-training.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr (GApplication) training = NULL;

  fl_secret_forbid_cores ();
  fl_language_init ();
  g_set_prgname ("first-login");
  g_mime_init (); /* not safe later: mails are written in threads */
  training = fl_training_new ();

  return g_application_run (training, argc, argv);
}
