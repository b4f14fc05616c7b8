/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-desktop-keyring"

#include "config.h"

#include "fl-keyring.h"
#include "keyring-daemon.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* The vault against a real keyring on a bus of its own: tests/tools/with-keyring starts both. */

static void
on_answered (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static char *
look_up (FlVault    *vault,
         const char *name)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlSecret) secret = NULL;

  fl_vault_lookup (vault, name, NULL, on_answered, &result);
  wait_for (&result);
  secret = fl_vault_lookup_finish (vault, result, &error);
  g_assert_no_error (error);

  return secret != NULL ? g_strdup (fl_secret_get_text (secret)) : NULL;
}

static gboolean
store (FlVault     *vault,
       const char  *name,
       const char  *text,
       GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FlSecret) secret = text != NULL ? fl_secret_new (text) : NULL;

  fl_vault_store (vault, name, secret, NULL, on_answered, &result);
  wait_for (&result);

  return fl_vault_store_finish (vault, result, error);
}

static void
assert_kept (const char *name,
             const char *expected)
{
  g_autoptr (FlVault) another = fl_keyring_new ();
  g_autofree char *text = look_up (another, name);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpint (fl_vault_get_state (another), ==, FL_VAULT_KEPT);
}

/* However long it takes: that a program which ends waits two seconds only is not asked here. */
static void
settle (FlVault *vault)
{
  gboolean written = FALSE;

  while (!written)
    {
      g_autoptr (GAsyncResult) result = NULL;

      fl_keyring_settle_async (FL_KEYRING (vault), on_answered, &result);
      wait_for (&result);
      written = fl_keyring_settle_finish (FL_KEYRING (vault), result, NULL);
    }
}

static void
on_state_changed (FlVault    *vault,
                  GParamSpec *pspec,
                  gpointer    user_data)
{
  guint state;

  g_object_get (vault, "state", &state, NULL);
  g_assert_cmpuint (state, ==, fl_vault_get_state (vault));
  g_string_append_c (user_data, "?KMLSN"[state]);
}

