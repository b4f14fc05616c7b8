/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-policy-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACE "first-login/policy.conf"
#define SIZE_MAX_BYTES (64 * 1024) /* a full policy has about 2 kB */
#define SANDBOX "/.flatpak-info"
#define UNMAPPED 65534 /* whom files of everybody else seem to belong to in a sandbox: user_namespaces(7), overflowuid */

/*
 * The policy names the server that passwords are sent to. Root may say so, and the people whose computer it is, who
 * could start another program as well; nobody else.
 */
static const char *
why_not_trusted (const struct stat *status)
{
  gboolean is_hidden = status->st_uid == UNMAPPED && g_file_test (SANDBOX, G_FILE_TEST_EXISTS);

  if (status->st_uid != 0 && status->st_uid != geteuid () && !is_hidden)
    return "it belongs to somebody else than root (chown root)";
  if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return "others than its owner can write to it (chmod go-w)";

  return NULL;
}

/*
 * Opens what may be a policy file. It is opened without waiting, so that a FIFO in its place does not stop the program.
 *
 * Returns: a descriptor; -1 with @error set, or without when there is nothing at @path
 */
static int
open_regular (const char  *path,
              GError     **error)
{
  struct stat status;
  const char *reason = NULL;
  int fd = g_open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);

  if (fd < 0)
    {
      if (errno != ENOENT && errno != ENOTDIR)
        g_set_error (error, FL_POLICY_ERROR, FL_POLICY_ERROR_UNREADABLE, "%s", g_strerror (errno));
      return -1;
    }
  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))
    g_set_error (error, FL_POLICY_ERROR, FL_POLICY_ERROR_UNREADABLE, "not a regular file");
  else if ((reason = why_not_trusted (&status)) != NULL)
    g_set_error_literal (error, FL_POLICY_ERROR, FL_POLICY_ERROR_UNTRUSTED, reason);
  else
    return fd;

  close (fd);
  return -1;
}

static GBytes *
read_all (int      fd,
          GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 buffer[4096];
  gssize n;

  while ((n = read (fd, buffer, sizeof buffer)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, FL_POLICY_ERROR, FL_POLICY_ERROR_UNREADABLE, "%s", g_strerror (errno));
          return NULL;
        }
      g_byte_array_append (bytes, buffer, (guint) n);
      if (bytes->len > SIZE_MAX_BYTES)
        {
          g_set_error (error, FL_POLICY_ERROR, FL_POLICY_ERROR_TOO_LARGE, "more than %d bytes", SIZE_MAX_BYTES);
          return NULL;
        }
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/* Returns: (nullable): the policy of the file at @path, NULL when there is none */
static FlPolicy *
read_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  int fd = open_regular (path, &error);

  if (fd >= 0)
    {
      bytes = read_all (fd, &error);
      close (fd);
    }
  if (error != NULL)
    return fl_policy_new_refused (path, g_steal_pointer (&error));
  if (bytes == NULL)
    return NULL;

  return fl_policy_new_from_data (g_bytes_get_size (bytes) > 0 ? g_bytes_get_data (bytes, NULL) : "",
                                  g_bytes_get_size (bytes), path);
}

static void
load_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  const char * const *directories = task_data;

  for (gsize i = 0; directories[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (directories[i], PLACE, NULL);
      FlPolicy *policy = read_file (path);

      if (policy != NULL)
        {
          g_task_return_pointer (task, policy, g_object_unref);
          return;
        }
    }

  g_task_return_pointer (task, fl_policy_new (), g_object_unref);
}

/**
 * fl_policy_load_async:
 * @directories: (array zero-terminated=1) (nullable): where to look, what counts most first; %NULL: the system's XDG
 *   configuration directories, in which the administrator's own come before what packages install
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Looks for `first-login/policy.conf` and reads the first that is there, even if it is broken: an older file behind it
 * would be a surprise. It reads at most 64 kB, in a thread.
 */
void
fl_policy_load_async (const char * const  *directories,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  if (directories == NULL)
    directories = g_get_system_config_dirs ();
  g_task_set_source_tag (task, fl_policy_load_async);
  g_task_set_task_data (task, g_strdupv ((char **) directories), (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, load_in_thread);
}

/**
 * fl_policy_load_finish:
 * @result: what the callback was given
 * @error: return location for %G_IO_ERROR_CANCELLED, the only error
 *
 * Gives what [func@Policy.load_async] found; the defaults where there is no file, or one that cannot be read. What is
 * wrong with a file is told by [method@Policy.get_mistake].
 *
 * Returns: (transfer full): the policy
 */
FlPolicy *
fl_policy_load_finish (GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
