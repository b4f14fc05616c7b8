/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-otpauth.h"
#include "fl-secret.h"

G_BEGIN_DECLS

/* How a verb of FlIdentity ended, where it did not fail. */
typedef enum {
  FL_OUTCOME_DONE,
  FL_OUTCOME_SECOND_FACTOR_FIRST,  /* the session has to be raised by a code before this goes on */
  FL_OUTCOME_PASSWORD_FIRST,       /* the session is too old: the password again, where it is known, then the same verb again */
  FL_OUTCOME_MAIL_FIRST,           /* the session is too old and there is no password to ask for: a new mail */
} FlOutcome;

typedef enum {
  FL_FACT_UNKNOWN,
  FL_FACT_NO,
  FL_FACT_YES,
} FlFact;

#define FL_TYPE_ANSWER (fl_answer_get_type ())

/* What a verb brought. A verb sets what it learned and leaves the rest at "unknown" (NULL, 0, FL_FACT_UNKNOWN, -1). */
typedef struct {
  FlOutcome  outcome;

  /* who, and how much is proven */
  char      *address;
  int        level;              /* authenticator assurance level: 1 or 2; 0 unknown */
  FlFact     second_factor;      /* is a TOTP enrolled? */
  FlFact     recovery_codes;     /* are confirmed recovery codes there? */
  int        recovery_codes_left;

  /* the mail that is on its way */
  FlSecret  *flow;
  gint64     mail_expires_at;    /* Unix seconds */
  gint64     resend_at;          /* Unix seconds, when "Send again" will work */

  gboolean   saved;              /* resume: something has been set up already since the session began */
  FlOtpauth *enrolment;          /* start_totp */
  GPtrArray *codes;              /* FlSecret; issue_recovery_codes */
  char      *challenge;          /* robot_challenge: ALTCHA challenge JSON; NULL when the server has no robot check */
} FlAnswer;

GType     fl_answer_get_type (void);
FlAnswer *fl_answer_new      (FlOutcome outcome);
FlAnswer *fl_answer_copy     (const FlAnswer *self);
void      fl_answer_free     (FlAnswer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlAnswer, fl_answer_free)

G_END_DECLS
