/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-reason.h"

/* The names that the administrator sees in the log and in the metrics. */

static const char * const calls[] = {
  [FL_GATE_LOGIN] = "login",
  [FL_GATE_RECOVERY] = "recovery",
  [FL_GATE_ALTCHA] = "altcha",
  [FL_GATE_NOWHERE] = "other",
};

static const char * const reasons[] = {
  [FL_GATE_FINE] = "none",
  [FL_GATE_BAD_PATH] = "path",
  [FL_GATE_BAD_METHOD] = "method",
  [FL_GATE_BAD_HEADERS] = "headers",
  [FL_GATE_BAD_QUERY] = "query",
  [FL_GATE_BAD_BODY] = "body",
  [FL_GATE_BAD_FORM] = "form",
  [FL_GATE_FROM_BROWSER] = "browser",
  [FL_GATE_PROOF_MISSING] = "proof-missing",
  [FL_GATE_PROOF_MALFORMED] = "proof-malformed",
  [FL_GATE_PROOF_FORGED] = "proof-forged",
  [FL_GATE_PROOF_EXPIRED] = "proof-expired",
  [FL_GATE_PROOF_USED] = "proof-used",
  [FL_GATE_FLOW_REDEEMED] = "flow-redeemed",
  [FL_GATE_QUOTA] = "quota",
  [FL_GATE_CROWDED] = "crowded",
  [FL_GATE_STORE_DOWN] = "store-down",
  [FL_GATE_UPSTREAM_DEAD] = "upstream-dead",
  [FL_GATE_UPSTREAM_SLOW] = "upstream-slow",
  [FL_GATE_UPSTREAM_FAULT] = "upstream-fault",
  [FL_GATE_UPSTREAM_ODD] = "upstream-odd",
};

/**
 * fl_gate_call_kind_name:
 * @kind: a call
 *
 * Returns: its name
 */
const char *
fl_gate_call_kind_name (FlGateCallKind kind)
{
  return calls[kind];
}

/**
 * fl_gate_reason_name:
 * @reason: a reason
 *
 * Returns: its name
 */
const char *
fl_gate_reason_name (FlGateReason reason)
{
  return reasons[reason];
}
