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

FlTurn   *fl_turn_new  (guint              status,
                        const char        *json);
void      fl_turn_free (FlTurn            *self);
gboolean  fl_turn_fits (const FlTurn      *self,
                        SoupServerMessage *message,
                        const char        *target);

G_END_DECLS
