/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-finding.h"
#include "fl-policy.h"

G_BEGIN_DECLS

#define FL_TYPE_DOCTOR (fl_doctor_get_type ())
G_DECLARE_FINAL_TYPE (FlDoctor, fl_doctor, FL, DOCTOR, GObject)

/* A GListModel of the FlFindings, all of them from the beginning and in their order; each is still FL_VERDICT_NONE until
 * its check has ended. A doctor examines once: another examination is another doctor. */
FlDoctor   *fl_doctor_new             (FlPolicy             *policy,
                                       const char           *server);
void        fl_doctor_add_fact        (FlDoctor             *self,
                                       FlCheck               check,
                                       const char           *name,
                                       const char           *value);
void        fl_doctor_examine_async   (FlDoctor             *self,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean    fl_doctor_examine_finish  (FlDoctor             *self,
                                       GAsyncResult         *result,
                                       GError              **error);
FlFinding  *fl_doctor_get_finding     (FlDoctor             *self,
                                       FlCheck               check);
FlVerdict   fl_doctor_get_verdict     (FlDoctor             *self);
const char *fl_doctor_get_server      (FlDoctor             *self);
FlPolicy   *fl_doctor_get_policy      (FlDoctor             *self);

G_END_DECLS
