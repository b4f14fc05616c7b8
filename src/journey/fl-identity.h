/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fl-answer.h"

G_BEGIN_DECLS

#define FL_TYPE_IDENTITY (fl_identity_get_type ())
G_DECLARE_INTERFACE (FlIdentity, fl_identity, FL, IDENTITY, GObject)

/* What to begin ahead, so that the click after it costs one round trip. */
typedef enum {
  FL_PREPARE_SIGN_IN,
  FL_PREPARE_RECOVERY,
} FlPrepare;

typedef enum {
  FL_FACTOR_TOTP,
  FL_FACTOR_RECOVERY_CODE,
} FlFactor;

struct _FlIdentityInterface
{
  GTypeInterface parent_iface;

  void (*prepare)              (FlIdentity *self, FlPrepare what,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*identify)             (FlIdentity *self, const char *address,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*sign_in)              (FlIdentity *self, const char *address, FlSecret *password,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*answer_second_factor) (FlIdentity *self, FlFactor factor, FlSecret *code,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*reauthenticate)       (FlIdentity *self, FlSecret *password,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*robot_challenge)      (FlIdentity *self,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*start_recovery)       (FlIdentity *self, const char *address, const char *language, const char *proof,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*send_again)           (FlIdentity *self, const char *address, const char *language, const char *proof,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*look_again)           (FlIdentity *self,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*redeem)               (FlIdentity *self, FlSecret *flow, FlSecret *code,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*set_password)         (FlIdentity *self, FlSecret *password,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*start_totp)           (FlIdentity *self,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*confirm_totp)         (FlIdentity *self, FlSecret *code,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*issue_recovery_codes)   (FlIdentity *self,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*confirm_recovery_codes) (FlIdentity *self,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*resume)               (FlIdentity *self, GVariant *record,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*sign_out)             (FlIdentity *self,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

  GVariant *(*save)            (FlIdentity *self);
  gint64    (*get_clock_ahead) (FlIdentity *self);
};

/* Every verb ends in its callback; fl_identity_finish() takes the answer of any of them. */
FlAnswer *fl_identity_finish               (FlIdentity *self, GAsyncResult *result, GError **error);

void      fl_identity_prepare              (FlIdentity *self, FlPrepare what,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_identify             (FlIdentity *self, const char *address,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_sign_in              (FlIdentity *self, const char *address, FlSecret *password,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_answer_second_factor (FlIdentity *self, FlFactor factor, FlSecret *code,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_reauthenticate       (FlIdentity *self, FlSecret *password,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_robot_challenge      (FlIdentity *self,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_start_recovery       (FlIdentity *self, const char *address, const char *language, const char *proof,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_send_again           (FlIdentity *self, const char *address, const char *language, const char *proof,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_look_again           (FlIdentity *self,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_redeem               (FlIdentity *self, FlSecret *flow, FlSecret *code,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_set_password         (FlIdentity *self, FlSecret *password,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_start_totp           (FlIdentity *self,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_confirm_totp         (FlIdentity *self, FlSecret *code,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_issue_recovery_codes (FlIdentity *self,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_confirm_recovery_codes (FlIdentity *self,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_resume               (FlIdentity *self, GVariant *record,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      fl_identity_sign_out             (FlIdentity *self,
                                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* Session token and flow ids, for the resume record in the keyring; NULL when there is nothing to resume. */
GVariant *fl_identity_save                 (FlIdentity *self);

/* Seconds by which this computer's clock is ahead of the server's, as the last answer said. */
gint64    fl_identity_get_clock_ahead      (FlIdentity *self);

/* Signals: "session-begun", "recovery-begun": what fl_identity_save() gives has to be kept now. */
void      fl_identity_session_begun        (FlIdentity *self);
void      fl_identity_recovery_begun       (FlIdentity *self);

G_END_DECLS
