/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-secret.h"

G_BEGIN_DECLS

#define FL_TYPE_OTPAUTH (fl_otpauth_get_type ())

/**
 * FlOtpauth:
 *
 * What an authenticator learns from an enrolment QR code: issuer, account and key.
 *
 * It is the Key URI Format (`otpauth://totp/...`) with its default parameters, the only ones that every authenticator
 * obeys. It cannot be changed.
 */
typedef struct _FlOtpauth FlOtpauth;

GType            fl_otpauth_get_type    (void);
FlOtpauth       *fl_otpauth_new         (const char      *issuer,
                                         const char      *account,
                                         FlSecret        *key);
FlOtpauth       *fl_otpauth_parse       (const char      *uri,
                                         GError         **error);
FlOtpauth       *fl_otpauth_ref         (FlOtpauth       *self);
void             fl_otpauth_unref       (FlOtpauth       *self);
const char      *fl_otpauth_get_issuer  (const FlOtpauth *self);
const char      *fl_otpauth_get_account (const FlOtpauth *self);
FlSecret        *fl_otpauth_get_key     (const FlOtpauth *self);
FlSecret        *fl_otpauth_to_uri      (const FlOtpauth *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlOtpauth, fl_otpauth_unref)

G_END_DECLS
