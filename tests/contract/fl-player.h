/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/* What answers a request: an exchange of a transcript, or whatever a test makes up. */
typedef struct {
  char       *method;        /* NULL: any */
  char       *path;          /* NULL: any */
  JsonNode   *body;          /* NULL: not compared */
  char       *token;         /* NULL: not compared; "": none may come */

  guint       status;
  char       *content_type;  /* NULL: none */
  char       *header;        /* (nullable): one more, "Name: value" */
  GBytes     *reply;         /* NULL: no body */
  GBytes     *wire;          /* instead of all that: these bytes, and the connection closes */
  gboolean    is_silent;     /* instead of all that: nothing ever comes */
} FlTurn;

typedef struct _FlPlayer FlPlayer;

FlPlayer   *fl_player_new           (void);
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

void        fl_turn_free            (FlTurn      *turn);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlPlayer, fl_player_free)

G_END_DECLS
