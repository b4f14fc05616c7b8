/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-identity.h"

/*
 * FlIdentity: the account system, as the journey needs it.
 *
 * An interface of verbs, so that the journey knows neither HTTP nor an engine's dialect. Every verb is a GTask of the
 * identity with the given cancellable. It ends in an FlAnswer whose outcome says whether something else has to come
 * first, in an error of the domain FL_PROBLEM, or in G_IO_ERROR_CANCELLED. One verb at a time, except
 * robot_challenge, look_again and prepare, which may run beside another.
 */

G_DEFINE_INTERFACE (FlIdentity, fl_identity, G_TYPE_OBJECT)

enum {
  SIGNAL_SESSION_BEGUN,
  SIGNAL_RECOVERY_BEGUN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
fl_identity_default_init (FlIdentityInterface *iface)
{
  /**
   * FlIdentity::session-begun:
   *
   * A verb has brought a session, and goes on to learn more: what fl_identity_save() gives now is not given twice.
   */
  signals[SIGNAL_SESSION_BEGUN] = g_signal_new ("session-begun", FL_TYPE_IDENTITY, G_SIGNAL_RUN_LAST, 0,
                                                NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * FlIdentity::recovery-begun:
   *
   * A flow for the next mail is there. Kept before the mail is asked for, it tells after a restart whether that has
   * been sent.
   */
  signals[SIGNAL_RECOVERY_BEGUN] = g_signal_new ("recovery-begun", FL_TYPE_IDENTITY, G_SIGNAL_RUN_LAST, 0,
                                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/**
 * fl_identity_session_begun:
 * @self: an identity
 *
 * Emits [signal@Identity::session-begun]; for those who implement the interface.
 */
void
fl_identity_session_begun (FlIdentity *self)
{
  g_return_if_fail (FL_IS_IDENTITY (self));

  g_signal_emit (self, signals[SIGNAL_SESSION_BEGUN], 0);
}

/**
 * fl_identity_recovery_begun:
 * @self: an identity
 *
 * Emits [signal@Identity::recovery-begun]; for those who implement the interface.
 */
void
fl_identity_recovery_begun (FlIdentity *self)
{
  g_return_if_fail (FL_IS_IDENTITY (self));

  g_signal_emit (self, signals[SIGNAL_RECOVERY_BEGUN], 0);
}

/**
 * fl_identity_finish:
 * @self: an identity
 * @result: what the callback of any verb was given
 * @error: return location for an error of the domain %FL_PROBLEM, or %G_IO_ERROR_CANCELLED
 *
 * Ends any verb.
 *
 * Returns: (transfer full) (nullable): what the verb brought
 */
FlAnswer *
fl_identity_finish (FlIdentity    *self,
                    GAsyncResult  *result,
                    GError       **error)
{
  g_return_val_if_fail (FL_IS_IDENTITY (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * fl_identity_prepare:
 * @self: an identity
 * @what: what will probably be asked next
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Begins a flow ahead, so that the click after it costs one round trip. Nothing is lost if it fails.
 */
void
fl_identity_prepare (FlIdentity          *self,
                     FlPrepare            what,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));

  FL_IDENTITY_GET_IFACE (self)->prepare (self, what, cancellable, callback, user_data);
}

/**
 * fl_identity_identify:
 * @self: an identity
 * @address: a plausible, normalised address
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Says whose account this is about. Engines that do not tell whether an account exists answer without asking anybody;
 * others may fail with %FL_PROBLEM_ADDRESS_UNKNOWN.
 */
void
fl_identity_identify (FlIdentity          *self,
                      const char          *address,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));
  g_return_if_fail (address != NULL);

  FL_IDENTITY_GET_IFACE (self)->identify (self, address, cancellable, callback, user_data);
}

/**
 * fl_identity_sign_in:
 * @self: an identity
 * @address: the address of the account
 * @password: its password, exactly as typed
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Signs in. The answer tells whether the account has a second factor and recovery codes, as far as the engine says
 * so; where the second factor has to follow the outcome is %FL_OUTCOME_SECOND_FACTOR_FIRST.
 */
void
fl_identity_sign_in (FlIdentity          *self,
                     const char          *address,
                     FlSecret            *password,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));
  g_return_if_fail (address != NULL);
  g_return_if_fail (password != NULL);

  FL_IDENTITY_GET_IFACE (self)->sign_in (self, address, password, cancellable, callback, user_data);
}

/**
 * fl_identity_answer_second_factor:
 * @self: an identity
 * @factor: what @code is
 * @code: a normalised code
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Raises the session by a second factor. After a recovery code the answer tells how many are left.
 */
void
fl_identity_answer_second_factor (FlIdentity          *self,
                                  FlFactor             factor,
                                  FlSecret            *code,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));
  g_return_if_fail (code != NULL);

  FL_IDENTITY_GET_IFACE (self)->answer_second_factor (self, factor, code, cancellable, callback, user_data);
}

