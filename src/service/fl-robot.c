/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-robot.h"

#include "fl-clock.h"
#include "fl-robot-work.h"

/**
 * fl_robot_challenge:
 * @exchange: `GET /altcha`
 *
 * Answers with a challenge; where the check is off, with 404, so that clients show none.
 */
void
fl_robot_challenge (FlExchange *exchange)
{
  FlEngine *engine = exchange->engine;
  g_autoptr (GBytes) key = NULL;
  g_autofree char *challenge = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (!engine->config->robot_enabled)
    {
      fl_exchange_reply_error (exchange, SOUP_STATUS_NOT_FOUND, NULL, "There is no robot check here.");
      return;
    }

  key = fl_sealer_robot_key (engine->sealer);
  challenge = fl_robot_work_challenge (key, fl_clock_now ());
  node = json_from_string (challenge, NULL);
  fl_exchange_reply (exchange, SOUP_STATUS_OK, json_node_dup_object (node));
}

/**
 * fl_robot_admits:
 * @exchange: a request that costs work
 *
 * Checks the header `X-Altcha`, and uses its solution up.
 *
 * Returns: whether the work has been done, or none is wanted
 */
gboolean
fl_robot_admits (FlExchange *exchange)
{
  FlEngine *engine = exchange->engine;
  const char *payload = fl_exchange_get_header (exchange, "X-Altcha");
  g_autoptr (GBytes) key = NULL;
  g_autoptr (FlAltchaProof) proof = NULL;
  gint64 now = fl_clock_now ();

  if (!engine->config->robot_enabled)
    return TRUE;
  if (payload == NULL)
    return FALSE;

  key = fl_sealer_robot_key (engine->sealer);
  proof = fl_robot_work_open (payload, key, now, NULL);
  if (proof == NULL || !fl_altcha_proof_is_solved (proof))
    return FALSE;
  fl_store_run (engine->store, "INSERT OR IGNORE INTO solved (nonce, expires_at) VALUES (?, ?)", "si",
                fl_altcha_proof_get_nonce (proof), now + FL_ROBOT_WORK_LIFESPAN);
  return fl_store_is_well (engine->store) && fl_store_changes (engine->store) == 1;
}
