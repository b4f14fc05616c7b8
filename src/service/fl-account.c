/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-account.h"

#include "fl-clock.h"
#include "fl-member.h"
#include "fl-totp.h"

#define SCHEMA "employee"
#define SCHEMA_PATH "/schemas/ZW1wbG95ZWU"  /* base64 of SCHEMA, as Kratos names them */

#define COLUMNS \
  "SELECT id, email, traits, active, address_id, recovery_id, verified_at, created_at, password, totp_key," \
  " totp_period, (SELECT count(*) FROM recovery_code WHERE account = account.id) FROM account "

/* A phone's clock may be half a minute off: RFC 6238, section 5.2. */
#define SKEW 1

static FlAccount *
read_row (FlEngine     *engine,
          sqlite3_stmt *row)
{
  FlAccount *self;
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (!fl_store_step (engine->store, row))
    return NULL;

  self = g_new0 (FlAccount, 1);
  self->id = fl_store_get_text (row, 0);
  self->email = fl_store_get_text (row, 1);
  if (json_parser_load_from_data (parser, (const char *) sqlite3_column_text (row, 2), -1, NULL))
    self->traits = json_node_dup_object (json_parser_get_root (parser));
  else
    self->traits = json_object_new ();
  self->active = sqlite3_column_int (row, 3);
  self->address_id = fl_store_get_text (row, 4);
  self->recovery_id = fl_store_get_text (row, 5);
  self->verified_at = sqlite3_column_int64 (row, 6);
  self->created_at = sqlite3_column_int64 (row, 7);
  self->password = fl_store_get_text (row, 8);
  self->totp_key = fl_store_get_blob (row, 9);
  self->totp_period = sqlite3_column_int64 (row, 10);
  self->recovery_codes = (guint) sqlite3_column_int (row, 11);
  sqlite3_reset (row);
  return self;
}

static JsonObject *
address_to_json (const FlAccount *self,
                 const char      *id)
{
  JsonObject *address = json_object_new ();

  json_object_set_string_member (address, "id", id);
  json_object_set_string_member (address, "value", self->email);
  json_object_set_string_member (address, "via", "email");
  fl_member_set_time (address, "created_at", self->created_at);
  fl_member_set_time (address, "updated_at", MAX (self->created_at, self->verified_at));
  return address;
}

static JsonArray *
verifiable_to_json (const FlAccount *self)
{
  JsonArray *array = json_array_new ();
  JsonObject *address = address_to_json (self, self->address_id);

  json_object_set_boolean_member (address, "verified", self->verified_at != 0);
  json_object_set_string_member (address, "status", self->verified_at != 0 ? "completed" : "pending");
  if (self->verified_at != 0)
    fl_member_set_time (address, "verified_at", self->verified_at);
  json_array_add_object_element (array, address);
  return array;
}

/**
 * fl_account_find:
 * @engine: the service
 * @id: (nullable): UUID
 *
 * Returns: (transfer full) (nullable): the account
 */
FlAccount *
fl_account_find (FlEngine   *engine,
                 const char *id)
{
  return read_row (engine, fl_store_query (engine->store, COLUMNS "WHERE id = ?", "s", id));
}

/**
 * fl_account_find_by_email:
 * @engine: the service
 * @email: an address as fl_account_fold_email() gives it
 *
 * Returns: (transfer full) (nullable): the account
 */
FlAccount *
fl_account_find_by_email (FlEngine   *engine,
                          const char *email)
{
  return read_row (engine, fl_store_query (engine->store, COLUMNS "WHERE email = ?", "s", email));
}

/**
 * fl_account_free:
 * @self: (transfer full): an account
 *
 * Frees the copy.
 */
void
fl_account_free (FlAccount *self)
{
  g_free (self->id);
  g_free (self->email);
  json_object_unref (self->traits);
  g_free (self->address_id);
  g_free (self->recovery_id);
  g_free (self->password);
  g_clear_pointer (&self->totp_key, g_bytes_unref);
  g_free (self);
}

