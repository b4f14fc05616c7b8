/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-proof"

#include "config.h"

#include "fl-json.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* A copy of exactly the size, so that a sanitizer sees a read behind its end. */
static gboolean
check (const char  *data,
       gsize        length,
       gsize        limit,
       GError     **error)
{
  g_autofree char *copy = g_memdup2 (data, length);

  return fl_json_check (copy, length, limit, error);
}

static void
test_accepted (void)
{
  static const char * const objects[] = {
    "{}",
    " \t\r\n{ } \t\r\n",
    "{\"a\":1}",
    "{\"a\":[1,-2,0,-0,1.5,-0.25,1e3,1E-3,1.5e+10,true,false,null,{},[]]}",
    "{\"a\":9223372036854775807,\"b\":-9223372036854775808}",
    "{\"a\":\"\"}",
    "{\"a\":\"{[}]\\\"//*var\"}",
    "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u00e5\\uD83D\\uDE00\"}",
    "{\"a\":\"\\\\u0000\"}",
    "{\"å\":\"😀\u202e\"}",
    "{\"a\":\"\x7f\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      g_autoptr (JsonParser) parser = json_parser_new_immutable ();
      g_autoptr (GError) error = NULL;

      check (objects[i], strlen (objects[i]), FL_JSON_REQUEST_MAX, &error);
      g_assert_no_error (error);
      json_parser_load_from_data (parser, objects[i], -1, &error);
      g_assert_no_error (error);
    }
}

