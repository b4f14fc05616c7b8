/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _FlDoor FlDoor;

/* What a door does with a caller besides answering. */
#define FL_DOOR_SHUTS  ""    /* closes at once */
#define FL_DOOR_SILENT NULL  /* holds the caller, and never says anything */

FlDoor     *fl_door_new       (const char *answer);
void        fl_door_free      (FlDoor     *self);
guint16     fl_door_get_port  (FlDoor     *self);
guint       fl_door_get_calls (FlDoor     *self);
char       *fl_door_get_heard (FlDoor     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlDoor, fl_door_free)

#define FL_TYPE_DETOUR (fl_detour_get_type ())
G_DECLARE_FINAL_TYPE (FlDetour, fl_detour, FL, DETOUR, GObject)

GProxyResolver *fl_detour_new (const char *scheme,
                               guint16     port);

G_END_DECLS
