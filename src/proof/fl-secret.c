/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-secret"

#include "config.h"

#include "fl-secret.h"

#include <sodium.h>
#include <string.h>
#include <sys/resource.h>

struct _FlSecret {
  char *text;
  gsize length;
};

G_DEFINE_BOXED_TYPE (FlSecret, fl_secret, fl_secret_ref, fl_secret_unref)

static void
ensure_sodium (void)
{
  static gsize initialised;

  if (g_once_init_enter (&initialised))
    {
      if (sodium_init () < 0)
        g_error ("The system gives no random numbers");
      g_once_init_leave (&initialised, 1);
    }
}

static void
fl_secret_finalize (gpointer data)
{
  FlSecret *self = data;

  sodium_free (self->text);
}

/**
 * fl_secret_new:
 * @text: the secret; the caller still wipes its own copy
 *
 * Copies a text to memory that wipes itself.
 *
 * Returns: (transfer full): a new secret
 */
FlSecret *
fl_secret_new (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  return fl_secret_new_length (text, strlen (text));
}

/**
 * fl_secret_new_length:
 * @text: (array length=length): the secret; the caller still wipes its own copy
 * @length: bytes of @text; a NUL is added behind them
 *
 * Copies bytes to memory that wipes itself. They may contain NUL.
 *
 * Returns: (transfer full): a new secret
 */
FlSecret *
fl_secret_new_length (const char *text,
                      gsize       length)
{
  FlSecret *self;

  g_return_val_if_fail (text != NULL || length == 0, NULL);

  ensure_sodium ();
  self = g_atomic_rc_box_new0 (FlSecret);
  self->text = sodium_malloc (length + 1);
  if (self->text == NULL)
    g_error ("No memory for a secret of %" G_GSIZE_FORMAT " bytes", length);
  if (length > 0)
    memcpy (self->text, text, length);
  self->text[length] = '\0';
  self->length = length;

  return self;
}

/**
 * fl_secret_ref:
 * @secret: a secret
 *
 * Takes a reference; any thread may.
 *
 * Returns: (transfer full): @secret
 */
FlSecret *
fl_secret_ref (FlSecret *secret)
{
  g_return_val_if_fail (secret != NULL, NULL);

  return g_atomic_rc_box_acquire (secret);
}

/**
 * fl_secret_unref:
 * @secret: (transfer full): a secret
 *
 * Gives a reference back; the last one wipes the text.
 */
void
fl_secret_unref (FlSecret *secret)
{
  g_return_if_fail (secret != NULL);

  g_atomic_rc_box_release_full (secret, fl_secret_finalize);
}

/**
 * fl_secret_get_text:
 * @secret: a secret
 *
 * Shows the text where it has to be used.
 *
 * Returns: (transfer none): the text, NUL-terminated, valid as long as @secret
 */
const char *
fl_secret_get_text (const FlSecret *secret)
{
  g_return_val_if_fail (secret != NULL, NULL);

  return secret->text;
}

/**
 * fl_secret_get_length:
 * @secret: a secret
 *
 * Tells how long the text is.
 *
 * Returns: bytes, without the final NUL
 */
gsize
fl_secret_get_length (const FlSecret *secret)
{
  g_return_val_if_fail (secret != NULL, 0);

  return secret->length;
}

/**
 * fl_secret_equal:
 * @a: (nullable): a secret
 * @b: (nullable): a secret
 *
 * Compares in a time that depends on the length alone. %NULL equals only %NULL.
 *
 * Returns: whether both hold the same bytes
 */
gboolean
fl_secret_equal (const FlSecret *a,
                 const FlSecret *b)
{
  if (a == NULL || b == NULL)
    return a == b;

  return a->length == b->length && sodium_memcmp (a->text, b->text, a->length) == 0;
}

/**
 * fl_secret_fingerprint:
 * @secret: a secret that cannot be guessed: a key, not a password
 *
 * Makes something that tells this secret from another, and from which it cannot be made again: 16 bytes of BLAKE2b
 * (RFC 7693).
 *
 * Returns: (transfer full): 32 hexadecimal digits
 */
