/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-altcha"

#include "config.h"

#include "fl-altcha.h"
#include "fl-json.h"
#include "fl-secret.h"

#include <json-glib/json-glib.h>
#include <nettle/pbkdf2.h>
#include <sodium.h>
#include <string.h>

/*
 * The second generation of ALTCHA, as the library altcha-lib 2 and the widget 3 speak it:
 *
 *  - challenge: {"parameters": {algorithm, nonce, salt, cost, keyLength, keyPrefix, expiresAt, data}, "signature"};
 *  - signature: HMAC-SHA-256 over the parameters as JSON with sorted keys and no spaces, in hexadecimal;
 *  - work: find a counter for which PBKDF2 (nonce || counter as 32 bits big-endian, salt, cost) starts with keyPrefix;
 *  - payload: Base64 of {"challenge", "solution": {counter, derivedKey, time in milliseconds}}.
 */

#define ALGORITHM "PBKDF2/SHA-256"
#define NONCE_SIZE 16 /* bytes, for the nonce and for the salt */
#define KEY_SIZE 32
#define KEY_PREFIX "00"
#define KEY_PREFIX_MAX 4 /* hexadecimal digits */

/* Hashes that a challenge may cost in the mean, cost times 16 to the digits of the prefix: five seconds where the usual
 * cost of 1000 with the prefix 00 takes 80 ms. */
#define WORK_MAX (1 << 24)

/* Each try is independent, so not being done after so many times the mean has a chance of e to the minus 32. */
#define PATIENCE 32

#define CHALLENGE_MAX 4096 /* bytes of JSON; the library writes some 400 */
#define PAYLOAD_MAX 8192   /* bytes of JSON inside the Base64 */

typedef struct {
  const char *nonce;
  const char *salt;
  const char *key_prefix;
  gint64 cost;
} Work;

/**
 * FlAltchaProof:
 *
 * A challenge of this server that has come back with what shall be its solution. All that is cheap has been checked; the
 * work itself has not, so that whoever asks can first look whether it has been used before.
 */
struct _FlAltchaProof {
  JsonNode *payload;
  Work work;            /* its texts stay owned by payload */
  const char *claimed;
  gint64 counter;
};

G_DEFINE_QUARK (fl-altcha-error-quark, fl_altcha_error)

