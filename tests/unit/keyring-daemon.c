/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "keyring-daemon"

#include "config.h"

#include "keyring-daemon.h"

#include <gio/gio.h>
#include <string.h>

#define LOGIN "/org/freedesktop/secrets/collection/login"

pid_t keyring_daemon_pid;
guint keyring_daemon_prompts;

static GVariant *
call_keyring (const char *interface,
              const char *method,
              GVariant   *parameters)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GError) error = NULL;
  GVariant *reply;

  reply = g_dbus_connection_call_sync (bus, "org.freedesktop.secrets", "/org/freedesktop/secrets", interface, method,
                                       parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);

  return reply;
}

void
keyring_daemon_lock (void)
{
  const char * const collections[] = { LOGIN, NULL };
  g_autoptr (GVariant) reply = NULL;

  reply = call_keyring ("org.freedesktop.Secret.Service", "Lock", g_variant_new ("(^ao)", collections));
}

/* As logging in does it: without a prompt. */
void
keyring_daemon_unlock (void)
{
  g_autoptr (GVariant) opened = NULL;
  g_autoptr (GVariant) reply = NULL;
  const char *session;
  GVariant *secret[4];

  opened = call_keyring ("org.freedesktop.Secret.Service", "OpenSession",
                         g_variant_new ("(sv)", "plain", g_variant_new_string ("")));
  g_variant_get (opened, "(v&o)", NULL, &session);
  secret[0] = g_variant_new_object_path (session);
  secret[1] = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "", 0, 1);
  secret[2] = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "keyring", strlen ("keyring"), 1);
  secret[3] = g_variant_new_string ("text/plain");
  reply = call_keyring ("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface", "UnlockWithMasterPassword",
                        g_variant_new ("(o@(oayays))", LOGIN, g_variant_new_tuple (secret, 4)));
}

void
keyring_daemon_start_by (const char * const *words)
{
  g_autoptr (GSubprocess) daemon = NULL;
  g_autoptr (GError) error = NULL;

  daemon = g_subprocess_newv (words, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                              G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (daemon), "keyring", strlen ("keyring"), NULL, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_close (g_subprocess_get_stdin_pipe (daemon), NULL, &error);
  g_assert_no_error (error);
  keyring_daemon_pid = (pid_t) g_ascii_strtoll (g_subprocess_get_identifier (daemon), NULL, 10);
}

void
keyring_daemon_start (void)
{
  static const char * const words[] = {
    "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", NULL
  };

  keyring_daemon_start_by (words);
}

static void
on_prompter_called (GDBusConnection       *connection,
                    const char            *sender,
                    const char            *path,
                    const char            *interface,
                    const char            *method,
                    GVariant              *parameters,
                    GDBusMethodInvocation *invocation,
                    gpointer               user_data)
{
  keyring_daemon_prompts += g_str_equal (method, "BeginPrompting");
  g_dbus_method_invocation_return_dbus_error (invocation, "org.gnome.keyring.Prompter.Failed", "Nobody is here");
}

void
keyring_daemon_own_prompter (void)
{
  static const GDBusInterfaceVTable vtable = { on_prompter_called, NULL, NULL, { 0 } };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (
    "<node><interface name='org.gnome.keyring.internal.Prompter'>"
    "<method name='BeginPrompting'><arg type='o' direction='in'/></method>"
    "<method name='PerformPrompt'><arg type='o' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='s' direction='in'/></method>"
    "<method name='StopPrompting'><arg type='o' direction='in'/></method></interface></node>", NULL);
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);

  g_assert_cmpuint (g_dbus_connection_register_object (bus, "/org/gnome/keyring/Prompter", node->interfaces[0], &vtable,
                                                       NULL, NULL, NULL), !=, 0);

  g_bus_own_name_on_connection (bus, "org.gnome.keyring.SystemPrompter", G_BUS_NAME_OWNER_FLAGS_NONE,
                                NULL, NULL, NULL, NULL);
}

static void
on_name_changed (GDBusConnection *bus,
                 const char      *name,
                 const char      *owner,
                 gpointer         user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
on_name_vanished (GDBusConnection *bus,
                  const char      *name,
                  gpointer         user_data)
{
  *(gboolean *) user_data = TRUE;
}

void
keyring_daemon_wait (gboolean there)
{
  gboolean done = FALSE;
  guint id = g_bus_watch_name (G_BUS_TYPE_SESSION, "org.freedesktop.secrets", G_BUS_NAME_WATCHER_FLAGS_NONE,
                               there ? on_name_changed : NULL, there ? NULL : on_name_vanished, &done, NULL);

  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_bus_unwatch_name (id);
}
