/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-postgres-link.h"

#include <poll.h>
#include <string.h>

/* Milliseconds for a statement. The server gives up first, and then knows what it did not do; it is waited for a little
 * longer, as it may have gone without a word. */
#define STATEMENT_TIME "2000"
#define PATIENCE 3000

/* How often a statement is made again that met another gate's, or a connection that had died since the last one. */
#define RETRIES 3

/**
 * FlGatePostgresLink:
 *
 * One connection to the server, used by one thread. It is made when it is needed and made anew when it has broken; a
 * statement that was under way then is made again, so that a server that is restarted is missed by nobody.
 */
struct _FlGatePostgresLink
{
  FlGatePostgresServer *server;
  PGconn               *connection;
  GHashTable           *prepared;  /* SQL → name, of this connection */
};

typedef enum {
  DONE,
  COLLIDED,  /* with another gate's; nothing has happened */
  BROKEN,    /* the connection; it may have happened */
  REFUSED,
  SILENT,    /* no answer in time; it may have happened */
} Outcome;

/**
 * fl_gate_postgres_values_add_bytes:
 * @self: parameters
 * @bytes: (transfer none) (nullable): the next one; outlives @self
 * @length: its length
 *
 * Adds a `bytea`.
 */
void
fl_gate_postgres_values_add_bytes (FlGatePostgresValues *self,
                                   const guint8         *bytes,
                                   gsize                 length)
{
  self->values[self->n] = (const char *) bytes;
  self->lengths[self->n] = (int) length;
  self->formats[self->n++] = 1;
}

/**
 * fl_gate_postgres_values_add_number:
 * @self: parameters
 * @number: the next one
 *
 * Adds a `bigint`.
 */
void
fl_gate_postgres_values_add_number (FlGatePostgresValues *self,
                                    gint64                number)
{
  g_snprintf (self->numbers[self->n], sizeof self->numbers[0], "%" G_GINT64_FORMAT, number);
  self->values[self->n] = self->numbers[self->n];
  self->formats[self->n++] = 0;
}

static void
disconnect (FlGatePostgresLink *self)
{
  g_hash_table_remove_all (self->prepared);
  g_clear_pointer (&self->connection, PQfinish);
}

/* Waits for the answer to what was sent: the last one, after which libpq has none. */
static Outcome
collect (FlGatePostgresLink  *self,
         PGresult           **result)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE * 1000;
  PGresult *next;

  for (;;)
    {
      while (PQisBusy (self->connection))
        {
          struct pollfd poller = { PQsocket (self->connection), POLLIN, 0 };
          gint64 left = deadline - g_get_monotonic_time ();

          if (left <= 0)
            return SILENT;
          poll (&poller, 1, (int) (left / 1000) + 1);
          if (poller.revents != 0 && !PQconsumeInput (self->connection))
            return BROKEN;
        }
      next = PQgetResult (self->connection);
      if (next == NULL)
        return *result != NULL ? DONE : BROKEN;
      PQclear (*result);
      *result = next;
    }
}

static Outcome
judge (FlGatePostgresLink *self,
       const PGresult     *result)
{
  const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
  ExecStatusType status = PQresultStatus (result);

  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
    return DONE;
  if (state == NULL || PQstatus (self->connection) != CONNECTION_OK)
    return BROKEN;
  /* PostgreSQL, appendix A. Serialisation failures, deadlocks; CockroachDB has the first wherever it wants a retry. */
  if (g_str_has_prefix (state, "40"))
    return COLLIDED;
  /* Connections that end, servers that start or stop, or have become a standby, and a pooler that swapped connections. */
  if (g_str_has_prefix (state, "08") || g_str_has_prefix (state, "57P") || strcmp (state, "25006") == 0
      || strcmp (state, "26000") == 0)
    return BROKEN;
  return REFUSED;
}

static GIOErrorEnum
error_code (const PGresult *result)
{
  static const struct
  {
    const char   *prefix;
    GIOErrorEnum  code;
  } codes[] = {
    { "25006", G_IO_ERROR_READ_ONLY },
    { "28", G_IO_ERROR_PERMISSION_DENIED },
    { "3F", G_IO_ERROR_NOT_FOUND },
    { "40", G_IO_ERROR_BUSY },
    { "42501", G_IO_ERROR_PERMISSION_DENIED },
    { "42P01", G_IO_ERROR_NOT_FOUND },
    { "53", G_IO_ERROR_NO_SPACE },
    { "57014", G_IO_ERROR_TIMED_OUT },
    { "58030", G_IO_ERROR_NO_SPACE },
    { "XX001", G_IO_ERROR_INVALID_DATA },
    { "XX002", G_IO_ERROR_INVALID_DATA },
  };
  const char *state = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;

  if (state == NULL)
    return G_IO_ERROR_CONNECTION_CLOSED;
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_str_has_prefix (state, codes[i].prefix))
      return codes[i].code;
  return G_IO_ERROR_FAILED;
}

