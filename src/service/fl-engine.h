/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-hasher.h"
#include "fl-post.h"
#include "fl-sealer.h"
#include "fl-service-config.h"
#include "fl-store.h"

G_BEGIN_DECLS

/**
 * FlEngine:
 * @config: what the service was told
 * @store: the database
 * @sealer: the keys
 * @hasher: Argon2id, in threads
 * @post: where mails go
 * @url: the service's own origin, without a slash at the end
 * @cancellable: ends what mails still wait for
 * @pending: exchanges and mails that wait for a thread
 * @flows_begun: flows that have been begun since the start
 *
 * What a running service consists of, for the code that answers requests; only the service's thread touches it.
 */
typedef struct
{
  FlServiceConfig *config;
  FlStore         *store;
  FlSealer        *sealer;
  FlHasher        *hasher;
  FlPost          *post;
  char            *url;
  GCancellable    *cancellable;
  guint            pending;
  guint            flows_begun;
} FlEngine;

FlEngine *fl_engine_new  (const FlServiceConfig  *config,
                          const char             *database,
                          FlPost                 *post,
                          GError                **error);
void      fl_engine_free (FlEngine               *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlEngine, fl_engine_free)

G_END_DECLS
