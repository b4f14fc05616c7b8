/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-store-sqlite.h"

#include "fl-clock.h"
#include "fl-gate-trouble.h"
#include "fl-gate-workers.h"

#include <sqlite3.h>

#define SCHEMA_VERSION 1

/* Jobs that one commit writes down when they wait: of what a commit costs, most is the same for one and for many. */
#define TOGETHER 64

/* Milliseconds for another gate, or a backup, that writes. It is granted once: until that one has done, whoever comes is
 * told at once, so that people do not wait in a row. */
#define PATIENCE 1000

/**
 * FlGateStoreSqlite:
 *
 * The store of one host: a file, and one thread that alone uses it. Several gates may share the file. A fault, whichever it
 * is, closes the file, which takes back what was not committed, and the next call opens it anew: so the store is back when
 * the fault is gone, and nobody has to restart anything.
 */
struct _FlGateStoreSqlite
{
  GObject        parent_instance;
  FlGateWorkers *workers;
};

typedef enum {
  BEGIN,
  COMMIT,
  LOOK,
  WRITE,
  GIVE_BACK,
  REDEEM,
  REMEMBER,
  RECALL,
  PRUNE,
  N_STATEMENTS,
} Statement;

/* What the thread works with. */
typedef struct
{
  const char   *path;
  sqlite3      *db;
  sqlite3_stmt *statements[N_STATEMENTS];
  FlGateTrouble trouble;
  gboolean      is_kept;  /* whether somebody else has kept the file for all of the patience */
} Connection;

/* WAL with synchronous NORMAL: a killed gate loses nothing; a power cut may lose the last counts, never the database. Its
 * 16 MiB, four times the usual, are written over into the file in one go. */
static const char pragmas[] =
  "PRAGMA journal_mode = WAL;"
  "PRAGMA synchronous = NORMAL;"
  "PRAGMA wal_autocheckpoint = 4096;"
  "PRAGMA journal_size_limit = 16777216;";

static const char schema[] =
  "CREATE TABLE mark ("
  "  key BLOB PRIMARY KEY,"
  "  until INTEGER NOT NULL,"
  "  value BLOB) WITHOUT ROWID;"
  "CREATE INDEX mark_until ON mark (until);"
  "PRAGMA user_version = 1;";

static const char * const sql[N_STATEMENTS] = {
  [BEGIN]     = "BEGIN IMMEDIATE",
  [COMMIT]    = "COMMIT",
  [LOOK]      = "SELECT until FROM mark WHERE key = ?1",
  [WRITE]     = "INSERT INTO mark (key, until) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET until = ?2",
  [GIVE_BACK] = "UPDATE mark SET until = until - ?2 WHERE key = ?1",
  [REDEEM]    = "INSERT INTO mark (key, until) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING",
  [REMEMBER]  = "INSERT INTO mark (key, until, value) VALUES (?1, ?2, ?3)"
                " ON CONFLICT (key) DO UPDATE SET until = ?2, value = ?3",
  [RECALL]    = "SELECT value FROM mark WHERE key = ?1 AND until > ?2",
  [PRUNE]     = "DELETE FROM mark WHERE key IN (SELECT key FROM mark WHERE until <= ?1 ORDER BY until LIMIT ?2)",
};

static void fl_gate_store_sqlite_init_iface (FlGateStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlGateStoreSqlite, fl_gate_store_sqlite, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_GATE_STORE, fl_gate_store_sqlite_init_iface))

static gint64
now (void)
{
  return fl_clock_now () * G_USEC_PER_SEC;
}

static GIOErrorEnum
error_code (int result)
{
  switch (result & 0xff)
    {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return G_IO_ERROR_BUSY;

    case SQLITE_FULL:
      return G_IO_ERROR_NO_SPACE;

    case SQLITE_READONLY:
      return G_IO_ERROR_READ_ONLY;

    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return G_IO_ERROR_INVALID_DATA;

    case SQLITE_CANTOPEN:
      return G_IO_ERROR_NOT_FOUND;

    case SQLITE_PERM:
    case SQLITE_AUTH:
      return G_IO_ERROR_PERMISSION_DENIED;

    default:
      return G_IO_ERROR_FAILED;
    }
}

