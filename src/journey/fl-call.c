/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-call"

#include "config.h"

#include "fl-call.h"

/**
 * fl_call_new:
 * @verb: what to ask
 *
 * Makes a question; what belongs to it is filled in by the caller.
 *
 * Returns: (transfer full): a new call
 */
FlCall *
fl_call_new (FlVerb verb)
{
  FlCall *self = g_new0 (FlCall, 1);

  self->verb = verb;

  return self;
}

/**
 * fl_call_new_secret:
 * @verb: what to ask
 * @secret: the password or code that was typed
 *
 * Makes a question with a secret.
 *
 * Returns: (transfer full): a new call
 */
FlCall *
fl_call_new_secret (FlVerb    verb,
                    FlSecret *secret)
{
  FlCall *self = fl_call_new (verb);

  self->secret = fl_secret_ref (secret);

  return self;
}

/**
 * fl_call_free:
 * @self: (transfer full) (nullable): a call
 *
 * Frees a call.
 */
void
fl_call_free (FlCall *self)
{
  if (self == NULL)
    return;

  g_free (self->address);
  g_clear_pointer (&self->secret, fl_secret_unref);
  g_clear_pointer (&self->flow, fl_secret_unref);
  g_clear_pointer (&self->record, g_variant_unref);
  g_free (self->proof);
  g_clear_error (&self->problem);
  g_free (self);
}

/**
 * fl_call_needs_proof:
 * @self: a call
 *
 * Tells whether the server wants to hear that no robot is asking.
 *
 * Returns: whether a proof has to be there first
 */
gboolean
fl_call_needs_proof (const FlCall *self)
{
  return self->verb == FL_VERB_START_RECOVERY || self->verb == FL_VERB_SEND_AGAIN;
}

/**
 * fl_call_needs_session:
 * @self: a call
 *
 * Tells whether the question is asked by somebody who is signed in.
 *
 * Returns: whether it is over when the session has ended
 */
gboolean
fl_call_needs_session (const FlCall *self)
{
  switch (self->verb)
    {
    case FL_VERB_ANSWER_SECOND_FACTOR:
    case FL_VERB_REAUTHENTICATE:
    case FL_VERB_SET_PASSWORD:
    case FL_VERB_START_TOTP:
    case FL_VERB_CONFIRM_TOTP:
    case FL_VERB_ISSUE_RECOVERY_CODES:
    case FL_VERB_CONFIRM_RECOVERY_CODES:
      return TRUE;
    case FL_VERB_PREPARE:
    case FL_VERB_IDENTIFY:
    case FL_VERB_SIGN_IN:
    case FL_VERB_START_RECOVERY:
    case FL_VERB_SEND_AGAIN:
    case FL_VERB_LOOK_AGAIN:
    case FL_VERB_REDEEM:
    case FL_VERB_RESUME:
      return FALSE;
    default:
      g_return_val_if_reached (FALSE);
    }
}

/**
 * fl_call_make:
 * @self: a call
 * @identity: whom to ask
 * @language: of a mail that this may have sent
 * @cancellable: ends the call early
 * @callback: called when the verb has ended; takes the answer by fl_identity_finish()
 * @user_data: for @callback
 *
 * Asks the question.
 */
void
fl_call_make (const FlCall        *self,
              FlIdentity          *identity,
              const char          *language,
              GCancellable        *cancellable,
              GAsyncReadyCallback  callback,
              gpointer             user_data)
{
  switch (self->verb)
    {
    case FL_VERB_PREPARE:
      fl_identity_prepare (identity, FL_PREPARE_SIGN_IN, cancellable, callback, user_data);
      break;
    case FL_VERB_IDENTIFY:
      fl_identity_identify (identity, self->address, cancellable, callback, user_data);
      break;
    case FL_VERB_SIGN_IN:
      fl_identity_sign_in (identity, self->address, self->secret, cancellable, callback, user_data);
      break;
    case FL_VERB_ANSWER_SECOND_FACTOR:
      fl_identity_answer_second_factor (identity, self->factor, self->secret, cancellable, callback, user_data);
      break;
    case FL_VERB_REAUTHENTICATE:
      fl_identity_reauthenticate (identity, self->secret, cancellable, callback, user_data);
      break;
    case FL_VERB_START_RECOVERY:
      fl_identity_start_recovery (identity, self->address, language, self->proof, cancellable, callback, user_data);
      break;
    case FL_VERB_SEND_AGAIN:
      fl_identity_send_again (identity, self->address, language, self->proof, cancellable, callback, user_data);
      break;
    case FL_VERB_LOOK_AGAIN:
      fl_identity_look_again (identity, cancellable, callback, user_data);
      break;
    case FL_VERB_REDEEM:
      fl_identity_redeem (identity, self->flow, self->secret, cancellable, callback, user_data);
      break;
    case FL_VERB_SET_PASSWORD:
      fl_identity_set_password (identity, self->secret, cancellable, callback, user_data);
      break;
    case FL_VERB_START_TOTP:
      fl_identity_start_totp (identity, cancellable, callback, user_data);
      break;
    case FL_VERB_CONFIRM_TOTP:
      fl_identity_confirm_totp (identity, self->secret, cancellable, callback, user_data);
      break;
    case FL_VERB_ISSUE_RECOVERY_CODES:
      fl_identity_issue_recovery_codes (identity, cancellable, callback, user_data);
      break;
    case FL_VERB_CONFIRM_RECOVERY_CODES:
      fl_identity_confirm_recovery_codes (identity, cancellable, callback, user_data);
      break;
    case FL_VERB_RESUME:
      fl_identity_resume (identity, self->record, cancellable, callback, user_data);
      break;
    default:
      g_return_if_reached ();
    }
}