static const char *
get_string (JsonObject *object,
            const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static gint64
get_int (JsonObject *object,
         const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : -1;
}

static JsonObject *
get_object (JsonObject *object,
            const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gboolean
is_hex (const char *text,
        gsize       length)
{
  return text != NULL && strlen (text) == length && strspn (text, "0123456789abcdef") == length;
}

static gboolean
is_purpose (const char *text)
{
  return text != NULL
         && text[0] != '\0'
         && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen (text);
}

static JsonNode *
parse_json (const char  *data,
            gsize        length,
            gsize        limit,
            GError     **error)
{
  g_autoptr (JsonParser) parser = NULL;

  if (fl_json_check (data, length, limit, NULL))
    {
      parser = json_parser_new_immutable ();
      if (json_parser_load_from_data (parser, data, length, NULL))
        return json_parser_steal_root (parser);
    }

  g_set_error_literal (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_MALFORMED, "Not a JSON object");
  return NULL;
}

/* Fills work with what stays owned by parameters. */
static gboolean
read_work (JsonObject  *parameters,
           Work        *work,
           GError     **error)
{
  gsize digits;

  work->nonce = get_string (parameters, "nonce");
  work->salt = get_string (parameters, "salt");
  work->key_prefix = get_string (parameters, "keyPrefix");
  work->cost = get_int (parameters, "cost");
  digits = work->key_prefix != NULL ? strlen (work->key_prefix) : 0;

  if (g_strcmp0 (get_string (parameters, "algorithm"), ALGORITHM) == 0
      && is_hex (work->nonce, 2 * NONCE_SIZE)
      && is_hex (work->salt, 2 * NONCE_SIZE)
      && get_int (parameters, "keyLength") == KEY_SIZE
      && digits >= 1 && digits <= KEY_PREFIX_MAX && is_hex (work->key_prefix, digits)
      && work->cost >= 1 && work->cost <= WORK_MAX >> 4 * digits)
    return TRUE;

  g_set_error_literal (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_MALFORMED, "Not a challenge of a kind that is solved here");
  return FALSE;
}

/* Gives the derived key in hexadecimal, as prefixes of odd length are compared there. */
static void
derive (const Work *work,
        guint32     counter,
        char        hex[static 2 * KEY_SIZE + 1])
{
  guint8 password[NONCE_SIZE + sizeof counter];
  guint8 salt[NONCE_SIZE];
  guint8 key[KEY_SIZE];
  guint32 big_endian = GUINT32_TO_BE (counter);

  sodium_hex2bin (password, NONCE_SIZE, work->nonce, 2 * NONCE_SIZE, NULL, NULL, NULL);
  sodium_hex2bin (salt, NONCE_SIZE, work->salt, 2 * NONCE_SIZE, NULL, NULL, NULL);
  memcpy (password + NONCE_SIZE, &big_endian, sizeof big_endian);

  pbkdf2_hmac_sha256 (sizeof password, password, (unsigned int) work->cost, sizeof salt, salt, sizeof key, key);
  sodium_bin2hex (hex, 2 * KEY_SIZE + 1, key, sizeof key);
}

/* All values have been checked to need no escapes. */
static char *
write_parameters (const Work *work,
                  const char *purpose,
                  gint64      expires_at)
{
  return g_strdup_printf ("{\"algorithm\":\"" ALGORITHM "\",\"cost\":%" G_GINT64_FORMAT ",\"data\":{\"purpose\":\"%s\"},"
                          "\"expiresAt\":%" G_GINT64_FORMAT ",\"keyLength\":%d,\"keyPrefix\":\"%s\","
                          "\"nonce\":\"%s\",\"salt\":\"%s\"}",
                          work->cost, purpose, expires_at, KEY_SIZE, work->key_prefix, work->nonce, work->salt);
}

static char *
sign (GBytes     *key,
      const char *parameters)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (key, &size);

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, data, size, parameters, -1);
}

/**
 * fl_altcha_challenge_new:
 * @key: the key that only the server has; not empty
 * @purpose: what the solution will be good for; small letters, digits and dashes
 * @expires_at: Unix time in seconds
 * @cost: iterations of PBKDF2 for each try; a solution takes 256 tries in the mean, with 1000 about a tenth of a second
 *
 * Makes a challenge.
 *
 * Returns: (transfer full): the challenge as JSON
 */
char *
fl_altcha_challenge_new (GBytes     *key,
                         const char *purpose,
                         gint64      expires_at,
                         guint       cost)
{
  guint8 random[2][NONCE_SIZE];
  char nonce[2 * NONCE_SIZE + 1];
  char salt[2 * NONCE_SIZE + 1];
  Work work = { nonce, salt, KEY_PREFIX, cost };
  g_autofree char *parameters = NULL;
  g_autofree char *signature = NULL;

  g_return_val_if_fail (key != NULL && g_bytes_get_size (key) > 0, NULL);
  g_return_val_if_fail (is_purpose (purpose), NULL);
  g_return_val_if_fail (expires_at > 0, NULL);
  g_return_val_if_fail (cost >= 1 && cost <= WORK_MAX >> 4 * strlen (KEY_PREFIX), NULL);

  fl_secret_random (random, sizeof random);
  sodium_bin2hex (nonce, sizeof nonce, random[0], NONCE_SIZE);
  sodium_bin2hex (salt, sizeof salt, random[1], NONCE_SIZE);

  parameters = write_parameters (&work, purpose, expires_at);
  signature = sign (key, parameters);

  return g_strdup_printf ("{\"parameters\":%s,\"signature\":\"%s\"}", parameters, signature);
}

static char *
write_payload (JsonNode   *challenge,
               guint32     counter,
               const char *derived_key,
               gint64      milliseconds)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *json = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "challenge");
  json_builder_add_value (builder, json_node_ref (challenge));
  json_builder_set_member_name (builder, "solution");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "counter");
  json_builder_add_int_value (builder, counter);
  json_builder_set_member_name (builder, "derivedKey");
  json_builder_add_string_value (builder, derived_key);
  json_builder_set_member_name (builder, "time");
  json_builder_add_int_value (builder, milliseconds);
  json_builder_end_object (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  json = json_to_string (root, FALSE);
  return g_base64_encode ((const guchar *) json, strlen (json));
}

