/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-desktop-policy-file"

#include "config.h"

#include "policy-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the policy file is looked for, and what is not taken for one. */

typedef struct {
  char *place;
  char *directories[2];       /* the administrator's, the vendor's */
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

static void
load_async (Directories   *self,
            GCancellable  *cancellable,
            GAsyncResult **result)
{
  const char * const administrators[] = { "/nonexistent", self->directories[0], NULL };
  const char * const vendors[] = { self->directories[1], NULL };

  fl_policy_load_async (administrators, vendors, cancellable, on_loaded, result);
}

static FlPolicy *
load (Directories *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FlPolicy *policy;

  load_async (self, NULL, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  policy = fl_policy_load_finish (result, &error);
  g_assert_no_error (error);

  return policy;
}

static const FlPolicyKey *
find (const char *group,
      const char *name)
{
  gsize n_keys;
  const FlPolicyKey *keys = fl_policy_get_keys (&n_keys);

  for (gsize i = 0; i < n_keys; i++)
    {
      if (g_str_equal (keys[i].group, group) && g_str_equal (keys[i].key, name))
        return &keys[i];
    }
  g_assert_not_reached ();
}

static void
test_none (Directories   *self,
           gconstpointer  data)
{
  g_autoptr (FlPolicy) none = load (self);

  assert_mistakes (none, "");
  g_assert_null (fl_policy_get_origins (none)[0]);
  g_assert_cmpstr (fl_policy_get_value (none, find ("product", "name")), ==, "Flex HRM");
  g_assert_null (fl_policy_get_value_origin (none, find ("product", "name")));
}

static void
test_first_of_a_kind (Directories   *self,
                      gconstpointer  data)
{
  const char * const both[] = { self->directories[0], self->directories[1], NULL };
  const char * const nowhere[] = { NULL };
  g_autofree char *path = get_path (self, 0);
  g_autoptr (FlPolicy) policy = NULL;

  write_file (self, 0, "[product]\nname=First\n");
  write_file (self, 1, "[product]\nurl=https://second.example.com/\n");
  policy = fl_policy_load (both, nowhere);

  g_assert_cmpstr (fl_policy_get_product (policy), ==, "First");
  g_assert_cmpstr (fl_policy_get_product_url (policy), ==, "https://web.flexhrm.com/");
  g_assert_cmpstr (fl_policy_get_origins (policy)[0], ==, path);
  g_assert_null (fl_policy_get_origins (policy)[1]);
}

static void
test_merge (Directories   *self,
            gconstpointer  data)
{
  g_autofree char *administrator = get_path (self, 0);
  g_autofree char *vendor = get_path (self, 1);
  g_autoptr (FlPolicy) policy = NULL;

  write_file (self, 0, "[product]\nname=Administrator\n[support]\ntext=Ask Kim.\n[policy]\nlocked=product.name\n");
  write_file (self, 1, "[product]\nname=Vendor\nurl=https://hr.example.com/\n[support]\ntext=Ask us.\ntext[sv]=Fråga oss.\n"
                       "hours=Always\nhours[sv]=Alltid\n[policy]\nlocked=server.url\n");
  policy = load (self);

  assert_mistakes (policy, "");
  g_assert_cmpstr (fl_policy_get_origins (policy)[0], ==, administrator);
  g_assert_cmpstr (fl_policy_get_origins (policy)[1], ==, vendor);
  g_assert_null (fl_policy_get_origins (policy)[2]);
  g_assert_cmpstr (fl_policy_get_product (policy), ==, "Administrator");
  g_assert_cmpstr (fl_policy_get_value_origin (policy, find ("product", "name")), ==, administrator);
  g_assert_cmpstr (fl_policy_get_product_url (policy), ==, "https://hr.example.com/");
  g_assert_cmpstr (fl_policy_get_value_origin (policy, find ("product", "url")), ==, vendor);
  g_assert_cmpint (fl_policy_get_password_minimum (policy), ==, 10);
  g_assert_null (fl_policy_get_value_origin (policy, find ("password", "minimum")));
  g_assert_true (fl_policy_is_locked (policy, "product", "name"));
  g_assert_false (fl_policy_is_locked (policy, "server", "url"));

  /* A translation belongs to the text that it translates. */
  fl_policy_set_language (policy, "sv");
  g_assert_cmpstr (fl_policy_get_support_text (policy), ==, "Ask Kim.");
  g_assert_cmpstr (fl_policy_get_support_hours (policy), ==, "Alltid");
}

/* As it comes with the program: nobody is to wonder what it has to do with anything. */
static void
test_silent_vendor (Directories   *self,
                    gconstpointer  data)
{
  g_autofree char *vendor = get_path (self, 1);
  g_autoptr (FlPolicy) silent = NULL;
  g_autoptr (FlPolicy) mistaken = NULL;

  write_file (self, 1, "# Nothing yet\n#[server]\n");
  silent = load (self);
  g_assert_null (fl_policy_get_origins (silent)[0]);

  write_file (self, 1, "[sever]\n");
  mistaken = load (self);
  assert_mistakes (mistaken, "1 . unknown-group ([server])");
  g_assert_cmpstr (fl_policy_get_origins (mistaken)[0], ==, vendor);
}

static void
test_vendor_locks (Directories   *self,
                   gconstpointer  data)
{
  g_autoptr (FlPolicy) locked = NULL;
  g_autoptr (FlPolicy) beaten = NULL;

  /* A lock holds against people, and not against the administrator. */
  write_file (self, 1, "[server]\nurl=https://vendor.example.com\n[policy]\nlocked=server.url\n");
  locked = load (self);
  g_assert_true (fl_policy_is_locked (locked, "server", "url"));

  write_file (self, 0, "[server]\nurl=https://id.example.com\n");
  beaten = load (self);
  g_assert_cmpstr (fl_policy_get_server (beaten), ==, "https://id.example.com");
  g_assert_true (fl_policy_is_locked (beaten, "server", "url"));
}

static void
test_broken (Directories   *self,
             gconstpointer  data)
{
  g_autofree char *path = get_path (self, 0);
  g_autoptr (FlPolicy) policy = NULL;
  g_autoptr (FlPolicy) refused = NULL;
  g_autoptr (FlPolicy) other = NULL;

  /* What was to be replaced does not come back for a mistake, a server above all; other keys are not touched. */
  write_file (self, 0, "[server]\nurl=id.example.com\n[two-factor]\nrule=required\n");
  write_file (self, 1, "[server]\nurl=https://vendor.example.com\n[product]\nname=Vendor\n"
                       "[two-factor]\nrule=optional\nuntil=2026-06-30\n");
  policy = load (self);
  assert_mistakes (policy, "2 server.url no-scheme (https://id.example.com)");
  g_assert_null (fl_policy_get_server (policy));
  g_assert_cmpstr (fl_policy_get_product (policy), ==, "Vendor");
  g_assert_cmpint (fl_policy_get_optional_until (policy), ==, 0);

  /* A file that does not hold at all leaves the other alone. */
  g_assert_cmpint (g_chmod (path, 0666), ==, 0);
  refused = load (self);
  assert_mistakes (refused, "0 . writable");
  g_assert_cmpstr (fl_policy_get_server (refused), ==, "https://vendor.example.com");
  g_assert_cmpstr (fl_policy_get_origins (refused)[0], ==, path);

  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  write_file (self, 0, "[product]\nname=Administrator\n");
  write_file (self, 1, "\xff\xfe[");
  other = load (self);
  assert_mistakes (other, "0 . utf-16");
  g_assert_cmpstr (fl_policy_get_product (other), ==, "Administrator");
}

static void
test_authority (Directories   *self,
                gconstpointer  data)
{
  g_autofree char *folder = g_build_filename (self->directories[0], "first-login", NULL);
  g_autofree char *path = g_build_filename (folder, "ca.pem", NULL);
  g_autoptr (FlPolicy) missing = NULL;
  g_autoptr (FlPolicy) junk = NULL;
  g_autoptr (FlPolicy) private = NULL;
  g_autoptr (FlPolicy) writable = NULL;

  write_file (self, 0, "[server]\nca-file=ca.pem\n");
  missing = load (self);
  assert_mistakes (missing, "2 server.ca-file ca-missing");
  g_assert_null (fl_policy_get_ca_file (missing));

  g_assert_true (g_file_set_contents (path, "junk\n", -1, NULL));
  junk = load (self);
  assert_mistakes (junk, "2 server.ca-file ca-not-pem");

  g_assert_true (g_file_set_contents (path, "-----BEGIN PRIVATE KEY-----\n", -1, NULL));
  private = load (self);
  assert_mistakes (private, "2 server.ca-file ca-private");

  g_assert_cmpint (g_chmod (path, 0666), ==, 0);
  writable = load (self);
  assert_mistakes (writable, "2 server.ca-file ca-untrusted");
  g_assert_cmpint (g_remove (path), ==, 0);
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
  assert_mistakes (large, "0 . too-large");
  write_file (self, 0, huge + 1);
  largest = load (self);
  assert_mistakes (largest, "");

  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  fifo = load (self);
  assert_mistakes (fifo, "0 . not-regular");

  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  directory = load (self);
  assert_mistakes (directory, "0 . not-regular");

  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpint (symlink (path, path), ==, 0);
  loop = load (self);
  assert_mistakes (loop, "0 . unreadable");
}

static void
test_untrusted (Directories   *self,
                gconstpointer  data)
{
  g_autofree char *path = get_path (self, 0);
  g_autofree char *target = g_strconcat (path, ".real", NULL);
  g_autoptr (FlPolicy) world = NULL;
  g_autoptr (FlPolicy) group = NULL;
  g_autoptr (FlPolicy) own = NULL;
  g_autoptr (FlPolicy) link = NULL;
  g_autoptr (FlPolicy) stranger = NULL;

  write_file (self, 0, "[server]\nurl=https://evil.example.com\n");
  g_assert_cmpint (g_chmod (path, 0646), ==, 0);
  world = load (self);
  assert_mistakes (world, "0 . writable");
  g_assert_null (fl_policy_get_server (world));
  g_assert_cmpstr (fl_policy_get_origins (world)[0], ==, path);
  g_assert_cmpint (g_chmod (path, 0664), ==, 0);
  group = load (self);
  assert_mistakes (group, "0 . writable");
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  own = load (self);
  assert_mistakes (own, "");

  /* A link is as good as what it leads to. */
  g_assert_cmpint (g_rename (path, target), ==, 0);
  g_assert_cmpint (symlink (target, path), ==, 0);
  link = load (self);
  assert_mistakes (link, "");
  g_assert_cmpstr (fl_policy_get_server (link), ==, "https://evil.example.com");

  if (chown (target, 12345, (gid_t) -1) != 0)
    {
      g_test_skip ("Only root can give a file to somebody else");
      g_remove (target);
      return;
    }
  stranger = load (self);
  assert_mistakes (stranger, "0 . foreign-owner");
  g_assert_null (fl_policy_get_server (stranger));
  g_assert_cmpint (g_remove (target), ==, 0);
}

static void
test_cancelled (Directories   *self,
                gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  load_async (self, cancellable, &result);
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

  g_test_add ("/policy/none", Directories, NULL, set_up, test_none, tear_down);
  g_test_add ("/policy/first-of-a-kind", Directories, NULL, set_up, test_first_of_a_kind, tear_down);
  g_test_add ("/policy/merge", Directories, NULL, set_up, test_merge, tear_down);
  g_test_add ("/policy/silent-vendor", Directories, NULL, set_up, test_silent_vendor, tear_down);
  g_test_add ("/policy/vendor-locks", Directories, NULL, set_up, test_vendor_locks, tear_down);
  g_test_add ("/policy/broken", Directories, NULL, set_up, test_broken, tear_down);
  g_test_add ("/policy/authority", Directories, NULL, set_up, test_authority, tear_down);
  g_test_add ("/policy/refused", Directories, NULL, set_up, test_refused, tear_down);
  g_test_add ("/policy/untrusted", Directories, NULL, set_up, test_untrusted, tear_down);
  g_test_add ("/policy/cancelled", Directories, NULL, set_up, test_cancelled, tear_down);

  return g_test_run ();
}
