/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-limits.h"

G_BEGIN_DECLS

/**
 * FlGateConfig:
 * @listen: where nginx asks, as `127.0.0.1:4450`
 * @metrics: (nullable): where `GET /metrics` is answered; %NULL for nowhere
 * @upstream: the origin of Kratos' public API, without a slash at the end
 * @upstream_seconds: how long Kratos may take for an answer
 * @trusted: (element-type GInetAddress): who may say in `X-Real-IP` for whom it asks
 * @store: (nullable): the SQLite database; %NULL with @postgres
 * @postgres: (nullable): the connection string of PostgreSQL; %NULL with @store
 * @key: 32 bytes that all gates of one set-up share
 * @connections: how many at once
 * @passwords: how many passwords Kratos may be checking at once
 * @password_grid: milliseconds between the moments at which refusals of passwords are answered
 * @mail_grid: milliseconds between the moments at which requests for mails are answered
 * @limits: how often what may be tried
 *
 * What the administrator has told the gate, in lines of `KEY=value`; deploy/gate/gate.conf.example has every key.
 */
typedef struct
{
  char         *listen;
  char         *metrics;
  char         *upstream;
  guint         upstream_seconds;
  GPtrArray    *trusted;
  char         *store;
  char         *postgres;
  GBytes       *key;
  guint         connections;
  guint         passwords;
  guint         password_grid;
  guint         mail_grid;
  FlGateLimits *limits;
} FlGateConfig;

FlGateConfig *fl_gate_config_load (const char    *path,
                                   GError       **error);
void          fl_gate_config_free (FlGateConfig  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlGateConfig, fl_gate_config_free)

G_END_DECLS
