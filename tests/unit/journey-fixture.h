/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-fake-identity.h"
#include "fl-fake-vault.h"
#include "fl-journey.h"

G_BEGIN_DECLS

#define SERVER "https://id.flexhrm.example"
#define ANNA "anna@flexhrm.example"
#define FLOW_1 "00000000-0000-4000-8000-000000000001"
#define FLOW_2 "00000000-0000-4000-8000-000000000002"
#define STRANGE_FLOW "99999999-0000-4000-8000-000000000000"

/* A journey among fakes, for one test. */
typedef struct {
  FlFakeVault    *vault;
  FlFakeIdentity *identity;
  FlJourney      *journey;
} Fixture;

void    fixture_set_up        (Fixture *fixture, gconstpointer data);
void    fixture_tear_down     (Fixture *fixture, gconstpointer data);
void    fixture_restart       (Fixture *fixture);    /* the program ends and begins: the vault stays */
void    fixture_settle        (Fixture *fixture);    /* until nothing is busy and nothing is left to do */
void    fixture_answer_facts  (Fixture *fixture, const char *verb,
                               int level, FlFact second_factor, FlFact recovery_codes);
void    fixture_fail          (Fixture *fixture, const char *verb, FlProblem code);

/* Verbs of the journey, each until it has ended. */
void    fixture_start         (Fixture *fixture);    /* EMAIL */
void    fixture_give_address  (Fixture *fixture);
void    fixture_give_password (Fixture *fixture, const char *password);
void    fixture_new_password  (Fixture *fixture, const char *password);
void    fixture_request_mail  (Fixture *fixture);
void    fixture_mail_code     (Fixture *fixture, const char *code);
void    fixture_open_link     (Fixture *fixture, const char *landing, const char *flow);
void    fixture_activate      (Fixture *fixture, const char *code);
void    fixture_second_factor (Fixture *fixture, FlFactor factor, const char *code);
void    fixture_confirm_codes (Fixture *fixture, const char *code);

/* From a fresh fixture to a page. */
void    fixture_walk_to       (Fixture *fixture, FlStep step);

#define assert_step(fixture, name) \
  g_assert_cmpstr (fl_step_get_name (fl_journey_get_step ((fixture)->journey)), ==, name)
#define assert_no_problem(fixture) \
  g_assert_no_error (fl_journey_get_problem ((fixture)->journey))
#define assert_problem(fixture, code) \
  g_assert_error (fl_journey_get_problem ((fixture)->journey), FL_PROBLEM, code)
#define assert_notice(fixture, notice) \
  g_assert_cmpint (fl_journey_get_notice ((fixture)->journey), ==, notice)
#define assert_count(fixture, verb, n) \
  g_assert_cmpuint (fl_fake_identity_count ((fixture)->identity, verb), ==, n)

G_END_DECLS
