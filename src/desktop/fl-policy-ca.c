/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-clock.h"
#include "fl-policy-file.h"

#include <gio/gio.h>

/* The file with certificates that a policy file may name, looked at before it is needed: the server would be unknown
 * without it, in the middle of somebody's first day. */

#define SIZE_MAX_BYTES (1024 * 1024) /* all authorities of a system together have about 250 kB */

/**
 * fl_policy_file_resolve:
 * @self: a file
 * @path: a path out of it
 *
 * Returns: (transfer full): the absolute path that is meant: a relative one begins at the folder of the policy file, or
 *   at the working directory where there is none
 */
char *
fl_policy_file_resolve (FlPolicyFile *self,
                        const char   *path)
{
  g_autofree char *whole = self->origin != NULL ? g_canonicalize_filename (self->origin, NULL) : NULL;
  g_autofree char *folder = whole != NULL ? g_path_get_dirname (whole) : NULL;

  return g_canonicalize_filename (path, folder);
}

static void
check_dates (const FlPolicyPlace *place,
             GList               *certificates)
{
  for (GList *link = certificates; link != NULL; link = link->next)
    {
      g_autoptr (GDateTime) end = g_tls_certificate_get_not_valid_after (link->data);
      g_autofree char *day = end != NULL ? g_date_time_format (end, "%Y-%m-%d") : NULL;

      if (end != NULL && g_date_time_to_unix (end) < fl_clock_now ())
        {
          fl_policy_tell (place, FL_POLICY_CA_EXPIRED, day, NULL);
          return;
        }
    }
}

/* Returns: what is wrong with the file at @path before it is taken for certificates; %FL_POLICY_N_FAULTS for nothing */
static FlPolicyFault
find_fault (const char  *path,
            char       **found)
{
  static const char private_key[] = "PRIVATE KEY-----";
  FlPolicyFault fault = FL_POLICY_N_FAULTS;
  g_autofree char *reason = NULL;
  g_autoptr (GBytes) bytes = fl_policy_read_bytes (path, SIZE_MAX_BYTES, &fault, &reason);

  *found = g_strdup (reason != NULL ? reason : path);
  switch ((int) fault)
    {
    case FL_POLICY_FOREIGN_OWNER:
    case FL_POLICY_WRITABLE:
      return FL_POLICY_CA_UNTRUSTED;
    case FL_POLICY_UNREADABLE:
      return FL_POLICY_CA_UNREADABLE;
    case FL_POLICY_N_FAULTS:
      break;
    default:
      return FL_POLICY_CA_NOT_PEM;
    }

  if (bytes == NULL)
    return FL_POLICY_CA_MISSING;
  if (g_strstr_len (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), private_key) != NULL)
    return FL_POLICY_CA_PRIVATE;

  return FL_POLICY_N_FAULTS;
}

/* Returns: whether the server may be known by what is in the file at @path */
static gboolean
check_file (const FlPolicyPlace *place,
            const char          *path)
{
  g_autofree char *found = NULL;
  FlPolicyFault fault = find_fault (path, &found);
  GList *certificates = fault == FL_POLICY_N_FAULTS ? g_tls_certificate_list_new_from_file (path, NULL) : NULL;

  if (certificates == NULL)
    {
      fl_policy_tell (place, fault != FL_POLICY_N_FAULTS ? fault : FL_POLICY_CA_NOT_PEM, found, NULL);
      return FALSE;
    }

  check_dates (place, certificates);
  g_list_free_full (certificates, g_object_unref);
  return TRUE;
}

/**
 * fl_policy_file_check_ca:
 * @self: a file, read
 *
 * Looks at the certificates that the file names, and tells what is wrong with them. It reads files.
 */
void
fl_policy_file_check_ca (FlPolicyFile *self)
{
  const FlPolicyKey *key = &fl_policy_keys[KEY_SERVER_CA_FILE];
  const FlPolicyPlace place = { self, self->lines[KEY_SERVER_CA_FILE], key->group, key->key };
  g_autofree char *value = g_key_file_get_string (self->file, key->group, key->key, NULL);
  g_autofree char *path = value != NULL ? fl_policy_file_resolve (self, value) : NULL;

  if (path != NULL && !check_file (&place, path))
    g_key_file_remove_key (self->file, key->group, key->key, NULL);
}
