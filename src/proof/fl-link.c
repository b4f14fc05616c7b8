/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-link"

#include "config.h"

#include "fl-link.h"
#include "fl-code.h"
#include "fl-text.h"

#include <gio/gio.h>
#include <string.h>

#define LENGTH_MAX 2048 /* bytes; mail programs break longer links */
#define HOST_MAX 253    /* bytes; RFC 1035, section 2.3.4, as text */
#define LABEL_MAX 63    /* bytes; in the same place */

/* Keeps escapes as they are, and knows the default ports. */
#define WEB_FLAGS (G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE)

struct _FlLink {
  char *landing;
  FlSecret *flow;
  FlSecret *code;
};

G_DEFINE_BOXED_TYPE (FlLink, fl_link, fl_link_ref, fl_link_unref)

static void
fl_link_finalize (gpointer data)
{
  FlLink *self = data;

  g_free (self->landing);
  g_clear_pointer (&self->flow, fl_secret_unref);
  g_clear_pointer (&self->code, fl_secret_unref);
}

static gboolean
has_long_label (const char *host)
{
  while (TRUE)
    {
      gsize length = strcspn (host, ".");

      if (length > LABEL_MAX)
        return TRUE;
      if (host[length] == '\0')
        return FALSE;
      host += length + 1;
    }
}

static gboolean
is_host (const char *host)
{
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
  gsize length = strlen (host);

  if (strchr (host, ':') != NULL)
    return g_hostname_is_ip_address (host);

  return length > 0
         && length <= HOST_MAX
         && strspn (host, allowed) == length
         && host[0] != '.'
         && host[length - 1] != '.'
         && strstr (host, "..") == NULL
         && !has_long_label (host);
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return g_str_equal (host, "localhost") || (address != NULL && g_inet_address_get_is_loopback (address));
}

/*
 * Reads a web address as this computer will use it. Backslashes and white space, which browsers read in another way, are
 * refused, and so is what only serves to deceive: names in front of the host, and what cannot be seen, which IDNA drops.
 *
 * Returns: the address with its host (out, in ASCII and small letters), or NULL
 */
static GUri *
parse_web (const char  *text,
           char       **host)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree char *ascii = NULL;
  gboolean is_https;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (g_ascii_isspace (*p) || g_ascii_iscntrl (*p) || *p == '\\')
        return NULL;
    }

  if (fl_text_hides_anything (text))
    return NULL;

  uri = g_uri_parse (text, WEB_FLAGS, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_userinfo (uri) != NULL || g_uri_get_port (uri) == 0)
    return NULL;

  ascii = g_hostname_to_ascii (g_uri_get_host (uri));
  if (ascii == NULL)
    return NULL;
  *host = g_ascii_strdown (ascii, -1);
  is_https = g_str_equal (g_uri_get_scheme (uri), "https");
  if (is_host (*host) && (is_https || (g_str_equal (g_uri_get_scheme (uri), "http") && is_loopback (*host))))
    return g_steal_pointer (&uri);

  g_clear_pointer (host, g_free);
  return NULL;
}

static gboolean
is_landing (const char *text)
{
  g_autofree char *host = NULL;
  g_autoptr (GUri) uri = parse_web (text, &host);

  return uri != NULL;
}

static FlLink *
parse_params (const char *landing,
              const char *params)
{
  static const char * const keys[] = { "flow", "code", NULL };
  char *values[2] = { NULL, };
  FlLink *self = NULL;

  if (!fl_text_parse_params (params, keys, values))
    return NULL;

  if (fl_link_is_uuid (values[0]) && fl_code_is_complete (values[1]))
    {
      for (char *p = values[0]; *p != '\0'; p++)
        *p = g_ascii_tolower (*p);
      self = fl_link_new (landing, values[0], values[1]);
    }

  fl_secret_wipe_string (values[0]);
  fl_secret_wipe_string (values[1]);
  return self;
}

