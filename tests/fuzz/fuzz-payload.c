/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

#include "fl-altcha.h"

#include <string.h>

/* What a client sends as the solution of a robot check. The service lets in what it has signed itself, for what it was
 * made for and as long as it holds, and nothing else. The inputs in corpus/payload were solved from these challenges. */

#define KEY "the key of the fuzz targets"
#define EXPIRES_AT 4102444800 /* 2100-01-01 */

static const char * const ours[] = {
  "a5ba47a4b38d34caf0a4e5a6e4b5a1d0",
};

static void
check (const char *payload,
       const char *purpose,
       gint64      now,
       gboolean    may_pass)
{
  static GBytes *key;
  g_autoptr (GError) error = NULL;
  g_autofree char *nonce = NULL;

  if (key == NULL)
    key = g_bytes_new_static (KEY, strlen (KEY));

  if (!fl_altcha_verify (payload, key, purpose, now, &nonce, &error))
    {
      g_assert_true (error->domain == FL_ALTCHA_ERROR);
      g_assert_null (nonce);
      return;
    }

  g_assert_no_error (error);
  g_assert_true (may_pass);
  g_assert_true (g_strv_contains (ours, nonce));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *encoded = g_base64_encode (data, size);

  /* As it comes, and as JSON whose Base64 is made here, so that changes reach the inside. */
  check (text, "recovery", EXPIRES_AT, TRUE);
  check (encoded, "recovery", EXPIRES_AT, TRUE);
  check (encoded, "recovery", EXPIRES_AT + 1, FALSE);
  check (encoded, "nothing", EXPIRES_AT, FALSE);
  return 0;
}
