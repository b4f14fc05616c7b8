/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-store-postgres.h"

#include "fl-gate-postgres-link.h"
#include "fl-gate-workers.h"

#include <string.h>

/* Threads, each with a connection. A call takes a fraction of a millisecond, so that few do thousands a second, and a server
 * with a hundred connections has room for many gates. */
#define THREADS 4

/* How often counters are tried again that another gate moved in the same moment. */
#define RETRIES 3

/**
 * FlGateStorePostgres:
 *
 * The store of many hosts: a table in the PostgreSQL that is there anyway, made by deploy/gate/store.sql. Every call is one
 * statement that is right whatever other gates do in the same moment, and all times are the server's.
 *
 * There is nothing in it that CockroachDB does not know according to its documentation; above all no advisory lock, which
 * it takes and ignores: who prunes is agreed in a row.
 */
struct _FlGateStorePostgres
{
  GObject        parent_instance;
  FlGateWorkers *workers;
};

/* What a thread works with. */
typedef struct
{
  FlGatePostgresLink *link;
  char               *count[FL_GATE_COUNTERS_MAX];      /* the statement for so many counters and one */
  char               *give_back[FL_GATE_COUNTERS_MAX];
} Worker;

/* Microseconds, by the server's clock, at the begin of the statement. */
#define NOW "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint"

/* Where a counter stands: the moment at which everything has come back, or now when it has; see FL_GATE_CLOCK_SLACK. */
#define LEVEL(until, span) \
  "CASE WHEN " until " BETWEEN " NOW " AND " NOW " + " span " + 60000000 THEN " until " ELSE " NOW " END"

/* The counters, and of them those that count here, as the key in the first parameter is known or not. */
#define ASKED \
  "WITH listed (key, step, span, condition) AS (VALUES %s)," \
  " asked AS (SELECT key, step, span FROM listed WHERE condition = 0 OR condition =" \
  " CASE WHEN EXISTS (SELECT 1 FROM first_login_gate.mark WHERE key = $1::bytea AND until > " NOW ") THEN 1 ELSE 2 END)"

/* Whether there is room in all of them is seen first, so that what is refused writes nothing. Each row then decides once
 * more for itself when it is its turn, as another gate may have been faster; if that leaves some counted and some not,
 * count() gives the former back. */
#define COUNT \
  ASKED ", room AS (" \
  " SELECT a.key, a.step, a.span, " LEVEL ("m.until", "a.span") " + a.step - " NOW " - a.span AS beyond" \
  " FROM asked a LEFT JOIN first_login_gate.mark m ON m.key = a.key)," \
  " counted AS (" \
  " INSERT INTO first_login_gate.mark AS m (key, until, step, span)" \
  " SELECT key, " NOW " + step, step, span FROM room" \
  " WHERE NOT EXISTS (SELECT 1 FROM room WHERE beyond > 0) ORDER BY key" \
  " ON CONFLICT (key) DO UPDATE SET step = excluded.step, span = excluded.span," \
  " until = " LEVEL ("m.until", "excluded.span") " + excluded.step" \
  " WHERE " LEVEL ("m.until", "excluded.span") " + excluded.step <= " NOW " + excluded.span" \
  " RETURNING key)" \
  " SELECT r.key, r.beyond, c.key IS NOT NULL FROM room r LEFT JOIN counted c ON c.key = r.key"

#define GIVE_BACK \
  ASKED ", held AS (" \
  " SELECT m.key, a.step FROM first_login_gate.mark m JOIN asked a ON a.key = m.key ORDER BY m.key FOR UPDATE OF m)" \
  " UPDATE first_login_gate.mark m SET until = m.until - h.step FROM held h WHERE m.key = h.key"

/* Two numbers: how often it was used by this, and how often it was barred. */
static const char redeem[] =
  "WITH bars AS (SELECT key FROM first_login_gate.mark WHERE key = $3::bytea AND until > " NOW "),"
  " used AS (INSERT INTO first_login_gate.mark (key, until) SELECT $1::bytea, " NOW " + $2::bigint"
  " WHERE NOT EXISTS (SELECT 1 FROM bars) ON CONFLICT (key) DO NOTHING RETURNING key)"
  " SELECT (SELECT count(*) FROM used), (SELECT count(*) FROM bars)";

