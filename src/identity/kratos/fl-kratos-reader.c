/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-reader.h"

#include "fl-link.h"
#include "fl-problem.h"

/* Members of JSON objects, read by type. json-glib's own getters turn a wrong type into a critical or into a guess;
 * these say FL_PROBLEM_PROTOCOL and leave the value at NULL, 0 or FALSE. */

static gboolean
deviates (const char  *member,
          const char  *how,
          GError     **error)
{
  g_autofree char *diagnostic = g_strdup_printf ("member “%s” is %s", member, how);

  g_propagate_error (error, fl_problem_new (FL_PROBLEM_PROTOCOL, diagnostic));
  return FALSE;
}

static gboolean
find (JsonObject    *from,
      const char    *member,
      FlKratosNeed   need,
      JsonNode     **node,
      GError       **error)
{
  *node = json_object_get_member (from, member);
  if (*node != NULL && JSON_NODE_HOLDS_NULL (*node))
    *node = NULL;

  if (*node == NULL && need == FL_KRATOS_REQUIRED)
    return deviates (member, "missing", error);

  return TRUE;
}

static gboolean
find_value (JsonObject    *from,
            const char    *member,
            FlKratosNeed   need,
            GType          type,
            JsonNode     **node,
            GError       **error)
{
  if (!find (from, member, need, node, error))
    return FALSE;

  if (*node != NULL && (!JSON_NODE_HOLDS_VALUE (*node) || json_node_get_value_type (*node) != type))
    return deviates (member, "of the wrong type", error);

  return TRUE;
}

/**
 * fl_kratos_read_object:
 * @from: a JSON object
 * @member: the member's name
 * @need: whether it may be absent
 * @value: (out) (transfer none) (nullable): the object, %NULL when it is absent
 * @error: return location
 *
 * Returns: %FALSE with %FL_PROBLEM_PROTOCOL when the member is required and absent, or of another type
 */
gboolean
fl_kratos_read_object (JsonObject    *from,
                       const char    *member,
                       FlKratosNeed   need,
                       JsonObject   **value,
                       GError       **error)
{
  JsonNode *node;

  *value = NULL;
  if (!find (from, member, need, &node, error))
    return FALSE;
  if (node != NULL && !JSON_NODE_HOLDS_OBJECT (node))
    return deviates (member, "of the wrong type", error);

  if (node != NULL)
    *value = json_node_get_object (node);
  return TRUE;
}

/**
 * fl_kratos_read_array:
 * @from: a JSON object
 * @member: the member's name
 * @need: whether it may be absent
 * @value: (out) (transfer none) (nullable): the array, %NULL when it is absent
 * @error: return location
 *
 * Returns: %FALSE with %FL_PROBLEM_PROTOCOL when the member is required and absent, or of another type
 */
gboolean
fl_kratos_read_array (JsonObject    *from,
                      const char    *member,
                      FlKratosNeed   need,
                      JsonArray    **value,
                      GError       **error)
{
  JsonNode *node;

  *value = NULL;
  if (!find (from, member, need, &node, error))
    return FALSE;
  if (node != NULL && !JSON_NODE_HOLDS_ARRAY (node))
    return deviates (member, "of the wrong type", error);

  if (node != NULL)
    *value = json_node_get_array (node);
  return TRUE;
}

/**
 * fl_kratos_read_string:
 * @from: a JSON object
 * @member: the member's name
 * @need: whether it may be absent
 * @value: (out) (transfer none) (nullable): the string, %NULL when it is absent
 * @error: return location
 *
 * Returns: %FALSE with %FL_PROBLEM_PROTOCOL when the member is required and absent, or of another type
 */
gboolean
fl_kratos_read_string (JsonObject    *from,
                       const char    *member,
                       FlKratosNeed   need,
                       const char   **value,
                       GError       **error)
{
  JsonNode *node;

  *value = NULL;
  if (!find_value (from, member, need, G_TYPE_STRING, &node, error))
    return FALSE;

  if (node != NULL)
    *value = json_node_get_string (node);
  return TRUE;
}

