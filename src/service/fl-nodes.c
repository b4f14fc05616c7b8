/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-nodes.h"

#include "fl-member.h"
#include "fl-message.h"
#include "fl-qr-png.h"

static void
add (JsonArray  *nodes,
     const char *type,
     const char *group,
     JsonObject *attributes,
     guint       label)
{
  JsonObject *node = json_object_new ();
  JsonObject *meta = json_object_new ();

  json_object_set_string_member (attributes, "node_type", type);
  if (label != 0)
    json_object_set_object_member (meta, "label", fl_message_new (label));
  json_object_set_string_member (node, "type", type);
  json_object_set_string_member (node, "group", group);
  json_object_set_object_member (node, "attributes", attributes);
  json_object_set_array_member (node, "messages", json_array_new ());
  json_object_set_object_member (node, "meta", meta);
  json_array_add_object_element (nodes, node);
}

/**
 * fl_nodes_add_field:
 * @nodes: the nodes of a form
 * @field: an input
 *
 * Adds an input.
 */
void
fl_nodes_add_field (JsonArray     *nodes,
                    const FlField *field)
{
  JsonObject *attributes = json_object_new ();

  json_object_set_string_member (attributes, "name", field->name);
  json_object_set_string_member (attributes, "type", field->type);
  if (field->value != NULL)
    json_object_set_string_member (attributes, "value", field->value);
  if (field->required)
    json_object_set_boolean_member (attributes, "required", TRUE);
  if (field->autocomplete != NULL)
    json_object_set_string_member (attributes, "autocomplete", field->autocomplete);
  if (field->digits > 0)
    {
      json_object_set_string_member (attributes, "pattern", "[0-9]+");
      json_object_set_int_member (attributes, "maxlength", field->digits);
    }
  json_object_set_boolean_member (attributes, "disabled", FALSE);
  add (nodes, "input", field->group, attributes, field->label);
}

/**
 * fl_nodes_add_csrf:
 * @nodes: the nodes of a form
 *
 * Adds the token of browser flows, which in native flows is there and empty.
 */
void
fl_nodes_add_csrf (JsonArray *nodes)
{
  fl_nodes_add_field (nodes, &(FlField) { .group = "default", .name = "csrf_token", .type = "hidden", .value = "",
                                          .required = TRUE });
}

/**
 * fl_nodes_add_submit:
 * @nodes: the nodes of a form
 * @group: the group of the node
 * @name: the member that is submitted
 * @value: its value
 * @label: id of the label's message
 *
 * Adds a button.
 */
void
fl_nodes_add_submit (JsonArray  *nodes,
                     const char *group,
                     const char *name,
                     const char *value,
                     guint       label)
{
  fl_nodes_add_field (nodes, &(FlField) { .group = group, .name = name, .type = "submit", .value = value,
                                          .label = label });
}

/**
 * fl_nodes_add_totp:
 * @nodes: the nodes of a form
 * @key: the key to be enrolled
 * @issuer: who issues it
 * @account: whose it is
 *
 * Adds the picture, the key in letters, the field for the code and the button.
 */
void
fl_nodes_add_totp (JsonArray      *nodes,
                   const FlSecret *key,
                   const char     *issuer,
                   const char     *account)
{
  JsonObject *picture = json_object_new ();
  JsonObject *letters = json_object_new ();
  g_autofree char *source = fl_qr_png_data_uri (key, issuer, account);

  json_object_set_string_member (picture, "src", source);
  json_object_set_string_member (picture, "id", "totp_qr");
  json_object_set_int_member (picture, "width", FL_QR_PNG_SIZE);
  json_object_set_int_member (picture, "height", FL_QR_PNG_SIZE);
  add (nodes, "img", "totp", picture, 1050005);

  json_object_set_object_member (letters, "text", fl_message_new_secret (1050006, fl_secret_get_text (key)));
  json_object_set_string_member (letters, "id", "totp_secret_key");
  add (nodes, "text", "totp", letters, 1050017);

  fl_nodes_add_field (nodes, &(FlField) { .group = "totp", .name = "totp_code", .type = "text", .required = TRUE,
                                          .label = 1070006 });
  fl_nodes_add_submit (nodes, "totp", "method", "totp", 1070003);
}

static void
add_code_list (JsonArray  *nodes,
               JsonArray  *codes,
               const char *list)
{
  JsonObject *attributes = json_object_new ();
  JsonObject *text = json_object_new ();
  JsonObject *context = json_object_new ();

  json_object_set_array_member (context, "secrets", codes);
  json_object_set_int_member (text, "id", 1050015);
  json_object_set_string_member (text, "text", list);
  json_object_set_string_member (text, "type", "info");
  json_object_set_object_member (text, "context", context);
  json_object_set_object_member (attributes, "text", text);
  json_object_set_string_member (attributes, "id", "lookup_secret_codes");
  add (nodes, "text", "lookup_secret", attributes, 1050010);
}

/**
 * fl_nodes_add_codes:
 * @nodes: the nodes of a form
 * @codes: (array zero-terminated=1): recovery codes that wait to be confirmed
 *
 * Adds the codes, and the button that confirms that they have been saved.
 */
void
fl_nodes_add_codes (JsonArray  *nodes,
                    char      **codes)
{
  JsonArray *secrets = json_array_new ();
  char *list = g_strjoinv (", ", codes);

  for (gsize i = 0; codes[i] != NULL; i++)
    json_array_add_object_element (secrets, fl_message_new_secret (1050009, codes[i]));
  add_code_list (nodes, secrets, list);
  fl_nodes_add_submit (nodes, "lookup_secret", "lookup_secret_confirm", "true", 1050011);
  fl_secret_wipe_string (list);
}

/**
 * fl_nodes_add_kept_codes:
 * @nodes: the nodes of a form
 * @used_at: (element-type gint64): when each code was used, in Unix seconds; 0 for one that was not
 *
 * Adds the codes that are kept. Only digests of them are, so that an unused one is a row of dots: what can be told is
 * how many are left.
 */
void
fl_nodes_add_kept_codes (JsonArray *nodes,
                         GArray    *used_at)
{
  JsonArray *codes = json_array_new ();

  for (guint i = 0; i < used_at->len; i++)
    {
      gint64 time = g_array_index (used_at, gint64, i);

      json_array_add_object_element (codes, time != 0 ? fl_message_new_used (time)
                                                      : fl_message_new_secret (1050009, "••••••••"));
    }
  add_code_list (nodes, codes, "");
}

static JsonObject *
find_node (JsonArray  *nodes,
           const char *name)
{
  for (guint i = 0; i < json_array_get_length (nodes); i++)
    {
      JsonObject *node = json_array_get_object_element (nodes, i);
      JsonObject *attributes = json_object_get_object_member (node, "attributes");

      if (g_strcmp0 (fl_member_get_text (attributes, "name"), name) == 0)
        return node;
    }
  return NULL;
}

/**
 * fl_nodes_add_notes:
 * @nodes: the nodes of a form
 * @notes: message by name of the field it is about
 *
 * Attaches messages to their fields; a field that is not in the form is added for its message, as Kratos does.
 */
void
fl_nodes_add_notes (JsonArray  *nodes,
                    JsonObject *notes)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *message;

  json_object_iter_init (&iter, notes);
  while (json_object_iter_next (&iter, &name, &message))
    {
      JsonObject *node = find_node (nodes, name);

      if (node == NULL)
        {
          fl_nodes_add_field (nodes, &(FlField) { .group = "default", .name = name, .type = "text" });
          node = find_node (nodes, name);
        }
      json_array_add_element (json_object_get_array_member (node, "messages"), json_node_copy (message));
    }
}