static const char remember[] =
  "INSERT INTO first_login_gate.mark (key, until, value) VALUES ($1, " NOW " + $2::bigint, $3)"
  " ON CONFLICT (key) DO UPDATE SET until = excluded.until, value = excluded.value";

static const char know[] =
  "INSERT INTO first_login_gate.mark (key, until) VALUES ($1, " NOW " + $2::bigint)"
  " ON CONFLICT (key) DO UPDATE SET until = excluded.until";

static const char recall[] =
  "SELECT value FROM first_login_gate.mark WHERE key = $1 AND until > " NOW;

static const char lease[] =
  "INSERT INTO first_login_gate.mark AS m (key, until) VALUES ($1, " NOW " + $2::bigint)"
  " ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE m.until <= " NOW;

/* Rows that somebody counts in at this moment are left for the next time. */
static const char prune[] =
  "DELETE FROM first_login_gate.mark WHERE key IN ("
  " SELECT key FROM first_login_gate.mark WHERE until <= " NOW " ORDER BY until LIMIT $1::bigint FOR UPDATE SKIP LOCKED)";

/* Seconds that one gate prunes before another may. */
#define LEASE 30

/* No HMAC is ever this. */
static const guint8 lease_key[FL_GATE_KEY_SIZE];

static void fl_gate_store_postgres_init_iface (FlGateStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlGateStorePostgres, fl_gate_store_postgres, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_GATE_STORE, fl_gate_store_postgres_init_iface))

static char *
write_statement (const char *pattern,
                 guint       n_counters)
{
  g_autoptr (GString) rows = g_string_new (NULL);
  g_auto (GStrv) parts = g_strsplit (pattern, "%s", 2);

  for (guint i = 0; i < n_counters; i++)
    g_string_append_printf (rows, "%s($%u::bytea, $%u::bigint, $%u::bigint, $%u::bigint)", i > 0 ? ", " : "",
                            4 * i + 2, 4 * i + 3, 4 * i + 4, 4 * i + 5);
  return g_strjoinv (rows->str, parts);
}

static PGresult *
run_counters (Worker               *self,
              char * const         *statements,
              const guint8         *known,
              const FlGateCounter  *counters,
              gsize                 n_counters,
              GError              **error)
{
  FlGatePostgresValues values = { 0 };

  fl_gate_postgres_values_add_bytes (&values, known, FL_GATE_KEY_SIZE);
  for (gsize i = 0; i < n_counters; i++)
    {
      fl_gate_postgres_values_add_bytes (&values, counters[i].key, FL_GATE_KEY_SIZE);
      fl_gate_postgres_values_add_number (&values, fl_gate_job_step (&counters[i]));
      fl_gate_postgres_values_add_number (&values, (gint64) counters[i].window * G_USEC_PER_SEC);
      fl_gate_postgres_values_add_number (&values, counters[i].when);
    }
  return fl_gate_postgres_link_run (self->link, statements[n_counters - 1], &values, error);
}

/* What has been counted just now is given back whatever is known by then. */
static gboolean
undo (Worker         *self,
      FlGateCounter  *counters,
      gsize           n_counters,
      GError        **error)
{
  g_autoptr (PGresult) result = NULL;

  for (gsize i = 0; i < n_counters; i++)
    counters[i].when = FL_GATE_ALWAYS;
  result = run_counters (self, self->give_back, NULL, counters, n_counters, error);
  return result != NULL;
}

static gint64
get_number (const PGresult *result,
            int             row,
            int             column)
{
  gint64 number;

  memcpy (&number, PQgetvalue (result, row, column), sizeof number);
  return GINT64_FROM_BE (number);
}

