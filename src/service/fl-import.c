/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-import.h"

#include "fl-account.h"
#include "fl-address.h"
#include "fl-clock.h"
#include "fl-member.h"
#include "fl-otpauth.h"

#include <json-glib/json-glib.h>
#include <string.h>

typedef struct
{
  char       *email;
  char       *traits;
  gboolean    active;
  gboolean    verified;
  FlSecret   *password;
  char       *hash;
  FlSecret   *totp_key;
  char      **codes;
} Entry;

/**
 * FlImport:
 *
 * Accounts in the form in which Kratos' admin API takes them, on their way into the database.
 */
struct _FlImport
{
  GPtrArray *entries;
};

static void
entry_free (Entry *entry)
{
  g_free (entry->email);
  g_free (entry->traits);
  g_clear_pointer (&entry->password, fl_secret_unref);
  g_free (entry->hash);
  g_clear_pointer (&entry->totp_key, fl_secret_unref);
  g_strfreev (entry->codes);
  g_free (entry);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Entry, entry_free)

static gboolean
refuse (GError     **error,
        const Entry *entry,
        const char  *reason)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "account “%s”: %s",
               entry->email != NULL ? entry->email : "?", reason);
  return FALSE;
}

static JsonObject *
config_of (JsonObject *credentials,
           const char *kind)
{
  return fl_member_get_object (fl_member_get_object (credentials, kind), "config");
}

static gboolean
read_password (Entry       *entry,
               JsonObject  *config,
               GError     **error)
{
  const char *password = fl_member_get_text (config, "password");
  const char *hash = fl_member_get_text (config, "hashed_password");

  if (password != NULL)
    {
      entry->password = fl_secret_new (password);
      return TRUE;
    }
  if (hash == NULL)
    return refuse (error, entry, "credentials.password has neither password nor hashed_password");
  if (!fl_hasher_is_hash (hash))
    return refuse (error, entry, "hashed_password is not an Argon2id hash in PHC form that this service can check");
  entry->hash = g_strdup (hash);
  return TRUE;
}

static gboolean
read_totp (Entry       *entry,
           JsonObject  *config,
           GError     **error)
{
  const char *url = fl_member_get_text (config, "totp_url");
  g_autoptr (FlOtpauth) otpauth = url != NULL ? fl_otpauth_parse (url, NULL) : NULL;

  if (otpauth == NULL)
    return refuse (error, entry, "credentials.totp has no totp_url that could be read");
  entry->totp_key = fl_secret_ref (fl_otpauth_get_key (otpauth));
  return TRUE;
}

static gboolean
read_codes (Entry       *entry,
            JsonObject  *config,
            GError     **error)
{
  JsonArray *array = fl_member_get_array (config, "codes");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (array == NULL)
    return refuse (error, entry, "credentials.lookup_secret has no codes");
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *code = fl_member_get_text (object, "code");

      if (code == NULL)
        return refuse (error, entry, "one of credentials.lookup_secret has no code");
      g_strv_builder_add (builder, code);
    }
  entry->codes = g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
is_verified (JsonObject *object)
{
  JsonArray *addresses = fl_member_get_array (object, "verifiable_addresses");
  JsonNode *first;

  if (addresses == NULL || json_array_get_length (addresses) == 0)
    return FALSE;
  first = json_array_get_element (addresses, 0);
  return JSON_NODE_HOLDS_OBJECT (first) && fl_member_get_flag (json_node_get_object (first), "verified");
}

static gboolean
read_credentials (Entry       *entry,
                  JsonObject  *object,
                  GError     **error)
{
  JsonObject *credentials = fl_member_get_object (object, "credentials");

  if (credentials == NULL)
    return TRUE;
  if (json_object_has_member (credentials, "password")
      && !read_password (entry, config_of (credentials, "password"), error))
    return FALSE;
  if (json_object_has_member (credentials, "totp")
      && !read_totp (entry, config_of (credentials, "totp"), error))
    return FALSE;
  return !json_object_has_member (credentials, "lookup_secret")
         || read_codes (entry, config_of (credentials, "lookup_secret"), error);
}

