/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-test"

#include "config.h"

#include "fl-post-directory.h"
#include "fl-post-smtp.h"

#include <json-glib/json-glib.h>

/* For the tests that are not in C: posts the letters that stand in standard input, one JSON object a line, all at
 * once, and says of each, in their order, what became of it. */

typedef struct
{
  GPtrArray *outcomes;
  guint      index;
  guint     *left;
} Sending;

static void
on_deliver_ready (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  Sending *sending = user_data;
  g_autoptr (GError) error = NULL;

  if (fl_post_deliver_finish (FL_POST (source), result, &error))
    g_ptr_array_index (sending->outcomes, sending->index) = g_strdup ("delivered");
  else
    g_ptr_array_index (sending->outcomes, sending->index) =
      g_strdup_printf ("%s %d %s", g_quark_to_string (error->domain), error->code, error->message);
  (*sending->left)--;
  g_free (sending);
}

static char *
dup_member (JsonObject *object,
            const char *name)
{
  return g_strdup (json_object_get_string_member_with_default (object, name, NULL));
}

static FlLetter *
read_letter (const char *line)
{
  g_autoptr (JsonNode) node = json_from_string (line, NULL);
  JsonObject *object = json_node_get_object (node);
  FlLetter *letter = fl_letter_new ();

  letter->to = dup_member (object, "to");
  letter->name = dup_member (object, "name");
  letter->lang = dup_member (object, "lang");
  letter->flow = dup_member (object, "flow");
  letter->landing = dup_member (object, "landing");
  letter->from = dup_member (object, "from");
  letter->product = dup_member (object, "product");
  letter->sent_at = json_object_get_int_member (object, "sent_at");
  letter->expires_at = json_object_get_int_member (object, "expires_at");
  if (json_object_has_member (object, "code"))
    letter->code = fl_secret_new (json_object_get_string_member (object, "code"));
  return letter;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlPost) post = NULL;
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  g_autoptr (GPtrArray) outcomes = g_ptr_array_new_with_free_func (g_free);
  guint left = 0;
  char *line;

  post = g_str_has_prefix (argv[1], "smtp:") ? fl_post_smtp_new (argv[1], &error) : fl_post_directory_new (argv[1]);
  if (post == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }

  while (g_io_channel_read_line (input, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL)
    {
      g_autofree char *owned = line;
      g_autoptr (FlLetter) letter = read_letter (owned);
      Sending *sending = g_new0 (Sending, 1);

      sending->outcomes = outcomes;
      sending->index = outcomes->len;
      sending->left = &left;
      g_ptr_array_add (outcomes, NULL);
      left++;
      fl_post_deliver_async (post, letter, NULL, on_deliver_ready, sending);
    }
  while (left > 0)
    g_main_context_iteration (NULL, TRUE);

  for (guint i = 0; i < outcomes->len; i++)
    g_print ("%s\n", (char *) g_ptr_array_index (outcomes, i));
  return 0;
}
