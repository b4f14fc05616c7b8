/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-hasher.h"

#include <sodium.h>
#include <string.h>

/* OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane. */
#define MEMORY ((gsize) 19 * 1024 * 1024)
#define PASSES 2

/* An imported hash may have been made with other costs, but not with any that would stop the service. */
#define MEMORY_MOST_KIB (256 * 1024)
#define PASSES_MOST 10

#define THREADS 2
#define QUEUE_MOST 64  /* at about 20 ms each, nobody who is let in waits for longer than a second */

/**
 * FlHasher:
 *
 * Argon2id in threads of its own, at most two at once, with a queue that refuses (G_IO_ERROR_BUSY) instead of growing.
 * A check against no hash at all runs against a decoy, so that an account without a password, and no account, take the
 * time of any other. A hash that was imported with other costs takes another time, and so tells that there is an account,
 * until its owner signs in for the first time and it is made anew; import passwords instead where that matters.
 */
struct _FlHasher
{
  GThreadPool *pool;
  char        *decoy;
};

typedef struct
{
  FlSecret *password;
  char     *hash;  /* NULL: make one */
  gboolean  decoy;
} Job;

static void
job_free (Job *job)
{
  fl_secret_unref (job->password);
  g_free (job->hash);
  g_free (job);
}

static void
run_job (gpointer data,
         gpointer user_data)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  char *hash;

  if (job->hash != NULL)
    {
      gboolean matches = crypto_pwhash_str_verify (job->hash, fl_secret_get_text (job->password),
                                                   fl_secret_get_length (job->password)) == 0;

      g_task_return_boolean (task, matches && !job->decoy);
      return;
    }

  hash = fl_hasher_hash (job->password, &error);
  if (hash == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, hash, g_free);
}

static void
push (FlHasher            *self,
      FlSecret            *password,
      char                *hash,
      gboolean             decoy,
      GAsyncReadyCallback  callback,
      gpointer             user_data,
      gpointer             source_tag)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->password = fl_secret_ref (password);
  job->hash = hash;
  job->decoy = decoy;
  g_task_set_source_tag (task, source_tag);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);

  if (fl_hasher_is_full (self))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY, "too many passwords wait to be checked");
  else
    g_thread_pool_push (self->pool, g_steal_pointer (&task), NULL);
}

/**
 * fl_hasher_new:
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a hasher
 */
FlHasher *
fl_hasher_new (GError **error)
{
  g_autoptr (FlSecret) nothing = fl_secret_new ("");
  char *decoy = fl_hasher_hash (nothing, error);
  FlHasher *self;

  if (decoy == NULL)
    return NULL;

  self = g_new0 (FlHasher, 1);
  self->pool = g_thread_pool_new (run_job, NULL, THREADS, FALSE, NULL);
  self->decoy = decoy;
  return self;
}

/**
 * fl_hasher_free:
 * @self: (transfer full): a hasher
 *
 * Waits for the jobs that are under way; their callbacks are still called, in the context that asked for them.
 */
void
fl_hasher_free (FlHasher *self)
{
  g_thread_pool_free (self->pool, FALSE, TRUE);
  g_free (self->decoy);
  g_free (self);
}

/**
 * fl_hasher_is_full:
 * @self: a hasher
 *
 * Returns: whether another job would be refused now
 */
gboolean
fl_hasher_is_full (FlHasher *self)
{
  return g_thread_pool_unprocessed (self->pool) >= QUEUE_MOST;
}

/**
 * fl_hasher_verify_async:
 * @self: a hasher
 * @password: what was typed
 * @hash: (nullable): what is stored; %NULL takes as long and never matches
 * @callback: called in the thread-default context of the caller
 * @user_data: for @callback
 *
 * Checks a password.
 */
void
fl_hasher_verify_async (FlHasher            *self,
                        FlSecret            *password,
                        const char          *hash,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  gboolean decoy = hash == NULL;

  push (self, password, g_strdup (decoy ? self->decoy : hash), decoy, callback, user_data, fl_hasher_verify_async);
}

/**
 * fl_hasher_verify_finish:
 * @result: the result
 * @matches: (out): whether the password is the one
 * @error: return location for an error; G_IO_ERROR_BUSY when the queue is full
 *
 * Returns: whether it could be checked
 */
gboolean
fl_hasher_verify_finish (GAsyncResult  *result,
                         gboolean      *matches,
                         GError       **error)
{
  GError *local_error = NULL;

  *matches = g_task_propagate_boolean (G_TASK (result), &local_error);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}

/**
 * fl_hasher_hash_async:
 * @self: a hasher
 * @password: the new password
 * @callback: called in the thread-default context of the caller
 * @user_data: for @callback
 *
 * Hashes a password.
 */
void
fl_hasher_hash_async (FlHasher            *self,
                      FlSecret            *password,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  push (self, password, NULL, FALSE, callback, user_data, fl_hasher_hash_async);
}

/**
 * fl_hasher_hash_finish:
 * @result: the result
 * @error: return location for an error; G_IO_ERROR_BUSY when the queue is full
 *
 * Returns: (transfer full) (nullable): the hash as a PHC string
 */
char *
fl_hasher_hash_finish (GAsyncResult  *result,
                       GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * fl_hasher_hash:
 * @password: a password
 * @error: return location for an error
 *
 * Hashes right here, which takes its time: for imports.
 *
 * Returns: (transfer full) (nullable): the hash as a PHC string
 */
char *
fl_hasher_hash (const FlSecret  *password,
                GError         **error)
{
  char hash[crypto_pwhash_STRBYTES];

  if (sodium_init () < 0
      || crypto_pwhash_str_alg (hash, fl_secret_get_text (password), fl_secret_get_length (password),
                                PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "no memory to hash a password");
      return NULL;
    }
  return g_strdup (hash);
}

/**
 * fl_hasher_is_hash:
 * @text: text from outside
 *
 * Returns: whether @text is an Argon2id hash in PHC form with costs that can be borne
 */
gboolean
fl_hasher_is_hash (const char *text)
{
  g_autofree char *padded = NULL;
  guint memory;
  guint passes;

  if (strlen (text) >= crypto_pwhash_STRBYTES
      || sscanf (text, "$argon2id$v=19$m=%u,t=%u,", &memory, &passes) != 2
      || memory > MEMORY_MOST_KIB
      || passes > PASSES_MOST)
    return FALSE;

  /* libsodium looks at the whole buffer. */
  padded = g_malloc0 (crypto_pwhash_STRBYTES);
  memcpy (padded, text, strlen (text));
  return crypto_pwhash_str_needs_rehash (padded, passes, (gsize) memory * 1024) == 0;
}

/**
 * fl_hasher_is_outdated:
 * @hash: a hash that fl_hasher_is_hash() has let through
 *
 * Returns: whether it was made with other costs than ours, and takes another time to be checked
 */
gboolean
fl_hasher_is_outdated (const char *hash)
{
  char padded[crypto_pwhash_STRBYTES] = { 0 };

  g_strlcpy (padded, hash, sizeof padded);
  return crypto_pwhash_str_needs_rehash (padded, PASSES, MEMORY) != 0;
}