/**
 * fl_altcha_solve:
 * @challenge_json: what the server sent
 * @cancellable: (nullable): looked at before every try
 * @error: return location for an error
 *
 * Solves a challenge in the calling thread, which must not be the main one.
 *
 * A server can ask for a few seconds of work at most; what would cost more is %FL_ALTCHA_ERROR_MALFORMED. The clock of
 * this computer may be wrong, so whether the challenge has expired is left to the server.
 *
 * Returns: (transfer full) (nullable): the payload for the server, in Base64
 */
char *
fl_altcha_solve (const char    *challenge_json,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autoptr (JsonNode) challenge = NULL;
  JsonObject *parameters;
  Work work;
  gint64 start = g_get_monotonic_time ();
  guint32 tries;

  g_return_val_if_fail (challenge_json != NULL, NULL);

  challenge = parse_json (challenge_json, strlen (challenge_json), CHALLENGE_MAX, error);
  if (challenge == NULL)
    return NULL;

  parameters = get_object (json_node_get_object (challenge), "parameters");
  if (parameters == NULL || get_string (json_node_get_object (challenge), "signature") == NULL)
    {
      g_set_error_literal (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_MALFORMED, "Not a signed challenge");
      return NULL;
    }
  if (!read_work (parameters, &work, error))
    return NULL;

  tries = PATIENCE << 4 * strlen (work.key_prefix);
  for (guint32 counter = 0; counter < tries; counter++)
    {
      char derived_key[2 * KEY_SIZE + 1];

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;

      derive (&work, counter, derived_key);
      if (g_str_has_prefix (derived_key, work.key_prefix))
        return write_payload (challenge, counter, derived_key, (g_get_monotonic_time () - start) / 1000);
    }

  g_set_error_literal (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_MALFORMED, "The challenge has no solution");
  return NULL;
}

static JsonNode *
parse_payload (const char  *payload,
               GError     **error)
{
  guint8 json[PAYLOAD_MAX];
  gsize length;

  if (sodium_base642bin (json, sizeof json, payload, strnlen (payload, 2 * PAYLOAD_MAX), NULL, &length, NULL,
                         sodium_base64_VARIANT_ORIGINAL) != 0)
    {
      g_set_error_literal (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_MALFORMED, "Not Base64, or too long");
      return NULL;
    }

  return parse_json ((const char *) json, length, sizeof json, error);
}

static gboolean
check_challenge (JsonObject  *challenge,
                 GBytes      *key,
                 const char  *purpose,
                 gint64       now,
                 Work        *work,
                 GError     **error)
{
  JsonObject *parameters = get_object (challenge, "parameters");
  JsonObject *data = parameters != NULL ? get_object (parameters, "data") : NULL;
  const char *signature = get_string (challenge, "signature");
  const char *made_for = data != NULL ? get_string (data, "purpose") : NULL;
  gint64 expires_at = parameters != NULL ? get_int (parameters, "expiresAt") : -1;
  g_autofree char *canonical = NULL;
  g_autofree char *expected = NULL;

  /* The signature is checked over what is read here, so there must be nothing else. */
  if (parameters == NULL || json_object_get_size (parameters) != 8
      || data == NULL || json_object_get_size (data) != 1
      || !is_purpose (made_for) || expires_at < 0 || !is_hex (signature, 64))
    {
      g_set_error_literal (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_MALFORMED, "Not a challenge of this server");
      return FALSE;
    }
  if (!read_work (parameters, work, error))
    return FALSE;

  canonical = write_parameters (work, made_for, expires_at);
  expected = sign (key, canonical);
  if (sodium_memcmp (expected, signature, 64) != 0)
    {
      g_set_error_literal (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_FORGED, "The challenge was signed by somebody else");
      return FALSE;
    }
  if (expires_at < now)
    {
      g_set_error_literal (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_EXPIRED, "The challenge has expired");
      return FALSE;
    }
  if (!g_str_equal (made_for, purpose))
    {
      g_set_error_literal (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_PURPOSE, "The challenge was made for something else");
      return FALSE;
    }

  return TRUE;
}