static void
test_refused (void)
{
  static const char * const texts[] = {
    "",
    " ",
    "[]",
    "[{}]",
    "1",
    "null",
    "\"{}\"",
    "{",
    "}",
    "}{",
    "{}}",
    "{}{}",
    "{} x",
    "{}\v",
    "\v{}",
    "\ufeff{}",
    "{} //",
    "// x\n{}",
    "/**/{}",
    "{/**/}",
    "{\"a\":1 // x\n}",
    "{\"a\":1 # x\n}",
    "var a = {}",
    "{\"a\"",
    "{\"a",
    "{\"a\\",
    "{\"a\\u",
    "{\"a\\u12",
    "{\"a\\ud83d",
    "{\"a\\ud83d\\",
    "{\"a\\ud83d\\ude",
    "{\"a\":1",
    "{\"a\":1.",
    "{\"a\":1e",
    "{\"a\":-",
    "{\"a\":tru",
    "{'a':1}",
    "{\"a\":'x'}",
    "{a:1}",
    "{\"a\":010}",
    "{\"a\":-01}",
    "{\"a\":0x10}",
    "{\"a\":1.}",
    "{\"a\":.5}",
    "{\"a\":1e}",
    "{\"a\":1e20}",
    "{\"a\":-1e22}",
    "{\"a\":+1}",
    "{\"a\":--1}",
    "{\"a\":9223372036854775808}",
    "{\"a\":-9223372036854775809}",
    "{\"a\":1e999}",
    "{\"a\":NaN}",
    "{\"a\":Infinity}",
    "{\"a\":True}",
    "{\"a\":undefined}",
    "{\"a\":\"\\u0000\"}",
    "{\"\\u0000a\":1}",
    "{\"a\":\"\\ud83d\"}",
    "{\"a\":\"\\ud83dx\"}",
    "{\"a\":\"\\ud83d\\n\"}",
    "{\"a\":\"\\ud83d\\u0041\"}",
    "{\"a\":\"\\ude00\\ud83d\"}",
    "{\"a\":\"\\uzzzz\"}",
    "{\"a\":\"\\x41\"}",
    "{\"a\":\"\\'\"}",
    "{\"a\":\"x\ny\"}",
    "{\"a\":\"\x01\"}",
    "{\"a\":\"\xff\"}",
    "{\"a\":\"\xc0\x80\"}",
    "{\"a\":\"\xed\xa0\x80\"}",
    "{\"a\":\"\xc3",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("text %" G_GSIZE_FORMAT, i);
      g_assert_false (check (texts[i], strlen (texts[i]), FL_JSON_REQUEST_MAX, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    }
}

static void
test_nul (void)
{
  static const char in_string[] = "{\"a\":\"x\0y\"}";
  static const char behind[] = "{}\0";
  static const char escaped[] = "{\"a\":\"\\\0\"}";

  g_assert_false (check (in_string, sizeof in_string - 1, FL_JSON_REQUEST_MAX, NULL));
  g_assert_false (check (behind, sizeof behind - 1, FL_JSON_REQUEST_MAX, NULL));
  g_assert_false (check (escaped, sizeof escaped - 1, FL_JSON_REQUEST_MAX, NULL));
  g_assert_false (fl_json_check (NULL, 0, FL_JSON_REQUEST_MAX, NULL));
}

static void
test_not_terminated (void)
{
  /* The bytes behind the end belong to somebody else. */
  g_assert_true (check ("{\"a\":12}34", 8, FL_JSON_REQUEST_MAX, NULL));
  g_assert_false (check ("{\"a\":12}", 7, FL_JSON_REQUEST_MAX, NULL));
}

static void
test_limit (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (check ("{\"a\":1}", 7, 7, NULL));
  g_assert_false (check ("{\"a\":1}", 7, 6, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
}

static gboolean
check_depth (const char *opening,
             const char *middle,
             const char *closing,
             gsize       depth)
{
  g_autoptr (GString) text = g_string_new ("{\"a\":");

  for (gsize i = 1; i < depth; i++)
    g_string_append (text, opening);
  g_string_append (text, middle);
  for (gsize i = 1; i < depth; i++)
    g_string_append (text, closing);
  g_string_append_c (text, '}');

  return check (text->str, text->len, FL_JSON_ANSWER_MAX, NULL);
}

static void
test_depth (void)
{
  g_assert_true (check_depth ("[", "", "]", 64));
  g_assert_false (check_depth ("[", "", "]", 65));
  g_assert_true (check_depth ("{\"b\":", "1", "}", 64));
  g_assert_false (check_depth ("{\"b\":", "1", "}", 65));
  g_assert_false (check_depth ("[", "", "]", 200000));
  g_assert_true (check_depth ("", "\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"", "", 1));
}

/*
 * What the check lets through must neither break the parser nor come out of it as something that is no text: bytes of
 * sound JSON are changed at random, always in the same way.
 */
static void
test_mutations (void)
{
  static const char seed_text[] = "{\"a\":[1,-2.5e3,\"\\ud83d\\ude00 \\\"x\",true,null],\"b\":{\"c\":\"\\u0041\"}}";
  static const char bytes[] = "{}[]\",:\\/u0d8eE+-.'tfn x\t";
  g_autoptr (GRand) rand = g_rand_new_with_seed (6238);
  guint accepted = 0;

  for (guint i = 0; i < 20000; i++)
    {
      char text[sizeof seed_text];
      g_autoptr (JsonParser) parser = json_parser_new_immutable ();
      g_autofree char *output = NULL;

      memcpy (text, seed_text, sizeof text);
      for (gint32 changes = g_rand_int_range (rand, 1, 4); changes > 0; changes--)
        text[g_rand_int_range (rand, 0, sizeof text - 1)] = bytes[g_rand_int_range (rand, 0, sizeof bytes - 1)];

      if (!check (text, strlen (text), FL_JSON_REQUEST_MAX, NULL)
          || !json_parser_load_from_data (parser, text, -1, NULL))
        continue;

      accepted++;
      output = json_to_string (json_parser_get_root (parser), FALSE);
      g_assert_true (g_utf8_validate (output, -1, NULL));
    }

  g_assert_cmpuint (accepted, >, 0);
}

static void
test_megabyte (void)
{
  g_autofree char *text = g_strnfill (FL_JSON_ANSWER_MAX, ' ');

  memcpy (text, "{\"a\":\"", 6);
  memset (text + 6, '\\', FL_JSON_ANSWER_MAX - 8);
  memcpy (text + FL_JSON_ANSWER_MAX - 2, "\"}", 2);
  g_assert_true (check (text, FL_JSON_ANSWER_MAX, FL_JSON_ANSWER_MAX, NULL));

  memset (text, '{', FL_JSON_ANSWER_MAX);
  g_assert_false (check (text, FL_JSON_ANSWER_MAX, FL_JSON_ANSWER_MAX, NULL));
  memset (text + 1, '1', FL_JSON_ANSWER_MAX - 1);
  g_assert_false (check (text, FL_JSON_ANSWER_MAX, FL_JSON_ANSWER_MAX, NULL));
  text[FL_JSON_ANSWER_MAX - 1] = '}';
  g_assert_false (check (text, FL_JSON_ANSWER_MAX, FL_JSON_ANSWER_MAX, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proof/json/accepted", test_accepted);
  g_test_add_func ("/proof/json/refused", test_refused);
  g_test_add_func ("/proof/json/nul", test_nul);
  g_test_add_func ("/proof/json/not-terminated", test_not_terminated);
  g_test_add_func ("/proof/json/limit", test_limit);
  g_test_add_func ("/proof/json/depth", test_depth);
  g_test_add_func ("/proof/json/mutations", test_mutations);
  g_test_add_func ("/proof/json/megabyte", test_megabyte);

  return g_test_run ();
}
