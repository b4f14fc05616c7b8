/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-desktop-opener"

#include "config.h"

#include "fl-opener.h"

#include <glib/gstdio.h>
#include <string.h>

/* Opening addresses with the programs of an invented computer: its only one writes down what it was given. */

#define PORTAL_XML \
  "<node><interface name='org.freedesktop.portal.OpenURI'><method name='SchemeSupported'>" \
  "<arg type='s' direction='in'/><arg type='a{sv}' direction='in'/><arg type='b' direction='out'/>" \
  "</method></interface></node>"

static char *place;

static void
on_answered (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static gboolean
open_uri (const char  *uri,
          GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fl_opener_open_async (uri, NULL, on_answered, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return fl_opener_open_finish (result, error);
}

static gboolean
can_open (const char *scheme)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean answer;

  fl_opener_can_open_async (scheme, NULL, on_answered, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = fl_opener_can_open_finish (result, &error);
  g_assert_no_error (error);

  return answer;
}

static FlHandlerKind
look (const char  *scheme,
      char       **id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlHandler) handler = NULL;

  fl_opener_look_async (scheme, NULL, on_answered, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  handler = fl_opener_look_finish (result, &error);
  g_assert_no_error (error);
  if (id != NULL)
    *id = g_strdup (handler->id);

  return handler->kind;
}

static void
write_file (const char *name,
            const char *format,
            ...)
{
  g_autofree char *path = g_build_filename (place, name, NULL);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, &error);
  g_assert_no_error (error);
}

static void
install_browser (void)
{
  write_file ("browser", "#!/bin/sh\nprintf %%s \"$1\" >'%s/aside' && mv '%s/aside' '%s/opened'\n", place, place, place);
  write_file ("data/applications/browser.desktop",
              "[Desktop Entry]\nType=Application\nName=Browser\nExec=%s/browser %%u\n"
              "MimeType=x-scheme-handler/https;x-scheme-handler/otpauth;x-scheme-handler/file;x-scheme-handler/first-login;\n", place);
  write_file ("data/applications/mimeapps.list",
              "[Default Applications]\n"
              "x-scheme-handler/https=browser.desktop\n"
              "x-scheme-handler/otpauth=browser.desktop\n"
              "x-scheme-handler/file=browser.desktop\n"
              "x-scheme-handler/first-login=browser.desktop\n");
}

static void
assert_opens (const char *uri)
{
  g_autofree char *path = g_build_filename (place, "opened", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (open_uri (uri, &error));
  g_assert_no_error (error);
  while (!g_file_get_contents (path, &text, NULL, NULL))
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (text, ==, uri);
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
test_opens (void)
{
  assert_opens ("https://web.flexhrm.com/?a=%26&b=%2F#c");
  assert_opens ("otpauth://totp/Visma%20Connect:anna@flexhrm.example?secret=JBSWY3DPEHPK3PXP&issuer=Visma%20Connect");
}

static void
test_refuses (void)
{
  static const char * const uris[] = {
    "file:///etc/passwd", "first-login:recover", "javascript:alert(1)", "/etc/passwd", "", "otpauth", NULL
  };

  for (gsize i = 0; uris[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (open_uri (uris[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    }
}

static void
test_nobody (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (open_uri ("mailto:help@flexhrm.example", &error));
  g_assert_nonnull (error);
  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static void
test_can_open (void)
{
  g_assert_true (can_open ("otpauth"));
  g_assert_true (can_open ("https"));
  g_assert_false (can_open ("mailto"));
}

static void
test_look (void)
{
  g_autofree char *id = NULL;

  g_assert_cmpint (look ("first-login", &id), ==, FL_HANDLER_THERE);
  g_assert_cmpstr (id, ==, "browser.desktop");
  g_assert_cmpint (look ("mailto", NULL), ==, FL_HANDLER_NONE);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  fl_opener_can_open_async ("otpauth", cancellable, on_answered, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (fl_opener_can_open_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
on_portal_called (GDBusConnection       *bus,
                  const char            *sender,
                  const char            *path,
                  const char            *interface,
                  const char            *method,
                  GVariant              *parameters,
                  GDBusMethodInvocation *invocation,
                  gpointer               user_data)
{
  const char *scheme;

  g_variant_get (parameters, "(&s@a{sv})", &scheme, NULL);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(b)", g_str_equal (scheme, "otpauth")));
}

static void
on_name_acquired (GDBusConnection *bus,
                  const char      *name,
                  gpointer         user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
test_confined (void)
{
  static const GDBusInterfaceVTable vtable = { on_portal_called, NULL, NULL, { NULL, } };
  g_autoptr (GTestDBus) daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (PORTAL_XML, NULL);
  GDBusConnection *bus;
  gboolean acquired = FALSE;
  guint object, name;

  g_setenv ("FLATPAK_ID", APP_ID, TRUE);
  g_assert_false (can_open ("otpauth")); /* no bus */

  g_test_dbus_up (daemon);
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_assert_nonnull (bus);
  g_assert_false (can_open ("otpauth")); /* no portal, or an old one */
  g_assert_cmpint (look ("otpauth", NULL), ==, FL_HANDLER_UNSEEN);

  object = g_dbus_connection_register_object (bus, "/org/freedesktop/portal/desktop", info->interfaces[0], &vtable,
                                              NULL, NULL, NULL);
  name = g_bus_own_name_on_connection (bus, "org.freedesktop.portal.Desktop", G_BUS_NAME_OWNER_FLAGS_NONE,
                                       on_name_acquired, NULL, &acquired, NULL);
  while (!acquired)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (can_open ("otpauth"));
  g_assert_false (can_open ("mailto"));
  g_assert_cmpint (look ("otpauth", NULL), ==, FL_HANDLER_THERE);
  g_assert_cmpint (look ("mailto", NULL), ==, FL_HANDLER_NONE);

  g_bus_unown_name (name);
  g_dbus_connection_unregister_object (bus, object);
  g_object_unref (bus);
  g_unsetenv ("FLATPAK_ID");
  g_test_dbus_down (daemon);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      remove_all (inner);
    }
  g_remove (path);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *data = NULL;
  int status;

  place = g_dir_make_tmp ("first-login-opener-XXXXXX", NULL);
  g_assert_nonnull (place);
  data = g_build_filename (place, "data", NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_setenv ("XDG_DATA_DIRS", data, TRUE);
  g_setenv ("XDG_CONFIG_HOME", data, TRUE);
  g_setenv ("XDG_CONFIG_DIRS", data, TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  install_browser ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/opener/opens", test_opens);
  g_test_add_func ("/opener/refuses", test_refuses);
  g_test_add_func ("/opener/nobody", test_nobody);
  g_test_add_func ("/opener/can-open", test_can_open);
  g_test_add_func ("/opener/look", test_look);
  g_test_add_func ("/opener/cancelled", test_cancelled);
  g_test_add_func ("/opener/confined", test_confined);
  status = g_test_run ();

  remove_all (place);
  g_free (place);
  return status;
}