/**
 * fl_altcha_proof_open:
 * @payload_base64: what the client sent
 * @key: the key that the challenge was signed with
 * @purpose: what the solution has to be good for
 * @now: Unix time in seconds
 * @error: return location for an error
 *
 * Checks everything that is cheap. What is left is whether the work has been done, and whether it has been used before.
 *
 * Returns: (transfer full) (nullable): a challenge of ours with what shall be its solution
 */
FlAltchaProof *
fl_altcha_proof_open (const char  *payload_base64,
                      GBytes      *key,
                      const char  *purpose,
                      gint64       now,
                      GError     **error)
{
  g_autoptr (FlAltchaProof) self = NULL;
  JsonObject *challenge;
  JsonObject *solution;
  const char *claimed;

  g_return_val_if_fail (payload_base64 != NULL && key != NULL && purpose != NULL, NULL);

  self = g_new0 (FlAltchaProof, 1);
  self->payload = parse_payload (payload_base64, error);
  if (self->payload == NULL)
    return NULL;

  challenge = get_object (json_node_get_object (self->payload), "challenge");
  solution = get_object (json_node_get_object (self->payload), "solution");
  self->counter = solution != NULL ? get_int (solution, "counter") : -1;
  claimed = solution != NULL ? get_string (solution, "derivedKey") : NULL;
  if (challenge == NULL || self->counter < 0 || self->counter > G_MAXUINT32 || !is_hex (claimed, 2 * KEY_SIZE))
    {
      g_set_error_literal (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_MALFORMED, "Not a challenge with its solution");
      return NULL;
    }
  if (!check_challenge (challenge, key, purpose, now, &self->work, error))
    return NULL;
  if (!g_str_has_prefix (claimed, self->work.key_prefix))
    {
      g_set_error_literal (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_FORGED, "What is claimed solves no challenge");
      return NULL;
    }
  self->claimed = claimed;
  return g_steal_pointer (&self);
}

/**
 * fl_altcha_proof_free:
 * @self: (transfer full): a proof
 *
 * Frees it.
 */
void
fl_altcha_proof_free (FlAltchaProof *self)
{
  g_clear_pointer (&self->payload, json_node_unref);
  g_free (self);
}

/**
 * fl_altcha_proof_get_nonce:
 * @self: a proof
 *
 * Returns: what tells this challenge from all others. Remember it until the challenge expires and refuse it the second
 *   time: nothing here can know that it has been used
 */
const char *
fl_altcha_proof_get_nonce (const FlAltchaProof *self)
{
  return self->work.nonce;
}

/**
 * fl_altcha_proof_is_solved:
 * @self: a proof
 *
 * Derives a key, which costs what one try has cost the client.
 *
 * Returns: whether the work has been done
 */
gboolean
fl_altcha_proof_is_solved (const FlAltchaProof *self)
{
  char derived_key[2 * KEY_SIZE + 1];

  derive (&self->work, (guint32) self->counter, derived_key);
  return sodium_memcmp (derived_key, self->claimed, 2 * KEY_SIZE) == 0;
}

/**
 * fl_altcha_verify:
 * @payload_base64: what the client sent
 * @key: the key that the challenge was signed with
 * @purpose: what the solution has to be good for
 * @now: Unix time in seconds
 * @nonce: (out) (optional) (transfer full): see fl_altcha_proof_get_nonce()
 * @error: return location for an error
 *
 * Checks a solution. What is cheap comes first, so that only the owner of a signed challenge can make the server derive
 * a key.
 *
 * Returns: whether the work has been done
 */
gboolean
fl_altcha_verify (const char  *payload_base64,
                  GBytes      *key,
                  const char  *purpose,
                  gint64       now,
                  char       **nonce,
                  GError     **error)
{
  g_autoptr (FlAltchaProof) proof = fl_altcha_proof_open (payload_base64, key, purpose, now, error);

  if (proof == NULL)
    return FALSE;
  if (!fl_altcha_proof_is_solved (proof))
    {
      g_set_error_literal (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_FORGED, "The solution does not solve the challenge");
      return FALSE;
    }
  if (nonce != NULL)
    *nonce = g_strdup (fl_altcha_proof_get_nonce (proof));
  return TRUE;
}
