/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-guide.h"
#include "fl-secret.h"

G_BEGIN_DECLS

typedef struct {
  FlSecret *flow;
  gint64    replaced_at;    /* Unix seconds */
} FlSuperseded;

/* What a journey needs to go on after a restart. Plain data: whoever makes it fills it in. */
typedef struct {
  char      *server;
  FlStep     step;
  FlStep     needed_at;        /* where the second factor was asked for */
  char      *address;          /* (nullable) */
  guint      achieved;         /* FlAchieved */

  /* the mail that is on its way */
  FlSecret  *flow;             /* (nullable) */
  gboolean   flow_spent;       /* a wrong code was entered in it, or it has been used: the next mail begins a new one */
  gint64     mail_sent_at;     /* Unix seconds, like the others */
  gint64     mail_expires_at;
  gint64     resend_at;
  GPtrArray *superseded;       /* FlSuperseded, the oldest first; never NULL */

  /* fingerprints of what the page has shown, to tell whether it has changed */
  char      *shown_key;        /* (nullable): of the authenticator */
  char      *shown_codes;      /* (nullable): for recovery, all together */

  GVariant  *identity;         /* (nullable): what fl_identity_save() gave */
} FlJournal;

FlJournal    *fl_journal_new       (void);
FlJournal    *fl_journal_parse     (FlSecret         *secret,
                                    GError          **error);
FlSecret     *fl_journal_serialise (const FlJournal  *self);
void          fl_journal_free      (FlJournal        *self);

FlSuperseded *fl_superseded_new    (FlSecret         *flow,
                                    gint64            replaced_at);
void          fl_superseded_free   (FlSuperseded     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlJournal, fl_journal_free)

G_END_DECLS
