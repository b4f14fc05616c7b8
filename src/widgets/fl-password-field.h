/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-field.h"
#include "fl-secret.h"

G_BEGIN_DECLS

#define FL_TYPE_PASSWORD_FIELD (fl_password_field_get_type ())
G_DECLARE_FINAL_TYPE (FlPasswordField, fl_password_field, FL, PASSWORD_FIELD, FlField)

FlSecret *fl_password_field_dup_secret (FlPasswordField *self);

G_END_DECLS
