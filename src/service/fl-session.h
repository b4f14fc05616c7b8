/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-account.h"
#include "fl-exchange.h"

G_BEGIN_DECLS

/**
 * FlSession:
 * @id: UUID
 * @account: UUID of the account
 * @issued_at: Unix time in seconds
 * @authenticated_at: Unix time in seconds of the last proof of who it is
 * @expires_at: Unix time in seconds
 * @methods: what has been proven, in the words of the dialect
 * @device: where it began
 *
 * A signed-in person, as read from the database. Its token is known only to the client: here is a digest.
 */
typedef struct
{
  char       *id;
  char       *account;
  gint64      issued_at;
  gint64      authenticated_at;
  gint64      expires_at;
  JsonArray  *methods;
  JsonObject *device;
} FlSession;

FlSession  *fl_session_new                 (FlExchange        *exchange,
                                            const FlAccount   *account,
                                            const char        *method,
                                            FlSecret         **token);
FlSession  *fl_session_find                (FlEngine          *engine,
                                            const FlSecret    *token);
void        fl_session_free                (FlSession         *self);
void        fl_session_authenticate        (FlSession         *self,
                                            FlEngine          *engine,
                                            const char        *method);
void        fl_session_add_method          (FlSession         *self,
                                            FlEngine          *engine,
                                            const char        *method);
guint       fl_session_get_level           (const FlSession   *self);
gboolean    fl_session_wants_second_factor (const FlSession   *self,
                                            const FlAccount   *account);
gboolean    fl_session_is_privileged       (const FlSession   *self,
                                            FlEngine          *engine);
JsonObject *fl_session_to_json             (const FlSession   *self,
                                            FlEngine          *engine,
                                            const FlAccount   *account);
void        fl_session_end_others          (const FlSession   *self,
                                            FlEngine          *engine);
gboolean    fl_session_end                 (FlEngine          *engine,
                                            const FlSecret    *token);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSession, fl_session_free)

G_END_DECLS
