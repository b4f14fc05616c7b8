/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-journey-journal"

#include "config.h"

#include "fl-journal.h"

#include <gio/gio.h>
#include <string.h>

#define MINIMAL "'version': <uint32 1>, 'server': <'https://id.flexhrm.example'>, 'step': <'inbox'>"

static FlJournal *
make (void)
{
  FlJournal *journal = fl_journal_new ();
  g_autoptr (FlSecret) old = fl_secret_new ("00000000-0000-4000-8000-000000000001");

  journal->server = g_strdup ("https://id.flexhrm.example");
  journal->step = FL_STEP_SECOND_FACTOR;
  journal->needed_at = FL_STEP_NEW_PASSWORD;
  journal->address = g_strdup ("åsa'\"\\@flexhrm.example");
  journal->achieved = 5;
  journal->flow = fl_secret_new ("00000000-0000-4000-8000-000000000002");
  journal->flow_spent = TRUE;
  journal->mail_sent_at = 1700000000;
  journal->mail_expires_at = 1700001800;
  journal->resend_at = 1700000060;
  g_ptr_array_add (journal->superseded, fl_superseded_new (old, 1699999999));
  journal->identity = g_variant_ref_sink (g_variant_new ("(sx)", "ory_st_token", (gint64) 7));

  return journal;
}

static void
test_round_trip (void)
{
  g_autoptr (FlJournal) journal = make ();
  g_autoptr (FlSecret) secret = fl_journal_serialise (journal);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlJournal) read = fl_journal_parse (secret, &error);
  const FlSuperseded *superseded;

  g_assert_no_error (error);
  g_assert_cmpstr (read->server, ==, journal->server);
  g_assert_cmpint (read->step, ==, FL_STEP_SECOND_FACTOR);
  g_assert_cmpint (read->needed_at, ==, FL_STEP_NEW_PASSWORD);
  g_assert_cmpstr (read->address, ==, journal->address);
  g_assert_cmpuint (read->achieved, ==, 5);
  g_assert_true (fl_secret_equal (read->flow, journal->flow));
  g_assert_true (read->flow_spent);
  g_assert_cmpint (read->mail_sent_at, ==, 1700000000);
  g_assert_cmpint (read->mail_expires_at, ==, 1700001800);
  g_assert_cmpint (read->resend_at, ==, 1700000060);
  g_assert_cmpuint (read->superseded->len, ==, 1);
  superseded = g_ptr_array_index (read->superseded, 0);
  g_assert_cmpstr (fl_secret_get_text (superseded->flow), ==, "00000000-0000-4000-8000-000000000001");
  g_assert_cmpint (superseded->replaced_at, ==, 1699999999);
  g_assert_true (g_variant_equal (read->identity, journal->identity));
}

static void
test_empty (void)
{
  g_autoptr (FlJournal) journal = fl_journal_new ();
  g_autoptr (FlSecret) secret = NULL;
  g_autoptr (FlJournal) read = NULL;

  journal->server = g_strdup ("https://id.flexhrm.example");
  secret = fl_journal_serialise (journal);
  read = fl_journal_parse (secret, NULL);

  g_assert_nonnull (read);
  g_assert_cmpint (read->step, ==, FL_STEP_EMAIL);
  g_assert_null (read->address);
  g_assert_null (read->flow);
  g_assert_null (read->identity);
  g_assert_cmpuint (read->superseded->len, ==, 0);
}

static void
test_every_step (void)
{
  for (FlStep step = 0; step < FL_N_STEPS; step++)
    {
      g_autoptr (FlJournal) journal = fl_journal_new ();
      g_autoptr (FlSecret) secret = NULL;
      g_autoptr (FlJournal) read = NULL;

      journal->server = g_strdup ("https://id.flexhrm.example");
      journal->step = step;
      secret = fl_journal_serialise (journal);
      read = fl_journal_parse (secret, NULL);
      g_assert_cmpint (read->step, ==, step);
    }
}

