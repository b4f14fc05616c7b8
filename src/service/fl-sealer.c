/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-sealer.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define CONTEXT "flserver"  /* crypto_kdf wants exactly eight characters */

enum {
  SUBKEY_BOX = 1,
  SUBKEY_DIGEST,
  SUBKEY_ROBOT,
};

/**
 * FlSealer:
 *
 * What keeps a stolen database worthless: TOTP keys and recovery codes that have to be read again are sealed
 * (XSalsa20-Poly1305), tokens and codes that only have to be recognised are kept as keyed digests (BLAKE2b), and the
 * key for both lies in a file of its own that only its owner can read. A keyed digest, because six digits are found
 * from a plain one by trying a million.
 */
struct _FlSealer
{
  guchar *keys;  /* locked memory: box key, then digest key, then robot key */
};

#define BOX_KEY(self) ((self)->keys)
#define DIGEST_KEY(self) ((self)->keys + 32)
#define ROBOT_KEY(self) ((self)->keys + 64)

G_STATIC_ASSERT (crypto_secretbox_KEYBYTES == 32);
G_STATIC_ASSERT (crypto_generichash_KEYBYTES == 32);
G_STATIC_ASSERT (crypto_kdf_KEYBYTES == 32);

static gboolean
write_key (int file)
{
  guchar master[crypto_kdf_KEYBYTES];
  gboolean written;

  crypto_kdf_keygen (master);
  written = write (file, master, sizeof master) == (gssize) sizeof master && fsync (file) == 0;
  fl_secret_wipe (master, sizeof master);
  return written;
}

/* The key appears under its name when it is whole: of services that begin at once, all read what one of them wrote. */
static gboolean
create_key (const char  *path,
            GError     **error)
{
  g_autofree char *draft = g_strconcat (path, ".XXXXXX", NULL);
  int file;
  gboolean made;

  if (g_access (path, F_OK) == 0)
    return TRUE;

  file = g_mkstemp_full (draft, O_WRONLY | O_CLOEXEC, 0600);
  made = file >= 0 && write_key (file) && (link (draft, path) == 0 || errno == EEXIST);
  if (!made)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "the key “%s” cannot be made: %s", path,
                 g_strerror (errno));
  if (file >= 0)
    {
      unlink (draft);
      close (file);
    }
  return made;
}

static gboolean
load_key (const char  *path,
          guchar      *master,
          GError     **error)
{
  g_autofree char *contents = NULL;
  gsize length;
  gboolean whole;

  if (!g_file_get_contents (path, &contents, &length, error))
    return FALSE;

  whole = length == crypto_kdf_KEYBYTES;
  if (whole)
    memcpy (master, contents, length);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "“%s” is not a key of this service", path);
  fl_secret_wipe (contents, length);
  return whole;
}

/**
 * fl_sealer_new:
 * @path: (nullable) (type filename): the key file, made (0600) when there is none; %NULL for a key that is forgotten
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a sealer
 */
FlSealer *
fl_sealer_new (const char  *path,
               GError     **error)
{
  g_autoptr (FlSealer) self = g_new0 (FlSealer, 1);
  guchar master[crypto_kdf_KEYBYTES];
  gboolean ready = TRUE;

  if (sodium_init () < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "libsodium cannot be used here");
      return NULL;
    }
  self->keys = sodium_malloc (3 * 32);
  if (self->keys == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "no memory for the keys");
      return NULL;
    }

  if (path == NULL)
    crypto_kdf_keygen (master);
  else
    ready = create_key (path, error) && load_key (path, master, error);
  if (!ready)
    return NULL;

  crypto_kdf_derive_from_key (BOX_KEY (self), 32, SUBKEY_BOX, CONTEXT, master);
  crypto_kdf_derive_from_key (DIGEST_KEY (self), 32, SUBKEY_DIGEST, CONTEXT, master);
  crypto_kdf_derive_from_key (ROBOT_KEY (self), 32, SUBKEY_ROBOT, CONTEXT, master);
  fl_secret_wipe (master, sizeof master);
  return g_steal_pointer (&self);
}

/**
 * fl_sealer_free:
 * @self: (transfer full): a sealer
 *
 * Wipes the keys.
 */
void
fl_sealer_free (FlSealer *self)
{
  if (self->keys != NULL)
    sodium_free (self->keys);
  g_free (self);
}

/**
 * fl_sealer_seal:
 * @self: a sealer
 * @secret: what has to be read again
 *
 * Returns: (transfer full): nonce and box
 */
GBytes *
fl_sealer_seal (FlSealer       *self,
                const FlSecret *secret)
{
  gsize length = fl_secret_get_length (secret);
  gsize total = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + length;
  guchar *sealed = g_malloc (total);

  randombytes_buf (sealed, crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy (sealed + crypto_secretbox_NONCEBYTES,
                         (const guchar *) fl_secret_get_text (secret), length,
                         sealed, BOX_KEY (self));
  return g_bytes_new_take (sealed, total);
}

/**
 * fl_sealer_open:
 * @self: a sealer
 * @sealed: (nullable): what fl_sealer_seal() gave
 *
 * Returns: (transfer full) (nullable): the secret, or %NULL when @sealed is not ours
 */
FlSecret *
fl_sealer_open (FlSealer *self,
                GBytes   *sealed)
{
  g_autofree char *plain = NULL;
  const guchar *data;
  FlSecret *secret = NULL;
  gsize size;
  gsize length;

  if (sealed == NULL)
    return NULL;
  data = g_bytes_get_data (sealed, &size);
  if (size < crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES)
    return NULL;

  length = size - crypto_secretbox_NONCEBYTES - crypto_secretbox_MACBYTES;
  plain = g_malloc (length + 1);
  if (crypto_secretbox_open_easy ((guchar *) plain, data + crypto_secretbox_NONCEBYTES,
                                  size - crypto_secretbox_NONCEBYTES, data, BOX_KEY (self)) == 0)
    secret = fl_secret_new_length (plain, length);
  fl_secret_wipe (plain, length);
  return secret;
}

/**
 * fl_sealer_digest:
 * @self: a sealer
 * @purpose: what @text is, so that equal texts of different kinds differ
 * @text: what only has to be recognised
 *
 * Returns: (transfer full): 32 bytes
 */
GBytes *
fl_sealer_digest (FlSealer   *self,
                  const char *purpose,
                  const char *text)
{
  guchar digest[crypto_generichash_BYTES];
  crypto_generichash_state state;

  crypto_generichash_init (&state, DIGEST_KEY (self), 32, sizeof digest);
  /* With its NUL, so that no purpose runs over into a text. */
  crypto_generichash_update (&state, (const guchar *) purpose, strlen (purpose) + 1);
  crypto_generichash_update (&state, (const guchar *) text, strlen (text));
  crypto_generichash_final (&state, digest, sizeof digest);
  fl_secret_wipe (&state, sizeof state);
  return g_bytes_new (digest, sizeof digest);
}

/**
 * fl_sealer_robot_key:
 * @self: a sealer
 *
 * Returns: (transfer full): the key that signs the challenges of the robot check; it outlives a restart, as a
 *   challenge handed out before one should
 */
GBytes *
fl_sealer_robot_key (FlSealer *self)
{
  return g_bytes_new (ROBOT_KEY (self), 32);
}
