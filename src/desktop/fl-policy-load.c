/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-policy-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Finding policy files, and reading them. */

#define PLACE "first-login/policy.conf"
#define SIZE_MAX_BYTES (64 * 1024) /* a full policy has about 2 kB */
#define SANDBOX "/.flatpak-info"
#define UNMAPPED 65534 /* whom files of everybody else seem to belong to in a sandbox: user_namespaces(7), overflowuid */

/*
 * The policy names the server that passwords are sent to. Root may say so, and the people whose computer it is, who
 * could start another program as well; nobody else.
 *
 * Returns: why it is not to be trusted; %FL_POLICY_N_FAULTS if it is
 */
static FlPolicyFault
find_distrust (const struct stat *status)
{
  gboolean is_hidden = status->st_uid == UNMAPPED && g_file_test (SANDBOX, G_FILE_TEST_EXISTS);

  if (status->st_uid != 0 && status->st_uid != geteuid () && !is_hidden)
    return FL_POLICY_FOREIGN_OWNER;
  if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return FL_POLICY_WRITABLE;

  return FL_POLICY_N_FAULTS;
}

/*
 * Opens what may be a file. It is opened without waiting, so that a FIFO in its place does not stop the program.
 *
 * Returns: a descriptor; -1 with @fault set, or without when there is nothing at @path. @fault may be set with a
 *   descriptor, if the file can be read and is not to be trusted.
 */
static int
open_regular (const char     *path,
              FlPolicyFault  *fault,
              char          **found)
{
  struct stat status;
  int fd = g_open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);

  if (fd < 0)
    {
      if (errno != ENOENT && errno != ENOTDIR)
        {
          *fault = FL_POLICY_UNREADABLE;
          *found = g_strdup (g_strerror (errno));
        }
      return -1;
    }
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
    {
      *fault = find_distrust (&status);
      return fd;
    }

  *fault = FL_POLICY_NOT_REGULAR;
  close (fd);
  return -1;
}

static GBytes *
read_all (int             fd,
          gsize           most,
          FlPolicyFault  *fault,
          char          **found)
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
          *fault = FL_POLICY_UNREADABLE;
          *found = g_strdup (g_strerror (errno));
          return NULL;
        }
      g_byte_array_append (bytes, buffer, (guint) n);
      if (bytes->len > most)
        {
          *fault = FL_POLICY_TOO_LARGE;
          return NULL;
        }
    }

  /* What follows wants no NULL for nothing. */
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  g_byte_array_set_size (bytes, bytes->len - 1);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/**
 * fl_policy_read_bytes:
 * @path: a file
 * @most: bytes that are read at most
 * @fault: (inout): why it does not hold; untouched if it does, or if there is nothing at @path
 * @found: (out) (nullable): more about @fault
 *
 * Reads a file that root, or the person, has put there.
 *
 * Returns: (transfer full) (nullable): what stands in it, also if @fault says that it is not to be trusted; %NULL if it
 *   cannot be read, or is not there
 */
GBytes *
fl_policy_read_bytes (const char     *path,
                      gsize           most,
                      FlPolicyFault  *fault,
                      char          **found)
{
  int fd = open_regular (path, fault, found);
  FlPolicyFault unreadable = FL_POLICY_N_FAULTS;
  GBytes *bytes;

  if (fd < 0)
    return NULL;

  bytes = read_all (fd, most, &unreadable, found);
  if (bytes == NULL)
    *fault = unreadable;
  close (fd);

  return bytes;
}

/* Returns: (nullable): the file at @path, %NULL when there is none. One that is not to be trusted is read for its
 * mistakes only if @is_draft. */
