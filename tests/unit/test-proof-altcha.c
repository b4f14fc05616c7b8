/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-proof"

#include "config.h"

#include "fl-altcha.h"

#include <string.h>

#define KEY "first-login"
#define PURPOSE "recovery"
#define EXPIRES_AT G_GINT64_CONSTANT (4000000000)
#define NOW (EXPIRES_AT - 60)
#define NONCE "3c618ee4ed43612813dcb59fc34b41f5"

/* A challenge and its solution as altcha-lib 2.8.0 wrote them, with the key above. */
#define CHALLENGE \
  "{\"parameters\":{\"algorithm\":\"PBKDF2/SHA-256\",\"cost\":2,\"data\":{\"purpose\":\"" PURPOSE "\"}," \
  "\"expiresAt\":4000000000,\"keyLength\":32,\"keyPrefix\":\"00\",\"nonce\":\"" NONCE "\"," \
  "\"salt\":\"fcd3f5f013e2c056200bbcfbd5170d5c\"}," \
  "\"signature\":\"ba95cc3b4a5b5ee51a21d566ffc325f2cba920562f7204395368687fd2bec38b\"}"
#define SOLUTION \
  "{\"counter\":259,\"derivedKey\":\"0077f226cf719a6b234091eb2998fb5dd84bdf2cff2408b27551da5929435a5d\",\"time\":14.7}"
#define PAYLOAD "{\"challenge\":" CHALLENGE ",\"solution\":" SOLUTION "}"

static GBytes *
new_key (const char *text)
{
  return g_bytes_new_static (text, strlen (text));
}

static gboolean
verify (const char  *payload,
        const char  *key_text,
        const char  *purpose,
        gint64       now,
        char       **nonce,
        GError     **error)
{
  g_autoptr (GBytes) key = new_key (key_text);
  g_autofree char *base64 = g_base64_encode ((const guchar *) payload, strlen (payload));

  return fl_altcha_verify (base64, key, purpose, now, nonce, error);
}

static char *
replace (const char *text,
         const char *from,
         const char *to)
{
  g_autoptr (GString) string = g_string_new (text);

  g_assert_cmpuint (g_string_replace (string, from, to, 1), ==, 1);
  return g_string_free (g_steal_pointer (&string), FALSE);
}

