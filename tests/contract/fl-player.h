/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-turn.h"

G_BEGIN_DECLS

typedef struct _FlPlayer FlPlayer;

FlPlayer   *fl_player_new           (void);
FlPlayer   *fl_player_new_encrypted (const char  *certificate);
void        fl_player_free          (FlPlayer    *self);
const char *fl_player_get_url       (FlPlayer    *self);
JsonObject *fl_player_get_exchange  (FlPlayer    *self,
                                     const char  *reference);
guint       fl_player_get_length    (FlPlayer    *self,
                                     const char  *story);
void        fl_player_feed          (FlPlayer    *self,
                                     const char  *references);
FlTurn     *fl_player_feed_bent     (FlPlayer    *self,
                                     const char  *reference);
FlTurn     *fl_player_add           (FlPlayer    *self,
                                     const char  *method,
                                     const char  *path,
                                     guint        status,
                                     const char  *json);
void        fl_player_clear         (FlPlayer    *self);
gboolean    fl_player_is_fed        (FlPlayer    *self);
guint       fl_player_get_requests  (FlPlayer    *self);
guint       fl_player_get_surprises (FlPlayer    *self);
guint       fl_player_get_connections (FlPlayer  *self);
const char *fl_player_get_last_header (FlPlayer  *self,
                                     const char  *name);
const char *fl_player_get_last_body (FlPlayer    *self);
void        fl_player_set_is_strict (FlPlayer    *self,
                                     gboolean     is_strict);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlPlayer, fl_player_free)

G_END_DECLS
