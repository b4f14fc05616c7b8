/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What is looked at, in this order. */
typedef enum {
  FL_CHECK_POLICY,
  FL_CHECK_SERVER_NAME,
  FL_CHECK_TCP,
  FL_CHECK_PROXY,
  FL_CHECK_PORTAL,
  FL_CHECK_TLS,
  FL_CHECK_CLOCK,
  FL_CHECK_API,
  FL_CHECK_ROBOT_CHECK,
  FL_CHECK_MAIL_WAY,
  FL_CHECK_KEYRING,
  FL_CHECK_DEEP_LINK,
  FL_CHECK_OTPAUTH,
  FL_CHECK_RENDERING,
  FL_CHECK_VERSIONS,
} FlCheck;

#define FL_N_CHECKS (FL_CHECK_VERSIONS + 1)

/* The greater, the worse. */
typedef enum {
  FL_VERDICT_NONE,    /* it is still being looked at */
  FL_VERDICT_GREEN,
  FL_VERDICT_YELLOW,  /* it works, though not as well as it could; or it cannot be seen from here */
  FL_VERDICT_RED,     /* something is broken that the guide needs */
} FlVerdict;

/* Why a verdict is as it is. Those of the assistant's own problems are %FL_CAUSE_PROBLEM, with the problem. */
typedef enum {
  FL_CAUSE_OK,
  FL_CAUSE_PROBLEM,
  FL_CAUSE_BLOCKED,            /* what has to go before is red */
  FL_CAUSE_NO_SERVER,          /* nobody has named one */

  FL_CAUSE_NO_POLICY,
  FL_CAUSE_POLICY_MISTAKE,     /* the rest of the file holds */
  FL_CAUSE_POLICY_UNUSABLE,    /* nothing in the file holds */
  FL_CAUSE_PROXY_UNREACHABLE,
  FL_CAUSE_PROXY_UNKNOWN,      /* which one to use could not be found out */
  FL_CAUSE_PROXIED,            /* green: there is one, and it lets us through */
  FL_CAUSE_RESOLVED_BY_PROXY,  /* green: this computer does not know the name, and need not */
  FL_CAUSE_DOORSTEP_UNANSWERED, /* green: plain HTTP does not give the known answer, but the server is reached */
  FL_CAUSE_DOORSTEP_FOREIGN,   /* plain HTTP is answered with something that looks like a portal */
  FL_CAUSE_PLAIN,              /* green: a server on this computer, without TLS and with nobody in between */
  FL_CAUSE_TLS_NAME,           /* the certificate is made out to another name */
  FL_CAUSE_TLS_SOON,           /* it ends within days */
  FL_CAUSE_CA_FILE,            /* the policy's file of authorities cannot be used, and the certificate is of none that is known */
  FL_CAUSE_CA_FILE_UNNEEDED,   /* it cannot be used, and the system's authorities do */
  FL_CAUSE_CLOCK_OFF,
  FL_CAUSE_CLOCK_FAR_OFF,
  FL_CAUSE_CLOCK_UNSEEN,
  FL_CAUSE_ROBOT_ABSENT,       /* green: the server has no robot check */
  FL_CAUSE_NO_BUS,             /* no session of a desktop here */
  FL_CAUSE_KEYRING_NONE,
  FL_CAUSE_KEYRING_LOCKED,
  FL_CAUSE_KEYRING_SILENT,
  FL_CAUSE_KEYRING_PORTAL,     /* green: in a sandbox, the portal to it is there */
  FL_CAUSE_HANDLER_NONE,
  FL_CAUSE_HANDLER_FOREIGN,    /* another program opens our links */
  FL_CAUSE_HANDLER_UNSEEN,     /* in a sandbox whose portal does not tell */
  FL_CAUSE_NO_DISPLAY,         /* green: nothing to draw on, or not asked */
} FlCause;

#define FL_N_CAUSES (FL_CAUSE_NO_DISPLAY + 1)

/* One way in which a check can end. */
typedef struct {
  FlCheck    check;
  FlCause    cause;
  int        problem;  /* of the domain %FL_PROBLEM; -1 where the cause is none */
  FlVerdict  verdict;
} FlFindingKind;

#define FL_TYPE_FINDING (fl_finding_get_type ())
G_DECLARE_FINAL_TYPE (FlFinding, fl_finding, FL, FINDING, GObject)

/* Property "verdict" (FlVerdict as uint) notifies, once, when the check has ended: then everything else is there too. */
FlFinding           *fl_finding_new           (FlCheck              check);
FlCheck              fl_finding_get_check     (FlFinding           *self);
FlVerdict            fl_finding_get_verdict   (FlFinding           *self);
FlCause              fl_finding_get_cause     (FlFinding           *self);
const GError        *fl_finding_get_problem   (FlFinding           *self);
const char          *fl_finding_get_word      (FlFinding           *self);
const char * const  *fl_finding_get_facts     (FlFinding           *self);
const char          *fl_finding_get_fact      (FlFinding           *self,
                                               const char          *name);
void                 fl_finding_add_fact      (FlFinding           *self,
                                               const char          *name,
                                               const char          *value);
void                 fl_finding_end           (FlFinding           *self,
                                               FlCause              cause);
void                 fl_finding_end_problem   (FlFinding           *self,
                                               const GError        *problem);

const char          *fl_check_get_name        (FlCheck              check);
const char          *fl_verdict_get_name      (FlVerdict            verdict);
const char          *fl_cause_get_name        (FlCause              cause);
const FlFindingKind *fl_finding_get_kinds     (gsize               *n_kinds);

G_END_DECLS
