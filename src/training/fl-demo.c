/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-training"

#include "config.h"

#include <glib/gstdio.h>

#include "fl-demo.h"
#include "fl-outbox.h"
#include "fl-service.h"
#include "fl-totp.h"

/**
 * FlDemo:
 *
 * The world of the training: the embedded service with its three accounts, in a folder of its own that goes with it.
 *
 * Anna has no password yet, Erik has one, Maja has one and two-factor authentication with a key and recovery codes
 * that are made anew at every start. Starting and starting over hash passwords, so both run in a thread; whoever stops
 * the demo waits for that thread, and a thread that comes after that does nothing.
 */
struct _FlDemo
{
  GObject parent_instance;

  FlService *service;
  FlOutbox *outbox;
  FlSecret *maja_key;
  char *maja_codes;
  char *folder;

  GMutex working;
  gboolean stopped;  /* guarded by @working */
};

G_DEFINE_FINAL_TYPE (FlDemo, fl_demo, G_TYPE_OBJECT)

#define ISSUER "Visma Connect"
#define MAJA "maja@flexhrm.example"

static const char accounts_format[] =
  "[{\"schema_id\":\"employee\",\"state\":\"active\","
  "\"traits\":{\"email\":\"anna@flexhrm.example\",\"name\":{\"first\":\"Anna\"}}},"
  "{\"schema_id\":\"employee\",\"state\":\"active\","
  "\"traits\":{\"email\":\"erik@flexhrm.example\",\"name\":{\"first\":\"Erik\"}},"
  "\"credentials\":{\"password\":{\"config\":{\"password\":\"correct horse battery\"}}}},"
  "{\"schema_id\":\"employee\",\"state\":\"active\","
  "\"traits\":{\"email\":\"" MAJA "\",\"name\":{\"first\":\"Maja\"}},"
  "\"credentials\":{\"password\":{\"config\":{\"password\":\"correct horse battery\"}},"
  "\"totp\":{\"config\":{\"totp_url\":\"%s\"}},"
  "\"lookup_secret\":{\"config\":{\"codes\":[{\"code\":\"%.8s\"},{\"code\":\"%.8s\"}]}}}}]";

/* Two recovery codes of Kratos' form, eight of [a-z0-9], a line each. */
static char *
invent_codes (void)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  char codes[] = "........\n........";

  for (guint i = 0; codes[i] != '\0'; i++)
    if (codes[i] == '.')
      codes[i] = letters[g_random_int_range (0, G_N_ELEMENTS (letters) - 1)];

  return g_strdup (codes);
}

static char *
describe_accounts (FlDemo *self)
{
  g_autoptr (FlOtpauth) maja = NULL;
  g_autoptr (FlSecret) uri = NULL;

  g_clear_pointer (&self->maja_key, fl_secret_unref);
  self->maja_key = fl_totp_generate_key ();
  g_free (self->maja_codes);
  self->maja_codes = invent_codes ();
  maja = fl_demo_dup_maja (self);
  uri = fl_otpauth_to_uri (maja);

  return g_strdup_printf (accounts_format, fl_secret_get_text (uri), self->maja_codes, self->maja_codes + 9);
}

static gboolean
start (FlDemo      *self,
       const char  *accounts,
       GError     **error)
{
  g_autofree char *database = NULL;

  self->folder = g_dir_make_tmp ("first-login-training-XXXXXX", error);
  if (self->folder == NULL)
    return FALSE;

  database = g_build_filename (self->folder, "service.db", NULL);

  return fl_service_start (self->service, "127.0.0.1:0", database, NULL, FL_POST (self->outbox), error)
         && fl_service_import (self->service, accounts, error);
}

static gboolean
start_over (FlDemo      *self,
            const char  *accounts,
            GError     **error)
{
  return fl_service_reset (self->service, accounts, error);
}

typedef gboolean (*Work) (FlDemo      *self,
                          const char  *accounts,
                          GError     **error);

static void
work_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  FlDemo *self = source;
  Work work = g_task_get_source_tag (task);
  GError *error = NULL;

  g_mutex_lock (&self->working);
  if (self->stopped)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The demo has been stopped");
  else
    work (self, data, &error);
  g_mutex_unlock (&self->working);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
run_in_thread (FlDemo              *self,
               Work                 work,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, work);
  g_task_set_task_data (task, describe_accounts (self), (GDestroyNotify) fl_secret_wipe_string);
  g_task_run_in_thread (task, work_in_thread);
}

