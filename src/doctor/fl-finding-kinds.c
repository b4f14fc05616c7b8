/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-doctor"

#include "config.h"

#include "fl-finding.h"

#include "fl-problem.h"

/* The names of checks, verdicts and causes, and every way in which a check can end, with the verdict that goes with it.
 * Scripts of administrators match these words: they are added to, never changed. */

static const char * const checks[] = {
  [FL_CHECK_POLICY] = "policy",
  [FL_CHECK_SERVER_NAME] = "server-name",
  [FL_CHECK_TCP] = "tcp",
  [FL_CHECK_PROXY] = "proxy",
  [FL_CHECK_PORTAL] = "portal",
  [FL_CHECK_TLS] = "tls",
  [FL_CHECK_CLOCK] = "clock",
  [FL_CHECK_API] = "api",
  [FL_CHECK_ROBOT_CHECK] = "robot-check",
  [FL_CHECK_MAIL_WAY] = "mail-way",
  [FL_CHECK_KEYRING] = "keyring",
  [FL_CHECK_DEEP_LINK] = "deep-link",
  [FL_CHECK_OTPAUTH] = "otpauth",
  [FL_CHECK_RENDERING] = "rendering",
  [FL_CHECK_VERSIONS] = "versions",
};
G_STATIC_ASSERT (G_N_ELEMENTS (checks) == FL_N_CHECKS);

static const char * const verdicts[] = {
  [FL_VERDICT_NONE] = "none",
  [FL_VERDICT_GREEN] = "green",
  [FL_VERDICT_YELLOW] = "yellow",
  [FL_VERDICT_RED] = "red",
};

static const char * const causes[] = {
  [FL_CAUSE_OK] = "ok",
  [FL_CAUSE_PROBLEM] = "problem",
  [FL_CAUSE_BLOCKED] = "blocked",
  [FL_CAUSE_NO_SERVER] = "no-server",
  [FL_CAUSE_NO_POLICY] = "no-policy",
  [FL_CAUSE_POLICY_MISTAKE] = "policy-mistake",
  [FL_CAUSE_POLICY_UNUSABLE] = "policy-unusable",
  [FL_CAUSE_PROXY_UNREACHABLE] = "proxy-unreachable",
  [FL_CAUSE_PROXY_UNKNOWN] = "proxy-unknown",
  [FL_CAUSE_PROXIED] = "proxied",
  [FL_CAUSE_RESOLVED_BY_PROXY] = "resolved-by-proxy",
  [FL_CAUSE_DOORSTEP_UNANSWERED] = "doorstep-unanswered",
  [FL_CAUSE_DOORSTEP_FOREIGN] = "doorstep-foreign",
  [FL_CAUSE_PLAIN] = "plain",
  [FL_CAUSE_TLS_NAME] = "tls-name",
  [FL_CAUSE_TLS_SOON] = "tls-soon",
  [FL_CAUSE_CA_FILE] = "ca-file",
  [FL_CAUSE_CA_FILE_UNNEEDED] = "ca-file-unneeded",
  [FL_CAUSE_CLOCK_OFF] = "clock-off",
  [FL_CAUSE_CLOCK_FAR_OFF] = "clock-far-off",
  [FL_CAUSE_CLOCK_UNSEEN] = "clock-unseen",
  [FL_CAUSE_ROBOT_ABSENT] = "robot-absent",
  [FL_CAUSE_NO_BUS] = "no-bus",
  [FL_CAUSE_KEYRING_NONE] = "keyring-none",
  [FL_CAUSE_KEYRING_LOCKED] = "keyring-locked",
  [FL_CAUSE_KEYRING_SILENT] = "keyring-silent",
  [FL_CAUSE_KEYRING_PORTAL] = "keyring-portal",
  [FL_CAUSE_HANDLER_NONE] = "handler-none",
  [FL_CAUSE_HANDLER_FOREIGN] = "handler-foreign",
  [FL_CAUSE_HANDLER_UNSEEN] = "handler-unseen",
  [FL_CAUSE_NO_DISPLAY] = "no-display",
};
G_STATIC_ASSERT (G_N_ELEMENTS (causes) == FL_N_CAUSES);