/**
 * fl_identity_reauthenticate:
 * @self: an identity
 * @password: the password of the session's account
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Makes a session young again, after a verb has ended in %FL_OUTCOME_PASSWORD_FIRST.
 */
void
fl_identity_reauthenticate (FlIdentity          *self,
                            FlSecret            *password,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));
  g_return_if_fail (password != NULL);

  FL_IDENTITY_GET_IFACE (self)->reauthenticate (self, password, cancellable, callback, user_data);
}

/**
 * fl_identity_robot_challenge:
 * @self: an identity
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Asks for the challenge behind *I am not a robot*. An answer without a challenge means that the server has no such
 * check; everything else that goes wrong is an error.
 */
void
fl_identity_robot_challenge (FlIdentity          *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));

  FL_IDENTITY_GET_IFACE (self)->robot_challenge (self, cancellable, callback, user_data);
}

/**
 * fl_identity_start_recovery:
 * @self: an identity
 * @address: where the mail goes
 * @language: of the mail: "en", "sv"
 * @proof: (nullable): the solved challenge; %NULL where there is none
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Begins a new recovery flow and has its mail sent. The answer brings the flow, when its mail expires, and when it
 * can be sent again. It does not tell whether the address has an account.
 */
void
fl_identity_start_recovery (FlIdentity          *self,
                            const char          *address,
                            const char          *language,
                            const char          *proof,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));
  g_return_if_fail (address != NULL);
  g_return_if_fail (language != NULL);

  FL_IDENTITY_GET_IFACE (self)->start_recovery (self, address, language, proof, cancellable, callback, user_data);
}

/**
 * fl_identity_send_again:
 * @self: an identity
 * @address: where the mail goes
 * @language: of the mail: "en", "sv"
 * @proof: (nullable): the solved challenge; %NULL where there is none
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Has the mail of the current recovery flow sent once more.
 */
void
fl_identity_send_again (FlIdentity          *self,
                        const char          *address,
                        const char          *language,
                        const char          *proof,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));
  g_return_if_fail (address != NULL);
  g_return_if_fail (language != NULL);

  FL_IDENTITY_GET_IFACE (self)->send_again (self, address, language, proof, cancellable, callback, user_data);
}

/**
 * fl_identity_look_again:
 * @self: an identity
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Looks whether the current recovery flow still waits for its code. That it has been redeemed is
 * %FL_PROBLEM_MAIL_USED, that it has run out %FL_PROBLEM_MAIL_EXPIRED.
 */
void
fl_identity_look_again (FlIdentity          *self,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));

  FL_IDENTITY_GET_IFACE (self)->look_again (self, cancellable, callback, user_data);
}

/**
 * fl_identity_redeem:
 * @self: an identity
 * @flow: the recovery flow, which need not be the current one
 * @code: the code of its mail
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Turns the code of a mail into a session. The answer tells whose, how much is proven, and whether there is a second
 * factor.
 */
void
fl_identity_redeem (FlIdentity          *self,
                    FlSecret            *flow,
                    FlSecret            *code,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));
  g_return_if_fail (flow != NULL);
  g_return_if_fail (code != NULL);

  FL_IDENTITY_GET_IFACE (self)->redeem (self, flow, code, cancellable, callback, user_data);
}

/**
 * fl_identity_set_password:
 * @self: an identity
 * @password: the new password, exactly as typed
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Sets the password of the session's account.
 */