/* The folder is ours alone and flat. */
static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) entries = g_dir_open (folder, 0, NULL);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

static void
fl_demo_finalize (GObject *object)
{
  FlDemo *self = FL_DEMO (object);

  fl_demo_stop (self);
  g_clear_object (&self->service);
  g_clear_object (&self->outbox);
  g_clear_pointer (&self->maja_key, fl_secret_unref);
  fl_secret_wipe_string (self->maja_codes);
  g_mutex_clear (&self->working);

  G_OBJECT_CLASS (fl_demo_parent_class)->finalize (object);
}

static void
fl_demo_class_init (FlDemoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_demo_finalize;
}

static void
fl_demo_init (FlDemo *self)
{
  g_autoptr (FlServiceConfig) config = fl_service_config_new ();

  g_mutex_init (&self->working);
  g_free (config->totp_issuer);
  config->totp_issuer = g_strdup (ISSUER);
  g_free (config->mail_from);
  config->mail_from = g_strdup (ISSUER " <no-reply@flexhrm.example>");
  self->service = fl_service_new (config);
  self->outbox = fl_outbox_new ();
}

/**
 * fl_demo_new:
 *
 * Returns: (transfer full): a world that has not begun yet
 */
FlDemo *
fl_demo_new (void)
{
  return g_object_new (FL_TYPE_DEMO, NULL);
}

/**
 * fl_demo_start_async:
 * @self: a demo that has not been started
 * @callback: called on the main thread when the service listens, or could not be started
 * @user_data: for @callback
 */
void
fl_demo_start_async (FlDemo              *self,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_return_if_fail (FL_IS_DEMO (self));

  run_in_thread (self, start, callback, user_data);
}

/**
 * fl_demo_finish:
 * @self: a demo
 * @result: what @callback was given
 * @error: return location for a GIO or SQLite error: no room for a folder, no port
 *
 * Ends starting and starting over alike.
 *
 * Returns: whether the service listens, and everything is as at the start
 */
gboolean
fl_demo_finish (FlDemo        *self,
                GAsyncResult  *result,
                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * fl_demo_start_over_async:
 * @self: a demo that runs
 * @callback: called on the main thread when everything is as at the start
 * @user_data: for @callback
 *
 * Resets accounts, sessions, counters and locks, and drops the mails. Maja gets a new key and new codes.
 */
void
fl_demo_start_over_async (FlDemo              *self,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_return_if_fail (FL_IS_DEMO (self));

  fl_outbox_clear (self->outbox);
  run_in_thread (self, start_over, callback, user_data);
}

/**
 * fl_demo_stop:
 * @self: a demo
 *
 * Ends the service and removes its folder, for good. What is still being started is waited for.
 */
void
fl_demo_stop (FlDemo *self)
{
  g_return_if_fail (FL_IS_DEMO (self));

  g_mutex_lock (&self->working);
  self->stopped = TRUE;
  if (self->folder != NULL)
    {
      fl_service_stop (self->service);
      remove_folder (self->folder);
      g_clear_pointer (&self->folder, g_free);
    }
  g_mutex_unlock (&self->working);
}

/**
 * fl_demo_get_url:
 * @self: a demo that runs
 *
 * Returns: (transfer none): where its service listens
 */
const char *
fl_demo_get_url (FlDemo *self)
{
  g_return_val_if_fail (FL_IS_DEMO (self), NULL);

  return fl_service_get_url (self->service);
}

/**
 * fl_demo_get_mails:
 * @self: a demo
 *
 * Returns: (transfer none): the #FlMail objects that have been sent, newest first
 */
GListModel *
fl_demo_get_mails (FlDemo *self)
{
  g_return_val_if_fail (FL_IS_DEMO (self), NULL);

  return G_LIST_MODEL (self->outbox);
}

/**
 * fl_demo_dup_maja:
 * @self: a demo that was started
 *
 * Returns: (transfer full): the account that Maja's phone has scanned before the training
 */
FlOtpauth *
fl_demo_dup_maja (FlDemo *self)
{
  g_return_val_if_fail (FL_IS_DEMO (self), NULL);

  return fl_otpauth_new (ISSUER, MAJA, self->maja_key);
}

/**
 * fl_demo_get_maja_codes:
 * @self: a demo that was started
 *
 * Returns: (transfer none): Maja's two recovery codes, a line each
 */
const char *
fl_demo_get_maja_codes (FlDemo *self)
{
  g_return_val_if_fail (FL_IS_DEMO (self), NULL);

  return self->maja_codes;
}
