/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What libFuzzer calls (https://llvm.org/docs/LibFuzzer.html): the first is shared, the second is the target. */
int   LLVMFuzzerInitialize   (int            *argc,
                              char         ***argv);
int   LLVMFuzzerTestOneInput (const guint8   *data,
                              gsize           size);

char *fl_fuzz_take_line      (const guint8  **data,
                              gsize          *size);

G_END_DECLS
