/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-config.h"

#include "fl-loopback.h"
#include "fl-secret.h"

#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define KEY_SIZE 32
#define FILE_MOST (64 * 1024)

typedef enum {
  KIND_ADDRESS,    /* 127.0.0.1:4450 */
  KIND_ORIGIN,     /* http://127.0.0.1:4433 */
  KIND_NUMBER,
  KIND_ADDRESSES,  /* 127.0.0.1 ::1 */
  KIND_KEY,        /* the path of a file */
  KIND_STORE,
} Kind;

typedef struct
{
  const char *name;
  Kind        kind;
  gsize       offset;
  guint       least;
  guint       most;
} Setting;

#define PLACE(member) G_STRUCT_OFFSET (FlGateConfig, member)

static const Setting settings[] = {
  { "LISTEN", KIND_ADDRESS, PLACE (listen), 0, 0 },
  { "METRICS", KIND_ADDRESS, PLACE (metrics), 0, 0 },
  { "UPSTREAM", KIND_ORIGIN, PLACE (upstream), 0, 0 },
  { "UPSTREAM_SECONDS", KIND_NUMBER, PLACE (upstream_seconds), 1, 50 },
  { "TRUSTED", KIND_ADDRESSES, PLACE (trusted), 0, 0 },
  { "STORE", KIND_STORE, 0, 0, 0 },
  { "KEY_FILE", KIND_KEY, PLACE (key), 0, 0 },
  { "CONNECTIONS", KIND_NUMBER, PLACE (connections), 16, 8192 },
  { "PASSWORDS_AT_ONCE", KIND_NUMBER, PLACE (passwords), 1, 1024 },
  { "PASSWORD_GRID", KIND_NUMBER, PLACE (password_grid), 50, 10000 },
  { "MAIL_GRID", KIND_NUMBER, PLACE (mail_grid), 50, 10000 },
};

G_STATIC_ASSERT (G_N_ELEMENTS (settings) <= 32);

static gboolean
wants (const char  *what,
       GError     **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "wants %s", what);
  return FALSE;
}

static gboolean
read_address (char       **place,
              const char  *value,
              GError     **error)
{
  g_autoptr (GSocketAddress) address = fl_loopback_parse (value, TRUE, error);

  if (address == NULL)
    return FALSE;
  g_free (*place);
  *place = g_strdup (value);
  return TRUE;
}

/* Passwords go there: in clear only where nobody else listens. */
static gboolean
read_origin (char       **place,
             const char  *value,
             GError     **error)
{
  const char *scheme = g_uri_peek_scheme (value);
  const char *authority = strstr (value, "://");
  g_autoptr (GSocketAddress) near = NULL;

  if (scheme == NULL || authority == NULL || strpbrk (authority + 3, "/?#@ \t") != NULL
      || !g_uri_is_valid (value, G_URI_FLAGS_NONE, NULL))
    return wants ("an origin like http://127.0.0.1:4433, without a slash at the end", error);
  if (g_str_equal (scheme, "http"))
    near = fl_loopback_parse (authority + 3, TRUE, error);
  else if (!g_str_equal (scheme, "https"))
    return wants ("http or https", error);
  if (g_str_equal (scheme, "http") && near == NULL)
    {
      g_prefix_error (error, "http is for this computer and networks of your own, else it is https: ");
      return FALSE;
    }
  g_free (*place);
  *place = g_strdup (value);
  return TRUE;
}

static gboolean
read_number (guint          *place,
             const Setting  *setting,
             const char     *value,
             GError        **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (value, 10, setting->least, setting->most, &number, error))
    return FALSE;
  *place = (guint) number;
  return TRUE;
}

static gboolean
read_addresses (GPtrArray   *place,
                const char  *value,
                GError     **error)
{
  g_auto (GStrv) words = g_strsplit (value, " ", -1);

  g_ptr_array_set_size (place, 0);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      GInetAddress *address;

      if (*words[i] == '\0')
        continue;
      address = g_inet_address_new_from_string (words[i]);
      if (address == NULL)
        return wants ("addresses of computers, space between", error);
      g_ptr_array_add (place, address);
    }
  return place->len > 0 || wants ("at least one address of a computer", error);
}

/* systemd gives a credential to the group of root by an access list, which shows as a group that may read. */
static gboolean
is_private (const char *path)
{
  const char *credentials = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *directory = g_path_get_dirname (path);
  struct stat status;

  if (stat (path, &status) != 0 || !S_ISREG (status.st_mode))
    return FALSE;
  return (status.st_mode & (g_strcmp0 (directory, credentials) == 0 ? S_IRWXO | S_IWGRP : S_IRWXO | S_IRWXG)) == 0;
}

