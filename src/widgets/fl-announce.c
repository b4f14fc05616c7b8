/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include "fl-announce.h"

/**
 * fl_announce:
 * @widget: where it happened
 * @text: what has happened
 *
 * Says something aloud to who uses a screen reader, where GTK can (4.14 and newer). What matters is exposed by names,
 * states and relations as well.
 */
void
fl_announce (GtkWidget  *widget,
             const char *text)
{
#if GTK_CHECK_VERSION (4, 14, 0)
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  gtk_accessible_announce (GTK_ACCESSIBLE (widget), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  G_GNUC_END_IGNORE_DEPRECATIONS
#endif
}
