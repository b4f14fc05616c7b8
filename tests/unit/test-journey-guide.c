/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-journey-guide"

#include "config.h"

#include "journey-fixture.h"

#include <gio/gio.h>

static const char *print_edges;
static const char *diagram;

static void
test_every_other_pair_is_refused (void)
{
  gsize n_edges;
  const FlEdge *edges = fl_guide_get_edges (&n_edges);
  guint allowed = 0;

  for (FlStep from = 0; from < FL_N_STEPS; from++)
    {
      for (FlEvent event = 0; event < FL_N_EVENTS; event++)
        {
          const FlEdge *edge = NULL;
          FlStep to = FL_N_STEPS;

          for (gsize i = 0; i < n_edges; i++)
            {
              if (edges[i].from == from && edges[i].event == event)
                {
                  g_assert_null (edge); /* an event leads to one step only */
                  edge = &edges[i];
                }
            }

          g_assert_cmpint (fl_guide_follow (from, event, &to), ==, edge != NULL);
          g_assert_cmpint (to, ==, edge != NULL ? edge->to : FL_N_STEPS);
          allowed += edge != NULL;
        }
    }

  g_assert_cmpuint (allowed, ==, n_edges);
}

static void
test_ends (void)
{
  for (FlEvent event = 0; event < FL_N_EVENTS; event++)
    g_assert_false (fl_guide_follow (FL_STEP_ALL_SET, event, NULL));

  /* An address can be given up on every page between giving it and the end. */
  for (FlStep step = FL_STEP_PASSWORD; step < FL_STEP_ALL_SET; step++)
    g_assert_true (fl_guide_follow (step, FL_EVENT_ANOTHER_ADDRESS, NULL) || step == FL_STEP_LINK);
}

static void
test_names (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (FlStep step = 0; step < FL_N_STEPS; step++)
    {
      g_assert_true (g_hash_table_add (seen, (gpointer) fl_step_get_name (step)));
      g_assert_cmpint (fl_guide_get_stage (step), <, FL_N_STAGES);
    }
  for (FlEvent event = 0; event < FL_N_EVENTS; event++)
    g_assert_true (g_hash_table_add (seen, (gpointer) fl_event_get_name (event)));
}

/* A record of an earlier run, that arrives when the first page is already there. */
static void
resume_from (Fixture    *fixture,
             FlStep      from,
             const char *step)
{
  g_autofree char *record = g_strdup_printf ("{'version': <uint32 1>, 'server': <'" SERVER "'>, 'step': <'%s'>,"
                                             " 'address': <'" ANNA "'>, 'identity': <<'session-token'>>}", step);

  fl_fake_vault_put (fixture->vault, FL_VAULT_JOURNAL, record);
  fl_fake_vault_hold (fixture->vault, TRUE);
  fixture_walk_to (fixture, from);
  fl_fake_vault_hold (fixture->vault, FALSE);
  fixture_settle (fixture);
}

/* By which event a record of each step moves from the first page. */
static const struct {
  FlEvent     event;
  const char *step;
} resumed[] = {
  { FL_EVENT_IDENTIFIED, "password" },
  { FL_EVENT_FORGOTTEN, "create-password" },
  { FL_EVENT_MAIL_SENT, "inbox" },
  { FL_EVENT_SECOND_FACTOR_WANTED, "second-factor" },
  { FL_EVENT_ACCOUNT_SHOWN, "account" },
  { FL_EVENT_NEW_PASSWORD_WANTED, "new-password" },
  { FL_EVENT_ENROLMENT_WANTED, "enrol" },
  { FL_EVENT_CODES_WANTED, "recovery-codes" },
};

