/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What can be wrong with a policy file. */
typedef enum {
  /* The file does not hold at all. */
  FL_POLICY_UNREADABLE,             /* found: why, as the system words it */
  FL_POLICY_NOT_REGULAR,
  FL_POLICY_TOO_LARGE,
  FL_POLICY_FOREIGN_OWNER,
  FL_POLICY_WRITABLE,
  FL_POLICY_UTF_16,
  FL_POLICY_BINARY,
  /* A line does not. */
  FL_POLICY_NOT_A_LINE,
  FL_POLICY_NOT_A_COMMENT,
  FL_POLICY_BROKEN_HEADER,
  FL_POLICY_UNKNOWN_GROUP,
  FL_POLICY_NO_GROUP,
  FL_POLICY_UNKNOWN_KEY,
  FL_POLICY_WRONG_GROUP,
  FL_POLICY_NOT_TRANSLATABLE,
  FL_POLICY_UNKNOWN_LOCALE,
  /* The key keeps the value that is built in. */
  FL_POLICY_EMPTY,
  FL_POLICY_NOT_UTF_8,
  FL_POLICY_BAD_ESCAPE,
  FL_POLICY_ESCAPE_AT_END,
  FL_POLICY_CONTROL,
  FL_POLICY_DIRECTION,
  FL_POLICY_INVISIBLE,
  FL_POLICY_TOO_LONG,
  FL_POLICY_COMMENT_BEHIND,
  FL_POLICY_QUOTED,
  FL_POLICY_NOT_HTTPS,
  FL_POLICY_NO_SCHEME,
  FL_POLICY_NOT_URL,
  FL_POLICY_NOT_ADDRESS,
  FL_POLICY_NOT_NUMBER,
  FL_POLICY_NOT_BOOLEAN,
  FL_POLICY_NOT_RULE,
  FL_POLICY_NOT_DAY,
  FL_POLICY_UNTIL_ALONE,
  FL_POLICY_COMMAS,
  FL_POLICY_CA_MISSING,
  FL_POLICY_CA_UNREADABLE,
  FL_POLICY_CA_UNTRUSTED,
  FL_POLICY_CA_PRIVATE,
  FL_POLICY_CA_NOT_PEM,
  /* One entry of a list does not hold. */
  FL_POLICY_UNKNOWN_LANGUAGE,
  FL_POLICY_UNKNOWN_LOCK,
  FL_POLICY_NOTHING_TO_LOCK,
  /* Everything holds, but hardly as it was meant. */
  FL_POLICY_TWICE_KEY,
  FL_POLICY_TWICE_GROUP,
  FL_POLICY_ONLY_TRANSLATED,
  FL_POLICY_TEXT_QUOTED,
  FL_POLICY_TEXT_COMMENT_BEHIND,
  FL_POLICY_CA_EXPIRED,
  FL_POLICY_N_FAULTS
} FlPolicyFault;

/* One mistake in a policy file. Strings are such as can be shown on a terminal. */
typedef struct {
  FlPolicyFault  fault;
  char          *origin;      /* (nullable): path of the file; NULL: it came in another way */
  guint          line;        /* from 1; 0: the file as such */
  guint          other_line;  /* another one that has to do with it, or 0 */
  char          *group;       /* (nullable) */
  char          *key;         /* (nullable): perhaps with a language, as in the file */
  char          *found;       /* (nullable): what is wrong */
  char          *meant;       /* (nullable): what would be right, and is likely meant */
} FlPolicyMistake;

FlPolicyMistake *fl_policy_mistake_new         (FlPolicyFault          fault,
                                                const char            *origin,
                                                guint                  line);
void             fl_policy_mistake_free        (FlPolicyMistake       *self);
const char      *fl_policy_mistake_get_name    (const FlPolicyMistake *self);
gboolean         fl_policy_mistake_costs_file  (const FlPolicyMistake *self);

char            *fl_policy_mistake_clean       (const char            *text);

G_END_DECLS
