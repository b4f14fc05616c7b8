/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-postgres-server.h"

#include "fl-gate-trouble.h"

#include <string.h>

/* Seconds for a connection; the least that libpq takes. */
#define CONNECT_TIME 2
#define CONNECT_TIME_TEXT "2"

/* Milliseconds until the next try after the first failure; twice as long after each that follows, up to the last. Short,
 * as every person whose mail is refused meanwhile is waiting. */
#define FIRST_REST 100
#define LONGEST_REST 2000

/**
 * FlGatePostgresServer:
 *
 * What the threads of a store know together of their server: where it is, and whether it is away. While it is, one of them
 * tries now and then, and the others say so at once, so that nobody who signs in waits for a server that does not answer.
 */
struct _FlGatePostgresServer
{
  char          *dsn;
  GMutex         mutex;
  guint          failures;  /* in a row */
  gint64         rest;      /* monotonic time of the next try */
  FlGateTrouble  trouble;
};

static const char *
find_option (const PQconninfoOption *options,
             const char             *keyword)
{
  for (; options->keyword != NULL; options++)
    if (strcmp (options->keyword, keyword) == 0)
      return options->val != NULL && *options->val != '\0' ? options->val : NULL;
  return NULL;
}

/* Whether a connection to there stays in this computer: a path is a Unix socket. */
static gboolean
stays_here (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return *host == '/' || *host == '@' || strcmp (host, "localhost") == 0;
}

static gboolean
all_stay_here (const char *hosts)
{
  g_auto (GStrv) each = g_strsplit (hosts != NULL ? hosts : "", ",", -1);

  for (char **host = each; *host != NULL; host++)
    if (**host != '\0' && !stays_here (*host))
      return FALSE;
  return TRUE;
}

static gboolean
check_options (const PQconninfoOption  *options,
               GError                 **error)
{
  const char *mode = find_option (options, "sslmode");
  gboolean is_proven = mode != NULL && g_str_has_prefix (mode, "verify-");

  if (find_option (options, "password") != NULL || find_option (options, "sslpassword") != NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "no password belongs into the address of the store: name a file with passfile=");
      return FALSE;
    }
  if (!is_proven
      && (!all_stay_here (find_option (options, "host")) || !all_stay_here (find_option (options, "hostaddr"))))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "a store on another computer needs sslmode=verify-full and sslrootcert= in its address");
      return FALSE;
    }
  return TRUE;
}

/**
 * fl_gate_postgres_server_new:
 * @dsn: where the server is, as libpq writes it: `postgresql:///kratos?user=first_login_gate`
 * @error: return location for an error
 *
 * Checks an address; nothing is connected yet. A password in it is refused, as addresses stand in files that many may read,
 * and so is a server on another computer whose certificate is not checked.
 *
 * Returns: (transfer full) (nullable): the server
 */
FlGatePostgresServer *
fl_gate_postgres_server_new (const char  *dsn,
                             GError     **error)
{
  FlGatePostgresServer *self;
  PQconninfoOption *options = PQconninfoParse (dsn, NULL);
  gboolean is_fine = FALSE;

  /* What libpq says repeats the address, and with it what may be a password. */
  if (options == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "the address of the store is not one that libpq reads");
  else
    is_fine = check_options (options, error);
  PQconninfoFree (options);
  if (!is_fine)
    return NULL;

  self = g_new0 (FlGatePostgresServer, 1);
  self->dsn = g_strdup (dsn);
  g_mutex_init (&self->mutex);
  return self;
}

/**
 * fl_gate_postgres_server_free:
 * @self: (transfer full): a server
 *
 * Forgets a server.
 */
void
fl_gate_postgres_server_free (FlGatePostgresServer *self)
{
  g_free (self->dsn);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static gboolean
is_worth_a_try (FlGatePostgresServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  gint64 now = g_get_monotonic_time ();

  if (self->failures == 0)
    return TRUE;
  if (now < self->rest)
    return FALSE;
  /* The others do not wait for the answer to this one. */
  self->rest = now + CONNECT_TIME * G_USEC_PER_SEC;
  return TRUE;
}

/**
 * fl_gate_postgres_server_connect:
 * @self: a server
 * @error: return location for an error
 *
 * Connects, or says at once that the server is away.
 *
 * Returns: (transfer full) (nullable): a connection
 */
PGconn *
fl_gate_postgres_server_connect (FlGatePostgresServer  *self,
                                 GError               **error)
{
  /* What stands before the address is overridden by it. A server that may only be read is passed over for the next. */
  static const char * const keywords[] = {
    "connect_timeout", "tcp_user_timeout", "target_session_attrs", "fallback_application_name", "client_encoding", "dbname",
    NULL,
  };
  const char * const values[] = { CONNECT_TIME_TEXT, "5000", "read-write", "first-login-gate", "UTF8", self->dsn, NULL };
  PGconn *connection;

  if (!is_worth_a_try (self))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "the store's server is away");
      return NULL;
    }
  connection = PQconnectdbParams (keywords, values, 1);
  if (PQstatus (connection) == CONNECTION_OK)
    return connection;

  fl_gate_postgres_server_is_away (self, PQerrorMessage (connection));
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "the store's server is away: %s", PQerrorMessage (connection));
  PQfinish (connection);
  return NULL;
}

static void
tell (FlGatePostgresServer *self,
      const char           *why)
{
  g_autofree char *line = g_strdup_printf ("the store's server: %.*s", (int) strcspn (why, "\n"), why);

  fl_gate_trouble_begin (&self->trouble, line);
}

/**
 * fl_gate_postgres_server_is_away:
 * @self: a server
 * @why: what libpq says
 *
 * Notes that it does not answer: for a while nobody asks it.
 */
void
fl_gate_postgres_server_is_away (FlGatePostgresServer *self,
                                 const char           *why)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  guint rest = MIN (FIRST_REST << MIN (self->failures, 8), LONGEST_REST);

  self->failures++;
  self->rest = g_get_monotonic_time () + (gint64) rest * 1000;
  tell (self, why);
}

/**
 * fl_gate_postgres_server_is_ill:
 * @self: a server
 * @why: what it says
 *
 * Notes that it answers, but does not do what it is asked for.
 */
void
fl_gate_postgres_server_is_ill (FlGatePostgresServer *self,
                                const char           *why)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->failures = 0;
  tell (self, why);
}

/**
 * fl_gate_postgres_server_is_well:
 * @self: a server
 *
 * Notes that it does what it is asked for.
 */
void
fl_gate_postgres_server_is_well (FlGatePostgresServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->failures = 0;
  fl_gate_trouble_end (&self->trouble);
}
