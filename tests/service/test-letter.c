/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-test"

#include "config.h"

#include "fl-letter.h"

#include <gio/gio.h>
#include <gmime/gmime.h>
#include <string.h>

#define FLOW "5d3ee3ed-5ab2-4a6e-9d0b-0a3b5a4f7c11"
#define NOON G_GINT64_CONSTANT (1790078400) /* 2026-09-22 12:00 UTC */

static FlLetter *
make_letter (void)
{
  FlLetter *letter = fl_letter_new ();

  letter->to = g_strdup ("anna@flexhrm.example");
  letter->name = g_strdup ("Anna");
  letter->lang = g_strdup ("en");
  letter->flow = g_strdup (FLOW);
  letter->code = fl_secret_new ("012345");
  letter->landing = g_strdup ("https://login.example/reset");
  letter->from = g_strdup ("Visma Connect <no-reply@flexhrm.example>");
  letter->product = g_strdup ("Flex HRM");
  letter->sent_at = NOON;
  letter->expires_at = NOON + 1800;
  return letter;
}

static void
replace (char       **member,
         const char  *value)
{
  g_free (*member);
  *member = g_strdup (value);
}

static GMimeMessage *
parse (GBytes *message)
{
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *parsed = g_mime_parser_construct_message (parser, NULL);

  g_object_unref (parser);
  g_object_unref (stream);
  g_assert_nonnull (parsed);
  return parsed;
}

static GMimeMessage *
compose (FlLetter *letter)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = fl_letter_compose (letter, NULL, &error);

  g_assert_no_error (error);
  return parse (message);
}

/* The text of alternative number @index. */
static char *
read_part (GMimeMessage *message,
           int           index)
{
  GMimeMultipart *alternatives = GMIME_MULTIPART (g_mime_message_get_mime_part (message));

  return g_mime_text_part_get_text (GMIME_TEXT_PART (g_mime_multipart_get_part (alternatives, index)));
}

static void
test_headers (void)
{
  g_autoptr (FlLetter) letter = make_letter ();
  g_autoptr (GError) error = NULL;
  g_autofree char *sender = NULL;
  g_autoptr (GBytes) bytes = fl_letter_compose (letter, &sender, &error);
  GMimeMessage *message;
  GMimeObject *object;
  g_autofree char *to = NULL;

  g_assert_no_error (error);
  message = parse (bytes);
  object = GMIME_OBJECT (message);
  to = internet_address_list_to_string (g_mime_message_get_to (message), NULL, FALSE);
  g_assert_cmpstr (to, ==, "anna@flexhrm.example");
  g_assert_cmpstr (sender, ==, "no-reply@flexhrm.example");
  g_assert_cmpint (g_date_time_to_unix (g_mime_message_get_date (message)), ==, NOON);
  g_assert_true (g_str_has_suffix (g_mime_message_get_message_id (message), "@flexhrm.example"));
  g_assert_cmpstr (g_mime_object_get_header (object, "Auto-Submitted"), ==, "auto-generated");
  /* The parser counts the message's Content- headers to the part that they speak of. */
  g_assert_cmpstr (g_mime_object_get_header (g_mime_message_get_mime_part (message), "Content-Language"), ==, "en");
  g_assert_cmpstr (g_mime_message_get_subject (message), ==, "Choose your new password for Flex HRM");
  g_object_unref (message);
}

