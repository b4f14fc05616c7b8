/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-metrics.h"

#define PREFIX "first_login_gate_"

/* Milliseconds; a hash takes some hundreds, a look at the database a few. */
static const guint bounds[FL_GATE_METRICS_BUCKETS] = { 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10000 };

static const char * const kinds[FL_GATE_KINDS] = {
  [FL_GATE_PASSWORD] = "password",
  [FL_GATE_SECOND_FACTOR] = "second-factor",
  [FL_GATE_CODE] = "code",
  [FL_GATE_MAIL] = "mail",
};

static void
begin (GString    *text,
       const char *name,
       const char *type,
       const char *help)
{
  g_string_append_printf (text, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", name, help, name, type);
}

static void
write_one (GString    *text,
           const char *name,
           const char *type,
           guint64     value,
           const char *help)
{
  begin (text, name, type, help);
  g_string_append_printf (text, PREFIX "%s %" G_GUINT64_FORMAT "\n", name, value);
}

static void
write_calls (const FlGateMetrics *self,
             GString             *text)
{
  begin (text, "calls_total", "counter", "Calls that were answered, by the class of their status.");
  for (guint kind = 0; kind < FL_GATE_CALL_KINDS; kind++)
    for (guint class = 2; class < 6; class++)
      g_string_append_printf (text, PREFIX "calls_total{call=\"%s\",status=\"%uxx\"} %" G_GUINT64_FORMAT "\n",
                              fl_gate_call_kind_name (kind), class, self->calls[kind][class]);

  begin (text, "refusals_total", "counter", "Calls that the gate itself refused, or Kratos did not answer.");
  for (guint kind = 0; kind < FL_GATE_CALL_KINDS; kind++)
    for (guint reason = FL_GATE_FINE + 1; reason < FL_GATE_REASONS; reason++)
      g_string_append_printf (text, PREFIX "refusals_total{call=\"%s\",reason=\"%s\"} %" G_GUINT64_FORMAT "\n",
                              fl_gate_call_kind_name (kind), fl_gate_reason_name (reason), self->refusals[kind][reason]);

  begin (text, "quota_hits_total", "counter", "Calls that were refused because of too many before, by what was tried.");
  for (guint kind = 0; kind < FL_GATE_KINDS; kind++)
    g_string_append_printf (text, PREFIX "quota_hits_total{kind=\"%s\"} %" G_GUINT64_FORMAT "\n", kinds[kind],
                            self->quotas[kind]);
}

static void
write_latencies (const FlGateMetrics *self,
                 GString             *text)
{
  char seconds[G_ASCII_DTOSTR_BUF_SIZE];
  guint64 sum = 0;

  begin (text, "upstream_seconds", "histogram", "How long Kratos took for its answers.");
  for (guint i = 0; i < FL_GATE_METRICS_BUCKETS; i++)
    {
      sum += self->upstream_buckets[i];
      g_ascii_formatd (seconds, sizeof seconds, "%.9g", bounds[i] / 1000.0);
      g_string_append_printf (text, PREFIX "upstream_seconds_bucket{le=\"%s\"} %" G_GUINT64_FORMAT "\n", seconds, sum);
    }
  g_ascii_formatd (seconds, sizeof seconds, "%.9g", (double) self->upstream_time / G_USEC_PER_SEC);
  g_string_append_printf (text,
                          PREFIX "upstream_seconds_bucket{le=\"+Inf\"} %" G_GUINT64_FORMAT "\n"
                          PREFIX "upstream_seconds_sum %s\n"
                          PREFIX "upstream_seconds_count %" G_GUINT64_FORMAT "\n",
                          self->upstream_count, seconds, self->upstream_count);
}

/**
 * fl_gate_metrics_observe_upstream:
 * @self: metrics
 * @microseconds: how long Kratos took for an answer
 *
 * Counts it.
 */
void
fl_gate_metrics_observe_upstream (FlGateMetrics *self,
                                  gint64         microseconds)
{
  guint i = 0;

  while (i < FL_GATE_METRICS_BUCKETS && microseconds > (gint64) bounds[i] * 1000)
    i++;
  self->upstream_buckets[i]++;
  self->upstream_count++;
  self->upstream_time += microseconds;
}

/**
 * fl_gate_metrics_to_text:
 * @self: metrics
 *
 * Returns: (transfer full): all of them, in the text format of Prometheus, version 0.0.4
 */
char *
fl_gate_metrics_to_text (const FlGateMetrics *self)
{
  GString *text = g_string_new (NULL);

  write_calls (self, text);
  write_one (text, "challenges_total", "counter", self->challenges, "Challenges of the robot check that were given out.");
  write_one (text, "proofs_total", "counter", self->proofs, "Proofs of work that were good.");
  write_one (text, "open_calls", "gauge", self->open, "Calls that wait for their answer.");
  write_one (text, "open_passwords", "gauge", self->passwords, "Passwords that Kratos is checking.");
  write_one (text, "held_total", "counter", self->held, "Answers that were held to the grid of time.");
  write_one (text, "overruns_total", "counter", self->overruns,
             "Held answers that were not ready at the first line of the grid: it is too narrow.");
  write_one (text, "store_up", "gauge", self->store_is_up, "Whether the store answers; without it no mail is sent.");
  write_one (text, "store_failures_total", "counter", self->store_failures, "Calls of the store that failed.");
  write_latencies (self, text);
  return g_string_free (text, FALSE);
}
