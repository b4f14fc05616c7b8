/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-walker"

#include "config.h"

#include <gio/gunixinputstream.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <locale.h>

#include "fl-clock.h"
#include "fl-journey.h"
#include "fl-kratos-identity.h"
#include "fl-memory-vault.h"
#include "fl-policy.h"
#include "fl-sentence.h"
#include "fl-test-network.h"
#include "fl-test-resolver.h"

/*
 * The assistant without its window: journey, identity and sentences as the program has them, for somebody who presses
 * its buttons by lines on the standard input, each `VERB [WORD]`. When the answer to one is there, a line of JSON on
 * the standard output says what the page shows now. Besides the journey's verbs there are `advance SECONDS` for the
 * clock, and for the network `resolve ANSWER` (see FlTestResolver), `network up` and `network down`, and `doorstep PORT`
 * for the port of this computer that plays the server's port for plain HTTP, 0 for none.
 */

typedef struct {
  FlJourney        *journey;
  FlPolicy         *policy;
  FlTestResolver   *resolver;
  GTlsDatabase     *trusted;
  guint             deadline;
  GDataInputStream *input;
  GMainLoop        *loop;
  guint             settled;    /* the source that looks whether the answer is there */
} Walker;

static void read_order (Walker *self);

/* As the program does it, but with the authority of the tests, and with a shorter deadline where one is wanted. */
static FlIdentity *
make_identity (const char *server,
               gpointer    user_data)
{
  Walker *self = user_data;
  g_autoptr (SoupSession) session = soup_session_new_with_options ("timeout", self->deadline,
                                                                   "tls-database", self->trusted,
                                                                   NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);

  return g_object_new (FL_TYPE_KRATOS_IDENTITY,
                       "server", server,
                       "issuer", fl_policy_get_issuer (self->policy),
                       "session", session,
                       "deadline", self->deadline,
                       NULL);
}

static void
add_text (JsonBuilder *builder,
          const char  *name,
          const char  *text)
{
  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

/* Seconds from now; 0 when that is over. */
static void
add_wait (JsonBuilder *builder,
          const char  *name,
          gint64       until)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, MAX (until - fl_clock_now (), 0));
}

static void
add_problem (JsonBuilder  *builder,
             Walker       *self,
             const GError *problem)
{
  g_autofree char *sentence = NULL;

  if (problem != NULL)
    sentence = fl_sentence_for_problem (problem, fl_journey_get_step (self->journey), self->policy, NULL);

  add_text (builder, "problem", problem != NULL ? fl_problem_get_name (problem->code) : NULL);
  add_text (builder, "sentence", sentence);
}

/* What is on the page, as a person sees it. */
static void
say_what_is_shown (Walker *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  FlJourney *journey = self->journey;
  FlOtpauth *enrolment = fl_journey_get_enrolment (journey);
  GPtrArray *codes = fl_journey_get_codes (journey);
  g_autofree char *notice = fl_sentence_for_notice (fl_journey_get_notice (journey), self->policy);
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  add_text (builder, "step", fl_step_get_name (fl_journey_get_step (journey)));
  add_problem (builder, self, fl_journey_get_problem (journey));
  add_text (builder, "notice", notice);
  add_wait (builder, "retry", fl_journey_get_retry_at (journey));
  add_wait (builder, "resend", fl_journey_get_resend_at (journey));
  json_builder_set_member_name (builder, "robot");
  json_builder_add_int_value (builder, fl_journey_get_robot_state (journey));
  add_text (builder, "key", enrolment != NULL ? fl_secret_get_text (fl_otpauth_get_key (enrolment)) : NULL);
  json_builder_set_member_name (builder, "codes");
  json_builder_begin_array (builder);
  for (guint i = 0; codes != NULL && i < codes->len; i++)
    json_builder_add_string_value (builder, fl_secret_get_text (g_ptr_array_index (codes, i)));
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  line = json_to_string (root, FALSE);
  g_print ("%s\n", line);
}

static gboolean
on_settled (gpointer user_data)
{
  Walker *self = user_data;

  if (fl_journey_get_busy (self->journey) || fl_journey_get_robot_state (self->journey) == FL_ROBOT_CHECKING)
    {
      self->settled = 0;
      return G_SOURCE_REMOVE;
    }

  self->settled = 0;
  say_what_is_shown (self);
  read_order (self);

  return G_SOURCE_REMOVE;
}

static void
on_shown_changed (Walker *self)
{
  if (self->settled == 0 && !g_input_stream_has_pending (G_INPUT_STREAM (self->input)))
    self->settled = g_idle_add (on_settled, self);
}

static void
submit_password (FlJourney  *journey,
                 const char *word)
{
  g_autoptr (FlSecret) password = fl_secret_new (word);

  if (fl_journey_get_step (journey) == FL_STEP_NEW_PASSWORD)
    fl_journey_set_password (journey, password);
  else
    fl_journey_submit_password (journey, password);
}

static void
submit_address (FlJourney  *journey,
                const char *word)
{
  fl_journey_submit_address (journey, word, FALSE);
}