#define OWN(check, cause, verdict) { FL_CHECK_##check, FL_CAUSE_##cause, -1, FL_VERDICT_##verdict }
#define PROBLEM(check, problem, verdict) \
  { FL_CHECK_##check, FL_CAUSE_PROBLEM, FL_PROBLEM_##problem, FL_VERDICT_##verdict }
#define BLOCKED(check) OWN (check, BLOCKED, YELLOW), OWN (check, NO_SERVER, YELLOW)

/* What the server answers to any question of ours. */
#define ANSWERS(check) \
  PROBLEM (check, THROTTLED, YELLOW), \
  PROBLEM (check, SERVER_FAULT, RED), \
  PROBLEM (check, MAINTENANCE, RED), \
  PROBLEM (check, NOT_OUR_SERVER, RED), \
  PROBLEM (check, TIMED_OUT, RED), \
  PROBLEM (check, UNREACHABLE, RED), \
  PROBLEM (check, PROTOCOL, RED)

static const FlFindingKind kinds[] = {
  OWN (POLICY, OK, GREEN),
  OWN (POLICY, NO_POLICY, GREEN),
  OWN (POLICY, POLICY_MISTAKE, YELLOW),
  OWN (POLICY, POLICY_UNUSABLE, RED),
  OWN (POLICY, NO_SERVER, YELLOW),

  OWN (SERVER_NAME, OK, GREEN),
  OWN (SERVER_NAME, RESOLVED_BY_PROXY, GREEN),
  PROBLEM (SERVER_NAME, OFFLINE, RED),
  PROBLEM (SERVER_NAME, UNRESOLVED, RED),
  BLOCKED (SERVER_NAME),

  OWN (TCP, OK, GREEN),
  PROBLEM (TCP, UNREACHABLE, RED),
  PROBLEM (TCP, TIMED_OUT, RED),
  OWN (TCP, PROXY_UNREACHABLE, RED),
  BLOCKED (TCP),

  OWN (PROXY, OK, GREEN),
  OWN (PROXY, PROXIED, GREEN),
  OWN (PROXY, PROXY_UNKNOWN, YELLOW),
  PROBLEM (PROXY, PROXY, RED),
  PROBLEM (PROXY, PROXY_LOGIN, RED),
  BLOCKED (PROXY),

  OWN (PORTAL, OK, GREEN),
  OWN (PORTAL, PLAIN, GREEN),
  OWN (PORTAL, DOORSTEP_UNANSWERED, GREEN),
  OWN (PORTAL, DOORSTEP_FOREIGN, YELLOW),
  PROBLEM (PORTAL, CAPTIVE_PORTAL, RED),
  BLOCKED (PORTAL),

  OWN (TLS, OK, GREEN),
  OWN (TLS, PLAIN, GREEN),
  OWN (TLS, TLS_SOON, YELLOW),
  OWN (TLS, CA_FILE_UNNEEDED, YELLOW),
  OWN (TLS, CA_FILE, RED),
  OWN (TLS, TLS_NAME, RED),
  PROBLEM (TLS, TLS_UNTRUSTED, RED),
  PROBLEM (TLS, TLS_EXPIRED, RED),
  PROBLEM (TLS, TLS_DATE, RED),
  PROBLEM (TLS, TLS_CLOCK, RED),
  PROBLEM (TLS, NOT_OUR_SERVER, RED),
  PROBLEM (TLS, TIMED_OUT, RED),
  PROBLEM (TLS, UNREACHABLE, RED),
  BLOCKED (TLS),

  OWN (CLOCK, OK, GREEN),
  OWN (CLOCK, CLOCK_UNSEEN, YELLOW),
  OWN (CLOCK, CLOCK_OFF, YELLOW),
  OWN (CLOCK, CLOCK_FAR_OFF, RED),
  BLOCKED (CLOCK),

  OWN (API, OK, GREEN),
  ANSWERS (API),
  BLOCKED (API),

  OWN (ROBOT_CHECK, OK, GREEN),
  OWN (ROBOT_CHECK, ROBOT_ABSENT, GREEN),
  ANSWERS (ROBOT_CHECK),
  BLOCKED (ROBOT_CHECK),

  OWN (MAIL_WAY, OK, GREEN),
  PROBLEM (MAIL_WAY, RECOVERY_UNSUPPORTED, RED),
  ANSWERS (MAIL_WAY),
  BLOCKED (MAIL_WAY),

  OWN (KEYRING, OK, GREEN),
  OWN (KEYRING, KEYRING_PORTAL, GREEN),
  OWN (KEYRING, NO_BUS, YELLOW),
  OWN (KEYRING, KEYRING_LOCKED, YELLOW),
  OWN (KEYRING, KEYRING_NONE, RED),
  OWN (KEYRING, KEYRING_SILENT, RED),

  OWN (DEEP_LINK, OK, GREEN),
  OWN (DEEP_LINK, HANDLER_UNSEEN, YELLOW),
  OWN (DEEP_LINK, HANDLER_NONE, RED),
  OWN (DEEP_LINK, HANDLER_FOREIGN, RED),

  OWN (OTPAUTH, OK, GREEN),
  OWN (OTPAUTH, HANDLER_NONE, GREEN),
  OWN (OTPAUTH, HANDLER_UNSEEN, YELLOW),

  OWN (RENDERING, OK, GREEN),
  OWN (RENDERING, NO_DISPLAY, GREEN),

  OWN (VERSIONS, OK, GREEN),
};

/**
 * fl_check_get_name:
 * @check: a check
 *
 * Returns: (transfer none): its name, such as "server-name"
 */
const char *
fl_check_get_name (FlCheck check)
{
  g_return_val_if_fail ((gsize) check < G_N_ELEMENTS (checks), NULL);

  return checks[check];
}

/**
 * fl_verdict_get_name:
 * @verdict: a verdict
 *
 * Returns: (transfer none): its name, such as "green"
 */
const char *
fl_verdict_get_name (FlVerdict verdict)
{
  g_return_val_if_fail ((gsize) verdict < G_N_ELEMENTS (verdicts), NULL);

  return verdicts[verdict];
}

/**
 * fl_cause_get_name:
 * @cause: a cause
 *
 * Returns: (transfer none): its name, such as "keyring-locked"
 */
const char *
fl_cause_get_name (FlCause cause)
{
  g_return_val_if_fail ((gsize) cause < G_N_ELEMENTS (causes), NULL);

  return causes[cause];
}

/**
 * fl_finding_get_kinds:
 * @n_kinds: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_kinds): every way in which a check can end, check by check
 */
const FlFindingKind *
fl_finding_get_kinds (gsize *n_kinds)
{
  *n_kinds = G_N_ELEMENTS (kinds);

  return kinds;
}
