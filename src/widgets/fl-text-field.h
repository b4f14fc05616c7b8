/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-field.h"

G_BEGIN_DECLS

#define FL_TYPE_TEXT_FIELD (fl_text_field_get_type ())
G_DECLARE_FINAL_TYPE (FlTextField, fl_text_field, FL, TEXT_FIELD, FlField)

const char *fl_text_field_trim (FlTextField *self);

G_END_DECLS