/**
 * fl_kratos_read_integer:
 * @from: a JSON object
 * @member: the member's name
 * @need: whether it may be absent
 * @value: (out): the integer, 0 when it is absent
 * @error: return location
 *
 * Returns: %FALSE with %FL_PROBLEM_PROTOCOL when the member is required and absent, or of another type
 */
gboolean
fl_kratos_read_integer (JsonObject    *from,
                        const char    *member,
                        FlKratosNeed   need,
                        gint64        *value,
                        GError       **error)
{
  JsonNode *node;

  *value = 0;
  if (!find_value (from, member, need, G_TYPE_INT64, &node, error))
    return FALSE;

  if (node != NULL)
    *value = json_node_get_int (node);
  return TRUE;
}

/**
 * fl_kratos_read_boolean:
 * @from: a JSON object
 * @member: the member's name
 * @need: whether it may be absent
 * @value: (out): the boolean, %FALSE when it is absent
 * @error: return location
 *
 * Returns: %FALSE with %FL_PROBLEM_PROTOCOL when the member is required and absent, or of another type
 */
gboolean
fl_kratos_read_boolean (JsonObject    *from,
                        const char    *member,
                        FlKratosNeed   need,
                        gboolean      *value,
                        GError       **error)
{
  JsonNode *node;

  *value = FALSE;
  if (!find_value (from, member, need, G_TYPE_BOOLEAN, &node, error))
    return FALSE;

  if (node != NULL)
    *value = json_node_get_boolean (node);
  return TRUE;
}

/**
 * fl_kratos_read_time:
 * @from: a JSON object
 * @member: the name of a required member that holds an RFC 3339 time
 * @value: (out): Unix seconds, by the server's clock
 * @error: return location
 *
 * Returns: %FALSE with %FL_PROBLEM_PROTOCOL when there is no such time
 */
gboolean
fl_kratos_read_time (JsonObject  *from,
                     const char  *member,
                     gint64      *value,
                     GError     **error)
{
  g_autoptr (GDateTime) time = NULL;
  const char *text;

  *value = 0;
  if (!fl_kratos_read_string (from, member, FL_KRATOS_REQUIRED, &text, error))
    return FALSE;

  time = g_date_time_new_from_iso8601 (text, NULL);
  if (time == NULL)
    return deviates (member, "not a time", error);

  *value = g_date_time_to_unix (time);
  return TRUE;
}

/**
 * fl_kratos_read_uuid:
 * @from: a JSON object
 * @member: the name of a required member that holds a flow's id
 * @value: (out) (transfer none): the id; it is safe inside a URL's query
 * @error: return location
 *
 * Returns: %FALSE with %FL_PROBLEM_PROTOCOL when there is no such id
 */
gboolean
fl_kratos_read_uuid (JsonObject  *from,
                     const char  *member,
                     const char **value,
                     GError     **error)
{
  if (!fl_kratos_read_string (from, member, FL_KRATOS_REQUIRED, value, error))
    return FALSE;

  if (!fl_link_is_uuid (*value))
    {
      *value = NULL;
      return deviates (member, "not a UUID", error);
    }

  return TRUE;
}

/**
 * fl_kratos_read_element:
 * @from: a JSON array
 * @index: which element
 * @value: (out) (transfer none): the object
 * @error: return location
 *
 * Returns: %FALSE with %FL_PROBLEM_PROTOCOL when the element is not an object
 */
gboolean
fl_kratos_read_element (JsonArray   *from,
                        guint        index,
                        JsonObject **value,
                        GError     **error)
{
  JsonNode *node = json_array_get_element (from, index);

  *value = NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return deviates ("[]", "of the wrong type", error);

  *value = json_node_get_object (node);
  return TRUE;
}
