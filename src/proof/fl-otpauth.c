/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-otpauth"

#include "config.h"

#include "fl-otpauth.h"
#include "fl-text.h"
#include "fl-totp.h"

#include <gio/gio.h>
#include <string.h>

#define PREFIX "otpauth://totp/"
#define LENGTH_MAX 2953 /* bytes; a QR code of the largest version holds no more */

struct _FlOtpauth {
  char *issuer;
  char *account;
  FlSecret *key;
};

G_DEFINE_BOXED_TYPE (FlOtpauth, fl_otpauth, fl_otpauth_ref, fl_otpauth_unref)

static void
fl_otpauth_finalize (gpointer data)
{
  FlOtpauth *self = data;

  g_free (self->issuer);
  g_free (self->account);
  g_clear_pointer (&self->key, fl_secret_unref);
}

static gboolean
is_printable (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      /* A space is fine inside a name, what makes a name look like another is not. */
      if (*p != ' ' && fl_text_is_blank (g_utf8_get_char (p)))
        return FALSE;
    }

  return TRUE;
}

static gboolean
parse_label (const char  *label,
             const char  *end,
             char       **issuer,
             char       **account)
{
  const char *colon = memchr (label, ':', end - label);
  g_autofree char *text = g_uri_unescape_segment (label, end, NULL);

  if (text == NULL || !is_printable (text))
    return FALSE;

  if (colon != NULL)
    {
      *issuer = g_uri_unescape_segment (label, colon, NULL);
      *account = g_uri_unescape_segment (colon + 1, end, NULL);
    }
  else if (strchr (text, ':') != NULL)
    {
      /* Some write the separator as %3A. */
      *issuer = g_strndup (text, strcspn (text, ":"));
      *account = g_strdup (strchr (text, ':') + 1);
    }
  else
    *account = g_steal_pointer (&text);

  /* The format allows spaces in front of the account. */
  return g_strchug (*account)[0] != '\0';
}

static gboolean
is_default (const char *value,
            const char *expected)
{
  return value == NULL || g_ascii_strcasecmp (value, expected) == 0;
}

static FlSecret *
parse_key (const char *value)
{
  g_autoptr (FlSecret) key = NULL;
  char *code;

  if (value == NULL)
    return NULL;
  key = fl_secret_new (value);
  code = fl_totp_code (key, 0);
  if (code == NULL)
    return NULL;
  fl_secret_wipe_string (code);

  return g_steal_pointer (&key);
}

static gboolean
parse_params (FlOtpauth  *self,
              const char *params)
{
  enum { SECRET, ISSUER, ALGORITHM, DIGITS, PERIOD, N_KEYS };
  static const char * const keys[N_KEYS + 1] = { "secret", "issuer", "algorithm", "digits", "period", NULL };
  char *values[N_KEYS] = { NULL, };
  gboolean ok;

  if (!fl_text_parse_params (params, keys, values))
    return FALSE;

  self->key = parse_key (values[SECRET]);
  ok = self->key != NULL
       && is_default (values[ALGORITHM], "SHA1")
       && is_default (values[DIGITS], "6")
       && is_default (values[PERIOD], "30")
       && (values[ISSUER] == NULL
           || (is_printable (values[ISSUER])
               && (self->issuer == NULL || g_str_equal (self->issuer, values[ISSUER]))));
  if (self->issuer == NULL)
    self->issuer = g_steal_pointer (&values[ISSUER]);

  for (gsize i = 0; i < N_KEYS; i++)
    fl_secret_wipe_string (values[i]);
  return ok;
}

/**
 * fl_otpauth_new:
 * @issuer: (nullable): who the code is for; an authenticator shows it above the account
 * @account: whose code it is, usually an address
 * @key: a key in Base32
 *
 * Collects what an authenticator has to know.
 *
 * Returns: (transfer full): a new enrolment
 */
FlOtpauth *
fl_otpauth_new (const char *issuer,
                const char *account,
                FlSecret   *key)
{
  FlOtpauth *self;

  g_return_val_if_fail (account != NULL && key != NULL, NULL);

  self = g_atomic_rc_box_new0 (FlOtpauth);
  self->issuer = g_strdup (issuer);
  self->account = g_strdup (account);
  self->key = fl_secret_ref (key);

  return self;
}

