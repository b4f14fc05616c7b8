/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-store.h"

#include <string.h>

#define SCHEMA_VERSION 1

/* What is over is kept for an hour, so that a late answer can still say that it is over. */
#define KEEP_FLOWS 3600

/**
 * FlStore:
 *
 * The database: one SQLite connection of the service's thread, statements prepared once, and one transaction per
 * request. An error sticks to its transaction, whose end then tells of it; so the code between reads like the story it
 * tells, and nothing is ever half written.
 */
struct _FlStore
{
  sqlite3    *db;
  GHashTable *statements;  /* SQL → sqlite3_stmt */
  gboolean    open;
  gboolean    well;
  gboolean    ailing;      /* whether trouble has been told of that has not ended since */
};

/* WAL with synchronous NORMAL: a killed process loses nothing; a power cut may lose the last answers, never the
 * database. A training service need not wait for the disk at every answer. */
static const char pragmas[] =
  "PRAGMA journal_mode = WAL;"
  "PRAGMA synchronous = NORMAL;"
  "PRAGMA foreign_keys = ON;"
  "PRAGMA secure_delete = ON;";

/* Milliseconds for another program that writes. Nobody is served meanwhile, so it is granted once: until that program has
 * done, whoever comes is told at once. */
#define PATIENCE 5000

static const char schema[] =
  "CREATE TABLE account ("
  "  id TEXT PRIMARY KEY,"
  "  email TEXT NOT NULL UNIQUE,"
  "  traits TEXT NOT NULL,"
  "  active INTEGER NOT NULL,"
  "  address_id TEXT NOT NULL,"
  "  recovery_id TEXT NOT NULL,"
  "  verified_at INTEGER,"
  "  created_at INTEGER NOT NULL,"
  "  password TEXT,"
  "  totp_key BLOB,"
  "  totp_period INTEGER NOT NULL DEFAULT 0);"
  "CREATE TABLE recovery_code ("
  "  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
  "  digest BLOB NOT NULL,"
  "  used_at INTEGER,"
  "  PRIMARY KEY (account, digest)) WITHOUT ROWID;"
  "CREATE TABLE session ("
  "  id TEXT PRIMARY KEY,"
  "  token BLOB NOT NULL UNIQUE,"
  "  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
  "  active INTEGER NOT NULL,"
  "  issued_at INTEGER NOT NULL,"
  "  authenticated_at INTEGER NOT NULL,"
  "  expires_at INTEGER NOT NULL,"
  "  methods TEXT NOT NULL,"
  "  device TEXT NOT NULL);"
  "CREATE INDEX session_account ON session (account);"
  "CREATE TABLE flow ("
  "  id TEXT PRIMARY KEY,"
  "  kind INTEGER NOT NULL,"
  "  account TEXT REFERENCES account (id) ON DELETE CASCADE,"
  "  issued_at INTEGER NOT NULL,"
  "  updated_at INTEGER NOT NULL,"
  "  expires_at INTEGER NOT NULL,"
  "  tries INTEGER NOT NULL,"
  "  totp_key BLOB,"
  "  codes BLOB,"
  "  data TEXT NOT NULL);"
  "CREATE TABLE mail_code ("
  "  flow TEXT PRIMARY KEY REFERENCES flow (id) ON DELETE CASCADE,"
  "  account TEXT REFERENCES account (id) ON DELETE CASCADE,"
  "  digest BLOB NOT NULL,"
  "  expires_at INTEGER NOT NULL,"
  "  used INTEGER NOT NULL DEFAULT 0);"
  "CREATE TABLE failure ("
  "  id INTEGER PRIMARY KEY,"
  "  counter TEXT NOT NULL,"
  "  subject BLOB NOT NULL,"
  "  at INTEGER NOT NULL);"
  "CREATE INDEX failure_subject ON failure (subject, counter, at);"
  "CREATE TABLE rest ("
  "  counter TEXT NOT NULL,"
  "  subject BLOB NOT NULL,"
  "  until INTEGER NOT NULL,"
  "  PRIMARY KEY (subject, counter)) WITHOUT ROWID;"
  "CREATE TABLE solved ("
  "  nonce TEXT PRIMARY KEY,"
  "  expires_at INTEGER NOT NULL) WITHOUT ROWID;"
  "PRAGMA user_version = 1;";

static gboolean
judge (sqlite3  *db,
       int       result,
       GError  **error)
{
  if (result == SQLITE_OK)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the database cannot be used: %s", sqlite3_errmsg (db));
  return FALSE;
}

static gboolean
execute (sqlite3     *db,
         const char  *sql,
         GError     **error)
{
  return judge (db, sqlite3_exec (db, sql, NULL, NULL, NULL), error);
}

/* SQLite itself does not wait where two programs begin a log at the same moment, since each may be waiting for the other. */
static gboolean
set_up (FlStore  *self,
        GError  **error)
{
  gint64 end = g_get_monotonic_time () + PATIENCE * 1000;
  int result;

  while ((result = sqlite3_exec (self->db, pragmas, NULL, NULL, NULL)) == SQLITE_BUSY && g_get_monotonic_time () < end)
    g_usleep (10 * 1000);
  return judge (self->db, result, error);
}

