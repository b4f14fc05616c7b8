/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include <gmime/gmime.h>
#include <locale.h>

#include "fl-altcha.h"
#include "fl-clock.h"
#include "fl-kratos-identity.h"
#include "fl-problem.h"
#include "fl-service.h"
#include "fl-teller.h"
#include "fl-totp.h"

/* The client against the training service, both in this process, over HTTP: what the transcripts say about either of them
 * has to fit together. */

#define ANNA     "anna@flexhrm.example"
#define ERIK     "erik@flexhrm.example"
#define MAJA     "maja@flexhrm.example"
#define PASSWORD "correct horse battery"
#define KEY      "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
#define WAIT     (60 * G_USEC_PER_SEC)

static const char accounts[] =
  "[{\"schema_id\":\"employee\",\"traits\":{\"email\":\"" ANNA "\",\"name\":{\"first\":\"Anna\"}}},"
  "{\"schema_id\":\"employee\",\"traits\":{\"email\":\"" ERIK "\"},"
  "\"credentials\":{\"password\":{\"config\":{\"password\":\"" PASSWORD "\"}}}},"
  "{\"schema_id\":\"employee\",\"traits\":{\"email\":\"" MAJA "\"},"
  "\"credentials\":{\"password\":{\"config\":{\"password\":\"" PASSWORD "\"}},"
  "\"totp\":{\"config\":{\"totp_url\":\"otpauth://totp/Flex:" MAJA "?secret=" KEY "&issuer=Flex\"}},"
  "\"lookup_secret\":{\"config\":{\"codes\":[{\"code\":\"abcd1234\"},{\"code\":\"efgh5678\"}]}}}}]";

/* A post that brings the text of each mail to the test. */
#define FL_TYPE_TEST_POST (fl_test_post_get_type ())
G_DECLARE_FINAL_TYPE (FlTestPost, fl_test_post, FL, TEST_POST, GObject)

struct _FlTestPost
{
  GObject      parent_instance;
  GAsyncQueue *texts;
};

static gboolean
fl_test_post_deliver (FlPost        *post,
                      const char    *sender,
                      const char    *recipient,
                      GBytes        *bytes,
                      GCancellable  *cancellable,
                      GError       **error)
{
  FlTestPost *self = FL_TEST_POST (post);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);
  GMimeObject *text = g_mime_multipart_get_part (GMIME_MULTIPART (g_mime_message_get_mime_part (message)), 0);

  g_async_queue_push (self->texts, g_mime_text_part_get_text (GMIME_TEXT_PART (text)));
  g_object_unref (message);
  g_object_unref (parser);
  g_object_unref (stream);

  return TRUE;
}

static void
fl_test_post_iface_init (FlPostInterface *iface)
{
  iface->deliver = fl_test_post_deliver;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FlTestPost, fl_test_post, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_POST, fl_test_post_iface_init))

static void
fl_test_post_finalize (GObject *object)
{
  g_async_queue_unref (FL_TEST_POST (object)->texts);
  G_OBJECT_CLASS (fl_test_post_parent_class)->finalize (object);
}

static void
fl_test_post_class_init (FlTestPostClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_test_post_finalize;
}

static void
fl_test_post_init (FlTestPost *self)
{
  self->texts = g_async_queue_new_full (g_free);
}

typedef struct {
  FlTestPost *post;
  FlService  *service;
} World;

static World *
world_new (gboolean has_robot,
           gboolean has_throttle)
{
  g_autoptr (FlServiceConfig) config = fl_service_config_new ();
  g_autoptr (GError) error = NULL;
  World *world = g_new0 (World, 1);

  config->robot_enabled = has_robot;
  config->throttle_enabled = has_throttle;
  world->post = g_object_new (FL_TYPE_TEST_POST, NULL);
  world->service = fl_service_new (config);
  fl_service_start (world->service, "127.0.0.1:0", NULL, NULL, FL_POST (world->post), &error);
  g_assert_no_error (error);
  fl_service_import (world->service, accounts, &error);
  g_assert_no_error (error);

  return world;
}

