/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-identity.h"

G_BEGIN_DECLS

typedef enum {
  FL_TELL_PREPARE_SIGN_IN,
  FL_TELL_PREPARE_RECOVERY,
  FL_TELL_IDENTIFY,
  FL_TELL_SIGN_IN,
  FL_TELL_TOTP,
  FL_TELL_RECOVERY_CODE,
  FL_TELL_REAUTHENTICATE,
  FL_TELL_ROBOT,
  FL_TELL_START_RECOVERY,
  FL_TELL_SEND_AGAIN,
  FL_TELL_LOOK_AGAIN,
  FL_TELL_REDEEM,
  FL_TELL_SET_PASSWORD,
  FL_TELL_START_TOTP,
  FL_TELL_CONFIRM_TOTP,
  FL_TELL_ISSUE_CODES,
  FL_TELL_CONFIRM_CODES,
  FL_TELL_SIGN_OUT,
  FL_TELL_RESUME,     /* a: the letter of the identity whose record is taken */
  FL_TELL_KEEP,       /* keeps the record for a later resume */
} FlTell;

/* One step of a story: who does what, and how it ends. */
typedef struct {
  char        who;     /* a letter: each is an identity of its own */
  FlTell      verb;
  const char *a;
  const char *b;
  const char *feed;    /* what the server is asked, and answers; see FlPlayer */
  const char *end;     /* see fl_teller_describe() */
} FlStoryStep;

void      fl_teller_begin    (FlIdentity    *identity,
                              FlTell         verb,
                              const char    *a,
                              const char    *b,
                              GCancellable  *cancellable,
                              GAsyncResult **result);
FlAnswer *fl_teller_run      (FlIdentity    *identity,
                              FlTell         verb,
                              const char    *a,
                              const char    *b,
                              GError       **error);
char     *fl_teller_describe (const FlAnswer *answer,
                              const GError   *error);
char     *fl_teller_tell     (FlIdentity    *identity,
                              FlTell         verb,
                              const char    *a,
                              const char    *b);

G_END_DECLS
