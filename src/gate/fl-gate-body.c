/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-body.h"

#include "fl-json.h"
#include "fl-secret.h"

#include <string.h>

#define BODY_MOST 8192  /* bytes; the longest password and address have 1,400 together, and JSON may write a letter in six */
#define DEPTH 2         /* the body, and the payload in it */

/**
 * FlGateBody:
 *
 * What stands in the body of a call, read so strictly that there is one way to understand it: an object of members that are
 * known here, each once, named without escapes, with texts for values. What parsers disagree about (which of two equal
 * members counts, what a dot in a name means, what is a text) cannot get in. The texts lie in one piece of memory, which is
 * wiped.
 */
struct _FlGateBody
{
  char       *memory;
  gsize       size;
  const char *texts[FL_GATE_BODY_MEMBERS];
  guint       mask;
};

static const struct
{
  const char *name;
  guint       depth;
  gsize       most;  /* bytes of the value; what is longer, Kratos would refuse as well */
} members[] = {
  [FL_GATE_BODY_METHOD] = { "method", 1, 32 },
  [FL_GATE_BODY_IDENTIFIER] = { "identifier", 1, 320 },
  [FL_GATE_BODY_PASSWORD] = { "password", 1, 1024 },
  [FL_GATE_BODY_TOTP_CODE] = { "totp_code", 1, 64 },
  [FL_GATE_BODY_LOOKUP_SECRET] = { "lookup_secret", 1, 64 },
  [FL_GATE_BODY_EMAIL] = { "email", 1, 320 },
  [FL_GATE_BODY_CODE] = { "code", 1, 64 },
  [FL_GATE_BODY_PAYLOAD] = { "transient_payload", 1, 0 },
  [FL_GATE_BODY_PAYLOAD_FLOW] = { "flow", 2, 36 },
  [FL_GATE_BODY_PAYLOAD_LANGUAGE] = { "lang", 2, 35 },  /* RFC 5646, section 4.4.1 */
};

G_STATIC_ASSERT (G_N_ELEMENTS (members) == FL_GATE_BODY_MEMBERS);

/* Where in the body the reader is; fl_json_check() has seen to it that each token is whole, so each ends where it looks. */
typedef struct
{
  FlGateBody *body;
  const char *in;
  char       *out;
} Reader;

static void
skip_space (Reader *reader)
{
  while (*reader->in == ' ' || *reader->in == '\t' || *reader->in == '\n' || *reader->in == '\r')
    reader->in++;
}

static gboolean
take (Reader *reader,
      char    token)
{
  skip_space (reader);
  if (*reader->in != token)
    return FALSE;
  reader->in++;
  return TRUE;
}

static gunichar
take_unit (Reader *reader)
{
  gunichar unit = 0;

  for (gsize i = 0; i < 4; i++)
    unit = unit << 4 | (gunichar) g_ascii_xdigit_value (*reader->in++);
  return unit;
}

/* RFC 8259, section 7; written, it is never longer than it was. */
static void
take_escape (Reader *reader)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  char letter = *reader->in++;
  gunichar character;

  if (letter != 'u')
    {
      *reader->out++ = meanings[strchr (letters, letter) - letters];
      return;
    }
  character = take_unit (reader);
  if (character >= 0xD800 && character <= 0xDBFF)
    {
      reader->in += strlen ("\\u");
      character = 0x10000 + ((character - 0xD800) << 10) + (take_unit (reader) - 0xDC00);
    }
  reader->out += g_unichar_to_utf8 (character, reader->out);
}

static const char *
take_text (Reader *reader)
{
  const char *text = reader->out;

  if (!take (reader, '"'))
    return NULL;
  while (*reader->in != '"')
    {
      if (*reader->in != '\\')
        {
          *reader->out++ = *reader->in++;
          continue;
        }
      reader->in++;
      take_escape (reader);
    }
  reader->in++;
  *reader->out++ = '\0';
  return text;
}

/* By its bytes: a name with an escape is not a name of ours. */
static int
take_name (Reader *reader,
           guint   depth)
{
  const char *name;
  gsize length;

  if (!take (reader, '"'))
    return -1;
  name = reader->in;
  length = strcspn (name, "\"");
  for (int i = 0; i < FL_GATE_BODY_MEMBERS; i++)
    {
      if (members[i].depth == depth && strlen (members[i].name) == length && memcmp (members[i].name, name, length) == 0)
        {
          reader->in += length + 1;
          return i;
        }
    }
  return -1;
}

static gboolean take_object (Reader *reader,
                             guint   depth);

static gboolean
take_member (Reader *reader,
             guint   depth)
{
  int member = take_name (reader, depth);

  if (member < 0 || fl_gate_body_has (reader->body, (FlGateBodyMember) member) || !take (reader, ':'))
    return FALSE;
  reader->body->mask |= 1u << member;
  if (member == FL_GATE_BODY_PAYLOAD)
    return take_object (reader, DEPTH);
  reader->body->texts[member] = take_text (reader);
  return reader->body->texts[member] != NULL && strlen (reader->body->texts[member]) <= members[member].most;
}

static gboolean
take_object (Reader *reader,
             guint   depth)
{
  if (!take (reader, '{'))
    return FALSE;
  if (take (reader, '}'))
    return TRUE;
  do
    {
      if (!take_member (reader, depth))
        return FALSE;
    }
  while (take (reader, ','));
  return take (reader, '}');
}

/**
 * fl_gate_body_read:
 * @bytes: what came
 *
 * Returns: (transfer full) (nullable): what stands in it; %NULL when it is not of the one kind that is read here
 */
FlGateBody *
fl_gate_body_read (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autoptr (FlGateBody) self = NULL;
  Reader reader;

  if (!fl_json_check (data, length, BODY_MOST, NULL))
    return NULL;

  /* What is read, with an end that every token finds; behind it, what it means. */
  self = g_new0 (FlGateBody, 1);
  self->size = 2 * (length + 1);
  self->memory = g_malloc (self->size);
  memcpy (self->memory, data, length);
  self->memory[length] = '\0';
  reader = (Reader) { self, self->memory, self->memory + length + 1 };
  return take_object (&reader, 1) ? g_steal_pointer (&self) : NULL;
}

/**
 * fl_gate_body_free:
 * @self: (transfer full): a body
 *
 * Wipes and frees it.
 */
void
fl_gate_body_free (FlGateBody *self)
{
  fl_secret_wipe (self->memory, self->size);
  g_free (self->memory);
  g_free (self);
}

/**
 * fl_gate_body_has:
 * @self: a body
 * @member: a member
 *
 * Returns: whether it is there
 */
gboolean
fl_gate_body_has (const FlGateBody *self,
                  FlGateBodyMember  member)
{
  return (self->mask & 1u << member) != 0;
}

/**
 * fl_gate_body_get:
 * @self: a body
 * @member: a member with a text
 *
 * Returns: (nullable): its text; %NULL when it is not there
 */
const char *
fl_gate_body_get (const FlGateBody *self,
                  FlGateBodyMember  member)
{
  return self->texts[member];
}

/**
 * fl_gate_body_mask:
 * @self: a body
 *
 * Returns: which members are there, as bits
 */
guint
fl_gate_body_mask (const FlGateBody *self)
{
  return self->mask;
}