static gboolean
check (Connection  *self,
       int          result,
       GError     **error)
{
  if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE)
    return TRUE;
  g_set_error (error, G_IO_ERROR, error_code (result), "the store “%s” cannot be used: %s", self->path,
               self->db != NULL ? sqlite3_errmsg (self->db) : sqlite3_errstr (result));
  return FALSE;
}

static void
close_database (Connection *self)
{
  for (int i = 0; i < N_STATEMENTS; i++)
    g_clear_pointer (&self->statements[i], sqlite3_finalize);
  g_clear_pointer (&self->db, sqlite3_close);
}

static int
read_version (Connection  *self,
              GError     **error)
{
  sqlite3_stmt *statement = NULL;
  int result = sqlite3_prepare_v2 (self->db, "PRAGMA user_version", -1, &statement, NULL);
  int version = -1;

  if (result == SQLITE_OK)
    result = sqlite3_step (statement);
  if (check (self, result, error))
    version = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);
  return version;
}

static gboolean
migrate (Connection  *self,
         GError     **error)
{
  int version;

  /* Another gate may be about to do the same. */
  if (!check (self, sqlite3_exec (self->db, "BEGIN IMMEDIATE", NULL, NULL, NULL), error))
    return FALSE;
  version = read_version (self, error);
  if (version < 0)
    return FALSE;
  if (version != 0 && version != SCHEMA_VERSION)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "the store “%s” is of schema version %d, this program knows %d", self->path, version, SCHEMA_VERSION);
      return FALSE;
    }
  return (version == SCHEMA_VERSION || check (self, sqlite3_exec (self->db, schema, NULL, NULL, NULL), error))
         && check (self, sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL), error);
}

/* SQLite itself does not wait where two gates begin a log at the same moment, since each may be waiting for the other. */
static gboolean
set_up (Connection  *self,
        GError     **error)
{
  gint64 end = g_get_monotonic_time () + (self->is_kept ? 0 : PATIENCE * 1000);
  int result;

  while ((result = sqlite3_exec (self->db, pragmas, NULL, NULL, NULL)) == SQLITE_BUSY && g_get_monotonic_time () < end)
    g_usleep (10 * 1000);
  return check (self, result, error);
}

static gboolean
open_database (Connection  *self,
               GError     **error)
{
  if (self->db != NULL)
    return TRUE;
  if (!check (self, sqlite3_open_v2 (self->path, &self->db,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL), error))
    return FALSE;
  /* SQLite is content with a file that it may only read, until something is to be written. */
  if (sqlite3_db_readonly (self->db, "main") == 1)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY, "the store “%s” may only be read", self->path);
      return FALSE;
    }
  sqlite3_busy_timeout (self->db, self->is_kept ? 0 : PATIENCE);
  if (!set_up (self, error) || !migrate (self, error))
    return FALSE;
  for (int i = 0; i < N_STATEMENTS; i++)
    if (!check (self, sqlite3_prepare_v3 (self->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &self->statements[i], NULL),
                error))
      return FALSE;
  return TRUE;
}

static sqlite3_stmt *
bind (Connection   *self,
      Statement     which,
      const guint8 *key,
      gint64        number)
{
  sqlite3_stmt *statement = self->statements[which];

  if (key != NULL)
    sqlite3_bind_blob (statement, 1, key, FL_GATE_KEY_SIZE, SQLITE_TRANSIENT);
  if (sqlite3_bind_parameter_count (statement) > 1)
    sqlite3_bind_int64 (statement, 2, number);
  return statement;
}

static gboolean
run (Connection    *self,
     sqlite3_stmt  *statement,
     GError       **error)
{
  int result = sqlite3_step (statement);
  gboolean is_well = check (self, result, error);

  sqlite3_reset (statement);
  return is_well;
}

/* Where a counter stands: the moment at which everything has come back, or now when it has. */
static gboolean
look (Connection           *self,
      const FlGateCounter  *counter,
      gint64                moment,
      gint64               *level,
      GError              **error)
{
  sqlite3_stmt *statement = bind (self, LOOK, counter->key, 0);
  int result = sqlite3_step (statement);
  gint64 until = result == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : 0;
  gboolean is_well = check (self, result, error);

  sqlite3_reset (statement);
  if (until < moment || until > moment + (gint64) counter->window * G_USEC_PER_SEC + FL_GATE_CLOCK_SLACK)
    until = moment;
  *level = until;
  return is_well;
}