static void
test_library_solution (void)
{
  g_autofree char *nonce = NULL;
  g_autoptr (GError) error = NULL;

  verify (PAYLOAD, KEY, PURPOSE, NOW, &nonce, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (nonce, ==, NONCE);
}

static void
test_library_challenge (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *payload = fl_altcha_solve (CHALLENGE, NULL, &error);
  g_autofree char *json = NULL;
  gsize length;

  g_assert_no_error (error);
  json = (char *) g_base64_decode (payload, &length);
  g_assert_nonnull (g_strstr_len (json, length, "\"counter\":259,"));
  g_assert_nonnull (g_strstr_len (json, length, NONCE));
}

static void
test_round_trip (void)
{
  g_autoptr (GBytes) key = new_key ("another key");
  g_autofree char *first = fl_altcha_challenge_new (key, "sign-in", NOW, 3);
  g_autofree char *second = fl_altcha_challenge_new (key, "sign-in", NOW, 3);
  g_autofree char *payload = NULL;
  g_autofree char *nonce = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (first, !=, second);

  payload = fl_altcha_solve (first, NULL, &error);
  g_assert_no_error (error);
  fl_altcha_verify (payload, key, "sign-in", NOW, &nonce, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (first, nonce));
  g_assert_null (strstr (second, nonce));
}

static void
test_altered (void)
{
  static const struct {
    const char *from;
    const char *to;
    FlAltchaError code;
  } cases[] = {
    { "\"counter\":259", "\"counter\":260", FL_ALTCHA_ERROR_FORGED },
    { "\"0077f2", "\"0077f3", FL_ALTCHA_ERROR_FORGED },
    { "\"cost\":2", "\"cost\":1", FL_ALTCHA_ERROR_FORGED },
    { "\"keyPrefix\":\"00\"", "\"keyPrefix\":\"0\"", FL_ALTCHA_ERROR_FORGED },
    { "\"expiresAt\":4000000000", "\"expiresAt\":4000000001", FL_ALTCHA_ERROR_FORGED },
    { "\"nonce\":\"3", "\"nonce\":\"4", FL_ALTCHA_ERROR_FORGED },
    { "\"salt\":\"f", "\"salt\":\"e", FL_ALTCHA_ERROR_FORGED },
    { "\"signature\":\"b", "\"signature\":\"c", FL_ALTCHA_ERROR_FORGED },
    { "\"purpose\":\"recovery\"", "\"purpose\":\"sign-in\"", FL_ALTCHA_ERROR_FORGED },
    { "\"counter\":259", "\"counter\":259.0", FL_ALTCHA_ERROR_MALFORMED },
    { "\"counter\":259", "\"counter\":\"259\"", FL_ALTCHA_ERROR_MALFORMED },
    { "\"counter\":259", "\"counter\":-1", FL_ALTCHA_ERROR_MALFORMED },
    { "\"counter\":259", "\"counter\":4294967555", FL_ALTCHA_ERROR_MALFORMED }, /* 259 in 32 bits */
    { "\"counter\":259", "\"counter\":null", FL_ALTCHA_ERROR_MALFORMED },
    { "\"counter\":259", "\"count\":259", FL_ALTCHA_ERROR_MALFORMED },
    { "\"0077f2", "\"0077F2", FL_ALTCHA_ERROR_MALFORMED },
    { "\"0077f2", "\"", FL_ALTCHA_ERROR_MALFORMED },
    { "\"signature\":\"b", "\"signature\":\"", FL_ALTCHA_ERROR_MALFORMED },
    { "\"signature\":\"b", "\"signature\":\"B", FL_ALTCHA_ERROR_MALFORMED },
    { "\"signature\"", "\"sign\"", FL_ALTCHA_ERROR_MALFORMED },
    { "\"keyPrefix\":\"00\"", "\"keyPrefix\":\"\"", FL_ALTCHA_ERROR_MALFORMED },
    { "\"keyLength\":32", "\"keyLength\":16", FL_ALTCHA_ERROR_MALFORMED },
    { "\"keyLength\":32", "\"keyLength\":32,\"memoryCost\":1", FL_ALTCHA_ERROR_MALFORMED },
    { "\"purpose\":\"recovery\"", "\"purpose\":\"recovery\",\"x\":1", FL_ALTCHA_ERROR_MALFORMED },
    { "\"purpose\":\"recovery\"", "\"purpose\":\"re\\\"covery\"", FL_ALTCHA_ERROR_MALFORMED },
    { "{\"purpose\":\"recovery\"}", "[\"recovery\"]", FL_ALTCHA_ERROR_MALFORMED },
    { "{\"purpose\":\"recovery\"}", "{}", FL_ALTCHA_ERROR_MALFORMED },
    { "\"expiresAt\":4000000000", "\"expiresAt\":\"4000000000\"", FL_ALTCHA_ERROR_MALFORMED },
    { "PBKDF2/SHA-256", "SHA-256", FL_ALTCHA_ERROR_MALFORMED },
    { "\"cost\":2", "\"cost\":65537", FL_ALTCHA_ERROR_MALFORMED },
    { "\"cost\":2", "\"cost\":0", FL_ALTCHA_ERROR_MALFORMED },
    { "\"parameters\":{", "\"parameters\":[],\"x\":{", FL_ALTCHA_ERROR_MALFORMED },
    { "\"challenge\":{", "\"challenge\":1,\"x\":{", FL_ALTCHA_ERROR_MALFORMED },
    { "\"solution\":{", "\"solution\":null,\"x\":{", FL_ALTCHA_ERROR_MALFORMED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *payload = replace (PAYLOAD, cases[i].from, cases[i].to);
      g_autofree char *nonce = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].to);
      g_assert_false (verify (payload, KEY, PURPOSE, NOW, &nonce, &error));
      g_assert_error (error, FL_ALTCHA_ERROR, (int) cases[i].code);
      g_assert_null (nonce);
    }
}

/* The key is right for the counter, but it does not start with the prefix: the work was not done. */
static void
test_no_work (void)
{
  static const char payload[] =
    "{\"challenge\":" CHALLENGE ",\"solution\":{\"counter\":0,"
    "\"derivedKey\":\"ed3739b1b9a33fab53b02413ff189e1c93e954598932e3f9d69a64b9160b0122\",\"time\":0}}";
  g_autoptr (GError) error = NULL;

  g_assert_false (verify (payload, KEY, PURPOSE, NOW, NULL, &error));
  g_assert_error (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_FORGED);
}

static void
test_circumstances (void)
{
  g_autoptr (GError) other_key = NULL;
  g_autoptr (GError) late = NULL;
  g_autoptr (GError) other_purpose = NULL;

  g_assert_false (verify (PAYLOAD, "First-login", PURPOSE, NOW, NULL, &other_key));
  g_assert_error (other_key, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_FORGED);
  g_assert_true (verify (PAYLOAD, KEY, PURPOSE, EXPIRES_AT, NULL, NULL));
  g_assert_false (verify (PAYLOAD, KEY, PURPOSE, EXPIRES_AT + 1, NULL, &late));
  g_assert_error (late, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_EXPIRED);
  g_assert_false (verify (PAYLOAD, KEY, "sign-in", NOW, NULL, &other_purpose));
  g_assert_error (other_purpose, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_PURPOSE);
}

