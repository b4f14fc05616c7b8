/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include <gio/gunixinputstream.h>
#include <json-glib/json-glib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fl-altcha.h"
#include "fl-clock.h"
#include "fl-kratos-identity.h"
#include "fl-teller.h"

/*
 * The product's own client for tests written in another language: teller URL ISSUER [CA-FILE]
 *
 * Takes verbs on its standard input, one a line: `[WHO, VERB, A, B]` in JSON, where whoever has another name is a client of
 * its own. Answers each by a line: `{"end": WORDS, "codes": [...]}`, the words being those of fl_teller_describe().
 */

static const struct {
  const char *name;
  FlTell      verb;
} verbs[] = {
  { "prepare-sign-in", FL_TELL_PREPARE_SIGN_IN },
  { "prepare-recovery", FL_TELL_PREPARE_RECOVERY },
  { "identify", FL_TELL_IDENTIFY },
  { "sign-in", FL_TELL_SIGN_IN },
  { "totp", FL_TELL_TOTP },
  { "recovery-code", FL_TELL_RECOVERY_CODE },
  { "reauthenticate", FL_TELL_REAUTHENTICATE },
  { "start-recovery", FL_TELL_START_RECOVERY },
  { "send-again", FL_TELL_SEND_AGAIN },
  { "look-again", FL_TELL_LOOK_AGAIN },
  { "redeem", FL_TELL_REDEEM },
  { "set-password", FL_TELL_SET_PASSWORD },
  { "start-totp", FL_TELL_START_TOTP },
  { "confirm-totp", FL_TELL_CONFIRM_TOTP },
  { "issue-codes", FL_TELL_ISSUE_CODES },
  { "confirm-codes", FL_TELL_CONFIRM_CODES },
  { "sign-out", FL_TELL_SIGN_OUT },
  { "resume", FL_TELL_RESUME },
};

typedef struct {
  const char *url;
  const char *issuer;
  const char *ca_file;
  GHashTable *people;
} Teller;

static FlIdentity *
get_identity (Teller     *teller,
              const char *who)
{
  FlIdentity *identity = g_hash_table_lookup (teller->people, who);

  if (identity == NULL)
    {
      identity = fl_kratos_identity_new (teller->url, teller->issuer, teller->ca_file);
      g_hash_table_insert (teller->people, g_strdup (who), identity);
    }

  return identity;
}

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static FlAnswer *
finish (FlIdentity    *identity,
        GAsyncResult **result,
        GError       **error)
{
  g_autoptr (GAsyncResult) ended = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  ended = g_steal_pointer (result);

  return fl_identity_finish (identity, ended, error);
}

/* With the proof of work, where the server wants one. */
static FlAnswer *
ask_for_mail (FlIdentity  *identity,
              FlTell       verb,
              const char  *address,
              const char  *language,
              GError     **error)
{
  g_autoptr (FlAnswer) robot = fl_teller_run (identity, FL_TELL_ROBOT, NULL, NULL, error);
  g_autofree char *proof = NULL;
  GAsyncResult *result = NULL;

  if (robot == NULL)
    return NULL;
  if (robot->challenge != NULL && (proof = fl_altcha_solve (robot->challenge, NULL, error)) == NULL)
    return NULL;

  if (verb == FL_TELL_START_RECOVERY)
    fl_identity_start_recovery (identity, address, language, proof, NULL, on_ended, &result);
  else
    fl_identity_send_again (identity, address, language, proof, NULL, on_ended, &result);

  return finish (identity, &result, error);
}

static FlAnswer *
resume (Teller      *teller,
        FlIdentity  *identity,
        const char  *from,
        GError     **error)
{
  g_autoptr (GVariant) record = fl_identity_save (get_identity (teller, from));
  GAsyncResult *result = NULL;

  if (record == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "nothing to resume");
      return NULL;
    }
  g_variant_ref_sink (record);
  fl_identity_resume (identity, record, NULL, on_ended, &result);

  return finish (identity, &result, error);
}

static FlAnswer *
run (Teller      *teller,
     const char  *who,
     FlTell       verb,
     const char  *a,
     const char  *b,
     GError     **error)
{
  FlIdentity *identity = get_identity (teller, who);

  if (verb == FL_TELL_RESUME)
    return resume (teller, identity, a, error);
  if (verb == FL_TELL_START_RECOVERY || verb == FL_TELL_SEND_AGAIN)
    return ask_for_mail (identity, verb, a, b, error);

  return fl_teller_run (identity, verb, a, b, error);
}

static void
say (const FlAnswer *answer,
     const GError   *error)
{
  g_autofree char *end = fl_teller_describe (answer, error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "end");
  json_builder_add_string_value (builder, end);
  json_builder_set_member_name (builder, "codes");
  json_builder_begin_array (builder);
  for (guint i = 0; answer != NULL && answer->codes != NULL && i < answer->codes->len; i++)
    json_builder_add_string_value (builder, fl_secret_get_text (answer->codes->pdata[i]));
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  line = json_to_string (root, FALSE);
  printf ("%s\n", line);
  fflush (stdout);
}

static const char *
get_word (JsonArray *words,
          guint      index)
{
  return index < json_array_get_length (words) ? json_array_get_string_element (words, index) : NULL;
}

/* "advance" moves this program's clock, "forget" drops a client: the next of that name knows nothing. */
static void
obey (Teller    *teller,
      JsonArray *words)
{
  const char *who = get_word (words, 0);
  const char *name = get_word (words, 1);
  const char *a = get_word (words, 2);
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  if (strcmp (name, "advance") == 0 || strcmp (name, "forget") == 0)
    {
      if (name[0] == 'a')
        fl_clock_advance (g_ascii_strtoll (a, NULL, 10));
      else
        g_hash_table_remove (teller->people, who);
      answer = fl_answer_new (FL_OUTCOME_DONE);
      say (answer, NULL);
      return;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].name, name) == 0)
      {
        answer = run (teller, who, verbs[i].verb, a, get_word (words, 3), &error);
        say (answer, error);
        return;
      }
  g_error ("there is no verb “%s”", name);
}

/* The main context runs while nobody asks for anything, as in a program with a window: connections that end then are seen. */
static char *
read_line (GDataInputStream *stream)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *line;

  g_data_input_stream_read_line_async (stream, G_PRIORITY_DEFAULT, NULL, on_ended, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  line = g_data_input_stream_read_line_finish (stream, result, NULL, &error);
  g_assert_no_error (error);

  return line;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) stream = g_data_input_stream_new (input);
  Teller teller = { 0 };
  char *line;

  setlocale (LC_ALL, "");
  if (argc < 3 || argc > 4)
    return 2;
  teller.url = argv[1];
  teller.issuer = argv[2];
  teller.ca_file = argc == 4 ? argv[3] : NULL;
  teller.people = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);

  while ((line = read_line (stream)) != NULL)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) root = json_from_string (line, &error);

      if (root == NULL || !JSON_NODE_HOLDS_ARRAY (root))
        g_error ("not an array: %s", line);
      obey (&teller, json_node_get_array (root));
      g_free (line);
    }
  g_hash_table_unref (teller.people);

  return 0;
}