static Outcome
await (FlGatePostgresLink  *self,
       gboolean             sent,
       PGresult           **result)
{
  Outcome outcome;

  g_clear_pointer (result, PQclear);
  outcome = sent ? collect (self, result) : BROKEN;
  return outcome == DONE ? judge (self, *result) : outcome;
}

static Outcome
try_once (FlGatePostgresLink          *self,
          const char                  *sql,
          const FlGatePostgresValues  *values,
          PGresult                   **result)
{
  const char *name = g_hash_table_lookup (self->prepared, sql);
  Outcome outcome;

  if (name == NULL)
    {
      g_autofree char *fresh = g_strdup_printf ("gate%u", g_hash_table_size (self->prepared));

      outcome = await (self, PQsendPrepare (self->connection, fresh, sql, 0, NULL), result);
      if (outcome != DONE)
        return outcome;
      name = fresh;
      g_hash_table_insert (self->prepared, g_strdup (sql), g_steal_pointer (&fresh));
    }
  return await (self, PQsendQueryPrepared (self->connection, name, values->n, values->values, values->lengths,
                                           values->formats, 1), result);
}

static gboolean
connect_server (FlGatePostgresLink  *self,
                GError             **error)
{
  g_autoptr (PGresult) result = NULL;

  if (self->connection != NULL)
    return TRUE;
  self->connection = fl_gate_postgres_server_connect (self->server, error);
  if (self->connection == NULL)
    return FALSE;
  if (await (self, PQsendQuery (self->connection, "SET statement_timeout = " STATEMENT_TIME), &result) == DONE)
    return TRUE;

  fl_gate_postgres_server_is_away (self->server, PQerrorMessage (self->connection));
  g_set_error (error, G_IO_ERROR, error_code (result), "the store's server: %s", PQerrorMessage (self->connection));
  disconnect (self);
  return FALSE;
}

/* Tells of what could not be done, in the log once and to the caller, and leaves the link as the next call needs it. */
static void
give_up (FlGatePostgresLink  *self,
         Outcome              outcome,
         const PGresult      *result,
         GError             **error)
{
  const char *said = result != NULL ? PQresultErrorMessage (result) : PQerrorMessage (self->connection);

  if (outcome == SILENT)
    {
      fl_gate_postgres_server_is_away (self->server, "no answer");
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the store's server does not answer");
    }
  else
    {
      fl_gate_postgres_server_is_ill (self->server, said);
      g_set_error (error, G_IO_ERROR, error_code (result), "the store's server: %s", said);
    }
  if (outcome == SILENT || outcome == BROKEN)
    disconnect (self);
}

/**
 * fl_gate_postgres_link_new:
 * @server: (transfer none): the server; outlives the link
 *
 * Returns: (transfer full): a link, not connected yet
 */
FlGatePostgresLink *
fl_gate_postgres_link_new (FlGatePostgresServer *server)
{
  FlGatePostgresLink *self = g_new0 (FlGatePostgresLink, 1);

  self->server = server;
  self->prepared = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * fl_gate_postgres_link_free:
 * @self: (transfer full): a link
 *
 * Ends the connection.
 */
void
fl_gate_postgres_link_free (FlGatePostgresLink *self)
{
  disconnect (self);
  g_hash_table_unref (self->prepared);
  g_free (self);
}

/**
 * fl_gate_postgres_link_run:
 * @self: a link
 * @sql: one statement
 * @values: its parameters
 * @error: return location for an error
 *
 * Has the server do a statement, and waits for its answer. It may be done twice where a connection broke in the middle.
 *
 * Returns: (transfer full) (nullable): the answer, in binary
 */
PGresult *
fl_gate_postgres_link_run (FlGatePostgresLink          *self,
                           const char                  *sql,
                           const FlGatePostgresValues  *values,
                           GError                     **error)
{
  for (int attempt = 0;; attempt++)
    {
      g_autoptr (PGresult) result = NULL;
      Outcome outcome;

      if (!connect_server (self, error))
        return NULL;
      outcome = try_once (self, sql, values, &result);
      if (outcome == DONE)
        {
          fl_gate_postgres_server_is_well (self->server);
          return g_steal_pointer (&result);
        }
      if (outcome == REFUSED || outcome == SILENT || attempt == RETRIES)
        {
          give_up (self, outcome, result, error);
          return NULL;
        }
      if (outcome == BROKEN)
        disconnect (self);
    }
}