/**
 * fl_account_has_second_factor:
 * @self: an account
 *
 * Returns: whether a session of it needs a second factor; used-up recovery codes count, as in Kratos
 */
gboolean
fl_account_has_second_factor (const FlAccount *self)
{
  return self->totp_key != NULL || self->recovery_codes > 0;
}

/**
 * fl_account_to_json:
 * @self: an account
 * @engine: the service
 *
 * Returns: (transfer full): the `identity` of the dialect
 */
JsonObject *
fl_account_to_json (const FlAccount *self,
                    FlEngine        *engine)
{
  JsonObject *identity = json_object_new ();
  JsonArray *recovery = json_array_new ();
  g_autofree char *schema_url = g_strconcat (engine->url, SCHEMA_PATH, NULL);

  json_object_set_string_member (identity, "id", self->id);
  json_object_set_string_member (identity, "schema_id", SCHEMA);
  json_object_set_string_member (identity, "schema_url", schema_url);
  json_object_set_string_member (identity, "state", self->active ? "active" : "inactive");
  fl_member_set_time (identity, "state_changed_at", self->created_at);
  json_object_set_object_member (identity, "traits", json_object_ref (self->traits));
  json_object_set_array_member (identity, "verifiable_addresses", verifiable_to_json (self));
  json_array_add_object_element (recovery, address_to_json (self, self->recovery_id));
  json_object_set_array_member (identity, "recovery_addresses", recovery);
  json_object_set_null_member (identity, "metadata_public");
  fl_member_set_time (identity, "created_at", self->created_at);
  fl_member_set_time (identity, "updated_at", self->created_at);
  json_object_set_null_member (identity, "organization_id");
  return identity;
}

/**
 * fl_account_get_first_name:
 * @self: an account
 *
 * Returns: (nullable): the first name among the traits
 */
const char *
fl_account_get_first_name (const FlAccount *self)
{
  return fl_member_get_text (fl_member_get_object (self->traits, "name"), "first");
}

/**
 * fl_account_set_password:
 * @self: an account
 * @engine: the service
 * @hash: PHC string
 *
 * Replaces the password.
 */
void
fl_account_set_password (FlAccount  *self,
                         FlEngine   *engine,
                         const char *hash)
{
  g_free (self->password);
  self->password = g_strdup (hash);
  fl_store_run (engine->store, "UPDATE account SET password = ? WHERE id = ?", "ss", hash, self->id);
}

/**
 * fl_account_set_verified:
 * @self: an account
 * @engine: the service
 *
 * Remembers that a code mailed to the address has come back.
 */
void
fl_account_set_verified (FlAccount *self,
                         FlEngine  *engine)
{
  if (self->verified_at != 0)
    return;
  self->verified_at = fl_clock_now ();
  fl_store_run (engine->store, "UPDATE account SET verified_at = ? WHERE id = ?", "is", self->verified_at, self->id);
}

/**
 * fl_account_set_totp:
 * @self: an account
 * @engine: the service
 * @sealed: (nullable): the sealed key, or %NULL to forget it
 * @period: the period whose code is used up by proving that the authenticator works
 *
 * Replaces the authenticator.
 */
void
fl_account_set_totp (FlAccount *self,
                     FlEngine  *engine,
                     GBytes    *sealed,
                     gint64     period)
{
  g_clear_pointer (&self->totp_key, g_bytes_unref);
  self->totp_key = sealed != NULL ? g_bytes_ref (sealed) : NULL;
  self->totp_period = period;
  fl_store_run (engine->store, "UPDATE account SET totp_key = ?, totp_period = ? WHERE id = ?", "bis",
                sealed, period, self->id);
}

/**
 * fl_account_accept_totp:
 * @self: an account
 * @engine: the service
 * @code: what was typed
 *
 * Checks a code, and uses it up when it is right: RFC 6238, section 5.2, wants each code to work once. A period that is
 * still to come was used when the clock was ahead: it counts no more, else nobody could sign in until it comes.
 *
 * Returns: whether it was accepted
 */