static void
test_keeps (void)
{
  g_autoptr (FlVault) vault = fl_keyring_new ();
  g_autoptr (GString) states = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_signal_connect (vault, "notify::state", G_CALLBACK (on_state_changed), states);
  g_assert_cmpint (fl_vault_get_state (vault), ==, FL_VAULT_UNKNOWN);
  g_assert_null (look_up (vault, FL_VAULT_ADDRESS));
  g_assert_cmpint (fl_vault_get_state (vault), ==, FL_VAULT_KEPT);

  g_assert_true (store (vault, FL_VAULT_ADDRESS, "anna@flexhrm.example", &error));
  g_assert_no_error (error);
  g_assert_true (store (vault, FL_VAULT_JOURNAL, "{}", &error));
  text = look_up (vault, FL_VAULT_ADDRESS);
  g_assert_cmpstr (text, ==, "anna@flexhrm.example");
  assert_kept (FL_VAULT_ADDRESS, "anna@flexhrm.example");
  assert_kept (FL_VAULT_JOURNAL, "{}");

  g_assert_true (store (vault, FL_VAULT_ADDRESS, NULL, &error));
  assert_kept (FL_VAULT_ADDRESS, NULL);
  assert_kept (FL_VAULT_JOURNAL, "{}");
  g_assert_true (store (vault, FL_VAULT_ADDRESS, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (states->str, ==, "K");

  g_signal_handlers_disconnect_by_data (vault, states);
}

static void
test_order (void)
{
  g_autoptr (FlVault) vault = fl_keyring_new ();
  g_autofree char *text = NULL;

  for (int i = 0; i < 20; i++)
    {
      g_autofree char *value = g_strdup_printf ("%d", i);
      g_autoptr (FlSecret) secret = fl_secret_new (value);

      fl_vault_store (vault, FL_VAULT_JOURNAL, secret, NULL, NULL, NULL);
    }
  text = look_up (vault, FL_VAULT_JOURNAL);
  g_assert_cmpstr (text, ==, "19");

  settle (vault);
  assert_kept (FL_VAULT_JOURNAL, "19");
}

static void
test_bytes (void)
{
  g_autoptr (FlVault) vault = fl_keyring_new ();
  g_autoptr (FlVault) another = fl_keyring_new ();
  g_autoptr (FlSecret) written = fl_secret_new_length ("a\0\xff" "b", 4);
  g_autoptr (FlSecret) read = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  fl_vault_store (vault, FL_VAULT_JOURNAL, written, NULL, NULL, NULL);
  settle (vault);
  fl_vault_lookup (another, FL_VAULT_JOURNAL, NULL, on_answered, &result);
  wait_for (&result);
  read = fl_vault_lookup_finish (another, result, NULL);
  g_assert_nonnull (read);
  g_assert_true (fl_secret_equal (read, written));
}

static void
test_slow (void)
{
  g_autoptr (FlVault) vault = g_object_new (FL_TYPE_KEYRING, "patience", 20, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FlSecret) secret = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (store (vault, FL_VAULT_ADDRESS, "erik@flexhrm.example", &error));

  g_assert_cmpint (kill (keyring_daemon_pid, SIGSTOP), ==, 0);
  fl_vault_lookup (vault, FL_VAULT_ADDRESS, NULL, on_answered, &result);
  while (fl_vault_get_state (vault) != FL_VAULT_SILENT)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (result);

  g_assert_cmpint (kill (keyring_daemon_pid, SIGCONT), ==, 0);
  wait_for (&result);
  secret = fl_vault_lookup_finish (vault, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fl_secret_get_text (secret), ==, "erik@flexhrm.example");
  g_assert_cmpint (fl_vault_get_state (vault), ==, FL_VAULT_KEPT);
}

static void
test_cancelled (void)
{
  g_autoptr (FlVault) vault = fl_keyring_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GCancellable) running_cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) running = NULL;
  g_autoptr (GAsyncResult) waiting = NULL;
  g_autoptr (GAsyncResult) stored = NULL;
  g_autoptr (FlSecret) secret = fl_secret_new ("not this");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (store (vault, FL_VAULT_ADDRESS, "before", &error));

  g_assert_cmpint (kill (keyring_daemon_pid, SIGSTOP), ==, 0);
  fl_vault_lookup (vault, FL_VAULT_ADDRESS, running_cancellable, on_answered, &running);
  fl_vault_lookup (vault, FL_VAULT_JOURNAL, cancellable, on_answered, &waiting);
  fl_vault_store (vault, FL_VAULT_ADDRESS, secret, cancellable, on_answered, &stored);
  g_cancellable_cancel (cancellable);
  wait_for (&waiting);
  wait_for (&stored);
  g_assert_null (running);
  g_cancellable_cancel (running_cancellable);
  wait_for (&running);
  g_assert_null (fl_vault_lookup_finish (vault, running, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (fl_vault_lookup_finish (vault, waiting, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (fl_vault_store_finish (vault, stored, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (fl_vault_get_state (vault), ==, FL_VAULT_KEPT);

  g_assert_cmpint (kill (keyring_daemon_pid, SIGCONT), ==, 0);
  text = look_up (vault, FL_VAULT_ADDRESS);
  g_assert_cmpstr (text, ==, "before");
}

static char *
fail_to_look_up (FlVault    *vault,
                 const char *name)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlSecret) secret = NULL;

  fl_vault_lookup (vault, name, NULL, on_answered, &result);
  wait_for (&result);
  secret = fl_vault_lookup_finish (vault, result, &error);
  g_assert_null (secret);
  g_assert_nonnull (error);

  return g_strdup (error->message);
}

static void
wait_for_state (FlVault      *vault,
                FlVaultState  state)
{
  while (fl_vault_get_state (vault) != state)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_locked (void)
{
  g_autoptr (FlVault) vault = fl_keyring_new ();
  g_autoptr (GString) states = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  g_autofree char *journal = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *another = NULL;

  g_assert_true (store (vault, FL_VAULT_ADDRESS, "locked in", &error));
  g_assert_true (store (vault, FL_VAULT_JOURNAL, NULL, &error));
  keyring_daemon_lock ();
  keyring_daemon_prompts = 0;
  g_signal_connect (vault, "notify::state", G_CALLBACK (on_state_changed), states);

  /* Nobody answers the question, and it is asked once; that nothing was found says nothing. */
  reason = fail_to_look_up (vault, FL_VAULT_ADDRESS);
  g_assert_cmpint (fl_vault_get_state (vault), ==, FL_VAULT_LOCKED);
  g_assert_cmpuint (keyring_daemon_prompts, ==, 1);
  g_assert_true (store (vault, FL_VAULT_JOURNAL, "in memory", &error));
  journal = look_up (vault, FL_VAULT_JOURNAL);
  g_assert_cmpstr (journal, ==, "in memory");
  another = fail_to_look_up (vault, FL_VAULT_ADDRESS);
  g_assert_true (store (vault, FL_VAULT_JOURNAL, NULL, &error));
  g_assert_true (store (vault, FL_VAULT_JOURNAL, "still in memory", &error));
  g_assert_cmpuint (keyring_daemon_prompts, ==, 1);
  g_assert_cmpint (fl_vault_get_state (vault), ==, FL_VAULT_LOCKED);

  /* Once it is unlocked, what it has missed is brought, though nobody asks. */
  keyring_daemon_unlock ();
  wait_for_state (vault, FL_VAULT_KEPT);
  settle (vault);
  assert_kept (FL_VAULT_JOURNAL, "still in memory");
  address = look_up (vault, FL_VAULT_ADDRESS);
  g_assert_cmpstr (address, ==, "locked in");
  g_assert_cmpuint (keyring_daemon_prompts, ==, 1);
  g_assert_cmpstr (states->str, ==, "LK");

  g_signal_handlers_disconnect_by_data (vault, states);
}

/* The first thing that is wanted of a locked keyring is to take something: the same question, once. */
static void
test_locked_store (void)
{
  g_autoptr (FlVault) vault = fl_keyring_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (store (vault, FL_VAULT_JOURNAL, "before", &error));
  keyring_daemon_lock ();
  keyring_daemon_prompts = 0;
  g_assert_false (store (vault, "third", "x", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (fl_vault_get_state (vault), ==, FL_VAULT_LOCKED);
  g_assert_true (store (vault, FL_VAULT_JOURNAL, NULL, &error));
  g_assert_cmpuint (keyring_daemon_prompts, ==, 1);

  keyring_daemon_unlock ();
  wait_for_state (vault, FL_VAULT_KEPT);
  settle (vault);
  assert_kept ("third", "x");
  assert_kept (FL_VAULT_JOURNAL, NULL);
}

static void
on_first_stored (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_assert_true (fl_vault_store_finish (FL_VAULT (source), result, NULL));
  g_assert_cmpint (kill (keyring_daemon_pid, SIGKILL), ==, 0);
}

/* libsecret of later years says so when the service goes while it is being asked. */
static gboolean
is_fatal (const char     *domain,
          GLogLevelFlags  level,
          const char     *message,
          gpointer        data)
{
  return g_strcmp0 (domain, "libsecret") != 0 || strstr (message, "out of sync with the watch for its DBus name") == NULL;
}

static void
test_dies_between (void)
{
  g_autoptr (FlVault) vault = fl_keyring_new ();
  g_autoptr (FlSecret) first = fl_secret_new ("first");
  g_autoptr (FlSecret) second = fl_secret_new ("second");
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *text = NULL;

  g_test_log_set_fatal_handler (is_fatal, NULL);
  fl_vault_store (vault, FL_VAULT_ADDRESS, first, NULL, on_first_stored, NULL);
  fl_vault_store (vault, FL_VAULT_ADDRESS, second, NULL, on_answered, &result);
  wait_for (&result);
  g_assert_false (fl_vault_store_finish (vault, result, NULL));
  text = look_up (vault, FL_VAULT_ADDRESS);
  g_assert_cmpstr (text, ==, "second");

  keyring_daemon_wait (FALSE);
  keyring_daemon_start ();
  keyring_daemon_wait (TRUE);
}

/* A disk of 64 kB, which only the keyring sees. */
#define FULL "folder=\"${XDG_DATA_HOME:-$HOME/.local/share}/keyrings\"; mkdir -p \"$folder\" && " \
             "mount -t tmpfs -o size=64k tmpfs \"$folder\" && " \
             "exec gnome-keyring-daemon --foreground --unlock --components=secrets"

static const char * const with_small_disk[] = {
  "unshare", "--map-current-user", "--keep-caps", "--mount", "sh", "-c", FULL, NULL
};

static void
test_full_disk (void)
{
  g_autoptr (FlVault) vault = fl_keyring_new ();
  g_autofree char *large = g_strnfill (100 * 1024, 'x');
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!g_spawn_command_line_sync ("unshare --map-current-user --keep-caps --mount mount -t tmpfs tmpfs /tmp",
                                  NULL, NULL, &status, NULL) || status != 0)
    {
      g_test_skip ("A disk cannot be made here");
      return;
    }

  g_assert_cmpint (kill (keyring_daemon_pid, SIGKILL), ==, 0);
  keyring_daemon_wait (FALSE);
  keyring_daemon_start_by (with_small_disk);
  keyring_daemon_wait (TRUE);
  g_assert_true (store (vault, FL_VAULT_ADDRESS, "before", &error));
  g_assert_false (store (vault, FL_VAULT_JOURNAL, large, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (fl_vault_get_state (vault), ==, FL_VAULT_SILENT);
  text = look_up (vault, FL_VAULT_JOURNAL);
  g_assert_cmpstr (text, ==, large);
  assert_kept (FL_VAULT_ADDRESS, "before");

  /* What is wanted next fits again. */
  g_assert_true (store (vault, FL_VAULT_JOURNAL, "after", &error));
  settle (vault);
  g_assert_cmpint (fl_vault_get_state (vault), ==, FL_VAULT_KEPT);
  assert_kept (FL_VAULT_JOURNAL, "after");
}

static FlVaultState
look (GCancellable *cancellable)
{
  g_autoptr (GAsyncResult) result = NULL;

  fl_keyring_look_async (cancellable, on_answered, &result);
  wait_for (&result);

  return fl_keyring_look_finish (result);
}

/* Looking at a keyring opens nothing, asks nobody, and does not wait for longer than it is let. */
static void
test_look (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_cmpint (look (NULL), ==, FL_VAULT_KEPT);

  keyring_daemon_lock ();
  keyring_daemon_prompts = 0;
  g_assert_cmpint (look (NULL), ==, FL_VAULT_LOCKED);
  g_assert_cmpuint (keyring_daemon_prompts, ==, 0);
  keyring_daemon_unlock ();

  g_assert_cmpint (kill (keyring_daemon_pid, SIGSTOP), ==, 0);
  fl_keyring_look_async (cancellable, on_answered, &result);
  g_cancellable_cancel (cancellable);
  wait_for (&result);
  g_assert_cmpint (fl_keyring_look_finish (result), ==, FL_VAULT_SILENT);
  g_assert_cmpint (kill (keyring_daemon_pid, SIGCONT), ==, 0);

  g_assert_cmpint (look (NULL), ==, FL_VAULT_KEPT);
  g_assert_cmpint (kill (keyring_daemon_pid, SIGKILL), ==, 0);
  keyring_daemon_wait (FALSE);
  g_assert_cmpint (look (NULL), ==, FL_VAULT_MEMORY);
  keyring_daemon_start ();
  keyring_daemon_wait (TRUE);
  g_assert_cmpint (look (NULL), ==, FL_VAULT_KEPT);
}

static void
test_dies (void)
{
  g_autoptr (FlVault) vault = fl_keyring_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (store (vault, FL_VAULT_ADDRESS, "before", &error));
  g_assert_cmpint (kill (keyring_daemon_pid, SIGKILL), ==, 0);
  keyring_daemon_wait (FALSE);

  g_assert_false (store (vault, FL_VAULT_ADDRESS, "after", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (fl_vault_get_state (vault), ==, FL_VAULT_MEMORY);
  text = look_up (vault, FL_VAULT_ADDRESS);
  g_assert_cmpstr (text, ==, "after");
  g_assert_true (store (vault, FL_VAULT_JOURNAL, NULL, &error));
  g_assert_no_error (error);

  /* It comes back, and is used again though nothing more is stored. */
  keyring_daemon_start ();
  wait_for_state (vault, FL_VAULT_KEPT);
  settle (vault);
  assert_kept (FL_VAULT_ADDRESS, "after");
  assert_kept (FL_VAULT_JOURNAL, NULL);

  g_assert_cmpint (kill (keyring_daemon_pid, SIGKILL), ==, 0);
}

static void
test_finalized (void)
{
  FlVault *vault = fl_keyring_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GWeakRef weak;
  g_autoptr (GObject) left = NULL;

  g_weak_ref_init (&weak, vault);
  fl_vault_lookup (vault, FL_VAULT_ADDRESS, cancellable, NULL, NULL);
  fl_vault_lookup (vault, FL_VAULT_JOURNAL, cancellable, NULL, NULL);
  settle (vault);
  g_object_unref (vault);

  /* The calls that are under way keep it, and nothing else. The last one may let go in its own thread, unheard here. */
  while ((left = g_weak_ref_get (&weak)) != NULL)
    {
      g_clear_object (&left);
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
  g_weak_ref_clear (&weak);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("FL_KEYRING_PID"));
  keyring_daemon_pid = (pid_t) g_ascii_strtoll (g_getenv ("FL_KEYRING_PID"), NULL, 10);

  keyring_daemon_own_prompter ();

  g_test_add_func ("/keyring/keeps", test_keeps);
  g_test_add_func ("/keyring/order", test_order);
  g_test_add_func ("/keyring/bytes", test_bytes);
  g_test_add_func ("/keyring/slow", test_slow);
  g_test_add_func ("/keyring/cancelled", test_cancelled);
  g_test_add_func ("/keyring/finalized", test_finalized);
  g_test_add_func ("/keyring/locked", test_locked);
  g_test_add_func ("/keyring/locked-store", test_locked_store);
  g_test_add_func ("/keyring/look", test_look);
  g_test_add_func ("/keyring/dies-between", test_dies_between);
  g_test_add_func ("/keyring/full-disk", test_full_disk);
  g_test_add_func ("/keyring/dies", test_dies);

  return g_test_run ();
}
