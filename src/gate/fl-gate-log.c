/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-log.h"

#include <string.h>

#define LINES_MOST 20  /* a second; a flood of refusals shows in the metrics, and must not fill a disk */

/* Bits of an address that are written: with less than a household or a firm in it nobody needs to know the rest. */
#define IPV4_BYTES 3
#define IPV6_BYTES 6

static char *
describe_network (GInetAddress *peer)
{
  GSocketFamily family = g_inet_address_get_family (peer);
  gsize kept = family == G_SOCKET_FAMILY_IPV4 ? IPV4_BYTES : IPV6_BYTES;
  g_autoptr (GInetAddress) network = NULL;
  g_autofree char *text = NULL;
  guint8 bytes[16] = { 0 };

  memcpy (bytes, g_inet_address_to_bytes (peer), kept);
  network = g_inet_address_new_from_bytes (bytes, family);
  text = g_inet_address_to_string (network);
  return g_strdup_printf ("%s/%" G_GSIZE_FORMAT, text, 8 * kept);
}

/**
 * fl_gate_log_refusal:
 * @self: a log
 * @kind: which call
 * @reason: why it went no further
 * @peer: who asked; only the network is written
 *
 * Tells of it: under systemd as fields of the journal, else as a line on the standard error.
 */
void
fl_gate_log_refusal (FlGateLog      *self,
                     FlGateCallKind  kind,
                     FlGateReason    reason,
                     GInetAddress   *peer)
{
  gint64 second = g_get_monotonic_time () / G_USEC_PER_SEC;
  const char *call = fl_gate_call_kind_name (kind);
  const char *why = fl_gate_reason_name (reason);
  g_autofree char *network = NULL;

  if (second != self->second)
    {
      self->second = second;
      self->lines = 0;
    }
  if (self->lines >= LINES_MOST)
    {
      self->passed_over++;
      return;
    }
  self->lines++;
  network = describe_network (peer);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE,
                    "FL_CALL", call,
                    "FL_REASON", why,
                    "FL_NETWORK", network,
                    "MESSAGE", "refused call=%s reason=%s network=%s passed-over=%" G_GUINT64_FORMAT,
                    call, why, network, self->passed_over);
  self->passed_over = 0;
}
