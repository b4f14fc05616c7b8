/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-front"

#include "config.h"

#include "fl-member.h"

#include <time.h>

/**
 * fl_member_get_text:
 * @object: (nullable): an object from outside, of any shape
 * @name: a member
 *
 * Returns: (nullable): its text; %NULL when it is not there or not a text
 */
const char *
fl_member_get_text (JsonObject *object,
                    const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

/**
 * fl_member_get_object:
 * @object: (nullable): an object from outside, of any shape
 * @name: a member
 *
 * Returns: (transfer none) (nullable): the object in it; %NULL when it is not there or not an object
 */
JsonObject *
fl_member_get_object (JsonObject *object,
                      const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * fl_member_get_array:
 * @object: (nullable): an object from outside, of any shape
 * @name: a member
 *
 * Returns: (transfer none) (nullable): the array in it; %NULL when it is not there or not an array
 */
JsonArray *
fl_member_get_array (JsonObject *object,
                     const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/**
 * fl_member_get_flag:
 * @object: (nullable): an object from outside, of any shape
 * @name: a member
 *
 * Returns: whether it is true, or the text "true", as forms write it
 */
gboolean
fl_member_get_flag (JsonObject *object,
                    const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  if (node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  return g_strcmp0 (fl_member_get_text (object, name), "true") == 0;
}

/**
 * fl_member_format_time:
 * @time: Unix time in seconds
 *
 * Returns: (transfer full) (nullable): RFC 3339, in UTC; %NULL for a year that has not four digits
 */
char *
fl_member_format_time (gint64 time)
{
  const time_t seconds = time;
  struct tm utc;
  char text[sizeof "2026-11-23T12:00:00Z"];

  /* GDateTime takes ten times as long, and in a flood most answers have two of them. */
  if (gmtime_r (&seconds, &utc) == NULL || strftime (text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
    return NULL;
  return g_strdup (text);
}

/**
 * fl_member_set_time:
 * @object: an object
 * @name: the member
 * @time: Unix time in seconds
 *
 * Sets a member to fl_member_format_time().
 */
void
fl_member_set_time (JsonObject *object,
                    const char *name,
                    gint64      time)
{
  g_autofree char *text = fl_member_format_time (time);

  json_object_set_string_member (object, name, text);
}
