/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include <locale.h>

#include "fl-kratos-identity.h"
#include "fl-player.h"
#include "fl-teller.h"

/* The client is fed every answer that a live Kratos has given, at the place where it was given; where this client would
 * not ask such a question, the answer is fed to it all the same, to see that it makes sense of it. */

#define ANNA   "anna@flexhrm.example"
#define ERIK   "erik@flexhrm.example"
#define ID(n)  "00000000-0000-4000-8000-0000000000" #n
#define KEY(l) "ABCDEFGHIJKLMNOPQRSTUVWXYZ2345" l l

static const FlStoryStep newcomer[] = {
  { 'a', FL_TELL_PREPARE_RECOVERY, NULL, NULL, "newcomer:0", "done" },
  { 'a', FL_TELL_START_RECOVERY, ANNA, NULL, "newcomer:1", "done flow=" ID (01) " resend " ANNA },
  { 'a', FL_TELL_REDEEM, ID (01), "000001", "newcomer:3", "code-refused" },
  { 'a', FL_TELL_LOOK_AGAIN, NULL, NULL, "newcomer:4", "done flow=" ID (01) " " ANNA },
  { 'a', FL_TELL_KEEP, NULL, NULL, "", NULL },
  { 'a', FL_TELL_REDEEM, ID (01), "100 001", "newcomer:5 newcomer:8", "done level=1 factor=no codes=no " ANNA },
  { 'b', FL_TELL_RESUME, "a", NULL, "newcomer:6", "mail-used" },
  { 'a', FL_TELL_KEEP, NULL, NULL, "", NULL },
  { 'b', FL_TELL_RESUME, "a", NULL, "newcomer:7 newcomer:8", "done level=1 factor=no codes=no " ANNA },
  { 'a', FL_TELL_START_TOTP, NULL, NULL, "", "done level=1 factor=no codes=no key=" KEY ("B") " " ANNA },
  { 'a', FL_TELL_SET_PASSWORD, "short", NULL, "newcomer:9", "password-short limit=10" },
  { 'a', FL_TELL_SET_PASSWORD, ANNA, NULL, "newcomer:10", "password-similar" },
  { 'a', FL_TELL_SET_PASSWORD, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", NULL,
    "newcomer:11", "password-long limit=72" },
  { 'a', FL_TELL_SET_PASSWORD, "", NULL, "newcomer:12", "password-missing" },
  { 'a', FL_TELL_SET_PASSWORD, "korrekt häst batteri", NULL, "newcomer:13", "done level=1 factor=no codes=no " ANNA },
  { 'a', FL_TELL_SET_PASSWORD, "korrekt häst batteri", NULL, "newcomer:14", "password-repeated" },
  { 'b', FL_TELL_RESUME, "a", NULL, "newcomer:7 newcomer:15", "done level=1 factor=no codes=no " ANNA },
  { 'a', FL_TELL_START_TOTP, NULL, NULL, "", "done level=1 factor=no codes=no key=" KEY ("C") " " ANNA },
  { 'a', FL_TELL_CONFIRM_TOTP, "000000", NULL, "newcomer:16", "code-refused" },
  { 'a', FL_TELL_CONFIRM_TOTP, "12", NULL, "newcomer:17", "code-refused" },
  { 'a', FL_TELL_CONFIRM_TOTP, "654 321", NULL, "newcomer:18", "code-refused" },
  { 'a', FL_TELL_CONFIRM_TOTP, "123-456", NULL, "newcomer:19", "done level=2 factor=yes codes=no " ANNA },
  { 'a', FL_TELL_START_TOTP, NULL, NULL, "", "done level=2 factor=yes codes=no " ANNA },
  { 'a', FL_TELL_ISSUE_CODES, NULL, NULL, "newcomer:21", "done made=12" },
  { 'a', FL_TELL_ISSUE_CODES, NULL, NULL, "", "done made=12" },
  { 'b', FL_TELL_RESUME, "a", NULL, "newcomer:20 newcomer:22", "done level=2 factor=yes codes=no " ANNA },
  { 'b', FL_TELL_ISSUE_CODES, NULL, NULL, "", "done made=12" },
  { 'a', FL_TELL_CONFIRM_CODES, NULL, NULL, "newcomer:23", "done level=2 factor=yes codes=yes " ANNA },
  { 'c', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "newcomer:25", "done" },
  { 'c', FL_TELL_SIGN_IN, ANNA, "korrekt häst batteri", "newcomer:26 newcomer:29", "second-factor-first level=1 " ANNA },
  { 'c', FL_TELL_KEEP, NULL, NULL, "", NULL },
  { 'd', FL_TELL_RESUME, "c", NULL, "newcomer:27", "second-factor-first" },
  { 'd', FL_TELL_START_TOTP, NULL, NULL, "newcomer:28", "second-factor-first" },
  { 'c', FL_TELL_TOTP, "000000", NULL, "newcomer:30", "code-refused" },
  { 'c', FL_TELL_TOTP, "123", NULL, "newcomer:31", "code-malformed" },
  { 'c', FL_TELL_RECOVERY_CODE, "ABCD efgh", NULL, "newcomer:32", "code-refused" },
  { 'c', FL_TELL_RECOVERY_CODE, "CODE-NO01", NULL, "newcomer:33", "done level=2 factor=yes codes=yes " ANNA },
  { 'd', FL_TELL_RESUME, "c", NULL, "newcomer:34", "done level=2 factor=no codes=no " ERIK },
  { 'e', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "newcomer:35", "done" },
  { 'e', FL_TELL_SIGN_IN, ANNA, "korrekt häst batteri", "newcomer:36 newcomer:37", "second-factor-first level=1 " ANNA },
  { 'e', FL_TELL_KEEP, NULL, NULL, "", NULL },
  { 'f', FL_TELL_RESUME, "e", NULL, "!newcomer:27 newcomer:37", "second-factor-first" },
  { 'f', FL_TELL_TOTP, "123456", NULL, "!newcomer:40", "session-ended" },
  { 'f', FL_TELL_TOTP, "123456", NULL, "", "session-ended" },
  { 'e', FL_TELL_RECOVERY_CODE, "codeno01", NULL, "newcomer:38", "code-used" },
  { 'e', FL_TELL_TOTP, "123456", NULL, "newcomer:39", "done level=2 factor=yes codes=yes " ANNA },
  { 'e', FL_TELL_TOTP, "123456", NULL, "newcomer:41 ~newcomer:34", "done level=2 " ANNA },
  { 'e', FL_TELL_REAUTHENTICATE, "wrong wrong", NULL, "newcomer:43 newcomer:44", "credentials-refused" },
  { 'e', FL_TELL_REAUTHENTICATE, "korrekt häst batteri", NULL, "newcomer:45", "done level=2 " ANNA },
  { 'g', FL_TELL_RESUME, "e", NULL, "!newcomer:27 ~newcomer:42", "second-factor-first" },
  { 'h', FL_TELL_PREPARE_RECOVERY, NULL, NULL, "newcomer:47", "done" },
  { 'h', FL_TELL_START_RECOVERY, ANNA, NULL, "newcomer:48", "done flow=" ID (21) " resend " ANNA },
  { 'h', FL_TELL_REDEEM, ID (21), "100002", "newcomer:50 newcomer:51 newcomer:53", "second-factor-first level=1 " ANNA },
  { 'h', FL_TELL_SET_PASSWORD, "another good passphrase", NULL, "newcomer:52", "second-factor-first" },
  { 'h', FL_TELL_TOTP, "123456", NULL, "newcomer:54", "done level=2 factor=yes codes=yes " ANNA },
  { 'h', FL_TELL_SET_PASSWORD, "another good passphrase", NULL, "newcomer:55", "done level=2 factor=yes codes=yes " ANNA },
};