/* Which of the counters were counted, and how far beyond its limit the furthest was. */
static gsize
read_counted (const PGresult  *result,
              const FlGateJob *job,
              FlGateCounter   *counted,
              gint64          *beyond)
{
  gsize n = 0;

  *beyond = 0;
  for (int row = 0; row < PQntuples (result); row++)
    {
      *beyond = MAX (*beyond, get_number (result, row, 1));
      for (gsize i = 0; i < job->n_counters && *PQgetvalue (result, row, 2) != 0; i++)
        if (memcmp (PQgetvalue (result, row, 0), job->counters[i].key, FL_GATE_KEY_SIZE) == 0)
          counted[n++] = job->counters[i];
    }
  return n;
}

static gboolean
count (Worker     *self,
       FlGateJob  *job,
       GError    **error)
{
  for (int attempt = 0; attempt < RETRIES; attempt++)
    {
      g_autoptr (PGresult) result = run_counters (self, self->count, job->has_other ? job->other : NULL,
                                                  job->counters, job->n_counters, error);
      FlGateCounter counted[FL_GATE_COUNTERS_MAX];
      gint64 beyond;
      gsize n;

      if (result == NULL)
        return FALSE;
      n = read_counted (result, job, counted, &beyond);
      job->number = beyond > 0 ? fl_gate_job_wait (beyond) : 0;
      if (n == (gsize) PQntuples (result) || beyond > 0)
        return TRUE;
      if (n > 0 && !undo (self, counted, n, error))
        return FALSE;
    }
  /* Others take each place as soon as it is free. */
  job->number = 1;
  return TRUE;
}

static PGresult *
run_key (Worker        *self,
         const char    *sql,
         const guint8  *key,
         guint          seconds,
         const guint8  *other,
         GError       **error)
{
  FlGatePostgresValues values = { 0 };

  fl_gate_postgres_values_add_bytes (&values, key, FL_GATE_KEY_SIZE);
  if (sql != recall)
    fl_gate_postgres_values_add_number (&values, (gint64) seconds * G_USEC_PER_SEC);
  if (sql == remember || sql == redeem)
    fl_gate_postgres_values_add_bytes (&values, other, FL_GATE_KEY_SIZE);
  return fl_gate_postgres_link_run (self->link, sql, &values, error);
}

static gboolean
run_redeem (Worker     *self,
            FlGateJob  *job,
            GError    **error)
{
  g_autoptr (PGresult) result = run_key (self, redeem, job->key, job->seconds, job->has_other ? job->other : NULL, error);

  if (result == NULL)
    return FALSE;
  job->number = get_number (result, 0, 1) > 0 ? FL_GATE_NOT_USED
                : get_number (result, 0, 0) > 0 ? FL_GATE_USED_NOW : FL_GATE_USED_ALREADY;
  return TRUE;
}

static gboolean
run_remember (Worker     *self,
              FlGateJob  *job,
              GError    **error)
{
  g_autoptr (PGresult) result = run_key (self, remember, job->key, job->seconds, job->value, error);

  return result != NULL;
}

static gboolean
run_recall (Worker     *self,
            FlGateJob  *job,
            GError    **error)
{
  g_autoptr (PGresult) result = run_key (self, recall, job->key, 0, NULL, error);

  if (result == NULL)
    return FALSE;
  if (PQntuples (result) == 1)
    job->bytes = g_bytes_new (PQgetvalue (result, 0, 0), (gsize) PQgetlength (result, 0, 0));
  return TRUE;
}

/* Two statements, as CockroachDB changes a table once in each. The first is done when the second is not: then somebody is
 * known a little later. */
static gboolean
give_back (Worker     *self,
           FlGateJob  *job,
           GError    **error)
{
  g_autoptr (PGresult) result = run_counters (self, self->give_back, job->has_other ? job->other : NULL,
                                              job->counters, job->n_counters, error);
  g_autoptr (PGresult) known = NULL;

  if (result == NULL || job->seconds == 0)
    return result != NULL;
  known = run_key (self, know, job->other, job->seconds, NULL, error);
  return known != NULL;
}

