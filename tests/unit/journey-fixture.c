/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "journey-fixture"

#include "config.h"

#include "journey-fixture.h"

static void
begin (Fixture *fixture)
{
  fixture->identity = fl_fake_identity_new ();
  fixture->journey = fl_journey_new (FL_VAULT (fixture->vault), fl_fake_identity_factory,
                                     g_object_ref (fixture->identity), g_object_unref);
}

/* Whatever the journey has begun ends with it: nothing keeps it alive, or the loop never ends. */
static void
end (Fixture *fixture)
{
  g_object_run_dispose (G_OBJECT (fixture->journey));
  while (G_OBJECT (fixture->journey)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&fixture->journey);
  g_clear_object (&fixture->identity);
}

void
fixture_set_up (Fixture       *fixture,
                gconstpointer  data)
{
  fixture->vault = fl_fake_vault_new ();
  begin (fixture);
}

void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  data)
{
  end (fixture);
  g_clear_object (&fixture->vault);
}

void
fixture_restart (Fixture *fixture)
{
  end (fixture);
  begin (fixture);
}

void
fixture_settle (Fixture *fixture)
{
  while (fl_journey_get_busy (fixture->journey))
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
fixture_answer_facts (Fixture    *fixture,
                      const char *verb,
                      int         level,
                      FlFact      second_factor,
                      FlFact      recovery_codes)
{
  FlAnswer *answer = fl_fake_identity_usual (fixture->identity, verb);

  answer->level = level;
  answer->second_factor = second_factor;
  answer->recovery_codes = recovery_codes;
  fl_fake_identity_answer (fixture->identity, verb, answer);
}

void
fixture_fail (Fixture    *fixture,
              const char *verb,
              FlProblem   code)
{
  fl_fake_identity_fail (fixture->identity, verb, fl_problem_new (code, "As the test says"));
}

void
fixture_start (Fixture *fixture)
{
  fl_journey_start (fixture->journey, SERVER, FALSE);
  fl_journey_wake (fixture->journey);
  fixture_settle (fixture);
}

void
fixture_give_address (Fixture *fixture)
{
  fl_journey_submit_address (fixture->journey, ANNA, FALSE);
  fixture_settle (fixture);
}

void
fixture_give_password (Fixture    *fixture,
                       const char *password)
{
  g_autoptr (FlSecret) secret = fl_secret_new (password);

  fl_journey_submit_password (fixture->journey, secret);
  fixture_settle (fixture);
}

void
fixture_new_password (Fixture    *fixture,
                      const char *password)
{
  g_autoptr (FlSecret) secret = fl_secret_new (password);

  fl_journey_set_password (fixture->journey, secret);
  fixture_settle (fixture);
}

void
fixture_request_mail (Fixture *fixture)
{
  fl_journey_request_mail (fixture->journey, ANNA);
  fixture_settle (fixture);
}

void
fixture_mail_code (Fixture    *fixture,
                   const char *code)
{
  fl_journey_submit_mail_code (fixture->journey, code);
  fixture_settle (fixture);
}

void
fixture_open_link (Fixture    *fixture,
                   const char *landing,
                   const char *flow)
{
  g_autofree char *link = g_strconcat (landing, "#flow=", flow, "&code=123456", NULL);

  fl_journey_open_link (fixture->journey, link);
  fixture_settle (fixture);
}

void
fixture_activate (Fixture    *fixture,
                  const char *code)
{
  fl_journey_activate (fixture->journey, code);
  fixture_settle (fixture);
}

void
fixture_second_factor (Fixture    *fixture,
                       FlFactor    factor,
                       const char *code)
{
  fl_journey_submit_second_factor (fixture->journey, factor, code);
  fixture_settle (fixture);
}

void
fixture_confirm_codes (Fixture    *fixture,
                       const char *code)
{
  fl_journey_confirm_codes (fixture->journey, code);
  fixture_settle (fixture);
}

static void
walk_to_inbox (Fixture *fixture)
{
  fixture_walk_to (fixture, FL_STEP_CREATE_PASSWORD);
  fixture_request_mail (fixture);
}

static void
walk_to_account (Fixture *fixture)
{
  fixture_walk_to (fixture, FL_STEP_LINK);
  fl_journey_accept_link (fixture->journey);
  fixture_settle (fixture);
}

void
fixture_walk_to (Fixture *fixture,
                 FlStep   step)
{
  switch (step)
    {
    case FL_STEP_BEFORE_YOU_BEGIN:
      fl_journey_start (fixture->journey, SERVER, TRUE);
      fl_journey_wake (fixture->journey);
      fixture_settle (fixture);
      break;
    case FL_STEP_ORGANISATION:
      fl_journey_start (fixture->journey, NULL, TRUE);
      fl_journey_wake (fixture->journey);
      fl_journey_get_started (fixture->journey);
      break;
    case FL_STEP_EMAIL:
      fixture_walk_to (fixture, FL_STEP_BEFORE_YOU_BEGIN);
      fl_journey_get_started (fixture->journey);
      break;
    case FL_STEP_PASSWORD:
      fixture_walk_to (fixture, FL_STEP_EMAIL);
      fixture_give_address (fixture);
      break;
    case FL_STEP_CREATE_PASSWORD:
      fixture_walk_to (fixture, FL_STEP_PASSWORD);
      fl_journey_forgot_password (fixture->journey);
      fixture_settle (fixture);
      break;
    case FL_STEP_INBOX:
      walk_to_inbox (fixture);
      break;
    case FL_STEP_LINK:
      fixture_walk_to (fixture, FL_STEP_EMAIL);
      fixture_open_link (fixture, SERVER "/r/", STRANGE_FLOW);
      break;
    case FL_STEP_SECOND_FACTOR:
      fixture_walk_to (fixture, FL_STEP_PASSWORD);
      fl_fake_identity_outcome (fixture->identity, "sign_in", FL_OUTCOME_SECOND_FACTOR_FIRST);
      fixture_give_password (fixture, "pass");
      break;
    case FL_STEP_ACCOUNT:
      walk_to_account (fixture);
      break;
    case FL_STEP_NEW_PASSWORD:
      walk_to_inbox (fixture);
      fixture_mail_code (fixture, "123456");
      break;
    case FL_STEP_ENROL:
      fixture_walk_to (fixture, FL_STEP_NEW_PASSWORD);
      fixture_new_password (fixture, "brand new words");
      break;
    case FL_STEP_RECOVERY_CODES:
      fixture_walk_to (fixture, FL_STEP_ENROL);
      fixture_activate (fixture, "123456");
      break;
    case FL_STEP_PASSWORD_AGAIN:
      fixture_walk_to (fixture, FL_STEP_ENROL);
      fl_fake_identity_outcome (fixture->identity, "confirm_totp", FL_OUTCOME_PASSWORD_FIRST);
      fixture_activate (fixture, "123456");
      break;
    case FL_STEP_ALL_SET:
      fixture_walk_to (fixture, FL_STEP_RECOVERY_CODES);
      fixture_confirm_codes (fixture, "abcd1234");
      break;
    default:
      g_assert_not_reached ();
    }

  g_assert_cmpstr (fl_step_get_name (fl_journey_get_step (fixture->journey)), ==, fl_step_get_name (step));
}
