/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-config.h"
#include "fl-gate-log.h"
#include "fl-gate-metrics.h"
#include "fl-gate-quotas.h"
#include "fl-gate-upstream.h"

G_BEGIN_DECLS

/**
 * FlGateParts:
 * @config: what the gate was told
 * @quotas: who may try how often, on what the gates know together
 * @upstream: Kratos
 * @robot_key: signs the challenges
 * @metrics: what has been done
 * @log: where refusals are told
 *
 * What a running gate consists of, for the code that handles calls; only the main thread touches it.
 */
typedef struct
{
  const FlGateConfig *config;
  FlGateQuotas       *quotas;
  FlGateUpstream     *upstream;
  GBytes             *robot_key;
  FlGateMetrics       metrics;
  FlGateLog           log;
} FlGateParts;

G_END_DECLS
