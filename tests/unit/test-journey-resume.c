/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-journey-resume"

#include "config.h"

#include "fl-clock.h"
#include "fl-journey-private.h"
#include "fl-memory-vault.h"
#include "journey-fixture.h"

#include <string.h>

/* Close, crash, log out, power off: the next start continues on the same page with the same address. */
static void
test_every_step (Fixture       *fixture,
                 gconstpointer  data)
{
  static const struct {
    FlStep step;
    FlStep resumed;
  } steps[] = {
    { FL_STEP_PASSWORD, FL_STEP_PASSWORD },
    { FL_STEP_CREATE_PASSWORD, FL_STEP_CREATE_PASSWORD },
    { FL_STEP_INBOX, FL_STEP_INBOX },
    { FL_STEP_SECOND_FACTOR, FL_STEP_SECOND_FACTOR },
    { FL_STEP_NEW_PASSWORD, FL_STEP_NEW_PASSWORD },
    { FL_STEP_ENROL, FL_STEP_ENROL },
    { FL_STEP_RECOVERY_CODES, FL_STEP_RECOVERY_CODES },
    { FL_STEP_PASSWORD_AGAIN, FL_STEP_ENROL }, /* what was typed is gone */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      fixture_walk_to (fixture, steps[i].step);
      fixture_restart (fixture);
      if (steps[i].step == FL_STEP_RECOVERY_CODES)
        fixture_answer_facts (fixture, "resume", 2, FL_FACT_YES, FL_FACT_NO);
      fixture_start (fixture);
      assert_step (fixture, fl_step_get_name (steps[i].resumed));
      g_assert_cmpstr (fl_journey_get_address (fixture->journey), ==, ANNA);
      assert_notice (fixture, FL_NOTICE_RESUMED);
      assert_no_problem (fixture);

      fl_journey_use_another_address (fixture->journey);
      fixture_restart (fixture);
    }
}

/* The same over the vault that the training uses. */
static void
test_memory_vault (void)
{
  g_autoptr (FlVault) vault = fl_memory_vault_new ();
  g_autoptr (FlFakeIdentity) identity = fl_fake_identity_new ();

  for (guint run = 0; run < 2; run++)
    {
      g_autoptr (FlJourney) journey = fl_journey_new (vault, fl_fake_identity_factory, identity, NULL);

      g_assert_cmpint (fl_journey_get_vault_state (journey), ==, FL_VAULT_NEVER);
      fl_journey_start (journey, SERVER, FALSE);
      fl_journey_wake (journey);
      g_assert_cmpint (fl_journey_get_step (journey), ==, FL_STEP_EMAIL);
      if (run == 0)
        fl_journey_submit_address (journey, ANNA, TRUE);
      while (fl_journey_get_step (journey) != FL_STEP_PASSWORD)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpstr (fl_journey_get_address (journey), ==, ANNA);
      g_object_run_dispose (G_OBJECT (journey));
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_mail_goes_on (Fixture       *fixture,
                   gconstpointer  data)
{
  gint64 expires_at;

  fixture_walk_to (fixture, FL_STEP_INBOX);
  expires_at = fl_journey_get_mail_expires_at (fixture->journey);
  fixture_fail (fixture, "redeem", FL_PROBLEM_CODE_REFUSED);
  fixture_mail_code (fixture, "111111");

  fixture_restart (fixture);
  fixture_start (fixture);
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "resume"), ==, "'session-token'");
  g_assert_cmpint (fl_journey_get_mail_expires_at (fixture->journey), ==, expires_at);
  g_assert_cmpint (fl_journey_get_resend_at (fixture->journey), !=, 0);

  /* That a wrong code was entered in this flow is not forgotten. */
  fl_clock_advance (61);
  fl_journey_send_again (fixture->journey);
  fixture_settle (fixture);
  assert_count (fixture, "start_recovery", 1);
  assert_count (fixture, "send_again", 0);
}

