/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-service.h"

#include "fl-clock.h"
#include "fl-engine.h"
#include "fl-import.h"
#include "fl-listener.h"
#include "fl-router.h"

#define TIDY_SECONDS 600
#define MAIL_SECONDS 5  /* that mails which have been promised are given at the end */

/**
 * FlService:
 *
 * The training service: the part of Ory Kratos' self-service API that First Login uses, over real HTTP, with a robot
 * check and limits added. It runs in a thread of its own and talks to nobody but by HTTP, so that a demonstration shows
 * what production does. It is not made for production: Kratos is.
 */
struct _FlService
{
  GObject parent_instance;

  FlServiceConfig *config;
  FlEngine        *engine;
  char            *listen;
  char            *url;

  GThread         *thread;
  GMainContext    *context;
  GMainLoop       *loop;

  GMutex           mutex;
  GCond            condition;
  gboolean         answered;
  GError          *start_error;
};

G_DEFINE_FINAL_TYPE (FlService, fl_service, G_TYPE_OBJECT)

/* Work that is done in the service's thread while another waits. */
typedef struct
{
  FlService *service;
  FlImport  *import;
  gboolean   reset;
  gboolean   done;
  gboolean   well;
} Errand;

static void
on_request_came (SoupServerMessage *message,
                 GBytes            *body,
                 gpointer           user_data)
{
  FlService *self = user_data;

  fl_router_answer (self->engine, message, body);
}

static gboolean
tidy (gpointer user_data)
{
  FlService *self = user_data;
  const FlServiceConfig *config = self->config;

  fl_store_begin (self->engine->store);
  fl_store_tidy (self->engine->store, fl_clock_now (), MAX (config->throttle_window, config->throttle_mail_window));
  fl_store_commit (self->engine->store);
  return G_SOURCE_CONTINUE;
}

static void
tell (FlService *self,
      gboolean  *flag)
{
  g_mutex_lock (&self->mutex);
  *flag = TRUE;
  g_cond_broadcast (&self->condition);
  g_mutex_unlock (&self->mutex);
}

static void
await (FlService *self,
       gboolean  *flag)
{
  g_mutex_lock (&self->mutex);
  while (!*flag)
    g_cond_wait (&self->condition, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

static gboolean
give_mails_up (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
finish_exchanges (FlService *self)
{
  g_autoptr (GSource) deadline = g_timeout_source_new_seconds (MAIL_SECONDS);

  g_source_set_callback (deadline, give_mails_up, self->engine->cancellable, NULL);
  g_source_attach (deadline, self->context);
  while (self->engine->pending > 0)
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (deadline);
}

static void
serve (FlService  *self,
       FlListener *listener)
{
  g_autoptr (GSource) source = g_timeout_source_new_seconds (TIDY_SECONDS);

  g_source_set_callback (source, tidy, self, NULL);
  g_source_attach (source, self->context);
  tidy (self);

  self->url = fl_listener_get_url (listener);
  self->engine->url = g_strdup (self->url);
  tell (self, &self->answered);
  g_main_loop_run (self->loop);

  g_source_destroy (source);
  fl_listener_close (listener);
  finish_exchanges (self);
  while (g_main_context_iteration (self->context, FALSE))
    ;
}

static gpointer
run (gpointer user_data)
{
  FlService *self = user_data;
  FlListener *listener;

  g_main_context_push_thread_default (self->context);
  listener = fl_listener_new (self->listen, on_request_came, self, &self->start_error);
  if (listener != NULL)
    serve (self, listener);
  else
    tell (self, &self->answered);
  g_clear_pointer (&listener, fl_listener_free);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static gboolean
do_errand (gpointer user_data)
{
  Errand *errand = user_data;
  FlService *self = errand->service;

  fl_store_begin (self->engine->store);
  if (errand->reset)
    fl_store_clear (self->engine->store);
  fl_import_apply (errand->import, self->engine);
  errand->well = fl_store_commit (self->engine->store);
  tell (self, &errand->done);
  return G_SOURCE_REMOVE;
}

static gboolean
send_errand (FlService   *self,
             const char  *accounts_json,
             gboolean     reset,
             GError     **error)
{
  g_autoptr (FlImport) import = fl_import_new (accounts_json, error);
  Errand errand = { .service = self, .import = import, .reset = reset };

  if (import == NULL || !fl_import_hash (import, error))
    return FALSE;

  g_main_context_invoke (self->context, do_errand, &errand);
  await (self, &errand.done);
  if (!errand.well)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the accounts could not be written to the database");
  return errand.well;
}

static gboolean
import_file (FlService   *self,
             const char  *path,
             GError     **error)
{
  g_autofree char *json = NULL;
  g_autoptr (FlImport) import = NULL;

  if (!g_file_get_contents (path, &json, NULL, error))
    return FALSE;
  import = fl_import_new (json, error);
  if (import == NULL)
    {
      g_prefix_error (error, "“%s”: ", path);
      return FALSE;
    }
  fl_import_skip_known (import, self->engine);
  if (!fl_import_hash (import, error))
    return FALSE;

  fl_store_begin (self->engine->store);
  fl_import_apply (import, self->engine);
  if (!fl_store_commit (self->engine->store))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the accounts could not be written to the database");
      return FALSE;
    }
  return TRUE;
}

static void
fl_service_dispose (GObject *object)
{
  fl_service_stop (FL_SERVICE (object));

  G_OBJECT_CLASS (fl_service_parent_class)->dispose (object);
}

static void
fl_service_finalize (GObject *object)
{
  FlService *self = FL_SERVICE (object);

  g_clear_pointer (&self->config, fl_service_config_free);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->condition);

  G_OBJECT_CLASS (fl_service_parent_class)->finalize (object);
}

static void
fl_service_class_init (FlServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fl_service_dispose;
  object_class->finalize = fl_service_finalize;
}

static void
fl_service_init (FlService *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->condition);
}

/**
 * fl_service_new:
 * @config: what the service is told; it is copied
 *
 * Returns: (transfer full): a service that does not run yet
 */
FlService *
fl_service_new (FlServiceConfig *config)
{
  FlService *self = g_object_new (FL_TYPE_SERVICE, NULL);

  self->config = fl_service_config_copy (config);
  return self;
}

/**
 * fl_service_start:
 * @self: a service that does not run
 * @listen: where to listen, as `127.0.0.1:PORT`; port 0 picks one
 * @database: (nullable) (type filename): the database, made when there is none, with its key beside it; %NULL keeps
 *   everything in memory
 * @accounts: (nullable) (type filename): accounts to add where their addresses are not known yet, as Kratos' admin API
 *   imports them
 * @post: where mails go
 * @error: return location for an error
 *
 * Starts the service in a thread of its own, and returns when it listens. It blocks for the time that new passwords
 * take to be hashed.
 *
 * Returns: whether it runs
 */
gboolean
fl_service_start (FlService   *self,
                  const char  *listen,
                  const char  *database,
                  const char  *accounts,
                  FlPost      *post,
                  GError     **error)
{
  g_return_val_if_fail (FL_IS_SERVICE (self), FALSE);
  g_return_val_if_fail (self->thread == NULL, FALSE);
  g_return_val_if_fail (FL_IS_POST (post), FALSE);

  self->engine = fl_engine_new (self->config, database, post, error);
  if (self->engine == NULL)
    return FALSE;
  if (accounts != NULL && !import_file (self, accounts, error))
    {
      g_clear_pointer (&self->engine, fl_engine_free);
      return FALSE;
    }

  self->listen = g_strdup (listen);
  self->answered = FALSE;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("fl-service", run, self);
  await (self, &self->answered);
  if (self->start_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&self->start_error));
  fl_service_stop (self);
  return FALSE;
}

