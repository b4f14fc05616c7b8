/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The calls of the gate. */
typedef enum {
  FL_GATE_LOGIN,
  FL_GATE_RECOVERY,
  FL_GATE_ALTCHA,
  FL_GATE_NOWHERE,  /* no call of ours */
} FlGateCallKind;

#define FL_GATE_CALL_KINDS (FL_GATE_NOWHERE + 1)

/* Why a call went no further. */
typedef enum {
  FL_GATE_FINE,
  FL_GATE_BAD_PATH,
  FL_GATE_BAD_METHOD,
  FL_GATE_BAD_HEADERS,     /* not application/json, encoded, chunked, or a token that is none */
  FL_GATE_BAD_QUERY,       /* anything but flow=UUID */
  FL_GATE_BAD_BODY,        /* not the one kind of JSON that is read */
  FL_GATE_BAD_FORM,        /* members that do not belong together, or a method that is not offered */
  FL_GATE_FROM_BROWSER,
  FL_GATE_PROOF_MISSING,
  FL_GATE_PROOF_MALFORMED,
  FL_GATE_PROOF_FORGED,
  FL_GATE_PROOF_EXPIRED,
  FL_GATE_PROOF_USED,
  FL_GATE_FLOW_REDEEMED,
  FL_GATE_QUOTA,
  FL_GATE_CROWDED,         /* more passwords at once than may be */
  FL_GATE_STORE_DOWN,
  FL_GATE_UPSTREAM_DEAD,   /* not reached, or gone in the middle */
  FL_GATE_UPSTREAM_SLOW,
  FL_GATE_UPSTREAM_FAULT,  /* 5xx */
  FL_GATE_UPSTREAM_ODD,    /* an answer of a kind that is not passed on */
} FlGateReason;

#define FL_GATE_REASONS (FL_GATE_UPSTREAM_ODD + 1)

const char *fl_gate_call_kind_name (FlGateCallKind kind);
const char *fl_gate_reason_name    (FlGateReason   reason);

G_END_DECLS