static void
test_superseded_is_known (Fixture       *fixture,
                          gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fl_clock_advance (1801);
  fl_journey_send_again (fixture->journey);
  fixture_settle (fixture);

  fixture_restart (fixture);
  fixture_start (fixture);
  fixture_open_link (fixture, SERVER "/r/", FLOW_1);
  assert_problem (fixture, FL_PROBLEM_MAIL_SUPERSEDED);

  fixture_open_link (fixture, SERVER "/r/", FLOW_2);
  assert_step (fixture, "new-password");
}

static void
test_mail_expired_meanwhile (Fixture       *fixture,
                             gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fixture_restart (fixture);
  fl_clock_advance (3600);
  fixture_start (fixture);
  assert_step (fixture, "inbox");
  assert_notice (fixture, FL_NOTICE_MAIL_EXPIRED);
  g_assert_cmpuint (fixture->journey->look_timeout, ==, 0);   /* it would say the same a second time */
  fl_journey_send_again (fixture->journey);
  fixture_settle (fixture);
  assert_count (fixture, "start_recovery", 1);
}

static void
test_server_says_over (Fixture       *fixture,
                       gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fixture_restart (fixture);
  fixture_fail (fixture, "resume", FL_PROBLEM_MAIL_EXPIRED);
  fixture_start (fixture);
  assert_step (fixture, "inbox");
  assert_notice (fixture, FL_NOTICE_MAIL_EXPIRED);

  fl_journey_use_another_address (fixture->journey);
  fixture_restart (fixture);
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fixture_restart (fixture);
  fixture_fail (fixture, "resume", FL_PROBLEM_MAIL_USED);
  fixture_start (fixture);
  assert_step (fixture, "inbox");
  assert_problem (fixture, FL_PROBLEM_MAIL_USED);
  g_assert_cmpuint (fixture->journey->look_timeout, ==, 0);   /* it would find another reason */
}

/* The session beside which a mail was waited for is over: the mail is not, but the next one begins anew. */
static void
test_mail_outlives_session (Fixture       *fixture,
                            gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fixture_restart (fixture);
  fixture_fail (fixture, "resume", FL_PROBLEM_SESSION_ENDED);
  fixture_start (fixture);
  assert_step (fixture, "inbox");
  assert_notice (fixture, FL_NOTICE_RESUMED);
  fl_clock_advance (61);
  fl_journey_send_again (fixture->journey);
  fixture_settle (fixture);
  assert_count (fixture, "send_again", 0);
  assert_count (fixture, "start_recovery", 1);
}

static void
test_session_is_over (Fixture       *fixture,
                      gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_ENROL);
  fixture_restart (fixture);
  fixture_fail (fixture, "resume", FL_PROBLEM_SESSION_ENDED);
  fixture_start (fixture);
  assert_step (fixture, "email");
  assert_notice (fixture, FL_NOTICE_SESSION_ENDED);
  g_assert_cmpstr (fl_journey_get_address (fixture->journey), ==, ANNA);
  g_assert_false (fl_journey_get_resume_offered (fixture->journey));
  g_assert_null (fl_fake_vault_peek (fixture->vault, FL_VAULT_JOURNAL));
}

/* Without network the record stays on offer. */
static void
test_offline (Fixture       *fixture,
              gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_ENROL);
  fixture_restart (fixture);
  fixture_fail (fixture, "resume", FL_PROBLEM_OFFLINE);
  fixture_start (fixture);
  assert_step (fixture, "email");
  assert_problem (fixture, FL_PROBLEM_OFFLINE);
  g_assert_true (fl_journey_get_resume_offered (fixture->journey));

  fl_journey_accept_resume (fixture->journey);
  fixture_settle (fixture);
  assert_step (fixture, "enrol");
  g_assert_false (fl_journey_get_resume_offered (fixture->journey));
}

