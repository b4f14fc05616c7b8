/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-done"

#include "config.h"

#include "fl-done.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A person who is through with a server is not to be asked again at the next login. That is noted in one small file of
 * theirs: the server, the day, and whether two-factor authentication was on; no address, and nothing that is worth
 * stealing. It is a note and not a proof: who deletes or forges it is asked once more, or not. */

#define PLACE "first-login" G_DIR_SEPARATOR_S "done"
#define GROUP "done"
#define SIZE_MAX_BYTES 4096 /* it has about 200, most of them the comment */
#define COMMENT "# This person is through. Delete this file to see First Login again at the next login.\n"

/**
 * fl_done_get_path:
 *
 * Tells where the note is kept; whether it is there or not.
 *
 * Returns: (transfer full): a path below the person's XDG state directory
 */
char *
fl_done_get_path (void)
{
  return g_build_filename (g_get_user_state_dir (), PLACE, NULL);
}

static char *
write_day (gint64 now)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (now);

  return g_date_time_format (time, "%Y-%m-%d");
}

/* Opened without waiting and without following, so that only a file that was written here is read. */
static GBytes *
read_note (const char  *path,
           GError     **error)
{
  char buffer[SIZE_MAX_BYTES + 1];
  struct stat status;
  gssize n;
  int fd = g_open (path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, 0);

  if (fd < 0)
    {
      int why = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (why), "%s",
                   why == ELOOP ? "a symbolic link" : g_strerror (why));
      return NULL;
    }

  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))
    {
      close (fd);
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "not a regular file");
      return NULL;
    }

  n = read (fd, buffer, sizeof buffer);
  if (n < 0)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s", g_strerror (errno));
  else if (n > SIZE_MAX_BYTES)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "more than %d bytes", SIZE_MAX_BYTES);
  close (fd);

  return n >= 0 && n <= SIZE_MAX_BYTES ? g_bytes_new (buffer, (gsize) n) : NULL;
}

static GKeyFile *
parse (GBytes  *bytes,
       GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  if (length == 0 || !g_utf8_validate (text, (gssize) length, NULL))
    {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE, "not a note that was written here");
      return NULL;
    }
  if (!g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, error))
    return NULL;

  return g_steal_pointer (&file);
}

/* A day that has not come yet was written by a clock that was wrong, or is read by one: days are compared as text. */
static gboolean
check_day (GKeyFile  *file,
           gint64     now,
           GError   **error)
{
  g_autofree char *today = write_day (now);
  g_autofree char *day = g_key_file_get_string (file, GROUP, "date", error);
  g_autofree char *midnight = NULL;
  g_autoptr (GDateTime) time = NULL;

  if (day == NULL)
    return FALSE;

  midnight = g_strconcat (day, "T00:00:00Z", NULL);
  time = strlen (day) == strlen (today) ? g_date_time_new_from_iso8601 (midnight, NULL) : NULL;
  if (time == NULL)
    g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, "its date is none");
  else if (strcmp (day, today) > 0)
    g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, "its date is yet to come");
  else
    return TRUE;

  return FALSE;
}

/**
 * fl_done_look:
 * @server: (nullable): the server that it is about, canonical; %NULL for whichever it was
 * @wants_second_factor: whether nobody is through without two-factor authentication
 * @now: Unix seconds
 *
 * Looks whether this person is through with @server. It waits for the disk: for a moment at which there is no window yet.
 * A note that cannot be read counts as none, and says why in the log.
 *
 * Returns: whether they are
 */
gboolean
fl_done_look (const char *server,
              gboolean    wants_second_factor,
              gint64      now)
{
  g_autofree char *path = fl_done_get_path ();
  g_autofree char *noted = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_note (path, &error);
  g_autoptr (GKeyFile) file = NULL;

  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return FALSE;

  if (bytes != NULL)
    file = parse (bytes, &error);
  if (file != NULL)
    noted = g_key_file_get_string (file, GROUP, "server", &error);
  if (noted == NULL || !check_day (file, now, &error))
    {
      g_message ("%s: %s", path, error->message);
      return FALSE;
    }

  if (server != NULL && !g_str_equal (noted, server))
    return FALSE;

  return !wants_second_factor || g_key_file_get_boolean (file, GROUP, "two-factor", NULL);
}

static void
write_in_thread (GTask        *task,
                 gpointer      source_object,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  g_autofree char *path = fl_done_get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  GError *error = NULL;

  if (g_mkdir_with_parents (folder, 0700) < 0)
    g_task_return_new_error (task, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", folder, g_strerror (errno));
  else if (!g_file_set_contents_full (path, task_data, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * fl_done_write_async:
 * @server: the server, canonical
 * @has_second_factor: whether the account has two-factor authentication now
 * @now: Unix seconds
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Notes that this person is through with @server, in the place of what was noted before. Either the whole note is there
 * afterwards, or the one before; it is written in a thread.
 */
void
fl_done_write_async (const char          *server,
                     gboolean             has_second_factor,
                     gint64               now,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *day = write_day (now);
  g_autofree char *entries = NULL;

  g_return_if_fail (server != NULL);

  g_key_file_set_string (file, GROUP, "server", server);
  g_key_file_set_string (file, GROUP, "date", day);
  g_key_file_set_boolean (file, GROUP, "two-factor", has_second_factor);
  entries = g_key_file_to_data (file, NULL, NULL);

  g_task_set_source_tag (task, fl_done_write_async);
  g_task_set_task_data (task, g_strconcat (COMMENT, entries, NULL), g_free);
  g_task_run_in_thread (task, write_in_thread);
}

/**
 * fl_done_write_finish:
 * @result: what the callback was given
 * @error: return location for a #GError
 *
 * Ends fl_done_write_async().
 *
 * Returns: whether it is noted
 */
gboolean
fl_done_write_finish (GAsyncResult  *result,
                      GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
