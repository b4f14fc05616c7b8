/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-field.h"

G_BEGIN_DECLS

#define FL_TYPE_CODE_FIELD (fl_code_field_get_type ())
G_DECLARE_FINAL_TYPE (FlCodeField, fl_code_field, FL, CODE_FIELD, FlField)

G_END_DECLS
