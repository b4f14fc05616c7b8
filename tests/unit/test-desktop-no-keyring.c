/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-desktop-no-keyring"

#include "config.h"

#include "fl-keyring.h"

/* The vault on a computer without a session bus: memory, and no word of complaint. */

static void
on_answered (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static FlSecret *
look_up (FlVault  *vault,
         GError  **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fl_vault_lookup (vault, FL_VAULT_ADDRESS, NULL, on_answered, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return fl_vault_lookup_finish (vault, result, error);
}

static gboolean
store (FlVault   *vault,
       FlSecret  *secret,
       GError   **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fl_vault_store (vault, FL_VAULT_ADDRESS, secret, NULL, on_answered, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return fl_vault_store_finish (vault, result, error);
}

static void
test_memory (void)
{
  g_autoptr (FlVault) vault = fl_keyring_new ();
  g_autoptr (FlSecret) secret = fl_secret_new ("anna@flexhrm.example");
  g_autoptr (FlSecret) found = NULL;
  g_autoptr (GAsyncResult) settled = NULL;
  g_autoptr (GError) error = NULL;

  /* Nobody knows whether there was something. */
  g_assert_null (look_up (vault, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (fl_vault_get_state (vault), ==, FL_VAULT_MEMORY);
  g_assert_true (fl_vault_is_away (vault));

  g_assert_true (store (vault, secret, &error));
  g_assert_no_error (error);
  found = look_up (vault, &error);
  g_assert_no_error (error);
  g_assert_nonnull (found);
  g_assert_true (fl_secret_equal (found, secret));

  fl_keyring_settle_async (FL_KEYRING (vault), on_answered, &settled);
  while (settled == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (fl_keyring_settle_finish (FL_KEYRING (vault), settled, NULL));

  g_assert_true (store (vault, NULL, &error));
  g_assert_null (look_up (vault, NULL));
  g_assert_cmpint (fl_vault_get_state (vault), ==, FL_VAULT_MEMORY);
}

static void
test_store_first (void)
{
  g_autoptr (FlVault) vault = fl_keyring_new ();
  g_autoptr (FlSecret) secret = fl_secret_new ("anna@flexhrm.example");
  g_autoptr (FlSecret) found = NULL;
  g_autoptr (GError) error = NULL;

  /* Whoever stores before it is known that there is no keyring has to be told. */
  g_assert_false (store (vault, secret, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (fl_vault_get_state (vault), ==, FL_VAULT_MEMORY);
  found = look_up (vault, &error);
  g_assert_no_error (error);
  g_assert_nonnull (found);
  g_assert_true (fl_secret_equal (found, secret));
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/no-keyring/memory", test_memory);
  g_test_add_func ("/no-keyring/store-first", test_store_first);

  return g_test_run ();
}
