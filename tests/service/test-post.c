/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-test"

#include "config.h"

#include "fl-post-directory.h"
#include "fl-post-smtp.h"

#include <string.h>

static FlLetter *
make_letter (void)
{
  FlLetter *letter = fl_letter_new ();

  letter->to = g_strdup ("anna@flexhrm.example");
  letter->code = fl_secret_new ("012345");
  letter->from = g_strdup ("no-reply@flexhrm.example");
  letter->product = g_strdup ("Flex HRM");
  return letter;
}

static void
on_deliver_ready (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  GAsyncResult **ready = user_data;

  *ready = g_object_ref (result);
}

static void
on_accept_ready (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  GSocketConnection **connection = user_data;

  *connection = g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, NULL);
}

/* Greets, answers EHLO in advance, and reads until the client waits for the answer to MAIL. */
static void
converse_until_mail (GSocketConnection *connection)
{
  const char *answers = "220 relay.example ESMTP\r\n250 relay.example\r\n";
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (input);
  g_autoptr (GError) error = NULL;
  gboolean mail = FALSE;

  g_assert_true (g_output_stream_write_all (output, answers, strlen (answers), NULL, NULL, &error));
  while (!mail)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (line);
      mail = g_str_has_prefix (line, "MAIL FROM:");
    }
}

static void
test_cancelled_while_the_relay_is_silent (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  g_autofree char *url = g_strdup_printf ("smtp://127.0.0.1:%d", port);
  g_autoptr (FlPost) post = fl_post_smtp_new (url, &error);
  g_autoptr (FlLetter) letter = make_letter ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_no_error (error);
  g_socket_listener_accept_async (listener, NULL, on_accept_ready, &connection);
  fl_post_deliver_async (post, letter, cancellable, on_deliver_ready, &result);
  while (connection == NULL)
    g_main_context_iteration (NULL, TRUE);
  converse_until_mail (connection);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  g_assert_false (fl_post_deliver_finish (post, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cancelled_before (void)
{
  g_autofree char *path = g_dir_make_tmp ("first-login-XXXXXX", NULL);
  g_autofree char *mails = g_build_filename (path, "mails", NULL);
  g_autoptr (FlPost) post = fl_post_directory_new (mails);
  g_autoptr (FlLetter) letter = make_letter ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GFile) directory = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  fl_post_deliver_async (post, letter, cancellable, on_deliver_ready, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  g_assert_false (fl_post_deliver_finish (post, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (mails, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_delete (directory, NULL, NULL));
}

/* The post lives as long as a delivery does, and the letter too, whatever the caller lets go of. */
static void
test_caller_lets_go (void)
{
  g_autofree char *path = g_dir_make_tmp ("first-login-XXXXXX", NULL);
  g_autoptr (GFile) directory = g_file_new_for_path (path);
  g_autoptr (GFileEnumerator) files = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FlPost) source = NULL;
  g_autoptr (GError) error = NULL;
  FlPost *post = fl_post_directory_new (path);
  FlLetter *letter = make_letter ();
  GFile *file;

  fl_post_deliver_async (post, letter, NULL, on_deliver_ready, &result);
  g_object_unref (post);
  fl_letter_unref (letter);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  source = FL_POST (g_async_result_get_source_object (result));
  g_assert_true (fl_post_deliver_finish (source, result, &error));
  g_assert_no_error (error);
  files = g_file_enumerate_children (directory, G_FILE_ATTRIBUTE_STANDARD_NAME, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_assert_true (g_file_enumerator_iterate (files, NULL, &file, NULL, NULL));
  g_assert_nonnull (file);
  g_assert_true (g_file_delete (file, NULL, NULL));
  g_assert_true (g_file_delete (directory, NULL, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/post/cancelled-while-the-relay-is-silent", test_cancelled_while_the_relay_is_silent);
  g_test_add_func ("/post/cancelled-before", test_cancelled_before);
  g_test_add_func ("/post/caller-lets-go", test_caller_lets_go);
  return g_test_run ();
}