/* Leaves of the counters those that count here. */
static gboolean
choose (Connection  *self,
        FlGateJob   *job,
        gint64       moment,
        GError     **error)
{
  sqlite3_stmt *statement = bind (self, RECALL, job->other, moment);
  int result = job->has_other ? sqlite3_step (statement) : SQLITE_DONE;
  FlGateWhen other = result == SQLITE_ROW ? FL_GATE_WHEN_NEW : FL_GATE_WHEN_KNOWN;
  gboolean is_well = check (self, result, error);
  gsize n = 0;

  sqlite3_reset (statement);
  for (gsize i = 0; i < job->n_counters; i++)
    if (job->counters[i].when != other)
      job->counters[n++] = job->counters[i];
  job->n_counters = n;
  return is_well;
}

static gboolean
count (Connection  *self,
       FlGateJob   *job,
       GError     **error)
{
  gint64 moment = now ();
  gint64 levels[FL_GATE_COUNTERS_MAX];
  gint64 beyond = 0;

  if (!choose (self, job, moment, error))
    return FALSE;
  for (gsize i = 0; i < job->n_counters; i++)
    {
      const FlGateCounter *counter = &job->counters[i];

      if (!look (self, counter, moment, &levels[i], error))
        return FALSE;
      levels[i] += fl_gate_job_step (counter);
      beyond = MAX (beyond, levels[i] - moment - (gint64) counter->window * G_USEC_PER_SEC);
    }

  job->number = beyond > 0 ? fl_gate_job_wait (beyond) : 0;
  for (gsize i = 0; i < job->n_counters && beyond == 0; i++)
    if (!run (self, bind (self, WRITE, job->counters[i].key, levels[i]), error))
      return FALSE;
  return TRUE;
}

static gboolean
give_back (Connection  *self,
           FlGateJob   *job,
           GError     **error)
{
  gint64 moment = now ();

  if (!choose (self, job, moment, error))
    return FALSE;
  for (gsize i = 0; i < job->n_counters; i++)
    if (!run (self, bind (self, GIVE_BACK, job->counters[i].key, fl_gate_job_step (&job->counters[i])), error))
      return FALSE;
  return job->seconds == 0
         || run (self, bind (self, WRITE, job->other, moment + (gint64) job->seconds * G_USEC_PER_SEC), error);
}

static gboolean
recall (Connection  *self,
        FlGateJob   *job,
        GError     **error)
{
  sqlite3_stmt *statement = bind (self, RECALL, job->key, now ());
  int result = sqlite3_step (statement);
  gboolean is_well = check (self, result, error);

  if (result == SQLITE_ROW)
    job->bytes = g_bytes_new (sqlite3_column_blob (statement, 0), (gsize) sqlite3_column_bytes (statement, 0));
  sqlite3_reset (statement);
  return is_well;
}

static gboolean
remember (Connection  *self,
          FlGateJob   *job,
          GError     **error)
{
  sqlite3_stmt *statement = bind (self, REMEMBER, job->key, now () + (gint64) job->seconds * G_USEC_PER_SEC);

  sqlite3_bind_blob (statement, 3, job->value, FL_GATE_KEY_SIZE, SQLITE_TRANSIENT);
  return run (self, statement, error);
}

static gboolean
redeem (Connection  *self,
        FlGateJob   *job,
        GError     **error)
{
  gint64 moment = now ();
  sqlite3_stmt *statement = bind (self, RECALL, job->other, moment);
  int result = job->has_other ? sqlite3_step (statement) : SQLITE_DONE;
  gboolean is_well = check (self, result, error);

  sqlite3_reset (statement);
  job->number = FL_GATE_NOT_USED;
  if (!is_well || result == SQLITE_ROW)
    return is_well;
  if (!run (self, bind (self, REDEEM, job->key, moment + (gint64) job->seconds * G_USEC_PER_SEC), error))
    return FALSE;
  job->number = sqlite3_changes (self->db) == 1 ? FL_GATE_USED_NOW : FL_GATE_USED_ALREADY;
  return TRUE;
}

