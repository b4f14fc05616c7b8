/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include "fl-column.h"

/* FlColumn is the one column that every page stands in: it holds as many letters at every text size. */

#define COLUMN_WIDTH 440  /* px, at the usual text size */

static void
on_text_size_changed (AdwClamp *column)
{
  int dpi;
  int width;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (column)), "gtk-xft-dpi", &dpi, NULL);
  width = dpi > 0 ? MAX (COLUMN_WIDTH, COLUMN_WIDTH * (dpi / 1024) / 96) : COLUMN_WIDTH;
  adw_clamp_set_maximum_size (column, width);
  adw_clamp_set_tightening_threshold (column, width);
}

/**
 * fl_column_follow_text_size:
 * @column: what holds a page's column
 *
 * Has the column be as wide as the text wants it, from now on.
 */
void
fl_column_follow_text_size (AdwClamp *column)
{
  g_return_if_fail (ADW_IS_CLAMP (column));

  g_signal_connect_object (gtk_widget_get_settings (GTK_WIDGET (column)), "notify::gtk-xft-dpi",
                           G_CALLBACK (on_text_size_changed), column, G_CONNECT_SWAPPED);
  on_text_size_changed (column);
}
