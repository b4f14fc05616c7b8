/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What is being tried. Each has counters of its own, so that whoever has used up the passwords can still use a code. */
typedef enum {
  FL_GATE_PASSWORD,
  FL_GATE_SECOND_FACTOR,
  FL_GATE_CODE,
  FL_GATE_MAIL,
} FlGateKind;

#define FL_GATE_KINDS (FL_GATE_MAIL + 1)

/* From whom. */
typedef enum {
  FL_GATE_PER_PERSON,   /* one account from one network */
  FL_GATE_PER_ACCOUNT,  /* one account from everywhere */
  FL_GATE_PER_NETWORK,  /* one network, whatever the account */
} FlGateReach;

#define FL_GATE_REACHES (FL_GATE_PER_NETWORK + 1)

typedef struct
{
  guint limit;
  guint window;  /* seconds */
} FlGateLimit;

#define FL_TYPE_GATE_LIMITS (fl_gate_limits_get_type ())
G_DECLARE_FINAL_TYPE (FlGateLimits, fl_gate_limits, FL, GATE_LIMITS, GObject)

FlGateLimits       *fl_gate_limits_new            (void);
const char * const *fl_gate_limits_get_keys       (void);
gboolean            fl_gate_limits_set            (FlGateLimits  *self,
                                                   const char    *key,
                                                   const char    *value,
                                                   GError       **error);
FlGateLimit         fl_gate_limits_get            (FlGateLimits  *self,
                                                   FlGateKind     kind,
                                                   FlGateReach    reach,
                                                   GInetAddress  *peer);
gboolean            fl_gate_limits_is_office      (FlGateLimits  *self,
                                                   GInetAddress  *peer);

G_END_DECLS
