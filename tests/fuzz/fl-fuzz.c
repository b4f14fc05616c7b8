/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

/* What all targets share. A warning is a finding like a crash: nothing that comes from outside may bring one about. */

/* But for this one of libsoup 3.2, about "Content-Length: -2", which it then reads as no length at all. */
#define EXCUSED "of type 'gint64' is invalid or out of range for property 'content-length'"

static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  g_autofree char *text = NULL;

  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) == 0)
    return G_LOG_WRITER_HANDLED;

  text = g_log_writer_format_fields (level, fields, n_fields, FALSE);
  if (strstr (text, EXCUSED) != NULL)
    return G_LOG_WRITER_HANDLED;

  g_printerr ("%s\n", text);
  /* G_BREAKPOINT would end the program by a signal that libFuzzer does not keep the input for. */
  abort ();
}

int
LLVMFuzzerInitialize (int    *argc,
                      char ***argv)
{
  g_setenv ("GIO_USE_VFS", "local", TRUE);
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  g_log_set_writer_func (write_log, NULL, NULL);
  return 0;
}

/**
 * fl_fuzz_take_line:
 * @data: (inout) (array length=size): what is left of the input
 * @size: (inout): bytes of @data
 *
 * Takes the first line off an input: what a target is told beside the thing that it reads.
 *
 * Returns: (transfer full): the line, without its end
 */
char *
fl_fuzz_take_line (const guint8 **data,
                   gsize         *size)
{
  const guint8 *end = *size > 0 ? memchr (*data, '\n', *size) : NULL;
  gsize length = end != NULL ? (gsize) (end - *data) : *size;
  char *line = g_strndup ((const char *) *data, length);
  gsize taken = MIN (length + 1, *size);

  *data += taken;
  *size -= taken;
  return line;
}
