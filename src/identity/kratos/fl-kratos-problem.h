/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fl-kratos-reply.h"
#include "fl-problem.h"

G_BEGIN_DECLS

#define FL_KRATOS_DETOUR (fl_kratos_detour_quark ())

/* Refusals that are no problem of the person's: a verb has to do something else first. They never leave this library. */
typedef enum {
  FL_KRATOS_DETOUR_SECOND_FACTOR,  /* the session has to be raised */
  FL_KRATOS_DETOUR_PASSWORD,       /* the session has to be refreshed */
  FL_KRATOS_DETOUR_RAISED,         /* the session has been raised already */
  FL_KRATOS_DETOUR_EXPIRED,        /* the flow has expired: nothing has been done with what was sent */
  FL_KRATOS_DETOUR_UNKNOWN,        /* the flow is not known (any more) */
  FL_KRATOS_DETOUR_REPLACED,       /* the recovery has come to its end, by success or by too many tries */
} FlKratosDetour;

/* What was being done when an answer came: the same refusal can mean different things. */
typedef enum {
  FL_KRATOS_STEP_BEGIN,
  FL_KRATOS_STEP_BEGIN_RECOVERY,
  FL_KRATOS_STEP_IDENTIFY,
  FL_KRATOS_STEP_SIGN_IN,
  FL_KRATOS_STEP_SECOND_FACTOR,
  FL_KRATOS_STEP_REFRESH,
  FL_KRATOS_STEP_MAIL,
  FL_KRATOS_STEP_LOOK,
  FL_KRATOS_STEP_REDEEM,
  FL_KRATOS_STEP_SETTINGS,
  FL_KRATOS_STEP_PASSWORD,
  FL_KRATOS_STEP_TOTP,
  FL_KRATOS_STEP_CODES,
  FL_KRATOS_STEP_SESSION,
  FL_KRATOS_STEP_SIGN_OUT,
} FlKratosStep;

GQuark    fl_kratos_detour_quark           (void);
GError   *fl_kratos_problem_from_transport (const GError         *error,
                                            GTlsCertificateFlags  certificate);
GError   *fl_kratos_problem_from_proxy     (guint                 status);
GError   *fl_kratos_problem_from_status    (guint                 status,
                                            gint64                until,
                                            gboolean              is_intercepted);
GError   *fl_kratos_problem_from_reply     (const FlKratosReply  *reply,
                                            FlKratosStep          step);
gboolean  fl_kratos_problem_is_loss        (const GError         *error);

G_END_DECLS
