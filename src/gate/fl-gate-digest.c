/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-digest.h"

#include "fl-secret.h"

#include <nettle/hmac.h>
#include <string.h>

G_STATIC_ASSERT (FL_GATE_KEY_SIZE == SHA256_DIGEST_SIZE);

/**
 * FlGateDigest:
 *
 * HMAC-SHA256 under a key that is made of the gate's and used for one purpose: how everything is called in a store.
 */
struct _FlGateDigest
{
  FlSecret *key;
};

/**
 * fl_gate_digest_new:
 * @key: the gate's key, 32 bytes
 * @purpose: what the digests are for; for another purpose the same parts give others
 *
 * Returns: (transfer full): a digest
 */
FlGateDigest *
fl_gate_digest_new (GBytes     *key,
                    const char *purpose)
{
  FlGateDigest *self;
  struct hmac_sha256_ctx context;
  guint8 own[SHA256_DIGEST_SIZE];

  g_return_val_if_fail (g_bytes_get_size (key) == SHA256_DIGEST_SIZE, NULL);

  self = g_new0 (FlGateDigest, 1);
  hmac_sha256_set_key (&context, SHA256_DIGEST_SIZE, g_bytes_get_data (key, NULL));
  hmac_sha256_update (&context, strlen (purpose), (const guint8 *) purpose);
  hmac_sha256_digest (&context, sizeof own, own);
  self->key = fl_secret_new_length ((const char *) own, sizeof own);
  fl_secret_wipe (own, sizeof own);
  fl_secret_wipe (&context, sizeof context);
  return self;
}

/**
 * fl_gate_digest_free:
 * @self: (transfer full): a digest
 *
 * Wipes the key.
 */
void
fl_gate_digest_free (FlGateDigest *self)
{
  fl_secret_unref (self->key);
  g_free (self);
}

static void
add_part (struct hmac_sha256_ctx *context,
          gconstpointer           data,
          gsize                   length)
{
  guint64 size = GUINT64_TO_BE ((guint64) length);

  hmac_sha256_update (context, sizeof size, (const guint8 *) &size);
  hmac_sha256_update (context, length, data);
}

/**
 * fl_gate_digest_of:
 * @self: a digest
 * @key: (out) (array fixed-size=32): the key that comes out
 * @label: what the parts are
 * @...: a pointer and a #gsize for each part, ended by %NULL
 *
 * Each part goes in with its length, so that no two lists of parts give the same.
 */
void
fl_gate_digest_of (FlGateDigest *self,
                   guint8       *key,
                   const char   *label,
                   ...)
{
  struct hmac_sha256_ctx context;
  gconstpointer data;
  va_list parts;

  hmac_sha256_set_key (&context, fl_secret_get_length (self->key), (const guint8 *) fl_secret_get_text (self->key));
  add_part (&context, label, strlen (label));
  va_start (parts, label);
  while ((data = va_arg (parts, gconstpointer)) != NULL)
    add_part (&context, data, va_arg (parts, gsize));
  va_end (parts);
  hmac_sha256_digest (&context, FL_GATE_KEY_SIZE, key);
  fl_secret_wipe (&context, sizeof context);
}
