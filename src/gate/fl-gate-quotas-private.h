/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-digest.h"
#include "fl-gate-quotas.h"

G_BEGIN_DECLS

struct _FlGateQuotas
{
  GObject       parent_instance;
  FlGateStore  *store;
  FlGateLimits *limits;
  FlGateDigest *digest;
};

void fl_gate_quotas_digest_thing (FlGateQuotas *self,
                                  guint8       *key,
                                  const char   *label,
                                  FlGateThing   thing,
                                  const char   *text);

G_END_DECLS