static void
world_free (World *world)
{
  fl_service_stop (world->service);
  g_object_unref (world->service);
  g_object_unref (world->post);
  g_free (world);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static FlIdentity *
world_enter (World *world)
{
  return fl_kratos_identity_new (fl_service_get_url (world->service), "Visma Connect", NULL);
}

/* Flow and code out of the next mail's link. */
static void
world_read_mail (World  *world,
                 char  **flow,
                 char  **code)
{
  g_autoptr (GRegex) regex = g_regex_new ("#flow=([0-9a-f-]{36})&code=([0-9]{6})", 0, 0, NULL);
  g_autofree char *text = g_async_queue_timeout_pop (world->post->texts, WAIT);
  g_autoptr (GMatchInfo) match = NULL;

  g_assert_nonnull (text);
  g_assert_true (g_regex_match (regex, text, 0, &match));
  *flow = g_match_info_fetch (match, 1);
  *code = g_match_info_fetch (match, 2);
}

static void
expect (FlIdentity *identity,
        FlTell      verb,
        const char *a,
        const char *b,
        const char *end)
{
  g_autofree char *really = fl_teller_tell (identity, verb, a, b);

  g_assert_cmpstr (really, ==, end);
}

/* The beginning of the words only: flow ids differ from run to run. */
static void
expect_prefix (FlIdentity *identity,
               FlTell      verb,
               const char *a,
               const char *b,
               const char *start)
{
  g_autofree char *really = fl_teller_tell (identity, verb, a, b);

  if (!g_str_has_prefix (really, start))
    g_error ("“%s” does not begin with “%s”", really, start);
}

static char *
enrol (FlIdentity *identity)
{
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = fl_teller_run (identity, FL_TELL_START_TOTP, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (answer->enrolment);
  g_assert_cmpstr (fl_otpauth_get_issuer (answer->enrolment), ==, "Visma Connect");
  g_assert_cmpstr (fl_otpauth_get_account (answer->enrolment), ==, answer->address);

  return fl_totp_code (fl_otpauth_get_key (answer->enrolment), fl_clock_now ());
}

static char *
get_maja_code (void)
{
  g_autoptr (FlSecret) key = fl_secret_new (KEY);

  return fl_totp_code (key, fl_clock_now ());
}

static void
redeem_next_mail (World      *world,
                  FlIdentity *identity,
                  const char *end)
{
  g_autofree char *flow = NULL;
  g_autofree char *code = NULL;

  world_read_mail (world, &flow, &code);
  expect (identity, FL_TELL_REDEEM, flow, code, end);
}

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static void
resume (World      *world,
        FlIdentity *from,
        const char *start)
{
  g_autoptr (FlIdentity) identity = world_enter (world);
  g_autoptr (GVariant) record = g_variant_ref_sink (fl_identity_save (from));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *really = NULL;

  fl_identity_resume (identity, record, NULL, on_ended, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = fl_identity_finish (identity, result, &error);
  really = fl_teller_describe (answer, error);
  if (!g_str_has_prefix (really, start))
    g_error ("“%s” does not begin with “%s”", really, start);
}

static char *
solve_robot_check (FlIdentity *identity)
{
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;
  char *proof;

  answer = fl_teller_run (identity, FL_TELL_ROBOT, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (answer->challenge);
  proof = fl_altcha_solve (answer->challenge, NULL, &error);
  g_assert_no_error (error);

  return proof;
}

static void
start_with_proof (FlIdentity *identity,
                  const char *proof,
                  FlProblem   problem)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  fl_identity_start_recovery (identity, ANNA, "sv", proof, NULL, on_ended, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = fl_identity_finish (identity, result, &error);
  if (problem != 0)
    g_assert_error (error, FL_PROBLEM, (int) problem);
  else
    g_assert_no_error (error);
}

static void
test_newcomer (void)
{
  g_autoptr (World) world = world_new (TRUE, TRUE);
  g_autoptr (FlIdentity) identity = world_enter (world);
  g_autofree char *proof = NULL;
  g_autofree char *code = NULL;

  expect (identity, FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "done");
  expect (identity, FL_TELL_IDENTIFY, ANNA, NULL, "done");
  expect (identity, FL_TELL_SIGN_IN, ANNA, "no idea at all", "credentials-refused");
  expect (identity, FL_TELL_PREPARE_RECOVERY, NULL, NULL, "done");
  start_with_proof (identity, NULL, FL_PROBLEM_ROBOT_REFUSED);
  proof = solve_robot_check (identity);
  start_with_proof (identity, proof, 0);
  resume (world, identity, "done flow=");
  redeem_next_mail (world, identity, "done level=1 factor=no codes=no " ANNA);
  resume (world, identity, "done level=1 factor=no codes=no " ANNA);

  expect (identity, FL_TELL_SET_PASSWORD, "short", NULL, "password-short limit=10");
  expect (identity, FL_TELL_SET_PASSWORD, ANNA, NULL, "password-similar");
  expect (identity, FL_TELL_SET_PASSWORD, "korrekt häst batteri", NULL, "done level=1 factor=no codes=no " ANNA);
  expect (identity, FL_TELL_CONFIRM_TOTP, "12", NULL, "code-refused");
  code = enrol (identity);
  expect (identity, FL_TELL_CONFIRM_TOTP, code, NULL, "done level=2 factor=yes codes=no " ANNA);
  expect (identity, FL_TELL_ISSUE_CODES, NULL, NULL, "done made=12");
  resume (world, identity, "done level=2 factor=yes codes=no " ANNA);
  expect (identity, FL_TELL_CONFIRM_CODES, NULL, NULL, "done level=2 factor=yes codes=yes " ANNA);
  expect (identity, FL_TELL_SIGN_OUT, NULL, NULL, "done");
  expect (identity, FL_TELL_SIGN_IN, ANNA, "korrekt häst batteri", "second-factor-first level=1 " ANNA);
}

static void
test_returning (void)
{
  g_autoptr (World) world = world_new (FALSE, FALSE);
  g_autoptr (FlIdentity) erik = world_enter (world);
  g_autoptr (FlIdentity) maja = world_enter (world);
  g_autofree char *code = get_maja_code ();

  expect (erik, FL_TELL_IDENTIFY, ERIK, NULL, "done");
  expect (erik, FL_TELL_SIGN_IN, ERIK, "wrong wrong wrong", "credentials-refused");
  expect (erik, FL_TELL_SIGN_IN, ERIK, "", "password-missing");
  expect (erik, FL_TELL_SIGN_IN, ERIK, PASSWORD, "done level=1 " ERIK);
  expect_prefix (erik, FL_TELL_START_TOTP, NULL, NULL, "done level=1 factor=no codes=no key=");

  expect (maja, FL_TELL_SIGN_IN, MAJA, PASSWORD, "second-factor-first level=1 " MAJA);
  resume (world, maja, "second-factor-first");
  expect (maja, FL_TELL_TOTP, "000000", NULL, "code-refused");
  expect (maja, FL_TELL_RECOVERY_CODE, "zzzz zzzz", NULL, "code-refused");
  expect (maja, FL_TELL_TOTP, code, NULL, "done level=2 factor=yes codes=yes " MAJA);
  expect (maja, FL_TELL_SIGN_OUT, NULL, NULL, "done");

  expect (maja, FL_TELL_SIGN_IN, MAJA, PASSWORD, "second-factor-first level=1 " MAJA);
  expect_prefix (maja, FL_TELL_RECOVERY_CODE, "ABCD-1234", NULL, "done level=2 factor=yes codes=yes ");
  expect (maja, FL_TELL_SIGN_OUT, NULL, NULL, "done");
  expect (maja, FL_TELL_SIGN_IN, MAJA, PASSWORD, "second-factor-first level=1 " MAJA);
  expect (maja, FL_TELL_RECOVERY_CODE, "abcd1234", NULL, "code-used");
}

/* A forgotten password with two-factor on: the code first, then the new password in the same settings flow. */
static void
test_forgotten (void)
{
  g_autoptr (World) world = world_new (FALSE, FALSE);
  g_autoptr (FlIdentity) maja = world_enter (world);
  g_autofree char *code = get_maja_code ();

  expect_prefix (maja, FL_TELL_START_RECOVERY, MAJA, "sv", "done flow=");
  redeem_next_mail (world, maja, "second-factor-first level=1 " MAJA);
  resume (world, maja, "second-factor-first");
  expect (maja, FL_TELL_SET_PASSWORD, "another good passphrase", NULL, "second-factor-first");
  expect (maja, FL_TELL_TOTP, code, NULL, "done level=2 factor=yes codes=yes " MAJA);
  expect (maja, FL_TELL_SET_PASSWORD, "another good passphrase", NULL, "done level=2 factor=yes codes=yes " MAJA);
}

static void
test_grown_old (void)
{
  g_autoptr (World) world = world_new (FALSE, FALSE);
  g_autoptr (FlIdentity) erik = world_enter (world);
  g_autoptr (FlIdentity) anna = world_enter (world);
  g_autofree char *code = NULL;

  expect (erik, FL_TELL_SIGN_IN, ERIK, PASSWORD, "done level=1 " ERIK);
  expect_prefix (erik, FL_TELL_START_TOTP, NULL, NULL, "done level=1 factor=no codes=no key=");
  expect_prefix (anna, FL_TELL_START_RECOVERY, ANNA, "sv", "done flow=");
  redeem_next_mail (world, anna, "done level=1 factor=no codes=no " ANNA);
  fl_clock_advance (901);

  code = enrol (erik);
  expect (erik, FL_TELL_CONFIRM_TOTP, code, NULL, "password-first");
  expect (erik, FL_TELL_REAUTHENTICATE, "wrong wrong wrong", NULL, "credentials-refused");
  expect (erik, FL_TELL_REAUTHENTICATE, PASSWORD, NULL, "done level=1 " ERIK);
  expect (erik, FL_TELL_CONFIRM_TOTP, code, NULL, "done level=2 factor=yes codes=no " ERIK);

  expect (anna, FL_TELL_SET_PASSWORD, "korrekt häst batteri", NULL, "mail-first");
}

static void
test_mails (void)
{
  g_autoptr (World) world = world_new (FALSE, FALSE);
  g_autoptr (FlIdentity) anna = world_enter (world);
  g_autoptr (FlIdentity) elsewhere = world_enter (world);
  g_autoptr (FlIdentity) late = world_enter (world);
  g_autofree char *flow = NULL;
  g_autofree char *code = NULL;
  g_autofree char *late_flow = NULL;
  g_autofree char *late_code = NULL;

  expect_prefix (anna, FL_TELL_START_RECOVERY, "nobody@flexhrm.example", "sv", "done flow=");
  expect_prefix (anna, FL_TELL_START_RECOVERY, ANNA, "sv", "done flow=");
  world_read_mail (world, &flow, &code);
  g_free (g_steal_pointer (&code));
  expect_prefix (anna, FL_TELL_SEND_AGAIN, ANNA, "sv", "done flow=");
  g_free (g_steal_pointer (&flow));
  world_read_mail (world, &flow, &code);
  for (int i = 0; i < 4; i++)
    expect (anna, FL_TELL_REDEEM, flow, g_str_equal (code, "000000") ? "000001" : "000000", "code-refused");
  expect_prefix (anna, FL_TELL_LOOK_AGAIN, NULL, NULL, "done flow=");
  expect (elsewhere, FL_TELL_REDEEM, flow, code, "done level=1 factor=no codes=no " ANNA);
  expect (anna, FL_TELL_REDEEM, flow, code, "mail-used");

  expect_prefix (late, FL_TELL_START_RECOVERY, ANNA, "sv", "done flow=");
  world_read_mail (world, &late_flow, &late_code);
  fl_clock_advance (1801);
  expect (late, FL_TELL_REDEEM, late_flow, late_code, "mail-expired");
}

static void
test_tries_spent (void)
{
  g_autoptr (World) world = world_new (FALSE, FALSE);
  g_autoptr (FlIdentity) anna = world_enter (world);
  g_autofree char *flow = NULL;
  g_autofree char *code = NULL;
  const char *wrong;

  expect_prefix (anna, FL_TELL_START_RECOVERY, ANNA, "sv", "done flow=");
  world_read_mail (world, &flow, &code);
  wrong = g_str_equal (code, "000000") ? "000001" : "000000";
  for (int i = 0; i < 5; i++)
    expect (anna, FL_TELL_REDEEM, flow, wrong, "code-refused");
  expect (anna, FL_TELL_REDEEM, flow, wrong, "tries-spent");
  expect (anna, FL_TELL_REDEEM, flow, code, "tries-spent");
  expect_prefix (anna, FL_TELL_SEND_AGAIN, ANNA, "sv", "done flow=");
  redeem_next_mail (world, anna, "done level=1 factor=no codes=no " ANNA);
}

static void
test_throttled (void)
{
  g_autoptr (World) world = world_new (FALSE, TRUE);
  g_autoptr (FlIdentity) erik = world_enter (world);

  for (int i = 0; i < 8; i++)
    expect (erik, FL_TELL_SIGN_IN, ERIK, "wrong wrong wrong", "credentials-refused");
  expect (erik, FL_TELL_SIGN_IN, ERIK, PASSWORD, "throttled until");
  expect_prefix (erik, FL_TELL_START_RECOVERY, ERIK, "sv", "done flow=");
  expect (erik, FL_TELL_SEND_AGAIN, ERIK, "sv", "throttled until");
  fl_clock_advance (61);
  expect_prefix (erik, FL_TELL_SEND_AGAIN, ERIK, "sv", "done flow=");
  fl_clock_advance (1801);
  expect (erik, FL_TELL_SIGN_IN, ERIK, PASSWORD, "done level=1 " ERIK);
  expect_prefix (erik, FL_TELL_START_TOTP, NULL, NULL, "done level=1 factor=no codes=no key=");
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();

  g_test_add_func ("/kratos/service/newcomer", test_newcomer);
  g_test_add_func ("/kratos/service/returning", test_returning);
  g_test_add_func ("/kratos/service/forgotten", test_forgotten);
  g_test_add_func ("/kratos/service/grown-old", test_grown_old);
  g_test_add_func ("/kratos/service/mails", test_mails);
  g_test_add_func ("/kratos/service/tries-spent", test_tries_spent);
  g_test_add_func ("/kratos/service/throttled", test_throttled);

  return g_test_run ();
}
