/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "first-login"

#include "config.h"

#include "fl-until-done.h"
#include "fl-clock.h"
#include "fl-done.h"
#include "fl-policy.h"

/* What an autostart entry asks at each login: whether there is anything left to do for this person. */

/**
 * fl_until_done_is_over:
 * @server: (nullable): the server that the command line gives, canonical
 *
 * Tells whether this person is through with the server that the command line or else the policy names; where neither
 * does, with the one that they have typed. Who could still put two-factor authentication off is not, where the policy has a
 * day from which it is required.
 *
 * It waits for two small local files, and needs neither display nor session bus.
 *
 * Returns: whether they are
 */
gboolean
fl_until_done_is_over (const char *server)
{
  g_autoptr (FlPolicy) policy = fl_policy_load (NULL, NULL);
  FlSecondFactorRule rule = fl_policy_get_second_factor_rule (policy, G_MAXINT64);

  return fl_done_look (server != NULL ? server : fl_policy_get_server (policy), rule == FL_SECOND_FACTOR_REQUIRED,
                       fl_clock_now ());
}
