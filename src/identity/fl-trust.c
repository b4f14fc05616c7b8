/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-trust.h"

/**
 * FlTrust:
 *
 * The authorities that count for one server: the system's, and those of a file besides, for companies that have an
 * authority of their own. Nothing is taken away by the file, and nothing is added for any other host.
 *
 * Who vouches for the certificate is all that the file decides: name and dates are judged as ever.
 */
struct _FlTrust
{
  GTlsDatabase  parent_instance;

  char         *host;         /* of the server */
  GTlsDatabase *system;
  GTlsDatabase *file;
  guint         authorities;  /* in the file */
  int           is_needed;    /* atomic: threads verify */
};

G_DEFINE_FINAL_TYPE (FlTrust, fl_trust, G_TYPE_TLS_DATABASE)

#define SIZE_MAX_BYTES (1024 * 1024)  /* the authorities of the whole world are a fifth of that */
#define PATIENCE 3                    /* seconds, for a file that is on a server of its own */

typedef struct {
  char         *path;
  char         *host;
  GCancellable *cancellable;
  GSource      *timeout;
} Load;

static void
load_free (gpointer data)
{
  Load *load = data;

  g_source_destroy (load->timeout);
  g_source_unref (load->timeout);
  g_object_unref (load->cancellable);
  g_free (load->path);
  g_free (load->host);
  g_free (load);
}

static gboolean
is_ours (FlTrust            *self,
         GSocketConnectable *identity)
{
  return G_IS_NETWORK_ADDRESS (identity) &&
         g_ascii_strcasecmp (g_network_address_get_hostname (G_NETWORK_ADDRESS (identity)), self->host) == 0;
}

static GTlsCertificateFlags
fl_trust_verify_chain (GTlsDatabase             *database,
                       GTlsCertificate          *chain,
                       const char               *purpose,
                       GSocketConnectable       *identity,
                       GTlsInteraction          *interaction,
                       GTlsDatabaseVerifyFlags   flags,
                       GCancellable             *cancellable,
                       GError                  **error)
{
  FlTrust *self = FL_TRUST (database);
  GTlsCertificateFlags known, added;

  known = g_tls_database_verify_chain (self->system, chain, purpose, identity, interaction, flags, cancellable, error);
  if ((known & G_TLS_CERTIFICATE_UNKNOWN_CA) == 0 || !is_ours (self, identity))
    return known;

  added = g_tls_database_verify_chain (self->file, chain, purpose, identity, interaction, flags, cancellable, error);
  if ((added & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
    return known;

  g_atomic_int_set (&self->is_needed, TRUE);
  return added;
}

static void
fl_trust_finalize (GObject *object)
{
  FlTrust *self = FL_TRUST (object);

  g_clear_pointer (&self->host, g_free);
  g_clear_object (&self->system);
  g_clear_object (&self->file);

  G_OBJECT_CLASS (fl_trust_parent_class)->finalize (object);
}

static void
fl_trust_class_init (FlTrustClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_trust_finalize;
  G_TLS_DATABASE_CLASS (klass)->verify_chain = fl_trust_verify_chain;
}

static void
fl_trust_init (FlTrust *self)
{
}

static gboolean
check_file (const char    *path,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                  G_FILE_QUERY_INFO_NONE, cancellable, error);

  if (info == NULL)
    return FALSE;
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR && g_file_info_get_size (info) <= SIZE_MAX_BYTES)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "Not a file of certificates");
  return FALSE;
}

static void
load_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Load *load = data;
  g_autoptr (FlTrust) self = g_object_new (FL_TYPE_TRUST, NULL);
  GList *certificates = NULL;
  GError *error = NULL;

  if (check_file (load->path, cancellable, &error))
    certificates = g_tls_certificate_list_new_from_file (load->path, &error);
  self->authorities = g_list_length (certificates);
  g_list_free_full (certificates, g_object_unref);
  if (error == NULL && self->authorities == 0)
    g_set_error_literal (&error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "There is no certificate in it");
  if (error == NULL)
    self->file = g_tls_file_database_new (load->path, &error);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  self->host = g_strdup (load->host);
  self->system = g_tls_backend_get_default_database (g_tls_backend_get_default ());
  g_task_return_pointer (task, g_steal_pointer (&self), g_object_unref);
}

static gboolean
on_patience_ended (gpointer user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));

  return G_SOURCE_REMOVE;
}

static void
on_load_ended (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  FlTrust *self = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_return_error_if_cancelled (task))
    {
      g_clear_object (&self);
      g_clear_error (&error);
    }
  else if (self != NULL)
    g_task_return_pointer (task, self, g_object_unref);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "It could not be read in time");
    }
  else
    g_task_return_error (task, error);
}

/**
 * fl_trust_load_async:
 * @path: absolute path of a file with certificates of authorities, in PEM
 * @server: the canonical address of the server that they count for
 * @cancellable: (nullable): to give up
 * @callback: called when it has been read
 * @user_data: for @callback
 *
 * Reads a file of authorities, in a thread.
 */
void
fl_trust_load_async (const char          *path,
                     const char          *server,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) work = NULL;
  g_autoptr (GUri) uri = NULL;
  Load *load;

  g_return_if_fail (path != NULL && server != NULL);

  g_task_set_source_tag (task, fl_trust_load_async);
  load = g_new0 (Load, 1);
  load->cancellable = g_cancellable_new ();
  load->timeout = g_timeout_source_new_seconds (PATIENCE);
  load->path = g_strdup (path);
  uri = g_uri_parse (server, G_URI_FLAGS_NONE, NULL);
  load->host = g_strdup (uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : "");

  work = g_task_new (NULL, load->cancellable, on_load_ended, g_object_ref (task));
  g_task_set_source_tag (work, load_in_thread);
  g_task_set_task_data (work, load, load_free);
  g_task_set_return_on_cancel (work, TRUE);
  g_source_set_callback (load->timeout, on_patience_ended, g_object_ref (load->cancellable), g_object_unref);
  g_source_attach (load->timeout, g_main_context_get_thread_default ());
  g_task_run_in_thread (work, load_in_thread);
}

/**
 * fl_trust_load_finish:
 * @result: what the callback was given
 * @error: return location
 *
 * Returns: (transfer full) (nullable): who is trusted; %NULL where there is no such file or no certificate in it
 */
FlTrust *
fl_trust_load_finish (GAsyncResult  *result,
                      GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * fl_trust_get_authorities:
 * @self: a trust
 *
 * Returns: how many authorities are in its file
 */
guint
fl_trust_get_authorities (FlTrust *self)
{
  g_return_val_if_fail (FL_IS_TRUST (self), 0);

  return self->authorities;
}

/**
 * fl_trust_is_needed:
 * @self: a trust
 *
 * Returns: whether somebody has been known so far by an authority of the file, and by none of the system's
 */
gboolean
fl_trust_is_needed (FlTrust *self)
{
  g_return_val_if_fail (FL_IS_TRUST (self), FALSE);

  return g_atomic_int_get (&self->is_needed);
}
