/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-robot.h"

#include "fl-altcha.h"
#include "fl-clock.h"

#define PURPOSE "recovery"
#define LIFESPAN 600  /* seconds: a person may tick the box, be called to the telephone, and come back */

/* Iterations of PBKDF2 per try, 256 tries in the mean: a tenth of a second on one core of 2020, and a twentieth of one
 * try on our side. */
#define COST 1000

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
  challenge = fl_altcha_challenge_new (key, PURPOSE, fl_clock_now () + LIFESPAN, COST);
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
  g_autofree char *nonce = NULL;
  gint64 now = fl_clock_now ();

  if (!engine->config->robot_enabled)
    return TRUE;
  if (payload == NULL)
    return FALSE;

  key = fl_sealer_robot_key (engine->sealer);
  if (!fl_altcha_verify (payload, key, PURPOSE, now, &nonce, NULL))
    return FALSE;
  fl_store_run (engine->store, "INSERT OR IGNORE INTO solved (nonce, expires_at) VALUES (?, ?)", "si",
                nonce, now + LIFESPAN);
  return fl_store_is_well (engine->store) && fl_store_changes (engine->store) == 1;
}
