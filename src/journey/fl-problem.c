/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-problem"

#include "config.h"

#include "fl-problem.h"

/*
 * FlProblem: what went wrong on the way, as data.
 *
 * A GError whose code says what the person can do about it, with the time or the bound that the sentence needs. The
 * message is a diagnostic for logs, never shown and never translated; what the person reads is written by the page.
 */
typedef struct {
  gint64   until;
  gint64   ahead;
  int      limit;
  gboolean is_sent;
} FlProblemPrivate;

static void
fl_problem_private_init (FlProblemPrivate *priv)
{
  *priv = (FlProblemPrivate) { 0 };
}

static void
fl_problem_private_copy (const FlProblemPrivate *src,
                         FlProblemPrivate       *dest)
{
  *dest = *src;
}

static void
fl_problem_private_clear (FlProblemPrivate *priv)
{
}

G_DEFINE_EXTENDED_ERROR (FlProblem, fl_problem)

static const char * const names[] = {
  [FL_PROBLEM_ADDRESS_MALFORMED] = "address-malformed",
  [FL_PROBLEM_ADDRESS_UNKNOWN] = "address-unknown",
  [FL_PROBLEM_TEXT_HIDDEN] = "text-hidden",
  [FL_PROBLEM_CREDENTIALS_REFUSED] = "credentials-refused",
  [FL_PROBLEM_ACCOUNT_DISABLED] = "account-disabled",
  [FL_PROBLEM_CODE_MALFORMED] = "code-malformed",
  [FL_PROBLEM_CODE_REFUSED] = "code-refused",
  [FL_PROBLEM_CODE_SKEWED] = "code-skewed",
  [FL_PROBLEM_CODE_USED] = "code-used",
  [FL_PROBLEM_CODE_NOT_IN_LIST] = "code-not-in-list",
  [FL_PROBLEM_PASSWORD_MISSING] = "password-missing",
  [FL_PROBLEM_PASSWORD_SHORT] = "password-short",
  [FL_PROBLEM_PASSWORD_LONG] = "password-long",
  [FL_PROBLEM_PASSWORD_SIMILAR] = "password-similar",
  [FL_PROBLEM_PASSWORD_BREACHED] = "password-breached",
  [FL_PROBLEM_PASSWORD_REPEATED] = "password-repeated",
  [FL_PROBLEM_PASSWORD_UNFIT] = "password-unfit",
  [FL_PROBLEM_ROBOT_UNCHECKED] = "robot-unchecked",
  [FL_PROBLEM_ROBOT_REFUSED] = "robot-refused",
  [FL_PROBLEM_SERVER_MALFORMED] = "server-malformed",
  [FL_PROBLEM_LINK_MALFORMED] = "link-malformed",
  [FL_PROBLEM_LINK_FOREIGN] = "link-foreign",
  [FL_PROBLEM_TRIES_SPENT] = "tries-spent",
  [FL_PROBLEM_MAIL_USED] = "mail-used",
  [FL_PROBLEM_MAIL_EXPIRED] = "mail-expired",
  [FL_PROBLEM_MAIL_SUPERSEDED] = "mail-superseded",
  [FL_PROBLEM_SESSION_ENDED] = "session-ended",
  [FL_PROBLEM_THROTTLED] = "throttled",
  [FL_PROBLEM_OFFLINE] = "offline",
  [FL_PROBLEM_UNRESOLVED] = "unresolved",
  [FL_PROBLEM_UNREACHABLE] = "unreachable",
  [FL_PROBLEM_TIMED_OUT] = "timed-out",
  [FL_PROBLEM_TLS_UNTRUSTED] = "tls-untrusted",
  [FL_PROBLEM_TLS_EXPIRED] = "tls-expired",
  [FL_PROBLEM_TLS_DATE] = "tls-date",
  [FL_PROBLEM_TLS_CLOCK] = "tls-clock",
  [FL_PROBLEM_PROXY] = "proxy",
  [FL_PROBLEM_PROXY_LOGIN] = "proxy-login",
  [FL_PROBLEM_CAPTIVE_PORTAL] = "captive-portal",
  [FL_PROBLEM_SERVER_FAULT] = "server-fault",
  [FL_PROBLEM_MAINTENANCE] = "maintenance",
  [FL_PROBLEM_NOT_OUR_SERVER] = "not-our-server",
  [FL_PROBLEM_RECOVERY_UNSUPPORTED] = "recovery-unsupported",
  [FL_PROBLEM_PROTOCOL] = "protocol",
};
G_STATIC_ASSERT (G_N_ELEMENTS (names) == FL_PROBLEM_PROTOCOL + 1);

