/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-policy.h"

/**
 * fl_policy_new_training:
 *
 * Makes the policy of the training, whose people and help desk are invented. Its server is the training service, whose
 * address is only known once it listens.
 *
 * Returns: (transfer full): a new policy
 */
FlPolicy *
fl_policy_new_training (void)
{
  static const char text[] =
    "[organisation]\n"
    "name=Flex Training\n"
    "name[sv]=Flex Utbildning\n"
    "[mail]\n"
    "sender=no-reply@flexhrm.example\n"
    "[support]\n"
    "text=Ask your trainer.\n"
    "text[sv]=Fråga din kursledare.\n"
    "phone=+46 8 123 456\n"
    "mail=help@flexhrm.example\n"
    "hours=Monday to Friday, 8 to 17\n"
    "hours[sv]=Måndag till fredag, 8–17\n";

  return fl_policy_new_from_data (text, sizeof text - 1, NULL);
}
