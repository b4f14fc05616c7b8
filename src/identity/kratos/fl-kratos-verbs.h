/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-kratos-verb.h"

G_BEGIN_DECLS

#define FL_KRATOS_LOGIN         "/self-service/login"
#define FL_KRATOS_LOGOUT        "/self-service/logout/api"
#define FL_KRATOS_RECOVERY      "/self-service/recovery"
#define FL_KRATOS_RECOVERY_LOOK "/self-service/recovery/flows"
#define FL_KRATOS_SETTINGS      "/self-service/settings"
#define FL_KRATOS_SETTINGS_LOOK "/self-service/settings/flows"
#define FL_KRATOS_WHOAMI        "/sessions/whoami"
#define FL_KRATOS_ALTCHA        "/altcha"

/* fl-kratos-login.c */
void fl_kratos_prepare              (FlIdentity *identity, FlPrepare what,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void fl_kratos_identify             (FlIdentity *identity, const char *address,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void fl_kratos_sign_in              (FlIdentity *identity, const char *address, FlSecret *password,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void fl_kratos_reauthenticate       (FlIdentity *identity, FlSecret *password,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void fl_kratos_sign_out             (FlIdentity *identity,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* fl-kratos-second-factor.c */
void fl_kratos_answer_second_factor (FlIdentity *identity, FlFactor factor, FlSecret *code,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* fl-kratos-recovery.c */
void fl_kratos_robot_challenge      (FlIdentity *identity,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void fl_kratos_start_recovery       (FlIdentity *identity, const char *address, const char *language, const char *proof,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void fl_kratos_send_again           (FlIdentity *identity, const char *address, const char *language, const char *proof,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void fl_kratos_look_again           (FlIdentity *identity,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* fl-kratos-redeem.c */
void fl_kratos_redeem               (FlIdentity *identity, FlSecret *flow, FlSecret *code,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* fl-kratos-settings.c */
void fl_kratos_set_password         (FlIdentity *identity, FlSecret *password,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void fl_kratos_start_totp           (FlIdentity *identity,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void fl_kratos_confirm_totp         (FlIdentity *identity, FlSecret *code,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void fl_kratos_issue_recovery_codes (FlIdentity *identity,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void fl_kratos_confirm_recovery_codes (FlIdentity *identity,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* fl-kratos-resume.c */
void fl_kratos_resume               (FlIdentity *identity, GVariant *record,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* Steps that several verbs share */
void fl_kratos_begin_settings       (FlKratosVerb *verb,
                                     FlKratosVerbFunc then);
void fl_kratos_tell_settings        (FlKratosVerb *verb);
void fl_kratos_look_at_mail         (FlKratosVerb *verb);
GError *fl_kratos_judge_sight       (FlKratosVerb *verb,
                                     FlKratosReply *reply);

G_END_DECLS
