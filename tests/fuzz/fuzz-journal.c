/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

#include "fl-journal.h"
#include "fl-kratos-identity-private.h"

#include <gio/gio.h>

/* A resume record from the keyring, and the identity's part in it. */

static void
check_identity (FlJournal *journal)
{
  g_autoptr (FlIdentity) identity = NULL;
  g_autoptr (FlIdentity) again = NULL;
  g_autoptr (GVariant) saved = NULL;
  g_autoptr (GVariant) saved_again = NULL;

  if (journal->identity == NULL)
    return;

  identity = fl_kratos_identity_new ("https://id.example.com", "Example", NULL);
  if (!fl_kratos_identity_restore (FL_KRATOS_IDENTITY (identity), journal->identity))
    {
      g_assert_null (fl_identity_save (identity));
      return;
    }

  saved = g_variant_ref_sink (fl_identity_save (identity));
  again = fl_kratos_identity_new ("https://id.example.com", "Example", NULL);
  g_assert_true (fl_kratos_identity_restore (FL_KRATOS_IDENTITY (again), saved));
  saved_again = g_variant_ref_sink (fl_identity_save (again));
  g_assert_true (g_variant_equal (saved, saved_again));
}

static void
check_equal (const FlJournal *a,
             const FlJournal *b)
{
  g_assert_cmpstr (a->server, ==, b->server);
  g_assert_cmpint (a->step, ==, b->step);
  g_assert_cmpint (a->needed_at, ==, b->needed_at);
  g_assert_cmpstr (a->address, ==, b->address);
  g_assert_cmpuint (a->achieved, ==, b->achieved);
  g_assert_true (fl_secret_equal (a->flow, b->flow));
  g_assert_cmpint (a->flow_spent, ==, b->flow_spent);
  g_assert_cmpint (a->mail_sent_at, ==, b->mail_sent_at);
  g_assert_cmpint (a->mail_expires_at, ==, b->mail_expires_at);
  g_assert_cmpint (a->resend_at, ==, b->resend_at);
  g_assert_cmpuint (a->superseded->len, ==, b->superseded->len);
  g_assert_true ((a->identity == NULL) == (b->identity == NULL));
  g_assert_true (a->identity == NULL || g_variant_equal (a->identity, b->identity));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (FlSecret) secret = fl_secret_new_length ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlJournal) journal = fl_journal_parse (secret, &error);
  g_autoptr (FlJournal) again = NULL;
  g_autoptr (FlSecret) once = NULL;
  g_autoptr (FlSecret) twice = NULL;

  if (journal == NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      return 0;
    }

  once = fl_journal_serialise (journal);
  again = fl_journal_parse (once, &error);
  g_assert_no_error (error);
  check_equal (journal, again);
  twice = fl_journal_serialise (again);
  g_assert_true (fl_secret_equal (once, twice));
  check_identity (journal);
  return 0;
}