static const FlStoryStep login_password[] = {
  { 'a', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "login-password:0", "done" },
  { 'a', FL_TELL_IDENTIFY, ERIK, NULL, "login-password:1", "done" },
  { 'a', FL_TELL_SIGN_IN, ERIK, "wrong wrong wrong", "login-password:2", "credentials-refused" },
  { 'a', FL_TELL_SIGN_IN, ERIK, "", "login-password:3", "password-missing" },
  { 'a', FL_TELL_SIGN_IN, ERIK, "correct horse battery", "login-password:4", "done level=1 " ERIK },
  { 'a', FL_TELL_START_TOTP, NULL, NULL, "", "done level=1 factor=no codes=no key=" KEY ("B") " " ERIK },
  { 'a', FL_TELL_KEEP, NULL, NULL, "", NULL },
  { 'b', FL_TELL_RESUME, "a", NULL, "login-password:5 ~newcomer:8", "protocol" },
  { 'a', FL_TELL_SIGN_OUT, NULL, NULL, "login-password:6", "done" },
  { 'c', FL_TELL_RESUME, "a", NULL, "login-password:7", "session-ended" },
  { 'b', FL_TELL_SIGN_OUT, NULL, NULL, "login-password:8", "done" },
  { 'b', FL_TELL_SIGN_OUT, NULL, NULL, "", "done" },
};

