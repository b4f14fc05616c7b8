/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-desktop-done"

#include "config.h"

#include "fl-done.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* The note that a person is through: what is in it, and what else may lie in its place. */

#define SERVER "https://login.example.com"
#define OTHER "https://login.example.org"
#define NOON G_GINT64_CONSTANT (1795435200) /* 2026-11-23 12:00 UTC */
#define DAY (24 * 60 * 60)

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static gboolean
note (const char  *server,
      gboolean     has_second_factor,
      GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fl_done_write_async (server, has_second_factor, NOON, on_written, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return fl_done_write_finish (result, error);
}

static void
assert_noted (const char *server,
              gboolean    has_second_factor)
{
  g_autoptr (GError) error = NULL;
  gboolean noted = note (server, has_second_factor, &error);

  g_assert_no_error (error);
  g_assert_true (noted);
}

/* Puts that text where the note would be. */
static void
put (const char *text,
     gssize      length)
{
  g_autofree char *path = fl_done_get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, text, length, &error);
  g_assert_no_error (error);
}

static void
assert_refused (const char *why)
{
  g_autofree char *path = fl_done_get_path ();
  g_autofree char *pattern = g_strconcat (path, ": ", why, NULL);

  g_test_expect_message ("fl-done", G_LOG_LEVEL_MESSAGE, pattern);
  g_assert_false (fl_done_look (NULL, FALSE, NOON));
  g_test_assert_expected_messages ();
}

static void
test_nothing (void)
{
  g_assert_false (fl_done_look (NULL, FALSE, NOON));
  g_assert_false (fl_done_look (SERVER, FALSE, NOON));
}

static void
test_through (void)
{
  assert_noted (SERVER, TRUE);
  g_assert_true (fl_done_look (SERVER, TRUE, NOON));
  g_assert_true (fl_done_look (SERVER, TRUE, NOON + 400 * DAY));
  g_assert_true (fl_done_look (NULL, TRUE, NOON));
  g_assert_false (fl_done_look (OTHER, FALSE, NOON));
  g_assert_false (fl_done_look (SERVER "/", FALSE, NOON));

  assert_noted (OTHER, TRUE);
  g_assert_true (fl_done_look (OTHER, TRUE, NOON));
  g_assert_false (fl_done_look (SERVER, TRUE, NOON));
}

static void
test_second_factor (void)
{
  assert_noted (SERVER, FALSE);
  g_assert_true (fl_done_look (SERVER, FALSE, NOON));
  g_assert_false (fl_done_look (SERVER, TRUE, NOON));
}

/* Server, day and that word; nothing of the person. Nobody else may read it. */
static void
test_contents (void)
{
  g_autofree char *path = fl_done_get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  struct stat status;
  g_auto (GStrv) lines = NULL;

  assert_noted (SERVER, TRUE);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 6);
  g_assert_cmpint (lines[0][0], ==, '#');
  g_assert_cmpstr (lines[1], ==, "[done]");
  g_assert_cmpstr (lines[2], ==, "server=" SERVER);
  g_assert_cmpstr (lines[3], ==, "date=2026-11-23");
  g_assert_cmpstr (lines[4], ==, "two-factor=true");
  g_assert_cmpstr (lines[5], ==, "");

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode, ==, S_IFREG | 0600);
  g_assert_cmpint (g_stat (folder, &status), ==, 0);
  g_assert_cmpint (status.st_mode, ==, S_IFDIR | 0700);
}

