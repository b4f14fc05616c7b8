/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-store.h"

G_BEGIN_DECLS

typedef struct _FlGateDigest FlGateDigest;

FlGateDigest *fl_gate_digest_new  (GBytes        *key,
                                   const char    *purpose);
void          fl_gate_digest_free (FlGateDigest  *self);
void          fl_gate_digest_of   (FlGateDigest  *self,
                                   guint8        *key,
                                   const char    *label,
                                   ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