static const FlStoryStep login_refused[] = {
  { 'a', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "login-refused:0", "done" },
  { 'a', FL_TELL_IDENTIFY, ANNA, NULL, "login-refused:1", "done" },
  { 'a', FL_TELL_SIGN_IN, ANNA, "correct horse battery", "login-refused:2", "credentials-refused" },
  { 'b', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "login-refused:3", "done" },
  { 'b', FL_TELL_IDENTIFY, "nobody@flexhrm.example", NULL, "login-refused:4", "done" },
  { 'b', FL_TELL_SIGN_IN, "nobody@flexhrm.example", "correct horse battery", "login-refused:5", "credentials-refused" },
  { 'c', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "login-refused:6", "done" },
  { 'c', FL_TELL_IDENTIFY, "not an address", NULL, "login-refused:7", "done" },
  { 'c', FL_TELL_SIGN_IN, "not an address", "correct horse battery", "login-refused:8", "credentials-refused" },
  { 'd', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "login-refused:9", "done" },
  { 'd', FL_TELL_IDENTIFY, "", NULL, "login-refused:10", "done" },
  { 'd', FL_TELL_SIGN_IN, "", "correct horse battery", "login-refused:11", "address-malformed" },
  { 'e', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "login-refused:12", "done" },
  { 'e', FL_TELL_SIGN_IN, "ERIK@FLEXHRM.EXAMPLE", "correct horse battery", "login-refused:13",
    "done level=1 " ERIK },
  { 'f', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "login-refused:14", "done" },
  { 'f', FL_TELL_SIGN_IN, "  erik@flexhrm.example ", "correct horse battery", "~login-refused:15",
    "done level=1 " ERIK },
  { 'g', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "login-refused:16", "done" },
  { 'g', FL_TELL_IDENTIFY, ERIK, NULL, "~login-refused:17", "done" },
  { 'g', FL_TELL_SIGN_IN, ERIK, "correct horse battery", "~login-refused:18", "protocol" },
  { 'g', FL_TELL_SIGN_IN, ERIK, "correct horse battery", "~login-refused:19", "protocol" },
  { 'g', FL_TELL_SIGN_IN, ERIK, "correct horse battery", "~login-refused:20 ~login-refused:20", "protocol" },
  { 'g', FL_TELL_SIGN_IN, ERIK, "correct horse battery", "login-refused:0 !login-refused:21", "protocol" },
  { 'g', FL_TELL_SIGN_IN, ERIK, "correct horse battery", "!login-refused:22", "protocol" },
};

static const FlStoryStep expiry[] = {
  { 'a', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "expiry:0", "done" },
  { 'a', FL_TELL_PREPARE_RECOVERY, NULL, NULL, "expiry:1", "done" },
  { 'a', FL_TELL_START_RECOVERY, ANNA, NULL, "expiry:2", "done flow=" ID (02) " resend " ANNA },
  { 'a', FL_TELL_SIGN_IN, ERIK, "correct horse battery", "expiry:5 expiry:0 ~login-password:4",
    "done level=1 " ERIK },
  { 'b', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "!expiry:6", "protocol" },
  { 'b', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "!expiry:7", "done" },
  { 'c', FL_TELL_PREPARE_RECOVERY, NULL, NULL, "expiry:1", "done" },
  { 'c', FL_TELL_START_RECOVERY, ANNA, NULL, "expiry:2", "done flow=" ID (02) " resend " ANNA },
  { 'c', FL_TELL_KEEP, NULL, NULL, "", NULL },
  { 'c', FL_TELL_REDEEM, ID (02), "100001", "expiry:8", "code-refused" },
  { 'c', FL_TELL_REDEEM, ID (02), "100001", "expiry:10", "mail-expired" },
  { 'd', FL_TELL_RESUME, "c", NULL, "expiry:11", "mail-expired" },
};