static void
happen_first (Fixture *fixture,
              FlStep   from,
              FlEvent  event)
{
  for (gsize i = 0; i < G_N_ELEMENTS (resumed); i++)
    {
      if (resumed[i].event == event)
        {
          resume_from (fixture, from, resumed[i].step);
          return;
        }
    }

  switch (event)
    {
    case FL_EVENT_COMPLETED:
      fixture_answer_facts (fixture, "resume", 2, FL_FACT_YES, FL_FACT_YES);
      resume_from (fixture, from, "enrol");
      break;
    case FL_EVENT_SESSION_LOST:
      fixture_fail (fixture, "resume", FL_PROBLEM_SESSION_ENDED);
      resume_from (fixture, from, "enrol");
      break;
    case FL_EVENT_LINK_SHOWN:
      fixture_walk_to (fixture, from);
      fixture_open_link (fixture, SERVER "/r/", STRANGE_FLOW);
      break;
    case FL_EVENT_BEGUN:
      fixture_walk_to (fixture, from);
      fl_journey_get_started (fixture->journey);
      break;
    case FL_EVENT_WENT_BACK:
      fixture_walk_to (fixture, from);
      fl_journey_go_back (fixture->journey);
      break;
    case FL_EVENT_SERVER_WANTED:
      if (from == FL_STEP_BEFORE_YOU_BEGIN)
        {
          fl_journey_start (fixture->journey, NULL, TRUE);
          fl_journey_wake (fixture->journey);
          fl_journey_get_started (fixture->journey);
          break;
        }
      fixture_walk_to (fixture, FL_STEP_ORGANISATION);
      fl_journey_choose_server (fixture->journey, SERVER);
      fixture_settle (fixture);
      assert_step (fixture, "email");
      fl_journey_go_back (fixture->journey);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* By password, or at the inbox by code. */
static void
sign_in (Fixture *fixture,
         FlStep   from,
         FlEvent  event)
{
  const char *verb = from == FL_STEP_INBOX ? "redeem" : "sign_in";

  if (event == FL_EVENT_SECOND_FACTOR_WANTED)
    fixture_answer_facts (fixture, verb, 1, FL_FACT_YES, FL_FACT_YES);
  else if (event == FL_EVENT_CODES_WANTED)
    fixture_answer_facts (fixture, verb, 2, FL_FACT_YES, FL_FACT_NO);
  else if (event == FL_EVENT_COMPLETED)
    fixture_answer_facts (fixture, verb, 2, FL_FACT_YES, FL_FACT_YES);

  if (from == FL_STEP_INBOX)
    fixture_mail_code (fixture, "123456");
  else
    fixture_give_password (fixture, "pass");
}

static void
happen_before_session (Fixture *fixture,
                       FlStep   from,
                       FlEvent  event)
{
  fixture_walk_to (fixture, from);

  switch (event)
    {
    case FL_EVENT_SERVER_CHOSEN:
      fl_journey_choose_server (fixture->journey, "id.flexhrm.example");
      break;
    case FL_EVENT_WENT_BACK:
      fl_journey_go_back (fixture->journey);
      break;
    case FL_EVENT_ANOTHER_ADDRESS:
      fl_journey_use_another_address (fixture->journey);
      break;
    case FL_EVENT_LINK_SHOWN:
      fixture_open_link (fixture, SERVER "/r/", STRANGE_FLOW);
      break;
    case FL_EVENT_FORGOTTEN:
      fl_journey_forgot_password (fixture->journey);
      break;
    case FL_EVENT_IDENTIFIED:
      fl_journey_sign_in_instead (fixture->journey);
      break;
    case FL_EVENT_MAIL_SENT:
      if (from == FL_STEP_PASSWORD)
        {
          /* The link of a mail that is on its way comes when the person has gone back meanwhile. */
          fl_journey_forgot_password (fixture->journey);
          fixture_request_mail (fixture);
          fl_journey_go_back (fixture->journey);
          fl_journey_go_back (fixture->journey);
          assert_step (fixture, "password");
          fixture_fail (fixture, "redeem", FL_PROBLEM_OFFLINE);
          fixture_open_link (fixture, SERVER "/r/", FLOW_1);
          break;
        }
      fixture_request_mail (fixture);
      break;
    case FL_EVENT_NEW_PASSWORD_WANTED:
      fixture_mail_code (fixture, "123456");
      break;
    case FL_EVENT_SECOND_FACTOR_WANTED:
    case FL_EVENT_ENROLMENT_WANTED:
    case FL_EVENT_CODES_WANTED:
    case FL_EVENT_COMPLETED:
      sign_in (fixture, from, event);
      break;
    default:
      g_assert_not_reached ();
    }
  fixture_settle (fixture);
}

static void
happen_at_link (Fixture *fixture,
                FlEvent  event)
{
  static const struct {
    FlEvent event;
    FlStep  before;
  } declined[] = {
    { FL_EVENT_IDENTIFIED, FL_STEP_PASSWORD },
    { FL_EVENT_FORGOTTEN, FL_STEP_CREATE_PASSWORD },
    { FL_EVENT_MAIL_SENT, FL_STEP_INBOX },
    { FL_EVENT_LINK_DECLINED, FL_STEP_EMAIL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (declined); i++)
    {
      if (declined[i].event != event)
        continue;
      fixture_walk_to (fixture, declined[i].before);
      fixture_open_link (fixture, SERVER "/r/", STRANGE_FLOW);
      assert_step (fixture, "link");
      fl_journey_decline_link (fixture->journey);
      return;
    }

  fixture_walk_to (fixture, FL_STEP_LINK);
  if (event == FL_EVENT_LINK_SHOWN)
    {
      fixture_open_link (fixture, SERVER "/r/", FLOW_2);
      return;
    }
  if (event == FL_EVENT_SECOND_FACTOR_WANTED)
    fl_fake_identity_outcome (fixture->identity, "redeem", FL_OUTCOME_SECOND_FACTOR_FIRST);
  fl_journey_accept_link (fixture->journey);
  fixture_settle (fixture);
}

/* Brings the page for the code, where it is needed for what @event goes on with. */
static void
walk_to_second_factor (Fixture *fixture,
                       FlEvent  event)
{
  switch (event)
    {
    case FL_EVENT_ACCOUNT_SHOWN:
      happen_at_link (fixture, FL_EVENT_SECOND_FACTOR_WANTED);
      break;
    case FL_EVENT_NEW_PASSWORD_WANTED:
      happen_before_session (fixture, FL_STEP_INBOX, FL_EVENT_SECOND_FACTOR_WANTED);
      break;
    case FL_EVENT_ENROLMENT_WANTED:
      fixture_walk_to (fixture, FL_STEP_NEW_PASSWORD);
      fl_fake_identity_outcome (fixture->identity, "start_totp", FL_OUTCOME_SECOND_FACTOR_FIRST);
      fixture_new_password (fixture, "brand new words");
      break;
    case FL_EVENT_PASSWORD_WANTED:
      fixture_walk_to (fixture, FL_STEP_ENROL);
      fl_fake_identity_outcome (fixture->identity, "confirm_totp", FL_OUTCOME_SECOND_FACTOR_FIRST);
      fixture_activate (fixture, "123456");
      break;
    case FL_EVENT_MAIL_WANTED:
      fixture_walk_to (fixture, FL_STEP_NEW_PASSWORD);
      fl_fake_identity_outcome (fixture->identity, "set_password", FL_OUTCOME_SECOND_FACTOR_FIRST);
      fixture_new_password (fixture, "brand new words");
      break;
    default:
      fixture_walk_to (fixture, FL_STEP_SECOND_FACTOR);
      break;
    }
  assert_step (fixture, "second-factor");
}

static void
happen_at_second_factor (Fixture *fixture,
                         FlEvent  event)
{
  walk_to_second_factor (fixture, event);

  if (event == FL_EVENT_WENT_BACK)
    {
      fl_journey_go_back (fixture->journey);
      return;
    }
  if (event == FL_EVENT_ANOTHER_ADDRESS)
    {
      fl_journey_use_another_address (fixture->journey);
      return;
    }

  if (event == FL_EVENT_CODES_WANTED)
    fixture_answer_facts (fixture, "answer_second_factor", 2, FL_FACT_YES, FL_FACT_NO);
  else if (event == FL_EVENT_SESSION_LOST)
    fixture_fail (fixture, "answer_second_factor", FL_PROBLEM_SESSION_ENDED);
  else if (event == FL_EVENT_PASSWORD_WANTED)
    fl_fake_identity_outcome (fixture->identity, "confirm_totp", FL_OUTCOME_PASSWORD_FIRST);
  else if (event == FL_EVENT_MAIL_WANTED)
    fl_fake_identity_outcome (fixture->identity, "set_password", FL_OUTCOME_MAIL_FIRST);
  fixture_second_factor (fixture, FL_FACTOR_TOTP, "123456");
}

/* What the page's main button asks. */
static const char *
get_main_verb (FlStep step)
{
  return step == FL_STEP_NEW_PASSWORD ? "set_password"
         : step == FL_STEP_ENROL      ? "confirm_totp"
                                      : "confirm_recovery_codes";
}

static void
press_main (Fixture *fixture,
            FlStep   step)
{
  if (step == FL_STEP_NEW_PASSWORD)
    fixture_new_password (fixture, "brand new words");
  else if (step == FL_STEP_ENROL)
    fixture_activate (fixture, "123456");
  else
    fixture_confirm_codes (fixture, "abcd1234");
}

/* New password, enrolment and recovery codes have the same ways out, but for what comes next. */
static void
happen_in_session (Fixture *fixture,
                   FlStep   from,
                   FlEvent  event)
{
  const char *verb = get_main_verb (from);

  if (event == FL_EVENT_PUT_OFF)
    fl_journey_set_second_factor_rule (fixture->journey, FL_SECOND_FACTOR_OPTIONAL);
  fixture_walk_to (fixture, from);

  switch (event)
    {
    case FL_EVENT_ANOTHER_ADDRESS:
      fl_journey_use_another_address (fixture->journey);
      return;
    case FL_EVENT_PUT_OFF:
      fl_journey_remind_later (fixture->journey);
      return;
    case FL_EVENT_SECOND_FACTOR_WANTED:
      fl_fake_identity_outcome (fixture->identity, verb, FL_OUTCOME_SECOND_FACTOR_FIRST);
      break;
    case FL_EVENT_PASSWORD_WANTED:
      fl_fake_identity_outcome (fixture->identity, verb, FL_OUTCOME_PASSWORD_FIRST);
      break;
    case FL_EVENT_MAIL_WANTED:
      fl_fake_identity_outcome (fixture->identity, verb, FL_OUTCOME_MAIL_FIRST);
      break;
    case FL_EVENT_SESSION_LOST:
      fixture_fail (fixture, verb, FL_PROBLEM_SESSION_ENDED);
      break;
    case FL_EVENT_CODES_WANTED:
      fixture_answer_facts (fixture, verb, 2, FL_FACT_YES, FL_FACT_NO);
      break;
    case FL_EVENT_COMPLETED:
      fixture_answer_facts (fixture, verb, 2, FL_FACT_YES, FL_FACT_YES);
      break;
    default:
      break;
    }
  press_main (fixture, from);
}

static void
happen_at_password_again (Fixture *fixture,
                          FlEvent  event)
{
  FlStep needed_at = event == FL_EVENT_CODES_WANTED ? FL_STEP_RECOVERY_CODES : FL_STEP_ENROL;
  const char *verb = get_main_verb (needed_at);

  happen_in_session (fixture, needed_at, FL_EVENT_PASSWORD_WANTED);
  assert_step (fixture, "password-again");

  switch (event)
    {
    case FL_EVENT_ANOTHER_ADDRESS:
      fl_journey_use_another_address (fixture->journey);
      return;
    case FL_EVENT_ENROLMENT_WANTED:
    case FL_EVENT_CODES_WANTED:
      fl_journey_go_back (fixture->journey);
      return;
    case FL_EVENT_SECOND_FACTOR_WANTED:
      fl_fake_identity_outcome (fixture->identity, "reauthenticate", FL_OUTCOME_SECOND_FACTOR_FIRST);
      break;
    case FL_EVENT_MAIL_WANTED:
      fl_fake_identity_outcome (fixture->identity, verb, FL_OUTCOME_MAIL_FIRST);
      break;
    case FL_EVENT_SESSION_LOST:
      fixture_fail (fixture, "reauthenticate", FL_PROBLEM_SESSION_ENDED);
      break;
    case FL_EVENT_COMPLETED:
      fixture_answer_facts (fixture, verb, 2, FL_FACT_YES, FL_FACT_YES);
      break;
    default:
      g_assert_not_reached ();
    }
  fixture_give_password (fixture, "pass");
}

static void
happen (Fixture *fixture,
        FlStep   from,
        FlEvent  event)
{
  switch (from)
    {
    case FL_STEP_BEFORE_YOU_BEGIN:
    case FL_STEP_EMAIL:
      happen_first (fixture, from, event);
      break;
    case FL_STEP_ORGANISATION:
    case FL_STEP_PASSWORD:
    case FL_STEP_CREATE_PASSWORD:
    case FL_STEP_INBOX:
      happen_before_session (fixture, from, event);
      break;
    case FL_STEP_LINK:
      happen_at_link (fixture, event);
      break;
    case FL_STEP_SECOND_FACTOR:
      happen_at_second_factor (fixture, event);
      break;
    case FL_STEP_ACCOUNT:
      fixture_walk_to (fixture, from);
      if (event == FL_EVENT_NEW_PASSWORD_WANTED)
        fl_journey_confirm_account (fixture->journey);
      else
        fl_journey_use_another_address (fixture->journey);
      break;
    case FL_STEP_NEW_PASSWORD:
    case FL_STEP_ENROL:
    case FL_STEP_RECOVERY_CODES:
      happen_in_session (fixture, from, event);
      break;
    case FL_STEP_PASSWORD_AGAIN:
      happen_at_password_again (fixture, event);
      break;
    case FL_STEP_ALL_SET:
    default:
      g_assert_not_reached ();
    }
  fixture_settle (fixture);
}

typedef struct {
  FlStep steps[8];
  guint  n_steps;
} Trace;

static void
on_step_changed (FlJourney  *journey,
                 GParamSpec *pspec,
                 Trace      *trace)
{
  g_assert_cmpuint (trace->n_steps, <, G_N_ELEMENTS (trace->steps) * 4);
  trace->steps[trace->n_steps++ % G_N_ELEMENTS (trace->steps)] = fl_journey_get_step (journey);
}

/* Every edge, walked by a real journey: the last move was from its step to its step. */
static void
test_edge (Fixture       *fixture,
           gconstpointer  data)
{
  const FlEdge *edge = data;
  Trace trace = { { 0, }, 0 };
  guint last;

  g_signal_connect (fixture->journey, "notify::step", G_CALLBACK (on_step_changed), &trace);
  happen (fixture, edge->from, edge->event);

  g_assert_cmpstr (fl_step_get_name (fl_journey_get_step (fixture->journey)), ==, fl_step_get_name (edge->to));
  g_assert_cmpuint (trace.n_steps, >=, 2);
  last = trace.n_steps - 1;
  g_assert_cmpint (trace.steps[last % G_N_ELEMENTS (trace.steps)], ==, edge->to);
  g_assert_cmpstr (fl_step_get_name (trace.steps[(last - 1) % G_N_ELEMENTS (trace.steps)]), ==,
                   fl_step_get_name (edge->from));
  g_signal_handlers_disconnect_by_data (fixture->journey, &trace);
}

static void
test_diagram (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) printer = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, print_edges, NULL);
  g_autofree char *printed = NULL;
  g_autofree char *committed = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (printer, NULL, NULL, &printed, NULL, &error);
  g_assert_no_error (error);
  g_file_get_contents (diagram, &committed, NULL, &error);
  g_assert_no_error (error);

  if (g_strcmp0 (printed, committed) != 0)
    {
      g_test_message ("print-edges > docs/journey.md brings the page up to date");
      g_test_fail ();
    }
}

int
main (int   argc,
      char *argv[])
{
  gsize n_edges;
  const FlEdge *edges = fl_guide_get_edges (&n_edges);

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 3);
  print_edges = argv[1];
  diagram = argv[2];

  g_test_add_func ("/guide/every-other-pair-is-refused", test_every_other_pair_is_refused);
  g_test_add_func ("/guide/ends", test_ends);
  g_test_add_func ("/guide/names", test_names);
  g_test_add_func ("/guide/diagram", test_diagram);
  for (gsize i = 0; i < n_edges; i++)
    {
      g_autofree char *path = g_strdup_printf ("/guide/edge/%s/%s", fl_step_get_name (edges[i].from),
                                               fl_event_get_name (edges[i].event));

      g_test_add (path, Fixture, &edges[i], fixture_set_up, test_edge, fixture_tear_down);
    }

  return g_test_run ();
}