char *
fl_secret_fingerprint (const FlSecret *secret)
{
  unsigned char hash[crypto_generichash_BYTES_MIN];
  char *digits;

  g_return_val_if_fail (secret != NULL, NULL);

  digits = g_malloc (2 * sizeof hash + 1);
  crypto_generichash (hash, sizeof hash, (const unsigned char *) secret->text, secret->length, NULL, 0);

  return sodium_bin2hex (digits, 2 * sizeof hash + 1, hash, sizeof hash);
}

/**
 * fl_secret_random:
 * @memory: (out caller-allocates) (array length=length): what to fill
 * @length: bytes
 *
 * Fills memory with bytes that nobody can guess: keys, nonces, tokens.
 */
void
fl_secret_random (gpointer memory,
                  gsize    length)
{
  ensure_sodium ();
  randombytes_buf (memory, length);
}

/**
 * fl_secret_wipe:
 * @memory: (nullable): what held a secret
 * @length: bytes
 *
 * Overwrites memory in a way that the compiler does not optimise away.
 */
void
fl_secret_wipe (gpointer memory,
                gsize    length)
{
  if (memory != NULL)
    sodium_memzero (memory, length);
}

/**
 * fl_secret_wipe_stack:
 *
 * Overwrites what calls that have returned have left on this thread's stack. Copying goes through wide registers, and whatever
 * saves these (the dynamic linker does, when a function is called for the first time) leaves pieces of what was copied
 * there; a thread that waits for work keeps them. 64 KiB are deeper than any call here goes.
 */
void
fl_secret_wipe_stack (void)
{
  sodium_stackzero (64 * 1024);
}

/**
 * fl_secret_grow:
 * @memory: (nullable) (transfer full): what may hold secrets, from g_malloc()
 * @size: (inout): its bytes
 * @least: how many there are to be at the least
 *
 * Doubles memory as g_realloc() would, and leaves nothing where it was.
 *
 * Returns: (transfer full): the same bytes, and room for more
 */
gpointer
fl_secret_grow (gpointer  memory,
                gsize    *size,
                gsize     least)
{
  gsize larger = MAX (least, 2 * *size);
  gpointer grown = g_malloc (larger);

  if (memory != NULL)
    {
      memcpy (grown, memory, *size);
      fl_secret_wipe (memory, *size);
      g_free (memory);
    }
  *size = larger;
  return grown;
}

/**
 * fl_secret_wipe_string:
 * @text: (nullable) (transfer full): a string from GLib that held a secret
 *
 * Overwrites a string up to its NUL and frees it.
 */
void
fl_secret_wipe_string (char *text)
{
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  g_free (text);
}

typedef struct
{
  gpointer memory;
  gsize    capacity;
} Remains;

static void
free_remains (gpointer data)
{
  Remains *remains = data;

  fl_secret_wipe (remains->memory, remains->capacity);
  g_free (remains->memory);
  g_free (remains);
}

/**
 * fl_secret_wrap:
 * @memory: (transfer full): memory from GLib that holds a secret
 * @length: bytes of the secret
 * @capacity: bytes of @memory
 *
 * Returns: (transfer full): the secret as bytes, which wipe themselves when the last reference goes
 */
GBytes *
fl_secret_wrap (gpointer memory,
                gsize    length,
                gsize    capacity)
{
  Remains *remains = g_new (Remains, 1);

  remains->memory = memory;
  remains->capacity = capacity;
  return g_bytes_new_with_free_func (memory, length, free_remains, remains);
}

/**
 * fl_secret_forbid_cores:
 *
 * Keeps this process, and what it starts, from leaving its memory behind when it crashes. First of all in main().
 *
 * One byte is less than any core needs, and unlike none at all it also keeps the kernel from piping one to a crash
 * reporter (core(5)). PR_SET_DUMPABLE would do as well, but hides the process from portals.
 */
void
fl_secret_forbid_cores (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_CORE, &limit) == 0)
    {
      limit.rlim_cur = MIN (1, limit.rlim_max);
      setrlimit (RLIMIT_CORE, &limit);
    }
}
