/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-policy-keys.h"
#include "fl-policy-mistake.h"

G_BEGIN_DECLS

/* One policy file, read: what holds of it, and what is wrong with it. */
typedef struct {
  char       *origin;           /* (nullable): its path */
  GKeyFile   *file;             /* what holds: known keys, and values in the form that the getters expect */
  GPtrArray  *mistakes;         /* of FlPolicyMistake */
  guint       lines[N_KEYS];    /* the last that names the key, in any language; 0: none, so that other files may */
  gboolean    is_refused;
} FlPolicyFile;

/* Where something stands that is being judged, and whom it is told. */
typedef struct {
  FlPolicyFile *file;
  guint         line;
  const char   *group;          /* (nullable) */
  const char   *key;            /* (nullable) */
} FlPolicyPlace;

FlPolicyFile    *fl_policy_file_new         (const char          *origin);
void             fl_policy_file_free        (FlPolicyFile        *self);
void             fl_policy_file_refuse      (FlPolicyFile        *self,
                                             FlPolicyFault        fault,
                                             guint                line,
                                             const char          *found);
void             fl_policy_file_read        (FlPolicyFile        *self,
                                             const char          *data,
                                             gsize                length);
void             fl_policy_file_check_ca    (FlPolicyFile        *self);
char            *fl_policy_file_resolve     (FlPolicyFile        *self,
                                             const char          *path);

FlPolicyMistake *fl_policy_tell             (const FlPolicyPlace *place,
                                             FlPolicyFault        fault,
                                             const char          *found,
                                             const char          *meant);
char            *fl_policy_check_value      (const FlPolicyPlace *place,
                                             const FlPolicyKey   *key,
                                             const char          *raw);

GBytes          *fl_policy_read_bytes       (const char          *path,
                                             gsize                most,
                                             FlPolicyFault       *fault,
                                             char               **found);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlPolicyFile, fl_policy_file_free)

G_END_DECLS