/**
 * fl_service_get_url:
 * @self: a service that runs
 *
 * Returns: its origin, without a slash at the end
 */
const char *
fl_service_get_url (FlService *self)
{
  g_return_val_if_fail (FL_IS_SERVICE (self), NULL);

  return self->url;
}

/**
 * fl_service_import:
 * @self: a service that runs
 * @accounts_json: accounts, see fl_service_start()
 * @error: return location for an error
 *
 * Adds the accounts whose addresses are not known yet. May be called in any thread but the service's; blocks while
 * passwords are hashed.
 *
 * Returns: whether they were added
 */
gboolean
fl_service_import (FlService   *self,
                   const char  *accounts_json,
                   GError     **error)
{
  g_return_val_if_fail (FL_IS_SERVICE (self), FALSE);
  g_return_val_if_fail (self->thread != NULL, FALSE);

  return send_errand (self, accounts_json, FALSE, error);
}

/**
 * fl_service_reset:
 * @self: a service that runs
 * @accounts_json: accounts, see fl_service_start()
 * @error: return location for an error; nothing has been dropped then
 *
 * Drops everything (accounts, sessions, flows, counters, rests) and adds the accounts. May be called in any thread but
 * the service's; blocks while passwords are hashed.
 *
 * Returns: whether the service is as new
 */
gboolean
fl_service_reset (FlService   *self,
                  const char  *accounts_json,
                  GError     **error)
{
  g_return_val_if_fail (FL_IS_SERVICE (self), FALSE);
  g_return_val_if_fail (self->thread != NULL, FALSE);

  return send_errand (self, accounts_json, TRUE, error);
}

static gboolean
quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/**
 * fl_service_stop:
 * @self: a service
 *
 * Ends the service, if it runs, and waits until it has ended.
 */
void
fl_service_stop (FlService *self)
{
  g_return_if_fail (FL_IS_SERVICE (self));

  if (self->thread == NULL)
    return;

  /* By an errand, as a loop that does not run yet cannot be quit. */
  g_main_context_invoke (self->context, quit, self->loop);
  g_thread_join (g_steal_pointer (&self->thread));
  g_clear_pointer (&self->engine, fl_engine_free);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->listen, g_free);
  g_clear_pointer (&self->url, g_free);
}