static gboolean
migrate (FlStore  *self,
         GError  **error)
{
  int version;

  /* Another service may be about to do the same. */
  if (!execute (self->db, "BEGIN IMMEDIATE", error))
    return FALSE;
  version = (int) fl_store_number (self, "PRAGMA user_version", "");
  if (!self->well)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the database cannot be read: %s",
                   sqlite3_errmsg (self->db));
      return FALSE;
    }
  if (version != 0 && version != SCHEMA_VERSION)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "the database is of schema version %d, this program knows %d", version, SCHEMA_VERSION);
      return FALSE;
    }
  return (version == SCHEMA_VERSION || execute (self->db, schema, error))
         && execute (self->db, "COMMIT", error);
}

static void
fail (FlStore *self)
{
  if (!self->ailing)
    g_warning ("Database: %s", sqlite3_errmsg (self->db));
  self->ailing = TRUE;
  self->well = FALSE;
}

static sqlite3_stmt *
prepare (FlStore    *self,
         const char *sql)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);

  if (statement == NULL)
    {
      if (sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        {
          fail (self);
          return NULL;
        }
      g_hash_table_insert (self->statements, (gpointer) sql, statement);
    }
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return statement;
}

static sqlite3_stmt *
prepare_valist (FlStore    *self,
                const char *sql,
                const char *types,
                va_list     values)
{
  sqlite3_stmt *statement = prepare (self, sql);

  if (statement == NULL)
    return NULL;

  for (int i = 0; types[i] != '\0'; i++)
    {
      GBytes *bytes;

      switch (types[i])
        {
        case 'i':
          sqlite3_bind_int64 (statement, i + 1, va_arg (values, gint64));
          break;

        case 's':
          sqlite3_bind_text (statement, i + 1, va_arg (values, const char *), -1, SQLITE_TRANSIENT);
          break;

        case 'b':
          bytes = va_arg (values, GBytes *);
          if (bytes != NULL)
            sqlite3_bind_blob (statement, i + 1, g_bytes_get_data (bytes, NULL), (int) g_bytes_get_size (bytes),
                               SQLITE_TRANSIENT);
          break;

        default:
          g_assert_not_reached ();
        }
    }
  return statement;
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

/**
 * fl_store_new:
 * @path: (nullable) (type filename): the database, made when there is none; %NULL for one in memory
 * @error: return location for an error
 *
 * Opens a database and brings it to the schema of this program.
 *
 * Returns: (transfer full) (nullable): a store, to be used in one thread at a time
 */
FlStore *
fl_store_new (const char  *path,
              GError     **error)
{
  g_autoptr (FlStore) self = g_new0 (FlStore, 1);

  self->well = TRUE;
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, finalize_statement);
  if (sqlite3_open_v2 (path != NULL ? path : ":memory:", &self->db,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the database “%s” cannot be opened: %s",
                   path, sqlite3_errmsg (self->db));
      return NULL;
    }
  /* SQLite is content with a file that it may only read, until something is to be written. */
  if (sqlite3_db_readonly (self->db, "main") == 1)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY, "the database “%s” may only be read", path);
      return NULL;
    }
  sqlite3_busy_timeout (self->db, PATIENCE);
  if (!set_up (self, error) || !migrate (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * fl_store_free:
 * @self: (transfer full): a store
 *
 * Closes the database; an open transaction is rolled back.
 */
void
fl_store_free (FlStore *self)
{
  g_hash_table_unref (self->statements);
  sqlite3_close (self->db);
  g_free (self);
}

/**
 * fl_store_begin:
 * @self: a store
 *
 * Begins a transaction. It writes from the start, so that it never has to give up half way for another writer.
 */
void
fl_store_begin (FlStore *self)
{
  g_assert (!self->open);

  self->open = TRUE;
  self->well = TRUE;
  sqlite3_busy_timeout (self->db, self->ailing ? 0 : PATIENCE);
  fl_store_run (self, "BEGIN IMMEDIATE", "");
}

/**
 * fl_store_commit:
 * @self: a store
 *
 * Ends the transaction, if one is open.
 *
 * Returns: whether everything since its begin went well; if not, nothing of it has happened
 */
gboolean
fl_store_commit (FlStore *self)
{
  if (!self->open)
    return self->well;

  if (self->well)
    fl_store_run (self, "COMMIT", "");
  if (self->well)
    self->open = self->ailing = FALSE;
  else
    fl_store_roll_back (self);
  return self->well;
}

/**
 * fl_store_roll_back:
 * @self: a store
 *
 * Ends the transaction, if one is open, as if it had never begun.
 */
void
fl_store_roll_back (FlStore *self)
{
  if (!self->open)
    return;

  /* Fails harmlessly where SQLite has rolled back by itself. */
  sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  self->open = FALSE;
}

/**
 * fl_store_is_well:
 * @self: a store
 *
 * Returns: whether no statement of this transaction has failed
 */
gboolean
fl_store_is_well (FlStore *self)
{
  return self->well;
}

/**
 * fl_store_run:
 * @self: a store
 * @sql: (transfer none): a statement that outlives the store, as literals do
 * @types: one letter per parameter: `i` gint64, `s` text (%NULL is NULL), `b` GBytes (%NULL is NULL)
 * @...: the parameters
 *
 * Runs a statement that answers nothing.
 */
void
fl_store_run (FlStore    *self,
              const char *sql,
              const char *types,
              ...)
{
  sqlite3_stmt *statement;
  va_list values;

  if (!self->well)
    return;
  va_start (values, types);
  statement = prepare_valist (self, sql, types, values);
  va_end (values);

  if (statement == NULL)
    return;
  if (sqlite3_step (statement) == SQLITE_ERROR || sqlite3_reset (statement) != SQLITE_OK)
    fail (self);
  sqlite3_clear_bindings (statement);
}

/**
 * fl_store_query:
 * @self: a store
 * @sql: (transfer none): a statement that outlives the store, as literals do
 * @types: see fl_store_run()
 * @...: the parameters
 *
 * Returns: (transfer none) (nullable): the statement, for fl_store_step()
 */
sqlite3_stmt *
fl_store_query (FlStore    *self,
                const char *sql,
                const char *types,
                ...)
{
  sqlite3_stmt *statement;
  va_list values;

  if (!self->well)
    return NULL;
  va_start (values, types);
  statement = prepare_valist (self, sql, types, values);
  va_end (values);
  return statement;
}

/**
 * fl_store_step:
 * @self: a store
 * @statement: (nullable): what fl_store_query() gave
 *
 * Returns: whether there is a row; step until there is none, or reset the statement
 */
gboolean
fl_store_step (FlStore      *self,
               sqlite3_stmt *statement)
{
  int result;

  if (statement == NULL)
    return FALSE;
  result = sqlite3_step (statement);
  if (result == SQLITE_ROW)
    return TRUE;
  if (result != SQLITE_DONE)
    fail (self);
  sqlite3_reset (statement);
  return FALSE;
}

/**
 * fl_store_number:
 * @self: a store
 * @sql: (transfer none): a statement that outlives the store, as literals do
 * @types: see fl_store_run()
 * @...: the parameters
 *
 * Returns: the first column of the first row, or 0
 */
gint64
fl_store_number (FlStore    *self,
                 const char *sql,
                 const char *types,
                 ...)
{
  sqlite3_stmt *statement;
  va_list values;
  gint64 number = 0;

  if (!self->well)
    return 0;
  va_start (values, types);
  statement = prepare_valist (self, sql, types, values);
  va_end (values);

  if (fl_store_step (self, statement))
    {
      number = sqlite3_column_int64 (statement, 0);
      sqlite3_reset (statement);
    }
  return number;
}

/**
 * fl_store_changes:
 * @self: a store
 *
 * Returns: how many rows the last statement changed
 */
guint
fl_store_changes (FlStore *self)
{
  return (guint) sqlite3_changes (self->db);
}

/**
 * fl_store_tidy:
 * @self: a store
 * @now: Unix time in seconds
 * @window: seconds that a failure can matter
 *
 * Removes what can no longer matter.
 */
void
fl_store_tidy (FlStore *self,
               gint64   now,
               gint64   window)
{
  fl_store_run (self, "DELETE FROM flow WHERE expires_at < ?", "i", now - KEEP_FLOWS);
  fl_store_run (self, "DELETE FROM session WHERE expires_at < ?", "i", now);
  fl_store_run (self, "DELETE FROM failure WHERE at < ?", "i", now - window);
  fl_store_run (self, "DELETE FROM rest WHERE until < ?", "i", now);
  fl_store_run (self, "DELETE FROM solved WHERE expires_at < ?", "i", now);
}

/**
 * fl_store_clear:
 * @self: a store
 *
 * Removes everything.
 */
void
fl_store_clear (FlStore *self)
{
  fl_store_run (self, "DELETE FROM mail_code", "");
  fl_store_run (self, "DELETE FROM flow", "");
  fl_store_run (self, "DELETE FROM session", "");
  fl_store_run (self, "DELETE FROM recovery_code", "");
  fl_store_run (self, "DELETE FROM account", "");
  fl_store_run (self, "DELETE FROM failure", "");
  fl_store_run (self, "DELETE FROM rest", "");
  fl_store_run (self, "DELETE FROM solved", "");
}

/**
 * fl_store_get_text:
 * @statement: a statement on a row
 * @column: the column
 *
 * Returns: (transfer full) (nullable): its text
 */
char *
fl_store_get_text (sqlite3_stmt *statement,
                   int           column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

/**
 * fl_store_get_blob:
 * @statement: a statement on a row
 * @column: the column
 *
 * Returns: (transfer full) (nullable): its bytes
 */
GBytes *
fl_store_get_blob (sqlite3_stmt *statement,
                   int           column)
{
  if (sqlite3_column_type (statement, column) == SQLITE_NULL)
    return NULL;
  return g_bytes_new (sqlite3_column_blob (statement, column), (gsize) sqlite3_column_bytes (statement, column));
}
