/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-engine.h"

#include <glib/gstdio.h>

/* With another key, whoever has an authenticator would be told for ever that its codes are wrong. */
static gboolean
check_key (const char  *database,
           const char  *key,
           GError     **error)
{
  GStatBuf status;

  /* In this order: another service that begins at the same moment makes the key first, and then the database. */
  if (g_stat (database, &status) != 0 || status.st_size == 0 || g_access (key, F_OK) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "the database “%s” is there, but not its key “%s”", database, key);
  return FALSE;
}

/**
 * fl_engine_new:
 * @config: what the service is told
 * @database: (nullable) (type filename): the database, with the key file `@database.key` beside it; %NULL keeps both
 *   in memory
 * @post: where mails go
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the parts of a service, ready to run
 */
FlEngine *
fl_engine_new (const FlServiceConfig  *config,
               const char             *database,
               FlPost                 *post,
               GError                **error)
{
  g_autoptr (FlEngine) self = g_new0 (FlEngine, 1);
  g_autofree char *key = database != NULL ? g_strconcat (database, ".key", NULL) : NULL;

  self->config = fl_service_config_copy (config);
  self->post = g_object_ref (post);
  self->cancellable = g_cancellable_new ();
  if (database != NULL && !check_key (database, key, error))
    return NULL;
  self->sealer = fl_sealer_new (key, error);
  if (self->sealer == NULL)
    return NULL;
  self->store = fl_store_new (database, error);
  if (self->store == NULL)
    return NULL;
  self->hasher = fl_hasher_new (error);
  if (self->hasher == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * fl_engine_free:
 * @self: (transfer full): an engine without pending exchanges
 *
 * Closes the database and wipes the keys.
 */
void
fl_engine_free (FlEngine *self)
{
  g_clear_pointer (&self->hasher, fl_hasher_free);
  g_clear_pointer (&self->store, fl_store_free);
  g_clear_pointer (&self->sealer, fl_sealer_free);
  g_clear_object (&self->post);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->config, fl_service_config_free);
  g_free (self->url);
  g_free (self);
}