static Entry *
read_entry (JsonNode  *node,
            GError   **error)
{
  g_autoptr (Entry) entry = g_new0 (Entry, 1);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObject *traits = fl_member_get_object (object, "traits");
  const char *email = fl_member_get_text (traits, "email");
  g_autoptr (JsonNode) traits_node = NULL;

  if (email == NULL || !fl_address_is_plausible (email))
    {
      refuse (error, entry, "traits.email is not a mail address");
      return NULL;
    }
  entry->email = fl_account_fold_email (email);
  traits_node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (traits_node, traits);
  entry->traits = json_to_string (traits_node, FALSE);
  entry->active = g_strcmp0 (fl_member_get_text (object, "state"), "inactive") != 0;
  entry->verified = is_verified (object);
  if (!read_credentials (entry, object, error))
    return NULL;
  return g_steal_pointer (&entry);
}

/**
 * fl_import_new:
 * @json: an array of identities
 * @error: return location for an error, which names the account
 *
 * Reads accounts.
 *
 * Returns: (transfer full) (nullable): the accounts
 */
FlImport *
fl_import_new (const char  *json,
               GError     **error)
{
  g_autoptr (JsonNode) root = json_from_string (json, error);
  g_autoptr (FlImport) self = NULL;
  JsonArray *array;

  if (root == NULL)
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the accounts are empty, not an array of identities");
      return NULL;
    }
  if (!JSON_NODE_HOLDS_ARRAY (root))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the accounts are not an array of identities");
      return NULL;
    }

  self = g_new0 (FlImport, 1);
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  array = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      Entry *entry = read_entry (json_array_get_element (array, i), error);

      if (entry == NULL)
        return NULL;
      g_ptr_array_add (self->entries, entry);
    }
  return g_steal_pointer (&self);
}

/**
 * fl_import_free:
 * @self: (transfer full): an import
 *
 * Frees it.
 */
void
fl_import_free (FlImport *self)
{
  g_ptr_array_unref (self->entries);
  g_free (self);
}

/**
 * fl_import_skip_known:
 * @self: an import
 * @engine: the service
 *
 * Drops the accounts that the database has, so that their passwords need not be hashed.
 */
void
fl_import_skip_known (FlImport *self,
                      FlEngine *engine)
{
  for (guint i = self->entries->len; i > 0; i--)
    {
      Entry *entry = g_ptr_array_index (self->entries, i - 1);

      if (fl_store_number (engine->store, "SELECT 1 FROM account WHERE email = ?", "s", entry->email) == 1)
        g_ptr_array_remove_index (self->entries, i - 1);
    }
}

/**
 * fl_import_hash:
 * @self: an import
 * @error: return location for an error
 *
 * Hashes the passwords that came in clear, which takes its time.
 *
 * Returns: whether there was memory for it
 */
gboolean
fl_import_hash (FlImport  *self,
                GError   **error)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (entry->password == NULL)
        continue;
      entry->hash = fl_hasher_hash (entry->password, error);
      if (entry->hash == NULL)
        return FALSE;
      g_clear_pointer (&entry->password, fl_secret_unref);
    }
  return TRUE;
}

static void
apply_entry (const Entry *entry,
             FlEngine    *engine)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *address_id = g_uuid_string_random ();
  g_autofree char *recovery_id = g_uuid_string_random ();
  g_autoptr (GBytes) totp_key = entry->totp_key != NULL ? fl_sealer_seal (engine->sealer, entry->totp_key) : NULL;
  g_autoptr (FlAccount) account = NULL;
  gint64 now = fl_clock_now ();

  fl_store_run (engine->store,
                "INSERT OR IGNORE INTO account (id, email, traits, active, address_id, recovery_id, verified_at,"
                " created_at, password, totp_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "sssissiisb",
                id, entry->email, entry->traits, (gint64) entry->active, address_id, recovery_id,
                entry->verified ? now : 0, now, entry->hash, totp_key);
  account = fl_account_find (engine, id);
  if (account != NULL && entry->codes != NULL)
    fl_account_set_recovery_codes (account, engine, entry->codes);
}

/**
 * fl_import_apply:
 * @self: an import whose passwords have been hashed
 * @engine: the service
 *
 * Adds the accounts whose addresses the database does not have.
 */
void
fl_import_apply (FlImport *self,
                 FlEngine *engine)
{
  for (guint i = 0; i < self->entries->len; i++)
    apply_entry (g_ptr_array_index (self->entries, i), engine);
}
