/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "first-login"

#include "config.h"

#include "fl-application.h"
#include "fl-language.h"

#include <sys/resource.h>

/* A core would hold passwords. One byte is less than any core needs, and unlike none at all it also keeps the kernel from
 * piping one to a crash reporter (core(5)). PR_SET_DUMPABLE would do as well, but hides the process from portals. */
static void
forbid_cores (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_CORE, &limit) == 0)
    {
      limit.rlim_cur = MIN (1, limit.rlim_max);
      setrlimit (RLIMIT_CORE, &limit);
    }
}

int
main (int    argc,
      char **argv)
{
  forbid_cores ();
  fl_language_init ();
  g_set_prgname ("first-login"); /* the application's name for assistive technologies */

  return fl_application_run (argc, argv);
}
