/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"
#include "fl-fuzz-service.h"

#include "fl-import.h"

/* Accounts that an administrator gives the service: read and stored, or refused with a reason. */

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  FlEngine *engine = fl_fuzz_service_get_engine ();
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlImport) import = fl_import_new (text, &error);

  if (import == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }

  g_assert_no_error (error);
  fl_store_begin (engine->store);
  fl_store_clear (engine->store);
  fl_import_skip_known (import, engine);
  g_assert_true (fl_import_hash (import, &error));
  fl_import_apply (import, engine);
  g_assert_true (fl_store_commit (engine->store));
  return 0;
}
