/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-keyring"

#include "config.h"

#include "fl-keyring-call.h"

#include <libsecret/secret.h>

/* FlKeyringCall is one question to libsecret, and waits for the answer: it belongs into a thread. libsecret's own
 * asynchronous calls are no help, because in a sandbox they begin with a synchronous one, to the portal. */

static const SecretSchema schema = {
  APP_ID ".Vault", SECRET_SCHEMA_NONE,
  {
    { "application", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "name", SECRET_SCHEMA_ATTRIBUTE_STRING },
  }
};

FlKeyringCall *
fl_keyring_call_new (gboolean    is_store,
                     const char *name,
                     GTask      *asked)
{
  FlKeyringCall *self = g_new0 (FlKeyringCall, 1);

  self->is_store = is_store;
  self->name = g_strdup (name);
  g_set_object (&self->asked, asked);

  return self;
}

void
fl_keyring_call_free (FlKeyringCall *self)
{
  g_clear_object (&self->asked);
  g_clear_pointer (&self->secret, fl_secret_unref);
  g_free (self->name);
  g_free (self);
}

static gboolean
store (FlKeyringCall  *self,
       GHashTable     *attributes,
       GCancellable   *cancellable,
       GError        **error)
{
  g_autoptr (SecretValue) value = secret_value_new (fl_secret_get_text (self->secret),
                                                    (gssize) fl_secret_get_length (self->secret), "text/plain");

  return secret_password_storev_binary_sync (&schema, attributes, SECRET_COLLECTION_DEFAULT, "First Login", value,
                                             cancellable, error);
}

static gboolean
clear (GHashTable    *attributes,
       GCancellable  *cancellable,
       GError       **error)
{
  g_autoptr (GError) local = NULL;

  /* FALSE without an error: there was nothing. */
  if (secret_password_clearv_sync (&schema, attributes, cancellable, &local) || local == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
look_up (FlKeyringCall  *self,
         GHashTable     *attributes,
         GCancellable   *cancellable,
         GError        **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SecretValue) value = NULL;
  GList *unreadable;

  value = secret_password_lookupv_binary_sync (&schema, attributes, cancellable, &local);
  if (value != NULL)
    {
      gsize length;
      const char *text = secret_value_get (value, &length);

      self->secret = fl_secret_new_length (text, length);
      return TRUE;
    }

  /* A keyring that stays locked answers as if nothing were there, but its items can still be counted. */
  unreadable = local == NULL ? secret_password_searchv_sync (&schema, attributes, SECRET_SEARCH_NONE, cancellable, &local)
                             : NULL;
  if (unreadable != NULL)
    g_set_error_literal (&local, SECRET_ERROR, SECRET_ERROR_IS_LOCKED, "The keyring is locked");
  g_list_free_full (unreadable, g_object_unref);
  if (local == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Whether the keyring takes things as it is. One that has to be made first asks for its password too. */
static gboolean
is_unlocked (SecretService  *service,
             GCancellable   *cancellable,
             GError        **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SecretCollection) collection = secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT,
                                                                              SECRET_COLLECTION_NONE, cancellable, &local);

  if (collection != NULL && !secret_collection_get_locked (collection))
    return TRUE;

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    g_set_error_literal (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED, "The keyring is still locked");
  return FALSE;
}

static gboolean
is_ready (GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr (SecretService) service = secret_service_get_sync (SECRET_SERVICE_NONE, cancellable, error);

  return service != NULL && is_unlocked (service, cancellable, error);
}

static gboolean
run_once (FlKeyringCall  *self,
          GCancellable   *cancellable,
          GError        **error)
{
  g_autoptr (GHashTable) attributes = secret_attributes_build (&schema, "application", APP_ID, "name", self->name, NULL);

  if (!self->may_prompt && !is_ready (cancellable, error))
    return FALSE;
  if (!self->is_store)
    return look_up (self, attributes, cancellable, error);
  if (self->secret == NULL)
    return clear (attributes, cancellable, error);
  return store (self, attributes, cancellable, error);
}

static gboolean
is_worth_another_try (const GError *error)
{
  return !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
         && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
         && !g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED);
}

/*
 * Makes the call, and makes it once more where it fails: libsecret goes on talking to a keyring that has been restarted
 * as if it had not, until it is told to forget it.
 */
gboolean
fl_keyring_call_run (FlKeyringCall  *self,
                     GCancellable   *cancellable,
                     GError        **error)
{
  g_autoptr (GError) first = NULL;

  if (run_once (self, cancellable, &first))
    return TRUE;

  secret_service_disconnect ();
  if (is_worth_another_try (first))
    return run_once (self, cancellable, error);

  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

/* Sees how the keyring is, by a connection of its own, so that calls that are under way do not notice. Nobody is asked for a
 * password, and nothing is read. */
FlVaultState
fl_keyring_call_look (GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service = secret_service_open_sync (SECRET_TYPE_SERVICE, NULL, SECRET_SERVICE_NONE, cancellable,
                                                                &error);

  if (service != NULL)
    is_unlocked (service, cancellable, &error);

  return fl_keyring_call_judge (error);
}

/* What to tell people of a keyring that ends calls with @error. */
FlVaultState
fl_keyring_call_judge (const GError *error)
{
  if (error == NULL)
    return FL_VAULT_KEPT;
  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    return FL_VAULT_LOCKED;
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    return FL_VAULT_MEMORY;
  if (error->domain == SECRET_ERROR || error->domain == G_DBUS_ERROR
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_DBUS_ERROR))
    return FL_VAULT_SILENT;

  /* There is not even a bus. */
  return FL_VAULT_MEMORY;
}