static gboolean
prune (Connection  *self,
       FlGateJob   *job,
       GError     **error)
{
  sqlite3_stmt *statement = self->statements[PRUNE];
  int removed;

  sqlite3_bind_int64 (statement, 1, now ());
  sqlite3_bind_int (statement, 2, FL_GATE_PRUNE_ROWS);
  if (!run (self, statement, error))
    return FALSE;
  removed = sqlite3_changes (self->db);
  job->number += removed;
  job->again = removed == FL_GATE_PRUNE_ROWS;
  return TRUE;
}

static gboolean
do_job (Connection  *self,
        FlGateJob   *job,
        GError     **error)
{
  switch (job->verb)
    {
    case FL_GATE_COUNT:
      return count (self, job, error);

    case FL_GATE_GIVE_BACK:
      return give_back (self, job, error);

    case FL_GATE_REDEEM:
      return redeem (self, job, error);

    case FL_GATE_REMEMBER:
      return remember (self, job, error);

    case FL_GATE_RECALL:
      return recall (self, job, error);

    case FL_GATE_PRUNE:
      return prune (self, job, error);

    default:
      g_assert_not_reached ();
    }
}

/* In one transaction, but for those that only read: they go on while another gate writes. */
static gboolean
do_jobs (Connection  *self,
         FlGateJob  **jobs,
         guint        n_jobs,
         GError     **error)
{
  gboolean writes = FALSE;

  for (guint i = 0; i < n_jobs; i++)
    writes |= jobs[i]->verb != FL_GATE_RECALL;
  if (writes && !run (self, self->statements[BEGIN], error))
    return FALSE;
  for (guint i = 0; i < n_jobs; i++)
    if (!do_job (self, jobs[i], error))
      return FALSE;
  return !writes || run (self, self->statements[COMMIT], error);
}

static gboolean
work (gpointer     state,
      FlGateJob  **jobs,
      guint        n_jobs,
      GError     **error)
{
  Connection *self = state;
  GError *failure = NULL;

  if (open_database (self, &failure) && do_jobs (self, jobs, n_jobs, &failure))
    {
      if (self->is_kept)
        sqlite3_busy_timeout (self->db, PATIENCE);
      self->is_kept = FALSE;
      fl_gate_trouble_end (&self->trouble);
      return TRUE;
    }
  self->is_kept = g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_BUSY);
  fl_gate_trouble_begin (&self->trouble, failure->message);
  close_database (self);
  g_propagate_error (error, failure);
  return FALSE;
}

static gpointer
begin (gpointer path)
{
  Connection *self = g_new0 (Connection, 1);

  self->path = path;
  return self;
}

static void
end (gpointer state)
{
  close_database (state);
  g_free (state);
}

static void
fl_gate_store_sqlite_take (FlGateStore *store,
                           GTask       *task)
{
  fl_gate_workers_take (FL_GATE_STORE_SQLITE (store)->workers, task);
}

static void
fl_gate_store_sqlite_finalize (GObject *object)
{
  FlGateStoreSqlite *self = FL_GATE_STORE_SQLITE (object);

  g_clear_pointer (&self->workers, fl_gate_workers_end);

  G_OBJECT_CLASS (fl_gate_store_sqlite_parent_class)->finalize (object);
}

static void
fl_gate_store_sqlite_class_init (FlGateStoreSqliteClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_gate_store_sqlite_finalize;
}

static void
fl_gate_store_sqlite_init_iface (FlGateStoreInterface *iface)
{
  iface->take = fl_gate_store_sqlite_take;
}

static void
fl_gate_store_sqlite_init (FlGateStoreSqlite *self)
{
}

/**
 * fl_gate_store_sqlite_new:
 * @path: (type filename): the file, made when there is none; `:memory:` for one that ends with the store
 *
 * Makes a store in a file. It is opened by the first call, whose error says so when it cannot be.
 *
 * Returns: (transfer full): a store
 */
FlGateStore *
fl_gate_store_sqlite_new (const char *path)
{
  static const FlGateWork how = { begin, work, end, TOGETHER };
  FlGateStoreSqlite *self = g_object_new (FL_TYPE_GATE_STORE_SQLITE, NULL);

  self->workers = fl_gate_workers_new (&how, 1, g_strdup (path), g_free);
  return FL_GATE_STORE (self);
}