gboolean
fl_account_accept_totp (FlAccount  *self,
                        FlEngine   *engine,
                        const char *code)
{
  g_autoptr (FlSecret) key = fl_sealer_open (engine->sealer, self->totp_key);
  gint64 now = fl_clock_now ();
  gboolean ahead = self->totp_period > now / FL_TOTP_PERIOD + SKEW;
  gint64 period;

  if (key == NULL
      || !fl_totp_verify (key, code, now, SKEW, &period)
      || (period <= self->totp_period && !ahead))
    return FALSE;

  self->totp_period = period;
  fl_store_run (engine->store, "UPDATE account SET totp_period = ? WHERE id = ?", "is", period, self->id);
  return TRUE;
}

/**
 * fl_account_set_recovery_codes:
 * @self: an account
 * @engine: the service
 * @codes: (array zero-terminated=1): the codes; an empty list forgets them
 *
 * Replaces the recovery codes, of which only digests are kept.
 */
void
fl_account_set_recovery_codes (FlAccount  *self,
                               FlEngine   *engine,
                               char      **codes)
{
  fl_store_run (engine->store, "DELETE FROM recovery_code WHERE account = ?", "s", self->id);
  self->recovery_codes = 0;
  for (gsize i = 0; codes[i] != NULL; i++)
    {
      g_autoptr (GBytes) digest = fl_sealer_digest (engine->sealer, "recovery-code", codes[i]);

      fl_store_run (engine->store, "INSERT OR IGNORE INTO recovery_code (account, digest) VALUES (?, ?)", "sb",
                    self->id, digest);
      self->recovery_codes++;
    }
}

/**
 * fl_account_list_recovery_codes:
 * @self: an account
 * @engine: the service
 *
 * Returns: (transfer full) (element-type gint64): when each recovery code was used, in Unix seconds; 0 for one that
 *   was not
 */
GArray *
fl_account_list_recovery_codes (const FlAccount *self,
                                FlEngine        *engine)
{
  GArray *used_at = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *rows = fl_store_query (engine->store, "SELECT used_at FROM recovery_code WHERE account = ?", "s", self->id);

  while (fl_store_step (engine->store, rows))
    {
      gint64 time = sqlite3_column_int64 (rows, 0);

      g_array_append_val (used_at, time);
    }

  return used_at;
}

/**
 * fl_account_accept_recovery_code:
 * @self: an account
 * @engine: the service
 * @code: what was typed
 *
 * Checks a recovery code, and uses it up when it is right.
 *
 * Returns: what became of it
 */
FlRecoveryCodeOutcome
fl_account_accept_recovery_code (FlAccount  *self,
                                 FlEngine   *engine,
                                 const char *code)
{
  g_autoptr (GBytes) digest = fl_sealer_digest (engine->sealer, "recovery-code", code);

  fl_store_run (engine->store,
                "UPDATE recovery_code SET used_at = ? WHERE account = ? AND digest = ? AND used_at IS NULL", "isb",
                fl_clock_now (), self->id, digest);
  if (fl_store_is_well (engine->store) && fl_store_changes (engine->store) == 1)
    return FL_RECOVERY_CODE_ACCEPTED;

  return fl_store_number (engine->store, "SELECT 1 FROM recovery_code WHERE account = ? AND digest = ?", "sb",
                          self->id, digest) == 1
         ? FL_RECOVERY_CODE_USED
         : FL_RECOVERY_CODE_UNKNOWN;
}

/**
 * fl_account_fold_email:
 * @typed: an address as it came
 *
 * Returns: (transfer full): the one form in which addresses are compared and stored
 */
char *
fl_account_fold_email (const char *typed)
{
  g_autofree char *folded = g_utf8_strdown (typed, -1);

  return g_strdup (g_strstrip (folded));
}
