/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "first-login"

#include "config.h"

#include "fl-json-member.h"

/* What the terminal's answers for programs are made of. */

/**
 * fl_json_member_add_string:
 * @builder: a builder, within an object
 * @name: of the member
 * @value: (nullable): its value; %NULL is JSON's `null`
 *
 * Adds a member that may be missing: programs find it all the same.
 */
void
fl_json_member_add_string (JsonBuilder *builder,
                           const char  *name,
                           const char  *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}