static void
test_garbage (void)
{
  static const struct {
    const char *text;
    const char *why;
  } notes[] = {
    { "", "not a note*" },
    { "\xff\xfe\x5b", "not a note*" },
    { "<html>", "*" },
    { "[done", "*" },
    { "[else]\nserver=" SERVER "\n", "*done*" },
    { "[done]\n", "*server*" },
    { "[done]\nserver=" SERVER "\n", "*date*" },
    { "[done]\nserver=" SERVER "\ndate=\n", "its date is none" },
    { "[done]\nserver=" SERVER "\ndate=yesterday\n", "its date is none" },
    { "[done]\nserver=" SERVER "\ndate=2026-02-30\n", "its date is none" },
    { "[done]\nserver=" SERVER "\ndate=2026-11-24\n", "its date is yet to come" },
    { "[done]\nserver=" SERVER "\ndate=9999-12-31\n", "its date is yet to come" },
  };
  g_autofree char *long_one = g_strnfill (5000, '#');

  for (gsize i = 0; i < G_N_ELEMENTS (notes); i++)
    {
      put (notes[i].text, -1);
      assert_refused (notes[i].why);
    }
  put ("[done]\0\nserver=x", 16);
  assert_refused ("not a note*");
  put (long_one, 5000);
  assert_refused ("more than 4096 bytes");

  put ("[done]\nserver=" SERVER "\ndate=2026-11-23\n", -1);
  g_assert_true (fl_done_look (SERVER, FALSE, NOON));
  g_assert_false (fl_done_look (SERVER, TRUE, NOON));

  assert_noted (SERVER, TRUE);
  g_assert_true (fl_done_look (SERVER, TRUE, NOON));
}

static void
test_symbolic_link (void)
{
  g_autofree char *path = fl_done_get_path ();
  g_autofree char *elsewhere = g_strconcat (path, ".elsewhere", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  assert_noted (SERVER, TRUE);
  g_assert_cmpint (g_rename (path, elsewhere), ==, 0);
  g_assert_cmpint (symlink (elsewhere, path), ==, 0);
  assert_refused ("a symbolic link");

  /* A later note takes the place of the link, and leaves alone what it led to. */
  assert_noted (OTHER, TRUE);
  g_assert_true (fl_done_look (OTHER, TRUE, NOON));
  g_file_get_contents (elsewhere, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, SERVER));
}

static void
test_folder_and_pipe (void)
{
  g_autofree char *path = fl_done_get_path ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  assert_refused ("not a regular file");
  g_assert_false (note (SERVER, TRUE, &error));
  g_assert_nonnull (error);

  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  assert_refused ("not a regular file");
  assert_noted (SERVER, TRUE);
  g_assert_true (fl_done_look (SERVER, TRUE, NOON));
}

static void
test_file_in_the_way (void)
{
  g_autofree char *path = fl_done_get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *above = g_path_get_dirname (folder);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (above, 0700), ==, 0);
  g_file_set_contents (folder, "", -1, &error);
  g_assert_no_error (error);
  assert_refused ("Not a directory");
  g_assert_false (note (SERVER, TRUE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
}

static void
test_unreadable (void)
{
  g_autofree char *path = fl_done_get_path ();
  uid_t me = geteuid ();

  assert_noted (SERVER, TRUE);
  g_assert_cmpint (g_chmod (path, 0), ==, 0);

  /* Root can read everything, and becomes somebody else for it. */
  if (me == 0)
    g_assert_cmpint (seteuid (65534), ==, 0);
  assert_refused ("Permission denied");
  if (me == 0)
    g_assert_cmpint (seteuid (me), ==, 0);
}

/* A disk that takes no more leaves the note that there was. */
static void
test_full_disk (void)
{
  g_autofree char *path = fl_done_get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  struct rlimit before;
  struct rlimit none;

  assert_noted (SERVER, TRUE);

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  none = before;
  none.rlim_cur = 16;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &none), ==, 0);
  g_assert_false (note (OTHER, TRUE, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_nonnull (error);
  g_assert_cmpint (error->domain, ==, G_FILE_ERROR);

  g_assert_true (fl_done_look (SERVER, TRUE, NOON));
  dir = g_dir_open (folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "done");
  g_assert_null (g_dir_read_name (dir));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/desktop/done/nothing", test_nothing);
  g_test_add_func ("/desktop/done/through", test_through);
  g_test_add_func ("/desktop/done/second-factor", test_second_factor);
  g_test_add_func ("/desktop/done/contents", test_contents);
  g_test_add_func ("/desktop/done/garbage", test_garbage);
  g_test_add_func ("/desktop/done/symbolic-link", test_symbolic_link);
  g_test_add_func ("/desktop/done/folder-and-pipe", test_folder_and_pipe);
  g_test_add_func ("/desktop/done/file-in-the-way", test_file_in_the_way);
  g_test_add_func ("/desktop/done/unreadable", test_unreadable);
  g_test_add_func ("/desktop/done/full-disk", test_full_disk);

  return g_test_run ();
}