static gboolean
read_key (GBytes      **place,
          const char   *value,
          GError      **error)
{
  g_autofree char *text = NULL;
  guint8 key[KEY_SIZE];
  const char *end = NULL;
  gsize size = 0;
  gsize length;
  gboolean well;

  if (!g_file_get_contents (value, &text, &length, error))
    return FALSE;
  well = is_private (value)
         && sodium_hex2bin (key, sizeof key, text, length, "\n", &size, &end) == 0
         && size == sizeof key
         && end == text + length;
  fl_secret_wipe (text, length);
  if (well)
    {
      g_clear_pointer (place, g_bytes_unref);
      *place = g_bytes_new (key, sizeof key);
    }
  fl_secret_wipe (key, sizeof key);
  return well || wants ("a file that only its owner can read, with 64 hexadecimal digits", error);
}

static gboolean
read_store (FlGateConfig  *self,
            const char    *value,
            GError       **error)
{
  gboolean is_file = g_path_is_absolute (value);

  if (!is_file && !g_str_has_prefix (value, "postgresql://"))
    return wants ("the absolute path of an SQLite database, or an address that begins with postgresql://", error);
  g_free (is_file ? self->store : self->postgres);
  *(is_file ? &self->store : &self->postgres) = g_strdup (value);
  return TRUE;
}

static gboolean
read_setting (FlGateConfig   *self,
              const Setting  *setting,
              const char     *value,
              GError        **error)
{
  switch (setting->kind)
    {
    case KIND_ADDRESS:
      return read_address (G_STRUCT_MEMBER_P (self, setting->offset), value, error);

    case KIND_ORIGIN:
      return read_origin (G_STRUCT_MEMBER_P (self, setting->offset), value, error);

    case KIND_NUMBER:
      return read_number (G_STRUCT_MEMBER_P (self, setting->offset), setting, value, error);

    case KIND_ADDRESSES:
      return read_addresses (self->trusted, value, error);

    case KIND_KEY:
      return read_key (&self->key, value, error);

    case KIND_STORE:
      return read_store (self, value, error);

    default:
      g_assert_not_reached ();
    }
}

static gboolean
set (FlGateConfig  *self,
     GHashTable    *seen,
     const char    *name,
     const char    *value,
     GError       **error)
{
  if (!g_hash_table_add (seen, g_strdup (name)))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "stands here for the second time");
      return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      if (g_str_equal (settings[i].name, name))
        return read_setting (self, &settings[i], value, error);
    }
  if (g_strv_contains (fl_gate_limits_get_keys (), name))
    return fl_gate_limits_set (self->limits, name, value, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "is not known here");
  return FALSE;
}

static gboolean
read_line (FlGateConfig  *self,
           GHashTable    *seen,
           char          *line,
           GError       **error)
{
  char *equals;

  g_strstrip (line);
  if (*line == '\0' || *line == '#')
    return TRUE;
  equals = strchr (line, '=');
  if (equals == NULL)
    return wants ("NAME=value, or # before a remark", error);
  *equals = '\0';
  g_strchomp (line);
  if (set (self, seen, line, g_strchug (equals + 1), error))
    return TRUE;
  g_prefix_error (error, "%s ", line);
  return FALSE;
}

static gboolean
is_complete (FlGateConfig  *self,
             GError       **error)
{
  const char *missing = self->listen == NULL ? "LISTEN"
                        : self->upstream == NULL ? "UPSTREAM"
                        : self->key == NULL ? "KEY_FILE"
                        : self->store == NULL && self->postgres == NULL ? "STORE" : NULL;

  if (missing != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s is missing", missing);
  return missing == NULL;
}

static FlGateConfig *
config_new (void)
{
  FlGateConfig *self = g_new0 (FlGateConfig, 1);

  self->upstream_seconds = 20;
  self->trusted = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->trusted, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4));
  g_ptr_array_add (self->trusted, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6));
  self->connections = 1024;
  self->passwords = 8;
  self->password_grid = 1000;
  self->mail_grid = 500;
  self->limits = fl_gate_limits_new ();
  return self;
}

/**
 * fl_gate_config_load:
 * @path: (type filename): a file of lines `KEY=value`
 * @error: return location for an error, with the number of the line
 *
 * Reads what the administrator has written. What is not understood is refused, not passed over.
 *
 * Returns: (transfer full) (nullable): the configuration
 */
FlGateConfig *
fl_gate_config_load (const char  *path,
                     GError     **error)
{
  g_autoptr (FlGateConfig) self = config_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  if (length > FILE_MOST || !g_utf8_validate_len (text, length, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: no text, or too long", path);
      return NULL;
    }
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      if (!read_line (self, seen, lines[i], error))
        {
          g_prefix_error (error, "%s:%" G_GSIZE_FORMAT ": ", path, i + 1);
          return NULL;
        }
    }
  if (is_complete (self, error))
    return g_steal_pointer (&self);
  g_prefix_error (error, "%s: ", path);
  return NULL;
}

/**
 * fl_gate_config_free:
 * @self: (transfer full): a configuration
 *
 * Frees it.
 */
void
fl_gate_config_free (FlGateConfig *self)
{
  g_free (self->listen);
  g_free (self->metrics);
  g_free (self->upstream);
  g_ptr_array_unref (self->trusted);
  g_free (self->store);
  g_free (self->postgres);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_object_unref (self->limits);
  g_free (self);
}
