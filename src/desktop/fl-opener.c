/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-opener"

#include "config.h"

#include "fl-opener.h"

/* FlOpener hands addresses to the programs that this computer has for them: a browser, a mail program, an authenticator.
 * It knows four schemes and opens no other, so that no text that came from outside can start anything else. */

static const char * const schemes[] = { "https", "http", "mailto", "otpauth", NULL };

static void
on_launch_default_ready (GObject      *source,
                         GAsyncResult *result,
                         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_app_info_launch_default_for_uri_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * fl_opener_open_async:
 * @uri: what to open: https, http, mailto or otpauth; an otpauth URI is a secret, and the program that is started sees it
 * @cancellable: (nullable): to give up
 * @callback: called when the program has been started
 * @user_data: for @callback
 *
 * Opens an address, through the desktop portal where this program is confined.
 */
void
fl_opener_open_async (const char          *uri,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *scheme = NULL;

  g_return_if_fail (uri != NULL);

  g_task_set_source_tag (task, fl_opener_open_async);
  scheme = g_uri_parse_scheme (uri);
  if (scheme == NULL || !g_strv_contains (schemes, scheme))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "Not an address to be opened");
      return;
    }

  g_app_info_launch_default_for_uri_async (uri, NULL, cancellable, on_launch_default_ready, g_steal_pointer (&task));
}

/**
 * fl_opener_open_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: whether a program was started. %G_IO_ERROR_NOT_SUPPORTED: the computer has none for this address
 */
gboolean
fl_opener_open_finish (GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * fl_handler_free:
 * @self: (transfer full): a handler
 *
 * Frees it.
 */
void
fl_handler_free (FlHandler *self)
{
  g_free (self->id);
  g_free (self);
}

static void
return_handler (GTask         *task,
                FlHandlerKind  kind,
                const char    *id)
{
  FlHandler *handler = g_new0 (FlHandler, 1);

  handler->kind = kind;
  handler->id = g_strdup (id);
  g_task_return_pointer (task, handler, (GDestroyNotify) fl_handler_free);
}

static void
on_default_for_scheme_ready (GObject      *source,
                             GAsyncResult *result,
                             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GAppInfo) handler = g_app_info_get_default_for_uri_scheme_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (handler == NULL)
    return_handler (task, FL_HANDLER_NONE, NULL);
  else
    return_handler (task, FL_HANDLER_THERE, g_app_info_get_id (handler));
}

static void
on_scheme_supported_ready (GObject      *source,
                           GAsyncResult *result,
                           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  gboolean supported = FALSE;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  /* Portals before version 5 of OpenURI do not know the method. */
  if (reply != NULL)
    g_variant_get (reply, "(b)", &supported);
  return_handler (task, reply == NULL ? FL_HANDLER_UNSEEN : supported ? FL_HANDLER_THERE : FL_HANDLER_NONE, NULL);
}

static void
on_bus_ready (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);
  GCancellable *cancellable = g_task_get_cancellable (task);
  const char *scheme = g_task_get_task_data (task);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (bus == NULL)
    return_handler (task, FL_HANDLER_UNSEEN, NULL);
  else
    g_dbus_connection_call (bus, "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
                            "org.freedesktop.portal.OpenURI", "SchemeSupported",
                            g_variant_new ("(s@a{sv})", scheme, g_variant_new ("a{sv}", NULL)),
                            G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE, -1,
                            cancellable, on_scheme_supported_ready, g_steal_pointer (&task));
}

/**
 * fl_opener_look_async:
 * @scheme: `otpauth`, for example
 * @cancellable: (nullable): to give up
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks which program this computer has for addresses of a scheme. A confined program does not see the others: it asks the
 * desktop portal (OpenURI, version 5).
 */
void
fl_opener_look_async (const char          *scheme,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_return_if_fail (scheme != NULL);

  g_task_set_source_tag (task, fl_opener_look_async);
  g_task_set_task_data (task, g_strdup (scheme), g_free);
  if (g_getenv ("FLATPAK_ID") != NULL)
    g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus_ready, g_steal_pointer (&task));
  else
    g_app_info_get_default_for_uri_scheme_async (scheme, cancellable, on_default_for_scheme_ready, g_steal_pointer (&task));
}

/**
 * fl_opener_look_finish:
 * @result: what the callback was given
 * @error: return location for %G_IO_ERROR_CANCELLED, the only error
 *
 * Returns: (transfer full): who opens them; %NULL with an error
 */
FlHandler *
fl_opener_look_finish (GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_look_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (FlHandler) handler = fl_opener_look_finish (result, &error);

  /* What cannot be known is not promised. */
  if (handler != NULL)
    g_task_return_boolean (task, handler->kind == FL_HANDLER_THERE);
  else
    g_task_return_error (task, error);
}

/**
 * fl_opener_can_open_async:
 * @scheme: `otpauth`, for example
 * @cancellable: (nullable): to give up
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks whether this computer has a program for addresses of a scheme, as far as can be seen.
 */
void
fl_opener_can_open_async (const char          *scheme,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, fl_opener_can_open_async);
  fl_opener_look_async (scheme, cancellable, on_look_ready, task);
}

/**
 * fl_opener_can_open_finish:
 * @result: what the callback was given
 * @error: return location for %G_IO_ERROR_CANCELLED, the only error
 *
 * Returns: whether there is such a program
 */
gboolean
fl_opener_can_open_finish (GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
