/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FL_PROBLEM (fl_problem_quark ())

/* What can go wrong, as data: a code for each thing that the person can do about it. Sentences live in pages. */
typedef enum {
  /* what was typed */
  FL_PROBLEM_ADDRESS_MALFORMED,
  FL_PROBLEM_ADDRESS_UNKNOWN,       /* only from engines that tell */
  FL_PROBLEM_TEXT_HIDDEN,           /* an address would do without a character in it that nobody sees */
  FL_PROBLEM_CREDENTIALS_REFUSED,   /* address and password do not belong together, or there is no password yet */
  FL_PROBLEM_ACCOUNT_DISABLED,
  FL_PROBLEM_CODE_MALFORMED,        /* not six digits, or not a recovery code */
  FL_PROBLEM_CODE_REFUSED,
  FL_PROBLEM_CODE_SKEWED,           /* right at another time; ahead: by how much the phone's clock is */
  FL_PROBLEM_CODE_USED,             /* was right once: a second-factor or recovery code counts only once */
  FL_PROBLEM_CODE_NOT_IN_LIST,      /* the recovery code typed back is none of those shown */
  FL_PROBLEM_PASSWORD_MISSING,
  FL_PROBLEM_PASSWORD_SHORT,        /* limit: the fewest characters */
  FL_PROBLEM_PASSWORD_LONG,         /* limit: the most bytes */
  FL_PROBLEM_PASSWORD_SIMILAR,      /* to the address */
  FL_PROBLEM_PASSWORD_BREACHED,
  FL_PROBLEM_PASSWORD_REPEATED,     /* the same as before */
  FL_PROBLEM_PASSWORD_UNFIT,        /* refused for a reason of the server's own */
  FL_PROBLEM_ROBOT_UNCHECKED,       /* the box has not been ticked */
  FL_PROBLEM_ROBOT_REFUSED,
  FL_PROBLEM_SERVER_MALFORMED,      /* the server address typed by a person */
  FL_PROBLEM_LINK_MALFORMED,
  FL_PROBLEM_LINK_FOREIGN,          /* a link of another server */

  /* what has run out */
  FL_PROBLEM_TRIES_SPENT,           /* too many wrong codes for this mail: a new one is needed */
  FL_PROBLEM_MAIL_USED,             /* its code has been redeemed, and it was not this window that knows of it */
  FL_PROBLEM_MAIL_EXPIRED,
  FL_PROBLEM_MAIL_SUPERSEDED,       /* until: when the newer mail was asked for */
  FL_PROBLEM_SESSION_ENDED,
  FL_PROBLEM_THROTTLED,             /* until: when to try again, 0 when the server did not say */

  /* what is between here and the server */
  FL_PROBLEM_OFFLINE,
  FL_PROBLEM_UNRESOLVED,            /* the server's name is not known to DNS */
  FL_PROBLEM_UNREACHABLE,           /* refused, no route */
  FL_PROBLEM_TIMED_OUT,
  FL_PROBLEM_TLS_UNTRUSTED,
  FL_PROBLEM_TLS_EXPIRED,           /* not valid today, and this computer's clock is right */
  FL_PROBLEM_TLS_DATE,              /* not valid today, or this computer's clock is wrong: nobody knows which */
  FL_PROBLEM_TLS_CLOCK,             /* only this computer's clock is wrong; ahead: by how much, 0 when nobody knows */
  FL_PROBLEM_PROXY,                 /* it does not let us through */
  FL_PROBLEM_PROXY_LOGIN,           /* it wants to know who we are */
  FL_PROBLEM_CAPTIVE_PORTAL,
  FL_PROBLEM_SERVER_FAULT,          /* 5xx; until: from Retry-After, else 0 */
  FL_PROBLEM_MAINTENANCE,           /* 503 that says when it ends; until: then */
  FL_PROBLEM_NOT_OUR_SERVER,        /* it answers, but not in the dialect */
  FL_PROBLEM_RECOVERY_UNSUPPORTED,  /* the engine is not set up for recovery by code in a native app */
  FL_PROBLEM_PROTOCOL,              /* our server, yet an answer that makes no sense at this point */
} FlProblem;

GQuark      fl_problem_quark     (void);
GError     *fl_problem_new       (FlProblem     code,
                                  const char   *diagnostic);
GError     *fl_problem_new_until (FlProblem     code,
                                  gint64        until,
                                  const char   *diagnostic);
GError     *fl_problem_new_limit (FlProblem     code,
                                  int           limit,
                                  const char   *diagnostic);
GError     *fl_problem_new_ahead (FlProblem     code,
                                  gint64        ahead,
                                  const char   *diagnostic);
gint64      fl_problem_get_until (const GError *problem);
int         fl_problem_get_limit (const GError *problem);
gint64      fl_problem_get_ahead (const GError *problem);
void        fl_problem_set_sent  (GError       *problem);
gboolean    fl_problem_is_sent   (const GError *problem);
const char *fl_problem_get_name  (FlProblem     code);

G_END_DECLS
