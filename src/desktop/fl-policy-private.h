/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-policy-file.h"
#include "fl-policy.h"

G_BEGIN_DECLS

struct _FlPolicy {
  GObject parent_instance;

  GPtrArray *files;             /* of FlPolicyFile: what counts most first */
  GPtrArray *mistakes;          /* those of the files */
  GStrv origins;
  GKeyFile *file;               /* what holds of all of them, with the translations */
  FlPolicyFile *sources[N_KEYS];  /* whom a value is from; NULL: it is built in */
  char *language;
  char *values[N_KEYS];
  char **lists[N_KEYS];
};

FlPolicy *fl_policy_new_from_files (GPtrArray *files);
void      fl_policy_merge          (FlPolicy  *self);
void      fl_policy_take_texts     (FlPolicy  *self);

G_END_DECLS