void
fl_identity_set_password (FlIdentity          *self,
                          FlSecret            *password,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));
  g_return_if_fail (password != NULL);

  FL_IDENTITY_GET_IFACE (self)->set_password (self, password, cancellable, callback, user_data);
}

/**
 * fl_identity_start_totp:
 * @self: an identity
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Asks for the key of a new authenticator. The answer brings the enrolment, or %FL_FACT_YES as its second factor
 * where the account has one already.
 */
void
fl_identity_start_totp (FlIdentity          *self,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));

  FL_IDENTITY_GET_IFACE (self)->start_totp (self, cancellable, callback, user_data);
}

/**
 * fl_identity_confirm_totp:
 * @self: an identity
 * @code: a code of %FL_CODE_DIGITS digits
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Activates the authenticator by a code of it. An answer that says %FL_FACT_NO as its second factor and brings an
 * enrolment means that the key had to be replaced: nothing was activated, and the new key has to be scanned.
 */
void
fl_identity_confirm_totp (FlIdentity          *self,
                          FlSecret            *code,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));
  g_return_if_fail (code != NULL);

  FL_IDENTITY_GET_IFACE (self)->confirm_totp (self, code, cancellable, callback, user_data);
}

/**
 * fl_identity_issue_recovery_codes:
 * @self: an identity
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Asks for new recovery codes. They count only once they are confirmed.
 */
void
fl_identity_issue_recovery_codes (FlIdentity          *self,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));

  FL_IDENTITY_GET_IFACE (self)->issue_recovery_codes (self, cancellable, callback, user_data);
}

/**
 * fl_identity_confirm_recovery_codes:
 * @self: an identity
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Says that the person has kept the recovery codes.
 */
void
fl_identity_confirm_recovery_codes (FlIdentity          *self,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));

  FL_IDENTITY_GET_IFACE (self)->confirm_recovery_codes (self, cancellable, callback, user_data);
}

/**
 * fl_identity_resume:
 * @self: an identity
 * @record: what fl_identity_save() gave, perhaps in another version of this program
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Goes on with what was saved. The answer tells whose session it is and what is proven and set up; a session that is
 * over is %FL_PROBLEM_SESSION_ENDED. A record from which no session comes, only a recovery flow, is answered by the
 * flow alone.
 */
void
fl_identity_resume (FlIdentity          *self,
                    GVariant            *record,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));
  g_return_if_fail (record != NULL);

  FL_IDENTITY_GET_IFACE (self)->resume (self, record, cancellable, callback, user_data);
}

/**
 * fl_identity_sign_out:
 * @self: an identity
 * @cancellable: (nullable): ends the verb early
 * @callback: called when the verb has ended; takes the answer by [method@Identity.finish]
 * @user_data: for @callback
 *
 * Ends the session at the server and forgets it here, whatever the server says.
 */
void
fl_identity_sign_out (FlIdentity          *self,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_return_if_fail (FL_IS_IDENTITY (self));

  FL_IDENTITY_GET_IFACE (self)->sign_out (self, cancellable, callback, user_data);
}

/**
 * fl_identity_save:
 * @self: an identity
 *
 * Gives what fl_identity_resume() needs to go on after a restart: the session and the ids of flows. All of it is
 * secret.
 *
 * Returns: (transfer full) (nullable): the record; %NULL when there is nothing to go on with
 */
GVariant *
fl_identity_save (FlIdentity *self)
{
  GVariant *record;

  g_return_val_if_fail (FL_IS_IDENTITY (self), NULL);

  record = FL_IDENTITY_GET_IFACE (self)->save (self);

  return record != NULL ? g_variant_take_ref (record) : NULL;
}

/**
 * fl_identity_get_clock_ahead:
 * @self: an identity
 *
 * Returns: seconds by which this computer's clock is ahead of the server's, as its last answer said; negative when it is
 *   behind, 0 when no answer has said anything
 */
gint64
fl_identity_get_clock_ahead (FlIdentity *self)
{
  FlIdentityInterface *iface;

  g_return_val_if_fail (FL_IS_IDENTITY (self), 0);

  iface = FL_IDENTITY_GET_IFACE (self);

  return iface->get_clock_ahead != NULL ? iface->get_clock_ahead (self) : 0;
}