static gboolean
run_prune (Worker     *self,
           FlGateJob  *job,
           GError    **error)
{
  FlGatePostgresValues values = { 0 };
  g_autoptr (PGresult) leased = NULL;
  g_autoptr (PGresult) result = NULL;
  int removed;

  if (job->number == 0)
    {
      fl_gate_postgres_values_add_bytes (&values, lease_key, sizeof lease_key);
      fl_gate_postgres_values_add_number (&values, LEASE * G_USEC_PER_SEC);
      leased = fl_gate_postgres_link_run (self->link, lease, &values, error);
      if (leased == NULL)
        return FALSE;
      if (strcmp (PQcmdTuples (leased), "1") != 0)
        return TRUE;
      values.n = 0;
    }

  fl_gate_postgres_values_add_number (&values, FL_GATE_PRUNE_ROWS);
  result = fl_gate_postgres_link_run (self->link, prune, &values, error);
  if (result == NULL)
    return FALSE;
  removed = (int) g_ascii_strtoll (PQcmdTuples (result), NULL, 10);
  job->number += removed;
  job->again = removed == FL_GATE_PRUNE_ROWS;
  return TRUE;
}

static gboolean
work (gpointer     state,
      FlGateJob  **jobs,
      guint        n_jobs,
      GError     **error)
{
  Worker *self = state;
  FlGateJob *job = jobs[0];

  switch (job->verb)
    {
    case FL_GATE_COUNT:
      return count (self, job, error);

    case FL_GATE_GIVE_BACK:
      return give_back (self, job, error);

    case FL_GATE_REDEEM:
      return run_redeem (self, job, error);

    case FL_GATE_REMEMBER:
      return run_remember (self, job, error);

    case FL_GATE_RECALL:
      return run_recall (self, job, error);

    case FL_GATE_PRUNE:
      return run_prune (self, job, error);

    default:
      g_assert_not_reached ();
    }
}

static gpointer
begin (gpointer server)
{
  Worker *self = g_new0 (Worker, 1);

  self->link = fl_gate_postgres_link_new (server);
  for (guint i = 0; i < FL_GATE_COUNTERS_MAX; i++)
    {
      self->count[i] = write_statement (COUNT, i + 1);
      self->give_back[i] = write_statement (GIVE_BACK, i + 1);
    }
  return self;
}

static void
end (gpointer state)
{
  Worker *self = state;

  fl_gate_postgres_link_free (self->link);
  for (guint i = 0; i < FL_GATE_COUNTERS_MAX; i++)
    {
      g_free (self->count[i]);
      g_free (self->give_back[i]);
    }
  g_free (self);
}

static void
fl_gate_store_postgres_take (FlGateStore *store,
                             GTask       *task)
{
  fl_gate_workers_take (FL_GATE_STORE_POSTGRES (store)->workers, task);
}

static void
fl_gate_store_postgres_finalize (GObject *object)
{
  FlGateStorePostgres *self = FL_GATE_STORE_POSTGRES (object);

  g_clear_pointer (&self->workers, fl_gate_workers_end);

  G_OBJECT_CLASS (fl_gate_store_postgres_parent_class)->finalize (object);
}

static void
fl_gate_store_postgres_class_init (FlGateStorePostgresClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_gate_store_postgres_finalize;
}

static void
fl_gate_store_postgres_init_iface (FlGateStoreInterface *iface)
{
  iface->take = fl_gate_store_postgres_take;
}

static void
fl_gate_store_postgres_init (FlGateStorePostgres *self)
{
}

/**
 * fl_gate_store_postgres_new:
 * @dsn: where the server is, as libpq writes it, without a password
 * @error: return location for an error
 *
 * Makes a store in a PostgreSQL server. Only the address is judged here: a server that is away is noticed by the first call,
 * and found again by itself.
 *
 * Returns: (transfer full) (nullable): a store
 */
FlGateStore *
fl_gate_store_postgres_new (const char  *dsn,
                            GError     **error)
{
  static const FlGateWork how = { begin, work, end, 1 };
  FlGatePostgresServer *server = fl_gate_postgres_server_new (dsn, error);
  FlGateStorePostgres *self;

  if (server == NULL)
    return NULL;
  self = g_object_new (FL_TYPE_GATE_STORE_POSTGRES, NULL);
  self->workers = fl_gate_workers_new (&how, THREADS, server, (GDestroyNotify) fl_gate_postgres_server_free);
  return FL_GATE_STORE (self);
}