static void
test_not_a_payload (void)
{
  static const char * const payloads[] = {
    "", "=", "!", "e30", "e30=\n", " e30=", "e30=e30=", "e3-_", "bnVsbA==", "W10=", "e30A", "\xff",
  };
  g_autoptr (GBytes) key = new_key (KEY);
  g_autofree char *megabyte = g_strnfill (1024 * 1024, 'A');

  for (gsize i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (fl_altcha_verify (payloads[i], key, PURPOSE, NOW, NULL, &error));
      g_assert_error (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_MALFORMED);
    }

  g_assert_false (fl_altcha_verify (megabyte, key, PURPOSE, NOW, NULL, NULL));
}

/* What a lying server could ask this computer to do. */
static void
test_not_solved (void)
{
  static const char * const changes[][2] = {
    { "PBKDF2/SHA-256", "PBKDF2/SHA-512" },
    { "PBKDF2/SHA-256", "ARGON2ID" },
    { "\"algorithm\"", "\"x\"" },
    { "\"cost\":2", "\"cost\":65537" },
    { "\"cost\":2", "\"cost\":4294967298" },
    { "\"cost\":2", "\"cost\":0" },
    { "\"cost\":2", "\"cost\":-2" },
    { "\"cost\":2", "\"cost\":2.5" },
    { "\"cost\":2", "\"cost\":\"2\"" },
    { "\"cost\":2", "\"cost\":[2]" },
    { "\"keyPrefix\":\"00\"", "\"keyPrefix\":\"00000\"" },
    { "\"keyLength\":32,\"keyPrefix\":\"00\"", "\"keyLength\":32,\"keyPrefix\":\"0000\",\"cost\":257" },
    { "\"keyPrefix\":\"00\"", "\"keyPrefix\":\"\"" },
    { "\"keyPrefix\":\"00\"", "\"keyPrefix\":\"zz\"" },
    { "\"keyPrefix\":\"00\"", "\"keyPrefix\":\"FF\"" },
    { "\"keyPrefix\":\"00\"", "\"keyPrefix\":0" },
    { "\"keyPrefix\":\"00\"", "\"x\":0" },
    { "\"keyLength\":32", "\"keyLength\":1073741824" },
    { "\"nonce\":\"3", "\"nonce\":\"" },
    { "\"nonce\":\"3", "\"nonce\":\"33" },
    { "\"salt\":\"f", "\"salt\":\"g" },
    { "\"salt\":\"f", "\"salt\":null,\"x\":\"f" },
    { "\"signature\":\"", "\"signature\":1,\"x\":\"" },
    { "\"parameters\":{", "\"parameters\":null,\"x\":{" },
    { "{\"parameters\"", "[{\"parameters\"" },
    { "\"purpose\"", "\"\\u0000\"" },
  };
  g_autofree char *megabyte = g_strnfill (1024 * 1024, '{');

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *challenge = replace (CHALLENGE, changes[i][0], changes[i][1]);
      g_autofree char *payload = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", changes[i][1]);
      payload = fl_altcha_solve (challenge, NULL, &error);
      g_assert_null (payload);
      g_assert_error (error, FL_ALTCHA_ERROR, FL_ALTCHA_ERROR_MALFORMED);
    }

  g_assert_null (fl_altcha_solve ("", NULL, NULL));
  g_assert_null (fl_altcha_solve (megabyte, NULL, NULL));
}

static gpointer
solve_in_thread (gpointer cancellable)
{
  /* Some seconds of work: the most that is accepted. */
  g_autofree char *expensive = replace (CHALLENGE, "\"cost\":2", "\"cost\":65536");
  GError *error = NULL;

  g_assert_null (fl_altcha_solve (expensive, cancellable, &error));
  return error;
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) before = NULL;
  g_autoptr (GError) during = NULL;
  GThread *thread = g_thread_new ("altcha", solve_in_thread, cancellable);

  g_cancellable_cancel (cancellable);
  during = g_thread_join (thread);
  g_assert_error (during, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_assert_null (fl_altcha_solve (CHALLENGE, cancellable, &before));
  g_assert_error (before, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proof/altcha/library-solution", test_library_solution);
  g_test_add_func ("/proof/altcha/library-challenge", test_library_challenge);
  g_test_add_func ("/proof/altcha/round-trip", test_round_trip);
  g_test_add_func ("/proof/altcha/altered", test_altered);
  g_test_add_func ("/proof/altcha/no-work", test_no_work);
  g_test_add_func ("/proof/altcha/circumstances", test_circumstances);
  g_test_add_func ("/proof/altcha/not-a-payload", test_not_a_payload);
  g_test_add_func ("/proof/altcha/not-solved", test_not_solved);
  g_test_add_func ("/proof/altcha/cancel", test_cancel);

  return g_test_run ();
}