/* Meanwhile the owner has finished elsewhere. */
static void
test_finished_elsewhere (Fixture       *fixture,
                         gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_RECOVERY_CODES);
  fixture_restart (fixture);
  fixture_answer_facts (fixture, "resume", 2, FL_FACT_YES, FL_FACT_YES);
  fixture_start (fixture);
  assert_step (fixture, "all-set");
  g_assert_null (fl_fake_vault_peek (fixture->vault, FL_VAULT_JOURNAL));
}

static void
test_second_factor_first (Fixture       *fixture,
                          gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_NEW_PASSWORD);
  fixture_restart (fixture);
  fl_fake_identity_outcome (fixture->identity, "resume", FL_OUTCOME_SECOND_FACTOR_FIRST);
  fixture_start (fixture);
  assert_step (fixture, "second-factor");
  fixture_second_factor (fixture, FL_FACTOR_TOTP, "123456");
  assert_step (fixture, "new-password");
}

/* Until the first page is on the screen, neither keyring nor network is in its way. */
static void
test_asleep (Fixture       *fixture,
             gconstpointer  data)
{
  fl_fake_vault_put (fixture->vault, FL_VAULT_ADDRESS, "maja@flexhrm.example");
  fl_journey_start (fixture->journey, SERVER, FALSE);
  fixture_settle (fixture);
  assert_step (fixture, "email");
  g_assert_null (fl_journey_get_address (fixture->journey));
  g_assert_cmpuint (fl_fake_identity_count (fixture->identity, "prepare"), ==, 0);

  fl_journey_wake (fixture->journey);
  fixture_settle (fixture);
  g_assert_cmpstr (fl_journey_get_address (fixture->journey), ==, "maja@flexhrm.example");
  g_assert_cmpstr (fl_fake_identity_last (fixture->identity, "prepare"), ==, "sign-in");
}

/* The first frame does not wait for a keyring; what was typed meanwhile wins. */
static void
test_slow_vault (Fixture       *fixture,
                 gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fl_fake_vault_put (fixture->vault, FL_VAULT_ADDRESS, "maja@flexhrm.example");
  fixture_restart (fixture);

  fl_fake_vault_hold (fixture->vault, TRUE);
  fl_journey_start (fixture->journey, SERVER, FALSE);
  fl_journey_wake (fixture->journey);
  assert_step (fixture, "email");
  g_assert_cmpint (fl_journey_get_vault_state (fixture->journey), ==, FL_VAULT_UNKNOWN);
  g_assert_false (fl_journey_get_busy (fixture->journey));
  fl_journey_person_typed (fixture->journey);
  fl_fake_vault_hold (fixture->vault, FALSE);
  fixture_settle (fixture);
  assert_step (fixture, "email");
  g_assert_cmpint (fl_journey_get_vault_state (fixture->journey), ==, FL_VAULT_KEPT);
  g_assert_null (fl_journey_get_address (fixture->journey));
  g_assert_true (fl_journey_get_resume_offered (fixture->journey));

  fl_journey_accept_resume (fixture->journey);
  fixture_settle (fixture);
  assert_step (fixture, "create-password");
  g_assert_cmpstr (fl_journey_get_address (fixture->journey), ==, ANNA);
}

static void
test_offer_ends (Fixture       *fixture,
                 gconstpointer  data)
{
  fixture_walk_to (fixture, FL_STEP_INBOX);
  fixture_restart (fixture);
  fl_journey_person_typed (fixture->journey);
  fixture_start (fixture);
  g_assert_true (fl_journey_get_resume_offered (fixture->journey));
  fl_journey_submit_address (fixture->journey, "erik@flexhrm.example", FALSE);
  fixture_settle (fixture);
  assert_step (fixture, "password");
  g_assert_false (fl_journey_get_resume_offered (fixture->journey));

  fixture_restart (fixture);
  fixture_start (fixture);
  assert_step (fixture, "password");
  g_assert_cmpstr (fl_journey_get_address (fixture->journey), ==, "erik@flexhrm.example");
}