static FlPolicyFile *
read_file (const char *path,
           gboolean    is_draft)
{
  FlPolicyFault fault = FL_POLICY_N_FAULTS;
  g_autofree char *found = NULL;
  g_autoptr (GBytes) bytes = fl_policy_read_bytes (path, SIZE_MAX_BYTES, &fault, &found);
  FlPolicyFile *file;

  if (bytes == NULL && fault == FL_POLICY_N_FAULTS)
    return NULL;

  file = fl_policy_file_new (path);
  if (fault != FL_POLICY_N_FAULTS)
    fl_policy_file_refuse (file, fault, 0, found);
  if (bytes != NULL && is_draft)
    file->is_refused = FALSE;
  if (!file->is_refused)
    {
      fl_policy_file_read (file, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      fl_policy_file_check_ca (file);
    }

  return file;
}

/* Returns: (nullable): the first policy file that is there, even if it is broken: an older one behind it would be a
 * surprise */
static FlPolicyFile *
read_first (const char * const *directories)
{
  FlPolicyFile *file = NULL;

  for (gsize i = 0; file == NULL && directories[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (directories[i], PLACE, NULL);

      file = read_file (path, FALSE);
    }
  if (file != NULL)
    g_info ("Policy: %s%s", file->origin, file->is_refused ? " does not hold" : "");

  return file;
}

/* The vendor's file is there with every installation, mostly with comments alone. */
static gboolean
says_anything (FlPolicyFile *file)
{
  for (gsize i = 0; i < N_KEYS; i++)
    {
      if (file->lines[i] > 0)
        return TRUE;
    }

  return file->mistakes->len > 0;
}

/* Returns: (transfer full): the system's data directories, and that of this program, wherever it is installed */
static char **
dup_data_dirs (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_addv (builder, (const char **) g_get_system_data_dirs ());
  g_strv_builder_add (builder, DATADIR);
  return g_strv_builder_end (builder);
}

/**
 * fl_policy_load:
 * @administrators: (array zero-terminated=1) (nullable): where the administrator's file may be, what counts most first;
 *   %NULL: the system's XDG configuration directories
 * @vendors: (array zero-terminated=1) (nullable): where the vendor's file may be; %NULL: the system's XDG data
 *   directories, and the one that this program is installed in
 *
 * Reads the policy of this computer: of each of the two kinds the first `first-login/policy.conf` that is there, at most
 * 64 kB. A vendor's file that says nothing counts as none. What is wrong with them is told by [method@Policy.get_mistakes]. It waits for the disk.
 *
 * Returns: (transfer full): the policy; the defaults where there is no file
 */
FlPolicy *
fl_policy_load (const char * const *administrators,
                const char * const *vendors)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_policy_file_free);
  g_auto (GStrv) data_dirs = vendors == NULL ? dup_data_dirs () : NULL;
  g_autoptr (FlPolicyFile) administrator = NULL;
  g_autoptr (FlPolicyFile) vendor = NULL;

  administrator = read_first (administrators != NULL ? administrators : g_get_system_config_dirs ());
  if (administrator != NULL)
    g_ptr_array_add (files, g_steal_pointer (&administrator));
  vendor = read_first (vendors != NULL ? vendors : (const char * const *) data_dirs);
  if (vendor != NULL && says_anything (vendor))
    g_ptr_array_add (files, g_steal_pointer (&vendor));

  return fl_policy_new_from_files (files);
}

/* Returns: (transfer full): the policy of @file alone */
static FlPolicy *
new_from_one (FlPolicyFile *file)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_policy_file_free);

  g_ptr_array_add (files, file);
  return fl_policy_new_from_files (files);
}

/**
 * fl_policy_new_from_file:
 * @path: a file
 *
 * Reads one file for its mistakes, as it is before it is put in its place: also if others could have written it, which
 * is told. It waits for the disk.
 *
 * Returns: (transfer full): the policy
 */
FlPolicy *
fl_policy_new_from_file (const char *path)
{
  FlPolicyFile *file;

  g_return_val_if_fail (path != NULL, NULL);

  file = read_file (path, TRUE);
  if (file == NULL)
    {
      file = fl_policy_file_new (path);
      fl_policy_file_refuse (file, FL_POLICY_UNREADABLE, 0, g_strerror (ENOENT));
    }

  return new_from_one (file);
}

/**
 * fl_policy_new_from_descriptor:
 * @fd: what to read from, to its end
 *
 * Reads one file for its mistakes, without knowing where it is from: its path is `-`, and other files that it names are not
 * looked at. It waits for whoever writes it.
 *
 * Returns: (transfer full): the policy
 */
FlPolicy *
fl_policy_new_from_descriptor (int fd)
{
  FlPolicyFile *file = fl_policy_file_new ("-");
  FlPolicyFault fault = FL_POLICY_N_FAULTS;
  g_autofree char *found = NULL;
  g_autoptr (GBytes) bytes = read_all (fd, SIZE_MAX_BYTES, &fault, &found);

  if (bytes != NULL)
    fl_policy_file_read (file, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  else
    fl_policy_file_refuse (file, fault, 0, found);

  return new_from_one (file);
}

typedef struct {
  char **administrators;
  char **vendors;
} Directories;

static void
directories_free (Directories *self)
{
  g_strfreev (self->administrators);
  g_strfreev (self->vendors);
  g_free (self);
}

static void
load_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Directories *directories = task_data;

  g_task_return_pointer (task,
                         fl_policy_load ((const char * const *) directories->administrators,
                                         (const char * const *) directories->vendors),
                         g_object_unref);
}

/**
 * fl_policy_load_async:
 * @administrators: (array zero-terminated=1) (nullable): as for [func@Policy.load]
 * @vendors: (array zero-terminated=1) (nullable): as for [func@Policy.load]
 * @cancellable: (nullable): to give up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Reads the policy of this computer in a thread.
 */
void
fl_policy_load_async (const char * const  *administrators,
                      const char * const  *vendors,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Directories *directories = g_new0 (Directories, 1);

  directories->administrators = g_strdupv ((char **) administrators);
  directories->vendors = g_strdupv ((char **) vendors);
  g_task_set_source_tag (task, fl_policy_load_async);
  g_task_set_task_data (task, directories, (GDestroyNotify) directories_free);
  g_task_run_in_thread (task, load_in_thread);
}

/**
 * fl_policy_load_finish:
 * @result: what the callback was given
 * @error: return location for %G_IO_ERROR_CANCELLED, the only error
 *
 * Gives what [func@Policy.load_async] found.
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
