/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "fl-secret.h"

G_BEGIN_DECLS

/**
 * FlField:
 * @group: the group of the node
 * @name: the member that is submitted
 * @type: the kind of input
 * @value: (nullable): its value
 * @autocomplete: (nullable): what it is for, in HTML's words
 * @digits: at most so many digits, or 0
 * @required: whether it must be filled in
 * @label: id of the label's message, or 0
 *
 * One input of a form, as data.
 */
typedef struct
{
  const char *group;
  const char *name;
  const char *type;
  const char *value;
  const char *autocomplete;
  guint       digits;
  gboolean    required;
  guint       label;
} FlField;

void fl_nodes_add_field  (JsonArray       *nodes,
                          const FlField   *field);
void fl_nodes_add_csrf   (JsonArray       *nodes);
void fl_nodes_add_submit (JsonArray       *nodes,
                          const char      *group,
                          const char      *name,
                          const char      *value,
                          guint            label);
void fl_nodes_add_totp   (JsonArray       *nodes,
                          const FlSecret  *key,
                          const char      *issuer,
                          const char      *account);
void fl_nodes_add_codes  (JsonArray       *nodes,
                          char           **codes);
void fl_nodes_add_kept_codes (JsonArray  *nodes,
                          GArray          *used_at);
void fl_nodes_add_notes  (JsonArray       *nodes,
                          JsonObject      *notes);

G_END_DECLS
