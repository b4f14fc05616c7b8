/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

/* A target that does not hold: test-fuzz.py looks whether that would be seen. */

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  if (size > 0 && data[0] == '!')
    g_warning ("An exclamation mark");
  return 0;
}
