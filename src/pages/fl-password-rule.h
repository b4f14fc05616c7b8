/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a server may ask of a password. */
typedef enum {
  FL_PASSWORD_RULE_LENGTH,
  FL_PASSWORD_RULE_UNLIKE_ADDRESS,
  FL_PASSWORD_RULE_LOWERCASE,
  FL_PASSWORD_RULE_UPPERCASE,
  FL_PASSWORD_RULE_DIGIT,
  FL_PASSWORD_RULE_SYMBOL,
} FlPasswordRule;
#define FL_N_PASSWORD_RULES (FL_PASSWORD_RULE_SYMBOL + 1)

gboolean fl_password_rule_is_met (FlPasswordRule  rule,
                                  const char     *password,
                                  const char     *address,
                                  int             minimum);

G_END_DECLS
