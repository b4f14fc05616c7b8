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

struct _FlPolicy {
  GObject parent_instance;

  GKeyFile *file;              /* for the translations; NULL: only defaults */
  char *origin;
  char *language;
  GError *mistake;
  char *values[N_KEYS];
  char **lists[N_KEYS];
  char *ca_file;
};

const FlPolicyKey *fl_policy_find_key            (const char    *group,
                                                  const char    *key);
gboolean           fl_policy_type_is_list        (FlPolicyType   type);
char              *fl_policy_check_value         (FlPolicyType   type,
                                                  const char    *raw,
                                                  GError       **error);
gint64             fl_policy_end_of_day          (const char    *day);
guint              fl_policy_find_line           (const char    *text,
                                                  const char    *group,
                                                  const char    *key);
guint              fl_policy_find_malformed_line (const char    *text,
                                                  gsize          length);
FlPolicy          *fl_policy_new_refused         (const char    *origin,
                                                  GError        *mistake);
void               fl_policy_read                (FlPolicy      *self,
                                                  const char    *data,
                                                  gsize          length);
void               fl_policy_take_texts          (FlPolicy      *self);

G_END_DECLS
