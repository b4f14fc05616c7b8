/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the command line of this process has told the application. */
typedef struct {
  char      *server;       /* (nullable): canonical */
  gboolean   understood;   /* the options are such as there are */
  gboolean   left_alone;   /* the instance that was handed over to has gone */
} FlCommandLine;

void     fl_command_line_declare   (GApplication   *application);
gboolean fl_command_line_take_over (char          **arguments,
                                    int            *exit_status);
int      fl_command_line_read      (FlCommandLine  *self,
                                    GApplication   *application,
                                    GVariantDict   *options);
void     fl_command_line_clear     (FlCommandLine  *self);

G_END_DECLS
