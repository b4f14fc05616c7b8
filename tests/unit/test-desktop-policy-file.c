/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-desktop-policy-file"

#include "config.h"

#include "fl-policy.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the policy file is looked for, and what is not taken for one. */

static void
assert_mistake (FlPolicy      *policy,
                FlPolicyError  code,
                const char    *message)
{
  const GError *mistake = fl_policy_get_mistake (policy);

  g_assert_nonnull (mistake);
  g_assert_cmpstr (mistake->message, ==, message);
  g_assert_true (g_error_matches (mistake, FL_POLICY_ERROR, (int) code));
}

typedef struct {
  char *place;
  char *directories[3];
} Directories;

static void
set_up (Directories   *self,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  self->place = g_dir_make_tmp ("first-login-policy-XXXXXX", &error);
  g_assert_no_error (error);
  self->directories[0] = g_build_filename (self->place, "etc", NULL);
  self->directories[1] = g_build_filename (self->place, "usr", NULL);
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *inner = g_build_filename (self->directories[i], "first-login", NULL);

      g_assert_cmpint (g_mkdir_with_parents (inner, 0700), ==, 0);
    }
}

static char *
get_path (Directories *self,
          int          i)
{
  return g_build_filename (self->directories[i], "first-login", "policy.conf", NULL);
}

static void
tear_down (Directories   *self,
           gconstpointer  data)
{
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *path = get_path (self, i);
      g_autofree char *inner = g_path_get_dirname (path);

      g_remove (path);
      g_rmdir (inner);
      g_rmdir (self->directories[i]);
      g_free (self->directories[i]);
    }
  g_rmdir (self->place);
  g_free (self->place);
}

static void
write_file (Directories *self,
            int          i,
            const char  *text)
{
  g_autofree char *path = get_path (self, i);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
on_loaded (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static FlPolicy *
load (Directories *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FlPolicy *policy;

  fl_policy_load_async ((const char * const *) self->directories, NULL, on_loaded, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  policy = fl_policy_load_finish (result, &error);
  g_assert_no_error (error);

  return policy;
}

static void
test_order (Directories   *self,
            gconstpointer  data)
{
  g_autoptr (FlPolicy) none = load (self);
  g_autoptr (FlPolicy) second = NULL;
  g_autoptr (FlPolicy) first = NULL;
  g_autoptr (FlPolicy) broken = NULL;
  g_autofree char *path = get_path (self, 0);

  g_assert_no_error (fl_policy_get_mistake (none));
  g_assert_null (fl_policy_get_origin (none));

  write_file (self, 1, "[product]\nname=Package\n");
  second = load (self);
  g_assert_cmpstr (fl_policy_get_product (second), ==, "Package");

  write_file (self, 0, "[product]\nname=Administrator\n");
  first = load (self);
  g_assert_cmpstr (fl_policy_get_product (first), ==, "Administrator");
  g_assert_cmpstr (fl_policy_get_origin (first), ==, path);

  /* A broken file is told, and does not bring back what it was meant to replace. */
  write_file (self, 0, "broken");
  broken = load (self);
  g_assert_nonnull (fl_policy_get_mistake (broken));
  g_assert_cmpstr (fl_policy_get_origin (broken), ==, path);
  g_assert_cmpstr (fl_policy_get_product (broken), ==, "Flex HRM");
}

static void
test_refused (Directories   *self,
              gconstpointer  data)
{
  g_autofree char *path = get_path (self, 0);
  g_autofree char *huge = g_strnfill (64 * 1024 + 1, '#');
  g_autoptr (FlPolicy) large = NULL;
  g_autoptr (FlPolicy) largest = NULL;
  g_autoptr (FlPolicy) fifo = NULL;
  g_autoptr (FlPolicy) directory = NULL;
  g_autoptr (FlPolicy) loop = NULL;

  write_file (self, 0, huge);
  large = load (self);
  assert_mistake (large, FL_POLICY_ERROR_TOO_LARGE, "more than 65536 bytes");
  write_file (self, 0, huge + 1);
  largest = load (self);
  g_assert_no_error (fl_policy_get_mistake (largest));

  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  fifo = load (self);
  assert_mistake (fifo, FL_POLICY_ERROR_UNREADABLE, "not a regular file");

  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  directory = load (self);
  assert_mistake (directory, FL_POLICY_ERROR_UNREADABLE, "not a regular file");

  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpint (symlink (path, path), ==, 0);
  loop = load (self);
  g_assert_true (g_error_matches (fl_policy_get_mistake (loop), FL_POLICY_ERROR, FL_POLICY_ERROR_UNREADABLE));
}

static void
test_untrusted (Directories   *self,
                gconstpointer  data)
{
  g_autofree char *path = get_path (self, 0);
  g_autofree char *target = get_path (self, 1);
  g_autoptr (FlPolicy) world = NULL;
  g_autoptr (FlPolicy) group = NULL;
  g_autoptr (FlPolicy) own = NULL;
  g_autoptr (FlPolicy) link = NULL;
  g_autoptr (FlPolicy) stranger = NULL;

  write_file (self, 0, "[server]\nurl=https://evil.example.com\n");
  g_assert_cmpint (g_chmod (path, 0646), ==, 0);
  world = load (self);
  assert_mistake (world, FL_POLICY_ERROR_UNTRUSTED, "others than its owner can write to it (chmod go-w)");
  g_assert_null (fl_policy_get_server (world));
  g_assert_cmpstr (fl_policy_get_origin (world), ==, path);
  g_assert_cmpint (g_chmod (path, 0664), ==, 0);
  group = load (self);
  assert_mistake (group, FL_POLICY_ERROR_UNTRUSTED, "others than its owner can write to it (chmod go-w)");
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  own = load (self);
  g_assert_no_error (fl_policy_get_mistake (own));

  /* A link is as good as what it leads to. */
  g_assert_cmpint (g_rename (path, target), ==, 0);
  g_assert_cmpint (symlink (target, path), ==, 0);
  link = load (self);
  g_assert_no_error (fl_policy_get_mistake (link));
  g_assert_cmpstr (fl_policy_get_server (link), ==, "https://evil.example.com");

  if (chown (target, 12345, (gid_t) -1) != 0)
    {
      g_test_skip ("Only root can give a file to somebody else");
      return;
    }
  stranger = load (self);
  assert_mistake (stranger, FL_POLICY_ERROR_UNTRUSTED, "it belongs to somebody else than root (chown root)");
  g_assert_null (fl_policy_get_server (stranger));
}

static void
test_cancelled (Directories   *self,
                gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  fl_policy_load_async ((const char * const *) self->directories, cancellable, on_loaded, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (fl_policy_load_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
       char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  umask (022);

  g_test_add ("/policy/order", Directories, NULL, set_up, test_order, tear_down);
  g_test_add ("/policy/refused", Directories, NULL, set_up, test_refused, tear_down);
  g_test_add ("/policy/untrusted", Directories, NULL, set_up, test_untrusted, tear_down);
  g_test_add ("/policy/cancelled", Directories, NULL, set_up, test_cancelled, tear_down);

  return g_test_run ();
}
