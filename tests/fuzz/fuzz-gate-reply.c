/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

#include "fl-gate-reply.h"
#include "fl-json.h"

/* What stands where Kratos should answers the gate: the first line is the status, the second the type, the rest the body.
 * What is passed on is one JSON object as it came, or nothing beside a fault; a session is learned only from an answer that
 * all is well. */

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *status = fl_fuzz_take_line (&data, &size);
  g_autofree char *type = fl_fuzz_take_line (&data, &size);
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (FlGateReply) reply = fl_gate_reply_read ((guint) g_ascii_strtoull (status, NULL, 10), type, bytes);

  if (reply == NULL)
    return 0;
  g_assert_true ((reply->body == NULL) == (reply->status >= 500));
  if (reply->body != NULL)
    g_assert_true (fl_json_check ((const char *) data, size, FL_GATE_REPLY_MOST, NULL));
  if (reply->body != NULL)
    g_assert_true (g_bytes_equal (reply->body, bytes));
  g_assert_true (reply->status == 200 || (reply->token == NULL && !reply->is_redeemed));
  return 0;
}