static void
test_alternatives (void)
{
  g_autoptr (FlLetter) letter = make_letter ();
  GMimeMessage *message = compose (letter);
  GMimeMultipart *alternatives = GMIME_MULTIPART (g_mime_message_get_mime_part (message));
  const char *subtypes[] = { "plain", "html" };

  g_assert_cmpint (g_mime_multipart_get_count (alternatives), ==, G_N_ELEMENTS (subtypes));
  for (guint i = 0; i < G_N_ELEMENTS (subtypes); i++)
    {
      GMimeObject *part = g_mime_multipart_get_part (alternatives, i);
      g_autofree char *text = read_part (message, i);

      g_assert_true (g_mime_content_type_is_type (g_mime_object_get_content_type (part), "text", subtypes[i]));
      g_assert_cmpstr (g_mime_object_get_content_type_parameter (part, "charset"), ==, "utf-8");
      g_assert_cmpint (g_mime_part_get_content_encoding (GMIME_PART (part)), ==, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
      g_assert_nonnull (strstr (text, "012 345"));
      g_assert_nonnull (strstr (text, "Hello Anna,"));
      g_assert_nonnull (strstr (text, "It works until 12:30 (UTC), and only once."));
      g_assert_null (strchr (text, '{'));
    }
  g_object_unref (message);
}

static void
test_other_day (void)
{
  g_autoptr (FlLetter) letter = make_letter ();
  g_autofree char *text = NULL;
  GMimeMessage *message;

  letter->sent_at = NOON + 11 * 3600 + 3000; /* 23:50 */
  letter->expires_at = letter->sent_at + 1800;
  message = compose (letter);
  text = read_part (message, 0);
  g_assert_nonnull (strstr (text, "until 2026-09-23, 00:20 (UTC)"));
  g_object_unref (message);
}

static void
test_without_flow (void)
{
  g_autoptr (FlLetter) letter = make_letter ();
  GMimeMessage *message;

  g_clear_pointer (&letter->flow, g_free);
  g_clear_pointer (&letter->landing, g_free);
  message = compose (letter);
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *text = read_part (message, i);

      g_assert_nonnull (strstr (text, "012 345"));
      g_assert_null (strstr (text, "#flow"));
      g_assert_null (strstr (text, "Enter new password"));
      g_assert_null (strstr (text, "<a "));
    }
  g_object_unref (message);
}

static void
test_languages (void)
{
  const struct { const char *asked; const char *answered; const char *greeting; } cases[] = {
    { "sv", "sv", "Hej Anna," },
    { "en", "en", "Hello Anna," },
    { "tlh", "en", "Hello Anna," },
    { "", "en", "Hello Anna," },
    { "]\n", "en", "Hello Anna," },
    { NULL, "en", "Hello Anna," },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlLetter) letter = make_letter ();
      g_autofree char *text = NULL;
      g_autofree char *html = NULL;
      g_autofree char *root = g_strdup_printf ("<html lang=\"%s\">", cases[i].answered);
      GMimeMessage *message;

      replace (&letter->lang, cases[i].asked);
      message = compose (letter);
      text = read_part (message, 0);
      html = read_part (message, 1);
      g_assert_cmpstr (g_mime_object_get_header (g_mime_message_get_mime_part (message), "Content-Language"), ==,
                       cases[i].answered);
      g_assert_true (g_str_has_prefix (text, cases[i].greeting));
      g_assert_nonnull (strstr (html, root));
      g_object_unref (message);
    }
}

static void
spoil_to (FlLetter *letter)
{
  replace (&letter->to, "anna@flexhrm.example\r\nBcc: eve@evil.example");
}

static void
spoil_from (FlLetter *letter)
{
  replace (&letter->from, "nobody");
}

static void
spoil_from_count (FlLetter *letter)
{
  replace (&letter->from, "a@flexhrm.example, b@flexhrm.example");
}

static void
spoil_code (FlLetter *letter)
{
  g_clear_pointer (&letter->code, fl_secret_unref);
}

static void
spoil_flow (FlLetter *letter)
{
  replace (&letter->flow, "x&code=1");
}

static void
spoil_landing (FlLetter *letter)
{
  replace (&letter->landing, NULL);
}

static void
spoil_time (FlLetter *letter)
{
  letter->expires_at = G_MAXINT64;
}

static void
test_refusals (void)
{
  void (*spoilers[]) (FlLetter *) = {
    spoil_to, spoil_from, spoil_from_count, spoil_code, spoil_flow, spoil_landing, spoil_time,
  };

  for (guint i = 0; i < G_N_ELEMENTS (spoilers); i++)
    {
      g_autoptr (FlLetter) letter = make_letter ();
      g_autoptr (GError) error = NULL;

      spoilers[i] (letter);
      g_assert_null (fl_letter_compose (letter, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_null (strstr (error->message, "anna"));
      g_assert_null (strstr (error->message, "012345"));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/letter/headers", test_headers);
  g_test_add_func ("/letter/alternatives", test_alternatives);
  g_test_add_func ("/letter/other-day", test_other_day);
  g_test_add_func ("/letter/without-flow", test_without_flow);
  g_test_add_func ("/letter/languages", test_languages);
  g_test_add_func ("/letter/refusals", test_refusals);
  return g_test_run ();
}
