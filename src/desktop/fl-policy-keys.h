/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-policy.h"

G_BEGIN_DECLS

/* Index of each key in fl_policy_keys. */
enum {
  KEY_SERVER_URL,
  KEY_SERVER_LANDING,
  KEY_SERVER_CA_FILE,
  KEY_ORGANISATION_NAME,
  KEY_ACCOUNT_NAME,
  KEY_ACCOUNT_REMEMBER_ADDRESS,
  KEY_PRODUCT_NAME,
  KEY_PRODUCT_URL,
  KEY_PRODUCT_MOBILE_URL,
  KEY_MAIL_SENDER,
  KEY_TWO_FACTOR_RULE,
  KEY_TWO_FACTOR_UNTIL,
  KEY_TWO_FACTOR_APPS,
  KEY_PASSWORD_MINIMUM,
  KEY_PASSWORD_LOWERCASE,
  KEY_PASSWORD_UPPERCASE,
  KEY_PASSWORD_DIGIT,
  KEY_PASSWORD_SYMBOL,
  KEY_SUPPORT_TEXT,
  KEY_SUPPORT_PHONE,
  KEY_SUPPORT_MAIL,
  KEY_SUPPORT_HOURS,
  KEY_LANGUAGE_OFFERED,
  KEY_PRIVACY_TEXT,
  KEY_PRIVACY_URL,
  KEY_POLICY_LOCKED,
  N_KEYS
};

extern const FlPolicyKey fl_policy_keys[N_KEYS];

gboolean           fl_policy_type_is_list (FlPolicyType       type);
const FlPolicyKey *fl_policy_find_key     (const char        *group,
                                           const char        *key);
gboolean           fl_policy_has_group    (const char        *group);
gboolean           fl_policy_has_language (const char        *code);
char              *fl_policy_dup_homes    (const char        *key);
char              *fl_policy_guess_group  (const char        *word);
char              *fl_policy_guess_key    (const char        *group,
                                           const char        *word);
char              *fl_policy_guess_lock   (const char        *word);

G_END_DECLS
