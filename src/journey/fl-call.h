/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-guide.h"
#include "fl-identity.h"

G_BEGIN_DECLS

typedef enum {
  FL_VERB_PREPARE,                 /* a server that a person has typed: is it there? */
  FL_VERB_IDENTIFY,
  FL_VERB_SIGN_IN,
  FL_VERB_ANSWER_SECOND_FACTOR,
  FL_VERB_REAUTHENTICATE,
  FL_VERB_START_RECOVERY,
  FL_VERB_SEND_AGAIN,
  FL_VERB_LOOK_AGAIN,
  FL_VERB_REDEEM,
  FL_VERB_SET_PASSWORD,
  FL_VERB_START_TOTP,
  FL_VERB_CONFIRM_TOTP,
  FL_VERB_ISSUE_RECOVERY_CODES,
  FL_VERB_CONFIRM_RECOVERY_CODES,
  FL_VERB_RESUME,
} FlVerb;

/* One question to the server with what was typed for it, so that it can be asked again after another page. */
typedef struct {
  FlVerb    verb;
  char     *address;
  FlSecret *secret;      /* a password or a code */
  FlSecret *flow;        /* redeem */
  FlFactor  factor;      /* answer_second_factor */
  FlEvent   event;       /* start_recovery: what its mail means */
  gboolean  remember;    /* identify */
  gboolean  unasked;     /* redeem: by a link that was not asked for here */
  GVariant *record;      /* resume */
  char     *proof;       /* start_recovery, send_again */
  GError   *problem;     /* look_again, start_totp: of the call before, shown unless this one knows better */
} FlCall;

FlCall   *fl_call_new           (FlVerb               verb);
FlCall   *fl_call_new_secret    (FlVerb               verb,
                                 FlSecret            *secret);
void      fl_call_free          (FlCall              *self);
gboolean  fl_call_needs_proof   (const FlCall        *self);
gboolean  fl_call_needs_session (const FlCall        *self);
void      fl_call_make          (const FlCall        *self,
                                 FlIdentity          *identity,
                                 const char          *language,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlCall, fl_call_free)

G_END_DECLS