static void
test_saved_address (Fixture       *fixture,
                    gconstpointer  data)
{
  fl_fake_vault_put (fixture->vault, FL_VAULT_ADDRESS, ANNA);
  fixture_start (fixture);
  assert_step (fixture, "email");
  g_assert_cmpstr (fl_journey_get_address (fixture->journey), ==, ANNA);
  g_assert_true (fl_journey_get_remember (fixture->journey));

  fixture_restart (fixture);
  fl_fake_vault_put (fixture->vault, FL_VAULT_ADDRESS, "not an address");
  fixture_start (fixture);
  g_assert_null (fl_journey_get_address (fixture->journey));
  g_assert_false (fl_journey_get_remember (fixture->journey));
}

static void
test_saved_address_barred (Fixture       *fixture,
                           gconstpointer  data)
{
  fl_fake_vault_put (fixture->vault, FL_VAULT_ADDRESS, ANNA);
  fl_journey_set_may_remember (fixture->journey, FALSE);
  fl_journey_set_may_recall (fixture->journey, FALSE);
  fixture_start (fixture);
  assert_step (fixture, "email");
  g_assert_null (fl_journey_get_address (fixture->journey));
  g_assert_false (fl_journey_get_remember (fixture->journey));

  fl_journey_submit_address (fixture->journey, "erik@flexhrm.example", TRUE);
  fixture_settle (fixture);
  g_assert_null (fl_fake_vault_peek (fixture->vault, FL_VAULT_ADDRESS));

  /* Nor does one stay that the vault had not told of yet when the next was typed. */
  fixture_restart (fixture);
  fl_fake_vault_put (fixture->vault, FL_VAULT_ADDRESS, ANNA);
  fl_journey_set_may_remember (fixture->journey, FALSE);
  fl_journey_set_may_recall (fixture->journey, FALSE);
  fl_fake_vault_hold (fixture->vault, TRUE);
  fixture_start (fixture);
  assert_step (fixture, "email");
  fl_journey_submit_address (fixture->journey, "erik@flexhrm.example", FALSE);
  fixture_settle (fixture);
  assert_step (fixture, "password");
  fl_fake_vault_hold (fixture->vault, FALSE);
  fixture_settle (fixture);
  g_assert_null (fl_fake_vault_peek (fixture->vault, FL_VAULT_ADDRESS));
}

static void
test_foreign_record (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *record = NULL;

  fixture_walk_to (fixture, FL_STEP_INBOX);
  record = g_strdup (fl_fake_vault_peek (fixture->vault, FL_VAULT_JOURNAL));
  fixture_restart (fixture);
  fl_journey_start (fixture->journey, "https://id.other.example", FALSE);
  fl_journey_wake (fixture->journey);
  fixture_settle (fixture);
  assert_step (fixture, "email");
  g_assert_false (fl_journey_get_resume_offered (fixture->journey));
  g_assert_null (fl_journey_get_address (fixture->journey));
  g_assert_cmpstr (fl_fake_vault_peek (fixture->vault, FL_VAULT_JOURNAL), ==, record);
}

#define RECORD(rest) "{'version': <uint32 1>, 'server': <'" SERVER "'>, " rest "}"

