/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-doctor.h"

G_BEGIN_DECLS

char *fl_doctor_report_lines (FlDoctor *doctor);
char *fl_doctor_report_text  (FlDoctor *doctor);

G_END_DECLS
