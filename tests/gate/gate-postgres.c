/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gate-postgres"

#include "config.h"

#include "gate-postgres.h"

#include <glib/gstdio.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#define OWNER "postgres"

/**
 * GatePostgres:
 *
 * A PostgreSQL server of a test's own: a cluster in a new folder, on a Unix socket in it, with the table of the gates and
 * their role, which has no more rights than in production. PostgreSQL refuses to be root, so root starts it as the user that
 * Debian's package makes.
 */
struct _GatePostgres
{
  char        *folder;
  char        *data;
  char        *dsn;
  GSubprocess *process;
};

/* Debian keeps the server's programs off the PATH, in a folder for each version. */
static char *
find_program (const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("/usr/lib/postgresql/*/bin/%s", name);
  char *found = NULL;
  glob_t matches;

  if (glob (pattern, 0, NULL, &matches) == 0)
    found = g_strdup (matches.gl_pathv[matches.gl_pathc - 1]);
  globfree (&matches);
  return found != NULL ? found : g_find_program_in_path (name);
}

/**
 * gate_postgres_missing:
 *
 * Returns: (nullable): why there can be no server here; %NULL when there can
 */
const char *
gate_postgres_missing (void)
{
  static const char * const names[] = { "initdb", "postgres", "psql" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = find_program (names[i]);

      if (path == NULL)
        return "no PostgreSQL server is installed here";
    }
  if (getuid () == 0 && getpwnam (OWNER) == NULL)
    return "PostgreSQL refuses to be root, and there is no user postgres";
  return NULL;
}

static void
become_owner (gpointer data)
{
  const struct passwd *owner = data;

  if (owner != NULL
      && (initgroups (owner->pw_name, owner->pw_gid) != 0 || setgid (owner->pw_gid) != 0 || setuid (owner->pw_uid) != 0))
    _exit (126);
  /* A test that is aborted leaves no server behind. */
  prctl (PR_SET_PDEATHSIG, SIGQUIT);
}

static const struct passwd *
owner (void)
{
  return getuid () == 0 ? getpwnam (OWNER) : NULL;
}

static GSubprocess *
spawn (const char *name,
       va_list     rest)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;
  const char *word;

  g_ptr_array_add (words, find_program (name));
  while ((word = va_arg (rest, const char *)) != NULL)
    g_ptr_array_add (words, g_strdup (word));
  g_ptr_array_add (words, NULL);

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_cwd (launcher, "/");
  g_subprocess_launcher_set_child_setup (launcher, become_owner, (gpointer) owner (), NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char * const *) words->pdata, &error);
  g_assert_no_error (error);
  return process;
}

static GSubprocess *
start (const char *name,
       ...)
{
  GSubprocess *process;
  va_list rest;

  va_start (rest, name);
  process = spawn (name, rest);
  va_end (rest);
  return process;
}

static void
run (const char *name,
     ...)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  va_list rest;

  va_start (rest, name);
  process = spawn (name, rest);
  va_end (rest);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

/**
 * gate_postgres_new:
 * @store_sql: deploy/gate/store.sql
 *
 * Returns: (transfer full): a server that runs
 */
GatePostgres *
gate_postgres_new (const char *store_sql)
{
  GatePostgres *self = g_new0 (GatePostgres, 1);
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  /* Under /tmp: a socket's path has 107 bytes. */
  self->folder = g_strdup ("/tmp/fl-gate-XXXXXX");
  g_assert_nonnull (g_mkdtemp_full (self->folder, 0755));
  if (owner () != NULL)
    g_assert_cmpint (chown (self->folder, owner ()->pw_uid, owner ()->pw_gid), ==, 0);
  self->data = g_build_filename (self->folder, "data", NULL);
  self->dsn = g_strdup_printf ("host=%s dbname=postgres user=first_login_gate", self->folder);

  /* Small files of the log, so that a limit on the size of files leaves room for them. */
  run ("initdb", "--pgdata", self->data, "--username", OWNER, "--auth", "trust", "--encoding", "UTF8", "--no-locale",
       "--no-sync", "--wal-segsize", "1", NULL);
  gate_postgres_start (self);

  /* The checkout may be where that user cannot read. */
  path = g_build_filename (self->folder, "store.sql", NULL);
  g_file_get_contents (store_sql, &text, NULL, &error);
  g_assert_no_error (error);
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 2; i++)
    run ("psql", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--host", self->folder, "--username", OWNER, "--file", path,
         NULL);
  return self;
}

