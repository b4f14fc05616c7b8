/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* All that the two calls can have in their bodies. */
typedef enum {
  FL_GATE_BODY_METHOD,
  FL_GATE_BODY_IDENTIFIER,
  FL_GATE_BODY_PASSWORD,
  FL_GATE_BODY_TOTP_CODE,
  FL_GATE_BODY_LOOKUP_SECRET,
  FL_GATE_BODY_EMAIL,
  FL_GATE_BODY_CODE,
  FL_GATE_BODY_PAYLOAD,           /* transient_payload, an object */
  FL_GATE_BODY_PAYLOAD_FLOW,
  FL_GATE_BODY_PAYLOAD_LANGUAGE,
} FlGateBodyMember;

#define FL_GATE_BODY_MEMBERS (FL_GATE_BODY_PAYLOAD_LANGUAGE + 1)

typedef struct _FlGateBody FlGateBody;

FlGateBody *fl_gate_body_read (GBytes            *bytes);
void        fl_gate_body_free (FlGateBody        *self);
gboolean    fl_gate_body_has  (const FlGateBody  *self,
                               FlGateBodyMember   member);
const char *fl_gate_body_get  (const FlGateBody  *self,
                               FlGateBodyMember   member);
guint       fl_gate_body_mask (const FlGateBody  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlGateBody, fl_gate_body_free)

G_END_DECLS