static void
test_newest_superseded_stay (void)
{
  g_autoptr (FlJournal) journal = make ();
  g_autoptr (FlSecret) secret = NULL;
  g_autoptr (FlJournal) read = NULL;
  const FlSuperseded *last;

  for (gint64 i = 0; i < 100; i++)
    g_ptr_array_add (journal->superseded, fl_superseded_new (journal->flow, i));
  secret = fl_journal_serialise (journal);
  read = fl_journal_parse (secret, NULL);

  g_assert_cmpuint (read->superseded->len, ==, 30);
  last = g_ptr_array_index (read->superseded, 29);
  g_assert_cmpint (last->replaced_at, ==, 99);
}

static void
assert_refused (const char *text,
                gsize       length)
{
  g_autoptr (FlSecret) secret = fl_secret_new_length (text, length);
  g_autoptr (GError) error = NULL;
  FlJournal *read = fl_journal_parse (secret, &error);

  g_assert_null (read);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
test_hostile (void)
{
  static const char * const texts[] = {
    "",
    "nonsense",
    "{}",
    "@a{sv} {}",
    "('a', 1)",
    "{'version': <1>, 'server': <'s'>, 'step': <'inbox'>}",                      /* the version is not a uint32 */
    "{'version': <uint32 0>, 'server': <'s'>, 'step': <'inbox'>}",
    "{'version': <uint32 2>, 'server': <'s'>, 'step': <'inbox'>}",               /* of a later program */
    "{'version': <uint32 1>, 'step': <'inbox'>}",
    "{'version': <uint32 1>, 'server': <7>, 'step': <'inbox'>}",
    "{'version': <uint32 1>, 'server': <'s'>}",
    "{'version': <uint32 1>, 'server': <'s'>, 'step': <3>}",
    "{'version': <uint32 1>, 'server': <'s'>, 'step': <'nowhere'>}",
    "{" MINIMAL "} trailing",
    "{'version': <uint32 1>, 'version': <uint32 1>}",
    "\xff\xfe{" MINIMAL "}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i], strlen (texts[i]));
}

static void
test_truncated (void)
{
  g_autoptr (FlJournal) journal = make ();
  g_autoptr (FlSecret) secret = fl_journal_serialise (journal);

  for (gsize length = 0; length < fl_secret_get_length (secret); length++)
    assert_refused (fl_secret_get_text (secret), length);
}

static void
test_huge (void)
{
  g_autoptr (GString) text = g_string_new ("{" MINIMAL ", 'address': <'");
  g_autoptr (GString) deep = g_string_new ("{" MINIMAL ", 'identity': ");

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (text, 'a');
  g_string_append (text, "'>}");
  assert_refused (text->str, text->len);

  for (guint i = 0; i < 20000; i++)
    g_string_append_c (deep, '<');
  assert_refused (deep->str, deep->len);
}

/* What is of a wrong type beside the three that matter is nothing, not a reason to lose the rest. */
static void
test_wrong_types (void)
{
  g_autoptr (FlSecret) secret = fl_secret_new ("{" MINIMAL ", 'address': <5>, 'flow': <[1, 2]>, 'flow-spent': <'yes'>,"
                                               " 'mail-sent-at': <'noon'>, 'needed-at': <'nowhere'>, 'achieved': <-1>,"
                                               " 'superseded': <'all'>, 'something-new': <true>}");
  g_autoptr (FlJournal) read = fl_journal_parse (secret, NULL);

  g_assert_nonnull (read);
  g_assert_cmpint (read->step, ==, FL_STEP_INBOX);
  g_assert_cmpint (read->needed_at, ==, FL_STEP_ALL_SET);
  g_assert_null (read->address);
  g_assert_null (read->flow);
  g_assert_false (read->flow_spent);
  g_assert_cmpint (read->mail_sent_at, ==, 0);
  g_assert_cmpuint (read->achieved, ==, 0);
  g_assert_cmpuint (read->superseded->len, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/journal/round-trip", test_round_trip);
  g_test_add_func ("/journal/empty", test_empty);
  g_test_add_func ("/journal/every-step", test_every_step);
  g_test_add_func ("/journal/newest-superseded-stay", test_newest_superseded_stay);
  g_test_add_func ("/journal/hostile", test_hostile);
  g_test_add_func ("/journal/truncated", test_truncated);
  g_test_add_func ("/journal/huge", test_huge);
  g_test_add_func ("/journal/wrong-types", test_wrong_types);

  return g_test_run ();
}