static FlLink *
parse_trimmed (char *text)
{
  static const char * const prefixes[] = {
    FL_LINK_SCHEME ":recover?",
    FL_LINK_SCHEME "://recover?",
    FL_LINK_SCHEME "://recover/?", /* what some browsers make of the one before */
  };
  char *hash;

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      if (g_ascii_strncasecmp (text, prefixes[i], strlen (prefixes[i])) == 0)
        return parse_params (NULL, text + strlen (prefixes[i]));
    }

  hash = strchr (text, '#');
  if (hash == NULL)
    return NULL;
  *hash = '\0';
  return is_landing (text) ? parse_params (text, hash + 1) : NULL;
}

/**
 * fl_link_new:
 * @landing: (nullable): address of the landing page, without `#`; %NULL for a link that opens the app itself
 * @flow: id of the recovery flow, a UUID
 * @code: the code of the mail, %FL_CODE_DIGITS digits
 *
 * Collects what a link carries.
 *
 * Returns: (transfer full): a new link
 */
FlLink *
fl_link_new (const char *landing,
             const char *flow,
             const char *code)
{
  FlLink *self;

  g_return_val_if_fail (fl_link_is_uuid (flow), NULL);
  g_return_val_if_fail (fl_code_is_complete (code), NULL);

  self = g_atomic_rc_box_new0 (FlLink);
  self->landing = g_strdup (landing);
  self->flow = fl_secret_new (flow);
  self->code = fl_secret_new (code);

  return self;
}

/**
 * fl_link_parse:
 * @text: what was opened or pasted; what is blank around it and one pair of angle brackets do not matter
 * @error: return location for an error
 *
 * Reads a link, as `https://landing.page/#flow=UUID&code=NNNNNN` or `first-login:recover?flow=UUID&code=NNNNNN`.
 *
 * Everything else is refused with %G_IO_ERROR_INVALID_ARGUMENT, escapes and further parameters too: whoever needs them
 * in a link as plain as this has something to hide.
 *
 * Returns: (transfer full) (nullable): the link
 */
FlLink *
fl_link_parse (const char  *text,
               GError     **error)
{
  FlLink *self = NULL;
  char *trimmed;
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);

  trimmed = fl_text_trim (strnlen (text, 2 * LENGTH_MAX) < 2 * LENGTH_MAX ? text : "");
  length = strlen (trimmed);
  if (length >= 2 && trimmed[0] == '<' && trimmed[length - 1] == '>')
    {
      trimmed[0] = trimmed[length - 1] = ' ';
      g_strstrip (trimmed);
    }

  if (strlen (trimmed) <= LENGTH_MAX && strchr (trimmed, '%') == NULL)
    self = parse_trimmed (trimmed);
  fl_secret_wipe (trimmed, length);
  g_free (trimmed);

  if (self == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "Not a link to a new password");
  return self;
}

/**
 * fl_link_ref:
 * @self: a link
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
FlLink *
fl_link_ref (FlLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * fl_link_unref:
 * @self: (transfer full): a link
 *
 * Gives a reference back.
 */
void
fl_link_unref (FlLink *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, fl_link_finalize);
}

/**
 * fl_link_get_landing:
 * @self: a link
 *
 * Tells which landing page the link goes to.
 *
 * Returns: (transfer none) (nullable): its address; %NULL if the link opens the app itself
 */
const char *
fl_link_get_landing (const FlLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->landing;
}

/**
 * fl_link_get_flow:
 * @self: a link
 *
 * Shows the flow, which is a secret.
 *
 * Returns: (transfer none): the UUID, in small letters
 */
const char *
fl_link_get_flow (const FlLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return fl_secret_get_text (self->flow);
}

/**
 * fl_link_get_code:
 * @self: a link
 *
 * Shows the code, which is a secret.
 *
 * Returns: (transfer none): the digits
 */
const char *
fl_link_get_code (const FlLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return fl_secret_get_text (self->code);
}

/**
 * fl_link_to_uri:
 * @self: a link
 *
 * Writes the link as [func@link_parse] reads it.
 *
 * Returns: (transfer full): the URI
 */
