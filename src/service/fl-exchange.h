/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "fl-engine.h"

G_BEGIN_DECLS

/**
 * FlExchange:
 * @engine: the service
 * @message: the request and its answer
 * @query: (nullable): what stands behind the `?` of the path; never mixed with the body
 * @body: (nullable): the JSON of the request
 * @token: (nullable): the session token of the request
 * @waits: whether the message is paused
 * @gone: whether nobody is there any more to be answered
 * @failed: whether something before a wait could not be kept
 *
 * One request and its one answer. It is answered by exactly one of the fl_exchange_reply functions, and belongs to the
 * message; while it is handled a transaction is open, which the answer commits, so that nobody is told of what was not
 * kept.
 */
typedef struct
{
  FlEngine          *engine;
  SoupServerMessage *message;
  GHashTable        *query;
  JsonObject        *body;
  FlSecret          *token;
  gboolean           waits;
  gboolean           gone;
  gboolean           failed;
} FlExchange;

FlExchange *fl_exchange_new               (FlEngine           *engine,
                                           SoupServerMessage  *message);
gboolean    fl_exchange_read_body         (FlExchange         *self,
                                           GBytes             *body);

const char *fl_exchange_get_query         (FlExchange         *self,
                                           const char         *name);
const char *fl_exchange_get_header        (FlExchange         *self,
                                           const char         *name);
char       *fl_exchange_get_url           (FlExchange         *self);
const char *fl_exchange_get_text          (FlExchange         *self,
                                           const char         *name);
FlSecret   *fl_exchange_take_secret       (FlExchange         *self,
                                           const char         *name);
gboolean    fl_exchange_is_from_browser   (FlExchange         *self);
JsonObject *fl_exchange_describe_device   (FlExchange         *self);
void        fl_exchange_echo_payload      (FlExchange         *self,
                                           JsonObject         *answer);

void        fl_exchange_wait              (FlExchange         *self);
void        fl_exchange_resume            (FlExchange         *self);

void        fl_exchange_reply             (FlExchange         *self,
                                           guint               status,
                                           JsonObject         *answer);
void        fl_exchange_reply_error       (FlExchange         *self,
                                           guint               status,
                                           const char         *id,
                                           const char         *reason);
void        fl_exchange_reply_error_full  (FlExchange         *self,
                                           guint               status,
                                           const char         *id,
                                           const char         *reason,
                                           JsonObject         *details,
                                           JsonObject         *beside);
void        fl_exchange_reply_too_many    (FlExchange         *self,
                                           gint64              retry_after);
void        fl_exchange_set_rest          (FlExchange         *self,
                                           gint64              seconds);
void        fl_exchange_reply_busy        (FlExchange         *self);

G_END_DECLS
