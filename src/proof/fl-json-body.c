/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-json"

#include "config.h"

#include "fl-json-body.h"

#include <string.h>

#include "fl-secret.h"

/* The JSON body of a request, written into memory that is wiped when it grows and when it goes: JsonGenerator would
 * leave passwords and codes behind in freed strings. It knows objects, strings and true, which is all that is sent. */
struct _FlJsonBody
{
  char  *text;
  gsize  length;
  gsize  capacity;
};

static void
append (FlJsonBody *self,
        const char *text,
        gsize       length)
{
  if (self->length + length > self->capacity)
    self->text = fl_secret_grow (self->text, &self->capacity, self->length + length);

  memcpy (self->text + self->length, text, length);
  self->length += length;
}

/* RFC 8259, section 7: the quote, the backslash and everything below the space must be escaped. */
static void
append_string (FlJsonBody *self,
               const char *text)
{
  append (self, "\"", 1);
  for (const char *c = text; *c != '\0'; c++)
    {
      char escape[8];

      if (*c == '"' || *c == '\\')
        {
          append (self, "\\", 1);
          append (self, c, 1);
        }
      else if ((guchar) *c < 0x20)
        {
          g_snprintf (escape, sizeof escape, "\\u%04x", (guint) (guchar) *c);
          append (self, escape, strlen (escape));
        }
      else
        {
          append (self, c, 1);
        }
    }
  append (self, "\"", 1);
}

static void
append_name (FlJsonBody *self,
             const char *name)
{
  if (self->text[self->length - 1] != '{')
    append (self, ",", 1);
  append_string (self, name);
  append (self, ":", 1);
}

/**
 * fl_json_body_new:
 * @method: (nullable): the value of the member `method`, with which a submit names its strategy
 *
 * Returns: (transfer full): the beginning of a body
 */
FlJsonBody *
fl_json_body_new (const char *method)
{
  FlJsonBody *self = g_new0 (FlJsonBody, 1);

  self->capacity = 512;
  self->text = g_malloc (self->capacity);
  append (self, "{", 1);
  if (method != NULL)
    fl_json_body_add (self, "method", method);

  return self;
}

/**
 * fl_json_body_free:
 * @self: (transfer full): a body
 *
 * Wipes and frees it.
 */
void
fl_json_body_free (FlJsonBody *self)
{
  if (self->text != NULL)
    fl_secret_wipe (self->text, self->capacity);
  g_free (self->text);
  g_free (self);
}

/**
 * fl_json_body_add:
 * @self: a body
 * @name: the member's name
 * @value: its text, UTF-8
 */
void
fl_json_body_add (FlJsonBody *self,
                  const char *name,
                  const char *value)
{
  append_name (self, name);
  append_string (self, value);
}

/**
 * fl_json_body_add_true:
 * @self: a body
 * @name: the name of a member whose value is true
 */
void
fl_json_body_add_true (FlJsonBody *self,
                       const char *name)
{
  append_name (self, name);
  append (self, "true", 4);
}

/**
 * fl_json_body_open:
 * @self: a body
 * @name: the name of a member that is an object; what is added from now on stands in it
 */
void
fl_json_body_open (FlJsonBody *self,
                   const char *name)
{
  append_name (self, name);
  append (self, "{", 1);
}

/**
 * fl_json_body_close:
 * @self: a body in which an object has been opened
 */
void
fl_json_body_close (FlJsonBody *self)
{
  append (self, "}", 1);
}

/**
 * fl_json_body_finish:
 * @self: (transfer full): a body
 *
 * Returns: (transfer full): the finished bytes, which wipe themselves when the last reference goes
 */
GBytes *
fl_json_body_finish (FlJsonBody *self)
{
  GBytes *bytes;

  append (self, "}", 1);
  bytes = fl_secret_wrap (g_steal_pointer (&self->text), self->length, self->capacity);
  fl_json_body_free (self);

  return bytes;
}