/**
 * fl_otpauth_parse:
 * @uri: what a QR code says
 * @error: return location for an error
 *
 * Reads an `otpauth:` URI of the Key URI Format.
 *
 * The defaults (SHA-1, six digits, thirty seconds) may be spelled out; another value, another kind of code, an unknown
 * parameter or two different issuers are refused with %G_IO_ERROR_INVALID_ARGUMENT.
 *
 * Returns: (transfer full) (nullable): the enrolment
 */
FlOtpauth *
fl_otpauth_parse (const char  *uri,
                  GError     **error)
{
  g_autoptr (FlOtpauth) self = g_atomic_rc_box_new0 (FlOtpauth);
  const char *label;
  const char *query;

  g_return_val_if_fail (uri != NULL, NULL);

  if (strnlen (uri, LENGTH_MAX + 1) <= LENGTH_MAX && g_ascii_strncasecmp (uri, PREFIX, strlen (PREFIX)) == 0)
    {
      label = uri + strlen (PREFIX);
      query = strchr (label, '?');
      if (query != NULL
          && parse_label (label, query, &self->issuer, &self->account)
          && parse_params (self, query + 1))
        {
          if (self->issuer != NULL && self->issuer[0] == '\0')
            g_clear_pointer (&self->issuer, g_free);
          return g_steal_pointer (&self);
        }
    }

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "Not an otpauth URI with the default parameters");
  return NULL;
}

/**
 * fl_otpauth_ref:
 * @self: an enrolment
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
FlOtpauth *
fl_otpauth_ref (FlOtpauth *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * fl_otpauth_unref:
 * @self: (transfer full): an enrolment
 *
 * Gives a reference back.
 */
void
fl_otpauth_unref (FlOtpauth *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, fl_otpauth_finalize);
}

/**
 * fl_otpauth_get_issuer:
 * @self: an enrolment
 *
 * Tells who the code is for.
 *
 * Returns: (transfer none) (nullable): the issuer
 */
const char *
fl_otpauth_get_issuer (const FlOtpauth *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->issuer;
}

/**
 * fl_otpauth_get_account:
 * @self: an enrolment
 *
 * Tells whose code it is.
 *
 * Returns: (transfer none): the account
 */
const char *
fl_otpauth_get_account (const FlOtpauth *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->account;
}

/**
 * fl_otpauth_get_key:
 * @self: an enrolment
 *
 * Shows the key.
 *
 * Returns: (transfer none): the key in Base32
 */
FlSecret *
fl_otpauth_get_key (const FlOtpauth *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->key;
}

/**
 * fl_otpauth_to_uri:
 * @self: an enrolment
 *
 * Writes the URI for a QR code or an authenticator on this computer. The defaults are left out: the picture gets
 * coarser and easier to scan.
 *
 * Returns: (transfer full): the URI
 */
FlSecret *
fl_otpauth_to_uri (const FlOtpauth *self)
{
  gboolean has_issuer;
  gboolean needs_colon;
  g_autofree char *issuer = NULL;
  g_autofree char *account = NULL;
  char *key;
  char *uri;
  FlSecret *secret;

  g_return_val_if_fail (self != NULL, NULL);

  has_issuer = self->issuer != NULL && self->issuer[0] != '\0';
  /* Else what stands before the account's own would be read as an issuer. */
  needs_colon = has_issuer || strchr (self->account, ':') != NULL;
  issuer = g_uri_escape_string (has_issuer ? self->issuer : "", NULL, FALSE);
  account = g_uri_escape_string (self->account, "@", FALSE);
  key = g_uri_escape_string (fl_secret_get_text (self->key), NULL, FALSE);
  uri = g_strconcat (PREFIX, issuer, needs_colon ? ":" : "", account, "?secret=", key,
                     has_issuer ? "&issuer=" : "", issuer, NULL);
  fl_secret_wipe_string (key);

  secret = fl_secret_new (uri);
  fl_secret_wipe_string (uri);

  return secret;
}
