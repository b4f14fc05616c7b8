/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-address"

#include "config.h"

#include "fl-address.h"
#include "fl-text.h"

#include <string.h>

/* RFC 5321, section 4.5.3.1, and RFC 1035, section 2.3.4; all in octets. */
#define LOCAL_PART_MAX 64
#define DOMAIN_MAX 255
#define LABEL_MAX 63

/* What a mail address only has in quotation marks (RFC 5321, section 4.1.2): there a name or a list stands around it. */
static gboolean
is_special (char character)
{
  return character == '\\' || strchr ("()<>[]:;,\"", character) != NULL;
}

static gboolean
is_label (const char *label,
          gsize       length)
{
  if (length == 0 || length > LABEL_MAX || label[0] == '-' || label[length - 1] == '-')
    return FALSE;

  for (gsize i = 0; i < length; i++)
    {
      /* Other scripts are left to the server, which knows them from IDNA. */
      if ((guchar) label[i] < 0x80 && !g_ascii_isalnum (label[i]) && label[i] != '-')
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_domain (const char *domain)
{
  while (TRUE)
    {
      gsize length = strcspn (domain, ".");

      if (!is_label (domain, length))
        return FALSE;
      if (domain[length] == '\0')
        return TRUE;
      domain += length + 1;
    }
}

/**
 * fl_address_normalise:
 * @typed: (nullable): what a person typed or pasted
 *
 * Removes what is invisible from both ends and changes nothing else: capital letters are the server's matter.
 *
 * Returns: (transfer full): the address, or an empty string
 */
char *
fl_address_normalise (const char *typed)
{
  return fl_text_trim (typed);
}

/**
 * fl_address_is_plausible:
 * @address: (nullable): a normalised address
 *
 * Checks cheaply, at every key, what no mail address does without: one `@` between a local part and a domain, and the
 * lengths of RFC 5321. A domain without a dot is fine, as companies have them inside.
 *
 * Returns: whether it is worth asking the server about @address
 */
gboolean
fl_address_is_plausible (const char *address)
{
  const char *at;
  gsize length;

  if (address == NULL)
    return FALSE;
  length = strnlen (address, LOCAL_PART_MAX + 1 + DOMAIN_MAX + 1);
  if (length > LOCAL_PART_MAX + 1 + DOMAIN_MAX || !g_utf8_validate (address, length, NULL))
    return FALSE;

  for (const char *p = address; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (fl_text_is_blank (character) || character == 0xFFFD)
        return FALSE;
    }

  at = strchr (address, '@');
  for (const char *p = address; at != NULL && p < at; p++)
    {
      if (is_special (*p))
        return FALSE;
    }

  return at != NULL
         && at > address
         && at - address <= LOCAL_PART_MAX
         && is_domain (at + 1);
}
