/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FL_TYPE_KEYRING_WATCH (fl_keyring_watch_get_type ())
G_DECLARE_FINAL_TYPE (FlKeyringWatch, fl_keyring_watch, FL, KEYRING_WATCH, GObject)

/* Signal "stirred": the keyring, or the portal to it, has been started or unlocked: it is worth asking again. */
FlKeyringWatch *fl_keyring_watch_new (void);

G_END_DECLS