static void
begin (FlJourney  *journey,
       const char *word)
{
  fl_journey_start (journey, word, TRUE);
  fl_journey_wake (journey);
}

static void
tick (FlJourney  *journey,
      const char *word)
{
  fl_journey_check_robot (journey, TRUE);
}

static void
submit_totp (FlJourney  *journey,
             const char *word)
{
  fl_journey_choose_factor (journey, FL_FACTOR_TOTP);
  fl_journey_submit_second_factor (journey, FL_FACTOR_TOTP, word);
}

static void
submit_recovery_code (FlJourney  *journey,
                      const char *word)
{
  fl_journey_choose_factor (journey, FL_FACTOR_RECOVERY_CODE);
  fl_journey_submit_second_factor (journey, FL_FACTOR_RECOVERY_CODE, word);
}

static void
advance (FlJourney  *journey,
         const char *word)
{
  fl_clock_advance (g_ascii_strtoll (word, NULL, 10));
}

static void
set_network (FlJourney  *journey,
             const char *word)
{
  fl_test_network_set_up (g_str_equal (word, "up"));
}

static void
set_doorstep (FlJourney  *journey,
              const char *word)
{
  fl_test_network_set_doorstep ((guint16) g_ascii_strtoull (word, NULL, 10));
}

static const struct {
  const char *name;
  void      (*with)    (FlJourney *journey, const char *word);
  void      (*without) (FlJourney *journey);
} verbs[] = {
  { "begin", begin, NULL },
  { "advance", advance, NULL },
  { "network", set_network, NULL },
  { "doorstep", set_doorstep, NULL },
  { "get-started", NULL, fl_journey_get_started },
  { "address", submit_address, NULL },
  { "password", submit_password, NULL },
  { "forgot", NULL, fl_journey_forgot_password },
  { "robot", tick, NULL },
  { "mail", fl_journey_request_mail, NULL },
  { "mail-code", fl_journey_submit_mail_code, NULL },
  { "link", fl_journey_open_link, NULL },
  { "accept-link", NULL, fl_journey_accept_link },
  { "confirm-account", NULL, fl_journey_confirm_account },
  { "send-again", NULL, fl_journey_send_again },
  { "sign-in-instead", NULL, fl_journey_sign_in_instead },
  { "totp", submit_totp, NULL },
  { "recovery", submit_recovery_code, NULL },
  { "activate", fl_journey_activate, NULL },
  { "confirm-codes", fl_journey_confirm_codes, NULL },
  { "another-address", NULL, fl_journey_use_another_address },
};

static gboolean
obey (Walker     *self,
      const char *name,
      const char *word)
{
  if (g_strcmp0 (name, "resolve") == 0)
    {
      fl_test_resolver_set_answer (self->resolver, word);
      return TRUE;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_strcmp0 (verbs[i].name, name) == 0)
      {
        if (verbs[i].with != NULL)
          verbs[i].with (self->journey, word != NULL ? word : "");
        else
          verbs[i].without (self->journey);
        return TRUE;
      }

  return FALSE;
}

static void
on_order_read_ready (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  Walker *self = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);
  g_auto (GStrv) words = line != NULL ? g_strsplit (line, " ", 2) : NULL;

  if (words == NULL || !obey (self, words[0], words[1]))
    {
      g_main_loop_quit (self->loop);
      return;
    }

  on_shown_changed (self);
}

static void
read_order (Walker *self)
{
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, NULL, on_order_read_ready, self);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (FlVault) vault = NULL;
  g_autoptr (GInputStream) input = g_unix_input_stream_new (0, FALSE);
  g_autoptr (GError) error = NULL;
  Walker self = { 0 };

  setlocale (LC_ALL, "");
  g_log_writer_default_set_use_stderr (TRUE);
  if (argc != 3)
    {
      g_printerr ("Usage: %s AUTHORITY DEADLINE\n", argv[0]);
      return 2;
    }

  self.trusted = g_tls_file_database_new (argv[1], &error);
  if (self.trusted == NULL)
    {
      g_printerr ("%s: %s\n", argv[1], error->message);
      return 2;
    }

  self.deadline = (guint) g_ascii_strtoull (argv[2], NULL, 10);
  self.policy = fl_policy_new ();
  self.resolver = fl_test_resolver_new ();
  fl_test_network_use ();
  g_resolver_set_default (G_RESOLVER (self.resolver));
  self.input = g_data_input_stream_new (input);
  self.loop = g_main_loop_new (NULL, FALSE);
  vault = fl_memory_vault_new ();
  self.journey = fl_journey_new (vault, make_identity, &self, NULL);
  g_signal_connect_swapped (self.journey, "notify::busy", G_CALLBACK (on_shown_changed), &self);
  g_signal_connect_swapped (self.journey, "notify::robot-state", G_CALLBACK (on_shown_changed), &self);
  read_order (&self);
  g_main_loop_run (self.loop);

  g_clear_object (&self.journey);
  g_clear_object (&self.input);
  g_clear_object (&self.policy);
  g_clear_object (&self.resolver);
  g_clear_object (&self.trusted);
  g_main_loop_unref (self.loop);

  return 0;
}
