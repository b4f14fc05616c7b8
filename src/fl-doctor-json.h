/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-doctor.h"

G_BEGIN_DECLS

char *fl_doctor_json_new (FlDoctor *doctor);

G_END_DECLS
