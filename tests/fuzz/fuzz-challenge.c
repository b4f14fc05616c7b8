/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

#include "fl-altcha.h"

#include <json-glib/json-glib.h>
#include <nettle/hmac.h>
#include <nettle/pbkdf2.h>
#include <string.h>

/* What a server asks a client to solve. The work is made cheap here: a hash takes one pass whatever the challenge costs,
 * and after some tries the person gives up. */

#define TRIES_MOST 512

static GCancellable *person;
static guint tries;

/* In the place of nettle's: the program's own symbols come before those of its libraries. */
void
pbkdf2_hmac_sha256 (size_t         key_length,
                    const uint8_t *key,
                    unsigned int   iterations,
                    size_t         salt_length,
                    const uint8_t *salt,
                    size_t         length,
                    uint8_t       *dst)
{
  struct hmac_sha256_ctx context;

  g_assert_cmpuint (iterations, >=, 1);
  g_assert_cmpuint (length, ==, SHA256_DIGEST_SIZE);
  if (++tries == TRIES_MOST)
    g_cancellable_cancel (person);

  hmac_sha256_set_key (&context, key_length, key);
  hmac_sha256_update (&context, salt_length, salt);
  hmac_sha256_digest (&context, length, dst);
}

/* A solution carries the challenge unchanged, and a key that begins as was asked for. */
static void
check_payload (const char *payload,
               const char *challenge)
{
  gsize length;
  g_autofree guchar *json = g_base64_decode (payload, &length);
  g_autofree char *text = g_strndup ((const char *) json, length);
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  g_autoptr (JsonNode) asked = json_from_string (challenge, NULL);
  JsonObject *object = json_node_get_object (root);
  JsonObject *parameters;
  JsonObject *solution = json_object_get_object_member (object, "solution");

  g_assert_true (json_node_equal (json_object_get_member (object, "challenge"), asked));
  parameters = json_object_get_object_member (json_node_get_object (asked), "parameters");
  g_assert_true (g_str_has_prefix (json_object_get_string_member (solution, "derivedKey"),
                                   json_object_get_string_member (parameters, "keyPrefix")));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *challenge = g_strndup ((const char *) data, size);
  g_autofree char *payload = NULL;
  g_autoptr (GError) error = NULL;

  tries = 0;
  person = g_cancellable_new ();
  payload = fl_altcha_solve (challenge, person, &error);
  g_assert_cmpuint (tries, <=, TRIES_MOST);
  g_clear_object (&person);

  if (payload != NULL)
    {
      g_assert_no_error (error);
      check_payload (payload, challenge);
    }
  else
    {
      g_assert_true (g_error_matches (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_MALFORMED)
                     || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    }
  return 0;
}
