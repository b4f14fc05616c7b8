/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-doctor.h"

G_BEGIN_DECLS

#define FL_TYPE_DOCTOR_PAGE (fl_doctor_page_get_type ())
G_DECLARE_FINAL_TYPE (FlDoctorPage, fl_doctor_page, FL, DOCTOR_PAGE, AdwBin)

GtkWidget *fl_doctor_page_new       (FlPolicy     *policy,
                                     const char   *server);
void       fl_doctor_page_examine   (FlDoctorPage *self);
void       fl_doctor_page_show      (FlDoctorPage *self,
                                     FlDoctor     *doctor);
void       fl_doctor_page_take_over (FlDoctorPage *self,
                                     FlDoctorPage *from);
void       fl_doctor_page_focus     (FlDoctorPage *self);

G_END_DECLS
