/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-front"

#include "config.h"

#include "fl-robot-work.h"

#define PURPOSE "recovery"

/* Iterations of PBKDF2 per try, 256 tries in the mean: a tenth of a second on one core of 2020, and a twentieth of one
 * try on our side. */
#define COST 1000

/* What is asked of a computer before a mail is sent for it. */

/**
 * fl_robot_work_challenge:
 * @key: the key that only the server has
 * @now: Unix time in seconds
 *
 * Returns: (transfer full): the challenge as JSON
 */
char *
fl_robot_work_challenge (GBytes *key,
                         gint64  now)
{
  return fl_altcha_challenge_new (key, PURPOSE, now + FL_ROBOT_WORK_LIFESPAN, COST);
}

/**
 * fl_robot_work_open:
 * @payload: what the header `X-Altcha` says
 * @key: the key that only the server has
 * @now: Unix time in seconds
 * @error: return location for an error
 *
 * Checks what is cheap to check, see fl_altcha_proof_open().
 *
 * Returns: (transfer full) (nullable): the proof
 */
FlAltchaProof *
fl_robot_work_open (const char  *payload,
                    GBytes      *key,
                    gint64       now,
                    GError     **error)
{
  return fl_altcha_proof_open (payload, key, PURPOSE, now, error);
}