/**
 * fl_problem_new:
 * @code: what went wrong
 * @diagnostic: words for a log, without any secret
 *
 * Makes a problem.
 *
 * Returns: (transfer full): a new error in the domain %FL_PROBLEM
 */
GError *
fl_problem_new (FlProblem   code,
                const char *diagnostic)
{
  g_return_val_if_fail (diagnostic != NULL, NULL);

  return g_error_new_literal (FL_PROBLEM, code, diagnostic);
}

/**
 * fl_problem_new_until:
 * @code: what went wrong
 * @until: Unix time in seconds that the sentence needs; 0 when nobody knows
 * @diagnostic: words for a log, without any secret
 *
 * Makes a problem that is over at a certain time, or happened at one.
 *
 * Returns: (transfer full): a new error in the domain %FL_PROBLEM
 */
GError *
fl_problem_new_until (FlProblem   code,
                      gint64      until,
                      const char *diagnostic)
{
  GError *problem = fl_problem_new (code, diagnostic);

  fl_problem_get_private (problem)->until = until;

  return problem;
}

/**
 * fl_problem_new_limit:
 * @code: what went wrong
 * @limit: the bound that was crossed
 * @diagnostic: words for a log, without any secret
 *
 * Makes a problem about something too short or too long.
 *
 * Returns: (transfer full): a new error in the domain %FL_PROBLEM
 */
GError *
fl_problem_new_limit (FlProblem   code,
                      int         limit,
                      const char *diagnostic)
{
  GError *problem = fl_problem_new (code, diagnostic);

  fl_problem_get_private (problem)->limit = limit;

  return problem;
}

/**
 * fl_problem_new_ahead:
 * @code: what went wrong
 * @ahead: seconds by which the clock is ahead, negative when it is behind; 0 when nobody knows
 * @diagnostic: words for a log, without any secret
 *
 * Makes a problem that comes of a clock: this computer's, or the phone's.
 *
 * Returns: (transfer full): a new error in the domain %FL_PROBLEM
 */
GError *
fl_problem_new_ahead (FlProblem   code,
                      gint64      ahead,
                      const char *diagnostic)
{
  GError *problem = fl_problem_new (code, diagnostic);

  fl_problem_get_private (problem)->ahead = ahead;

  return problem;
}

/**
 * fl_problem_get_until:
 * @problem: an error of any domain
 *
 * Tells the time that belongs to a problem.
 *
 * Returns: Unix time in seconds; 0 if there is none
 */
gint64
fl_problem_get_until (const GError *problem)
{
  g_return_val_if_fail (problem != NULL, 0);

  return problem->domain == FL_PROBLEM ? fl_problem_get_private (problem)->until : 0;
}

/**
 * fl_problem_get_limit:
 * @problem: an error of any domain
 *
 * Tells the bound that belongs to a problem.
 *
 * Returns: characters or bytes, as the code says; 0 if there is none
 */
int
fl_problem_get_limit (const GError *problem)
{
  g_return_val_if_fail (problem != NULL, 0);

  return problem->domain == FL_PROBLEM ? fl_problem_get_private (problem)->limit : 0;
}

/**
 * fl_problem_get_ahead:
 * @problem: an error of any domain
 *
 * Tells how wrong the clock is that a problem comes of.
 *
 * Returns: seconds by which it is ahead, negative when it is behind; 0 if nobody knows
 */
gint64
fl_problem_get_ahead (const GError *problem)
{
  g_return_val_if_fail (problem != NULL, 0);

  return problem->domain == FL_PROBLEM ? fl_problem_get_private (problem)->ahead : 0;
}

/**
 * fl_problem_set_sent:
 * @problem: an error of the domain %FL_PROBLEM
 *
 * Notes that the request had left this computer when it went wrong: whatever the problem is, the server may have acted.
 */
void
fl_problem_set_sent (GError *problem)
{
  g_return_if_fail (problem != NULL && problem->domain == FL_PROBLEM);

  fl_problem_get_private (problem)->is_sent = TRUE;
}

/**
 * fl_problem_is_sent:
 * @problem: an error of any domain
 *
 * Returns: whether the request had left this computer when it went wrong
 */
gboolean
fl_problem_is_sent (const GError *problem)
{
  g_return_val_if_fail (problem != NULL, FALSE);

  return problem->domain == FL_PROBLEM && fl_problem_get_private (problem)->is_sent;
}

/**
 * fl_problem_get_name:
 * @code: a code of the domain %FL_PROBLEM
 *
 * Names a code for logs and tests.
 *
 * Returns: (transfer none): for example "throttled"; "unknown" for what is no such code
 */
const char *
fl_problem_get_name (FlProblem code)
{
  return (gsize) code < G_N_ELEMENTS (names) ? names[code] : "unknown";
}