static void
test_hostile_record (Fixture       *fixture,
                     gconstpointer  data)
{
  static const char * const records[] = {
    "",
    "nonsense",
    RECORD ("'step': <'all-set'>"),
    RECORD ("'step': <'link'>"),
    RECORD ("'step': <'password-again'>"),
    RECORD ("'step': <'password'>"),                                                /* whose? */
    RECORD ("'step': <'inbox'>, 'address': <'nobody'>"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (records); i++)
    {
      fl_fake_vault_put (fixture->vault, FL_VAULT_JOURNAL, records[i]);
      fixture_start (fixture);
      assert_step (fixture, "email");
      assert_no_problem (fixture);
      g_assert_false (fl_journey_get_resume_offered (fixture->journey));
      fixture_restart (fixture);
    }

  /* Nothing to prove a session with. */
  fl_fake_vault_put (fixture->vault, FL_VAULT_JOURNAL, RECORD ("'step': <'enrol'>, 'needed-at': <'inbox'>"));
  fixture_start (fixture);
  assert_step (fixture, "email");
  assert_notice (fixture, FL_NOTICE_SESSION_ENDED);
  fixture_restart (fixture);

  /* A second factor that is needed nowhere. */
  fl_fake_vault_put (fixture->vault, FL_VAULT_JOURNAL,
                     RECORD ("'step': <'second-factor'>, 'needed-at': <'inbox'>, 'identity': <<1>>"));
  fixture_start (fixture);
  assert_step (fixture, "second-factor");
  fixture_second_factor (fixture, FL_FACTOR_TOTP, "123456");
  assert_step (fixture, "all-set");
}

/* A record that cannot be read is set aside, with a word; it is left where it is until there is another one. */
static void
test_unreadable_record (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autofree char *huge = g_strnfill (1 << 20, '[');
  g_autofree char *truncated = NULL;
  const char *records[6] = {
    "", "nonsense", "{'version': <uint32 2>, 'server': <'" SERVER "'>, 'step': <'enrol'>}", "\xff\xfe", huge,
  };

  fixture_walk_to (fixture, FL_STEP_INBOX);
  truncated = g_strndup (fl_fake_vault_peek (fixture->vault, FL_VAULT_JOURNAL), 120);
  records[5] = truncated;
  for (gsize i = 0; i < G_N_ELEMENTS (records); i++)
    {
      fixture_restart (fixture);
      fl_fake_vault_put (fixture->vault, FL_VAULT_JOURNAL, records[i]);
      fixture_start (fixture);
      assert_step (fixture, "email");
      assert_notice (fixture, FL_NOTICE_RECORD_UNREADABLE);
      g_assert_cmpstr (fl_fake_vault_peek (fixture->vault, FL_VAULT_JOURNAL), ==, records[i]);
    }

  fixture_give_address (fixture);
  assert_step (fixture, "password");
  assert_notice (fixture, FL_NOTICE_NONE);
  fixture_restart (fixture);
  fixture_start (fixture);
  assert_step (fixture, "password");
}

/* The key and the codes that are shown after a restart are those of before; where they are not, that is said. */
static void
test_shown_changed (Fixture       *fixture,
                    gconstpointer  data)
{
  FlAnswer *others;

  fixture_walk_to (fixture, FL_STEP_ENROL);
  fixture_restart (fixture);
  fixture_start (fixture);
  assert_notice (fixture, FL_NOTICE_RESUMED);
  fixture_restart (fixture);
  fl_fake_identity_change_key (fixture->identity);
  fixture_start (fixture);
  assert_notice (fixture, FL_NOTICE_KEY_CHANGED);

  fixture_activate (fixture, "123456");
  assert_step (fixture, "recovery-codes");
  assert_notice (fixture, FL_NOTICE_NONE);
  fixture_restart (fixture);
  others = fl_fake_identity_usual (fixture->identity, "issue_recovery_codes");
  g_ptr_array_set_size (others->codes, 1);
  fixture_answer_facts (fixture, "resume", 2, FL_FACT_YES, FL_FACT_NO);
  fl_fake_identity_answer (fixture->identity, "issue_recovery_codes", others);
  fixture_start (fixture);
  assert_step (fixture, "recovery-codes");
  assert_notice (fixture, FL_NOTICE_CODES_CHANGED);
}

/* The clock of this computer is set while the program does not run: the mail's end does not move. */
static void
test_clock_was_set (Fixture       *fixture,
                    gconstpointer  data)
{
  static const gint64 days[] = { -86400, 86400 };

  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    {
      FlAnswer *seen = fl_answer_new (FL_OUTCOME_DONE);

      fixture_walk_to (fixture, FL_STEP_INBOX);
      seen->flow = fl_secret_new (FLOW_1);
      seen->mail_expires_at = fl_journey_get_mail_expires_at (fixture->journey) + days[i];
      fixture_restart (fixture);
      fl_clock_advance (days[i]);
      fl_fake_identity_answer (fixture->identity, "resume", seen);
      fixture_start (fixture);
      assert_step (fixture, "inbox");
      assert_notice (fixture, FL_NOTICE_RESUMED);
      g_assert_cmpint (fl_journey_get_mail_expires_at (fixture->journey) - fl_clock_now (), >, 1700);
      g_assert_cmpint (fl_journey_get_mail_expires_at (fixture->journey) - fl_clock_now (), <=, 1800);
      g_assert_cmpint (fl_journey_get_resend_at (fixture->journey) - fl_clock_now (), <=, 60);
      g_assert_cmpint (fl_journey_get_mail_sent_at (fixture->journey), <=, fl_clock_now ());

      fl_journey_use_another_address (fixture->journey);
      fixture_restart (fixture);
    }
}

/* What is kept is the token, in the keyring; never anything that was typed, and no more often than it changes. */
static void
test_what_is_written (Fixture       *fixture,
                      gconstpointer  data)
{
  const char *record;
  guint writes;

  fixture_walk_to (fixture, FL_STEP_NEW_PASSWORD);
  writes = fl_fake_vault_get_writes (fixture->vault, FL_VAULT_JOURNAL);
  fixture_fail (fixture, "set_password", FL_PROBLEM_PASSWORD_BREACHED);
  fixture_new_password (fixture, "brand new words");
  g_assert_cmpuint (fl_fake_vault_get_writes (fixture->vault, FL_VAULT_JOURNAL), ==, writes);

  fixture_new_password (fixture, "brand new words");
  fixture_activate (fixture, "654321");
  assert_step (fixture, "recovery-codes");
  record = fl_fake_vault_peek (fixture->vault, FL_VAULT_JOURNAL);
  g_assert_nonnull (strstr (record, "session-token"));
  g_assert_nonnull (strstr (record, "recovery-codes"));
  g_assert_null (strstr (record, "brand new words"));
  g_assert_null (strstr (record, "654321"));
  g_assert_null (strstr (record, "abcd1234"));
  g_assert_null (strstr (record, "JBSWY3DP"));
}

#define ADD(path, function) \
  g_test_add ("/resume/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("every-step", test_every_step);
  g_test_add_func ("/resume/memory-vault", test_memory_vault);
  ADD ("mail-goes-on", test_mail_goes_on);
  ADD ("superseded-is-known", test_superseded_is_known);
  ADD ("mail-expired-meanwhile", test_mail_expired_meanwhile);
  ADD ("server-says-over", test_server_says_over);
  ADD ("mail-outlives-session", test_mail_outlives_session);
  ADD ("session-is-over", test_session_is_over);
  ADD ("offline", test_offline);
  ADD ("finished-elsewhere", test_finished_elsewhere);
  ADD ("second-factor-first", test_second_factor_first);
  ADD ("asleep", test_asleep);
  ADD ("slow-vault", test_slow_vault);
  ADD ("offer-ends", test_offer_ends);
  ADD ("saved-address", test_saved_address);
  ADD ("saved-address-barred", test_saved_address_barred);
  ADD ("foreign-record", test_foreign_record);
  ADD ("unreadable-record", test_unreadable_record);
  ADD ("shown-changed", test_shown_changed);
  ADD ("clock-was-set", test_clock_was_set);
  ADD ("hostile-record", test_hostile_record);
  ADD ("what-is-written", test_what_is_written);

  return g_test_run ();
}