static const FlStoryStep privileged[] = {
  { 'a', FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "privileged:0", "done" },
  { 'a', FL_TELL_SIGN_IN, ERIK, "correct horse battery", "privileged:1", "done level=1 " ERIK },
  { 'a', FL_TELL_START_TOTP, NULL, NULL, "privileged:2", "done level=1 factor=no codes=no key=" KEY ("B") " " ERIK },
  { 'a', FL_TELL_CONFIRM_TOTP, "123456", NULL, "privileged:4 privileged:5", "password-first" },
  { 'a', FL_TELL_REAUTHENTICATE, "correct horse battery", NULL, "privileged:6", "done level=1 " ERIK },
  { 'a', FL_TELL_START_TOTP, NULL, NULL, "", "done level=1 factor=no codes=no key=" KEY ("B") " " ERIK },
  { 'a', FL_TELL_CONFIRM_TOTP, "123456", NULL, "privileged:7", "done level=2 factor=yes codes=no " ERIK },
};

static const FlStoryStep code_too_often[] = {
  { 'a', FL_TELL_PREPARE_RECOVERY, NULL, NULL, "code-too-often:0", "done" },
  { 'a', FL_TELL_START_RECOVERY, ANNA, NULL, "code-too-often:1", "done flow=" ID (01) " resend " ANNA },
  { 'a', FL_TELL_REDEEM, ID (01), "000001", "code-too-often:3", "code-refused" },
  { 'a', FL_TELL_REDEEM, ID (01), "000001", "code-too-often:4", "code-refused" },
  { 'a', FL_TELL_REDEEM, ID (01), "000001", "code-too-often:5", "code-refused" },
  { 'a', FL_TELL_REDEEM, ID (01), "000001", "code-too-often:6", "code-refused" },
  { 'a', FL_TELL_REDEEM, ID (01), "000001", "code-too-often:7", "code-refused" },
  { 'a', FL_TELL_REDEEM, ID (01), "000001", "code-too-often:8 newcomer:4", "tries-spent" },
  { 'a', FL_TELL_REDEEM, ID (01), "100001", "code-too-often:9 newcomer:4", "tries-spent" },
  { 'a', FL_TELL_REDEEM, ID (01), "100001", "code-too-often:9 newcomer:6", "mail-used" },
};

static const FlStoryStep recovery_odd[] = {
  { 'a', FL_TELL_START_RECOVERY, "", NULL, "recovery-odd:0 recovery-odd:1", "address-malformed" },
  { 'b', FL_TELL_START_RECOVERY, "not an address", NULL, "recovery-odd:2 recovery-odd:3", "address-malformed" },
  { 'c', FL_TELL_START_RECOVERY, "aaa@x.se", NULL, "recovery-odd:4 ~recovery-odd:5", "address-malformed" },
  { 'd', FL_TELL_START_RECOVERY, "nobody@flexhrm.example", NULL, "recovery-odd:6 recovery-odd:7",
    "done flow=" ID (04) " resend nobody@flexhrm.example" },
  { 'e', FL_TELL_START_RECOVERY, "ANNA@FLEXHRM.EXAMPLE", NULL, "recovery-odd:8 recovery-odd:9",
    "done flow=" ID (05) " resend ANNA@FLEXHRM.EXAMPLE" },
  { 'f', FL_TELL_START_RECOVERY, " anna@flexhrm.example ", NULL, "recovery-odd:11 ~recovery-odd:12", "address-malformed" },
};

static const FlStoryStep resend[] = {
  { 'a', FL_TELL_PREPARE_RECOVERY, NULL, NULL, "resend:0", "done" },
  { 'a', FL_TELL_START_RECOVERY, ANNA, NULL, "resend:1", "done flow=" ID (01) " resend " ANNA },
  { 'a', FL_TELL_SEND_AGAIN, ANNA, NULL, "resend:3", "done flow=" ID (01) " resend " ANNA },
  { 'a', FL_TELL_REDEEM, ID (01), "100001", "resend:5", "code-refused" },
  { 'a', FL_TELL_REDEEM, ID (01), "100002", "resend:6 ~newcomer:8", "done level=1 factor=no codes=no " ANNA },
};

