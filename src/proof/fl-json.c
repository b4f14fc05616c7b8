/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-json"

#include "config.h"

#include "fl-json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* Kratos answers nest about ten deep; json-glib recurses, so a hostile server must not choose the depth of the stack. */
#define DEPTH_MAX 64

/*
 * What JsonParser 1.6 takes for JSON and is not: a `var` prefix, comments, single quotes, octal and hexadecimal numbers,
 * integers that wrap, infinity, unknown escapes, unpaired surrogates (which become broken UTF-8), strings that a NUL
 * cuts short, and whatever follows the first value. The tokens are checked here against RFC 8259; their order is
 * JsonParser's matter. Each scan_ function starts at a token and returns its end, or NULL.
 *
 * Some of what is read is sent on, so a number that JsonGenerator 1.6 cannot write is refused too: it makes "1e+20.0" of
 * 1e20, which is no JSON.
 */

static gboolean
is_writable (double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_dtostr (text, sizeof text, number);
  return isfinite (number) && (strchr (text, 'e') == NULL || strchr (text, '.') != NULL);
}

static gboolean
scan_hex (const char *p,
          const char *end,
          gunichar   *unit)
{
  *unit = 0;
  if (end - p < 4)
    return FALSE;

  for (gsize i = 0; i < 4; i++)
    {
      if (!g_ascii_isxdigit (p[i]))
        return FALSE;
      *unit = *unit << 4 | (gunichar) g_ascii_xdigit_value (p[i]);
    }

  return TRUE;
}

static const char *
scan_escape (const char *p,
             const char *end)
{
  gunichar unit;
  gunichar low;

  if (end - p < 2)
    return NULL;
  if (p[1] != 'u')
    return strchr ("\"\\/bfnrt", p[1]) != NULL ? p + 2 : NULL;

  if (!scan_hex (p + 2, end, &unit) || unit == 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
    return NULL;
  p += strlen ("\\uXXXX");
  if (unit < 0xD800 || unit > 0xDBFF)
    return p;

  if (end - p < 2 || p[0] != '\\' || p[1] != 'u' || !scan_hex (p + 2, end, &low) || low < 0xDC00 || low > 0xDFFF)
    return NULL;
  return p + strlen ("\\uXXXX");
}

static const char *
scan_string (const char *p,
             const char *end)
{
  p++;
  while (p != NULL && p < end && *p != '"')
    {
      if ((guchar) *p < 0x20)
        return NULL;
      p = *p == '\\' ? scan_escape (p, end) : p + 1;
    }

  return p != NULL && p < end ? p + 1 : NULL;
}

static const char *
scan_digits (const char *p,
             const char *end)
{
  const char *start = p;

  while (p < end && g_ascii_isdigit (*p))
    p++;

  return p > start ? p : NULL;
}

static const char *
scan_number (const char *start,
             const char *end)
{
  const char *first = start + (*start == '-');
  const char *p = scan_digits (first, end);
  gboolean is_real = FALSE;

  if (p == NULL || (*first == '0' && p - first > 1))
    return NULL;

  if (p < end && *p == '.')
    {
      is_real = TRUE;
      p = scan_digits (p + 1, end);
    }
  if (p != NULL && p < end && (*p == 'e' || *p == 'E'))
    {
      is_real = TRUE;
      p++;
      p = scan_digits (p + (p < end && (*p == '+' || *p == '-')), end);
    }
  /* Inside an object something follows each number: the conversion below stops there. */
  if (p == NULL || p == end)
    return NULL;

  errno = 0;
  if (is_real)
    return is_writable (g_ascii_strtod (start, NULL)) ? p : NULL;
  (void) g_ascii_strtoll (start, NULL, 10);
  return errno == 0 ? p : NULL;
}

static const char *
scan_literal (const char *p,
              const char *end)
{
  static const char * const literals[] = { "true", "false", "null" };

  for (gsize i = 0; i < G_N_ELEMENTS (literals); i++)
    {
      gsize length = strlen (literals[i]);

      if ((gsize) (end - p) >= length && memcmp (p, literals[i], length) == 0)
        return p + length;
    }

  return NULL;
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *
scan_token (const char *p,
            const char *end,
            int        *depth)
{
  switch (*p)
    {
    case '{': case '[':
      return ++*depth <= DEPTH_MAX ? p + 1 : NULL;
    case '}': case ']':
      --*depth;
      return p + 1;
    case ',': case ':': case ' ': case '\t': case '\n': case '\r':
      return p + 1;
    case '"':
      return scan_string (p, end);
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
      return scan_number (p, end);
    default:
      return scan_literal (p, end);
    }
}

/**
 * fl_json_check:
 * @data: (array length=length): what came from outside
 * @length: bytes of @data
 * @limit: the most bytes that are accepted
 * @error: return location for an error
 *
 * Checks that bytes may go to #JsonParser: one JSON object (RFC 8259) in UTF-8, not too deep, nothing behind it, and
 * without what the parser reads in its own way.
 *
 * The error is %G_IO_ERROR_MESSAGE_TOO_LARGE beyond @limit, else %G_IO_ERROR_INVALID_DATA. It never quotes @data.
 *
 * Returns: whether @data is fit for the parser
 */
gboolean
fl_json_check (const char  *data,
               gsize        length,
               gsize        limit,
               GError     **error)
{
  const char *p = data;
  const char *end;
  int depth = 0;

  if (length > limit)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                   "JSON of %" G_GSIZE_FORMAT " bytes, beyond %" G_GSIZE_FORMAT, length, limit);
      return FALSE;
    }

  /* Also refuses NUL bytes. */
  if (length == 0 || !g_utf8_validate_len (data, length, NULL))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Empty, or not UTF-8 text");
      return FALSE;
    }

  end = data + length;
  while (p < end && is_space (*p))
    p++;
  if (p == end || *p != '{')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Not a JSON object");
      return FALSE;
    }

  do
    p = scan_token (p, end, &depth);
  while (p != NULL && p < end && depth > 0);

  while (p != NULL && p < end && is_space (*p))
    p++;
  if (p != end || depth != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Not one well-formed JSON object");
      return FALSE;
    }

  return TRUE;
}