FlSecret *
fl_link_to_uri (const FlLink *self)
{
  char *uri;
  FlSecret *secret;

  g_return_val_if_fail (self != NULL, NULL);

  uri = g_strconcat (self->landing != NULL ? self->landing : FL_LINK_SCHEME ":recover",
                     self->landing != NULL ? "#" : "?",
                     "flow=", fl_link_get_flow (self), "&code=", fl_link_get_code (self), NULL);
  secret = fl_secret_new (uri);
  fl_secret_wipe_string (uri);

  return secret;
}

/**
 * fl_link_is_uuid:
 * @text: (nullable): a text
 *
 * Tells an id of Kratos from everything else.
 *
 * Returns: whether @text is a UUID in the form of RFC 4122
 */
gboolean
fl_link_is_uuid (const char *text)
{
  return text != NULL && g_uuid_string_is_valid (text);
}

/* GUri has resolved "." and ".." already. */
static gboolean
is_plain_path (const char *path)
{
  for (const char *p = path; *p != '\0'; p++)
    {
      if (!g_ascii_isalnum (*p) && strchr ("/-._~", *p) == NULL)
        return FALSE;
    }

  return strstr (path, "//") == NULL;
}

/**
 * fl_link_parse_server:
 * @typed: what a person typed or a policy says, for example `id.example.com`
 * @error: return location for an error
 *
 * Brings the address of a server into the one form that is stored, shown and compared.
 *
 * That is scheme, host in small ASCII letters, port unless it is the default, and perhaps a path, without a slash at the
 * end: `https://id.example.com`. Only https is accepted, and http on the loopback interface. Else the error is
 * %G_IO_ERROR_INVALID_ARGUMENT.
 *
 * Returns: (transfer full) (nullable): the address
 */
char *
fl_link_parse_server (const char  *typed,
                      GError     **error)
{
  g_autofree char *trimmed = NULL;
  g_autofree char *complete = NULL;
  g_autofree char *host = NULL;
  g_autoptr (GUri) uri = NULL;

  g_return_val_if_fail (typed != NULL, NULL);

  trimmed = fl_text_trim (strnlen (typed, LENGTH_MAX) < LENGTH_MAX ? typed : "");
  complete = strstr (trimmed, "://") != NULL ? g_strdup (trimmed) : g_strconcat ("https://", trimmed, NULL);
  uri = parse_web (complete, &host);
  if (uri != NULL
      && strchr (trimmed, '%') == NULL
      && g_uri_get_query (uri) == NULL
      && g_uri_get_fragment (uri) == NULL
      && is_plain_path (g_uri_get_path (uri)))
    {
      char *server = g_uri_join (WEB_FLAGS, g_uri_get_scheme (uri), NULL, host, g_uri_get_port (uri),
                                 g_uri_get_path (uri), NULL, NULL);

      if (g_str_has_suffix (server, "/"))
        server[strlen (server) - 1] = '\0';
      return server;
    }

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "Not the address of a server with https");
  return NULL;
}

/**
 * fl_link_same_origin:
 * @a: (nullable): a web address
 * @b: (nullable): a web address
 *
 * Compares scheme, host and port (RFC 6454). What [func@link_parse_server] would not accept for its scheme or host has
 * the same origin as nothing.
 *
 * Returns: whether both are of one server
 */
gboolean
fl_link_same_origin (const char *a,
                     const char *b)
{
  g_autofree char *host_a = NULL;
  g_autofree char *host_b = NULL;
  g_autoptr (GUri) uri_a = a != NULL ? parse_web (a, &host_a) : NULL;
  g_autoptr (GUri) uri_b = b != NULL ? parse_web (b, &host_b) : NULL;

  return uri_a != NULL
         && uri_b != NULL
         && g_str_equal (g_uri_get_scheme (uri_a), g_uri_get_scheme (uri_b))
         && g_str_equal (host_a, host_b)
         && g_uri_get_port (uri_a) == g_uri_get_port (uri_b);
}
