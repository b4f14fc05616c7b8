/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FlGateTrouble:
 * @is_there: whether the last call failed
 *
 * What the log hears of a store's trouble: that it began and that it ended, and neither more than once a minute, as a disk
 * that is all but full would else fill up with the news of it.
 */
typedef struct
{
  gboolean is_there;

  /*< private >*/
  gboolean is_told;
  gint64   told_at;
} FlGateTrouble;

void fl_gate_trouble_begin (FlGateTrouble *self,
                            const char    *what);
void fl_gate_trouble_end   (FlGateTrouble *self);

G_END_DECLS