/**
 * gate_postgres_free:
 * @self: (transfer full): a server
 *
 * Ends the server and removes what it had.
 */
void
gate_postgres_free (GatePostgres *self)
{
  g_autoptr (GSubprocess) remover = NULL;

  if (self->process != NULL)
    gate_postgres_stop (self, SIGQUIT);
  remover = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-rf", "--", self->folder, NULL);
  g_subprocess_wait (remover, NULL, NULL);
  g_free (self->folder);
  g_free (self->data);
  g_free (self->dsn);
  g_free (self);
}

/**
 * gate_postgres_get_dsn:
 * @self: a server
 *
 * Returns: (transfer none): where gates find it
 */
const char *
gate_postgres_get_dsn (GatePostgres *self)
{
  return self->dsn;
}

/**
 * gate_postgres_start:
 * @self: a server
 *
 * Starts it and waits until it answers.
 */
void
gate_postgres_start (GatePostgres *self)
{
  g_autofree char *dsn = g_strdup_printf ("host=%s dbname=postgres user=" OWNER, self->folder);

  self->process = start ("postgres", "-D", self->data, "-c", "listen_addresses=", "-k", self->folder, "-c", "fsync=off",
                         NULL);
  while (PQping (dsn) != PQPING_OK)
    g_usleep (10000);
}

/**
 * gate_postgres_stop:
 * @self: a server
 * @how: `SIGINT`, or `SIGQUIT`, which is a crash
 *
 * Ends it, with every connection.
 */
void
gate_postgres_stop (GatePostgres *self,
                    int           how)
{
  g_subprocess_send_signal (self->process, how);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

/**
 * gate_postgres_connect:
 * @self: a server
 *
 * Returns: (transfer full): a connection of the administrator
 */
PGconn *
gate_postgres_connect (GatePostgres *self)
{
  g_autofree char *dsn = g_strdup_printf ("host=%s dbname=postgres user=" OWNER, self->folder);
  PGconn *connection = PQconnectdb (dsn);

  if (PQstatus (connection) != CONNECTION_OK)
    g_error ("%s", PQerrorMessage (connection));
  return connection;
}

/**
 * gate_postgres_ask:
 * @connection: a connection
 * @sql: statements
 *
 * Returns: the first number of the answer, or 0
 */
gint64
gate_postgres_ask (PGconn     *connection,
                   const char *sql)
{
  PGresult *result = PQexec (connection, sql);
  gint64 number = 0;

  if (PQresultStatus (result) != PGRES_COMMAND_OK && PQresultStatus (result) != PGRES_TUPLES_OK)
    g_error ("%s: %s", sql, PQerrorMessage (connection));
  if (PQntuples (result) > 0 && !PQgetisnull (result, 0, 0))
    number = g_ascii_strtoll (PQgetvalue (result, 0, 0), NULL, 10);
  PQclear (result);
  return number;
}

/**
 * gate_postgres_limit_files:
 * @pid: a process of the server
 * @most: bytes that none of its files may grow beyond, or `unlimited`
 *
 * Fills the disk, as far as that process sees. Only its owner may do that.
 */
void
gate_postgres_limit_files (const char *pid,
                           const char *most)
{
  g_autofree char *limit = g_strdup_printf ("--fsize=%s:", most);

  run ("prlimit", "--pid", pid, limit, NULL);
}