typedef struct {
  const char        *name;
  const FlStoryStep *steps;
  gsize              n_steps;
} Story;

#define STORY(name, steps) { name, steps, G_N_ELEMENTS (steps) }

static const Story stories[] = {
  STORY ("newcomer", newcomer),
  STORY ("login-password", login_password),
  STORY ("login-refused", login_refused),
  STORY ("expiry", expiry),
  STORY ("privileged", privileged),
  STORY ("code-too-often", code_too_often),
  STORY ("recovery-odd", recovery_odd),
  STORY ("resend", resend),
};

static FlIdentity *
get_identity (GHashTable *people,
              FlPlayer   *player,
              char        who)
{
  FlIdentity *identity = g_hash_table_lookup (people, GINT_TO_POINTER (who));

  if (identity == NULL)
    {
      identity = fl_kratos_identity_new (fl_player_get_url (player), "Visma Connect", NULL);
      g_hash_table_insert (people, GINT_TO_POINTER (who), identity);
    }

  return identity;
}

static void
on_resumed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static char *
resume (FlIdentity *identity,
        GVariant   *record)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  fl_identity_resume (identity, record, NULL, on_resumed, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  answer = fl_identity_finish (identity, result, &error);
  return fl_teller_describe (answer, error);
}

static gboolean
on_patience_lost (gpointer user_data)
{
  g_error ("the client has not asked what it should have asked");
  return G_SOURCE_REMOVE;
}

/* What a verb begins in the background is part of the step. */
static void
wait_until_fed (FlPlayer *player)
{
  guint source = g_timeout_add_seconds (30, on_patience_lost, NULL);

  while (!fl_player_is_fed (player))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
}

static void
test_story (gconstpointer data)
{
  const Story *story = data;
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (GHashTable) people = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  g_autoptr (GHashTable) records = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_variant_unref);

  for (gsize i = 0; i < story->n_steps; i++)
    {
      const FlStoryStep *step = &story->steps[i];
      FlIdentity *identity = get_identity (people, player, step->who);
      g_autofree char *end = NULL;

      g_test_message ("step %" G_GSIZE_FORMAT ": %s", i, step->feed);
      fl_player_feed (player, step->feed);
      if (step->verb == FL_TELL_KEEP)
        g_hash_table_insert (records, GINT_TO_POINTER (step->who), g_variant_ref_sink (fl_identity_save (identity)));
      else if (step->verb == FL_TELL_RESUME)
        end = resume (identity, g_hash_table_lookup (records, GINT_TO_POINTER (*step->a)));
      else
        end = fl_teller_tell (identity, step->verb, step->a, step->b);

      g_assert_cmpstr (end, ==, step->end);
      wait_until_fed (player);
    }
}

/* No answer has been forgotten: each exchange of each transcript is fed by one of the tables above. */
static void
test_complete (void)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (GString) feeds = g_string_new (" ");

  for (gsize i = 0; i < G_N_ELEMENTS (stories); i++)
    for (gsize j = 0; j < stories[i].n_steps; j++)
      g_string_append_printf (feeds, "%s ", stories[i].steps[j].feed);
  g_string_replace (feeds, " ~", " ", 0);
  g_string_replace (feeds, " !", " ", 0);

  for (gsize i = 0; i < G_N_ELEMENTS (stories); i++)
    for (guint j = 0; j < fl_player_get_length (player, stories[i].name); j++)
      {
        g_autofree char *reference = g_strdup_printf ("%s:%u", stories[i].name, j);
        g_autofree char *word = g_strdup_printf (" %s ", reference);

        if (json_object_has_member (fl_player_get_exchange (player, reference), "request") &&
            strstr (feeds->str, word) == NULL)
          {
            g_test_message ("%s is not fed", reference);
            g_test_fail ();
          }
      }
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (stories); i++)
    {
      g_autofree char *path = g_strconcat ("/kratos/transcripts/", stories[i].name, NULL);

      g_test_add_data_func (path, &stories[i], test_story);
    }
  g_test_add_func ("/kratos/transcripts/all", test_complete);

  return g_test_run ();
}
