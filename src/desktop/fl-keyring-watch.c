/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-keyring"

#include "config.h"

#include "fl-keyring-watch.h"

/* FlKeyringWatch listens on the session bus while the keyring is away, and hears when it has come back: when its service
 * or the portal to it is started, and when one of its collections changes, which unlocking does. It asks nothing, so that
 * nothing is started by it. */

#define SECRETS "org.freedesktop.secrets"
#define SERVICE "org.freedesktop.Secret.Service"
#define PORTAL "org.freedesktop.portal.Desktop"

struct _FlKeyringWatch
{
  GObject          parent_instance;

  GDBusConnection *bus;
  guint            subscriptions[3];
};

G_DEFINE_FINAL_TYPE (FlKeyringWatch, fl_keyring_watch, G_TYPE_OBJECT)

enum {
  SIGNAL_STIRRED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
fl_keyring_watch_dispose (GObject *object)
{
  FlKeyringWatch *self = FL_KEYRING_WATCH (object);

  for (gsize i = 0; self->bus != NULL && i < G_N_ELEMENTS (self->subscriptions); i++)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscriptions[i]);
  g_clear_object (&self->bus);

  G_OBJECT_CLASS (fl_keyring_watch_parent_class)->dispose (object);
}

static void
fl_keyring_watch_class_init (FlKeyringWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fl_keyring_watch_dispose;

  signals[SIGNAL_STIRRED] = g_signal_new ("stirred", FL_TYPE_KEYRING_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
on_signal (GDBusConnection *bus,
           const char      *sender,
           const char      *path,
           const char      *interface,
           const char      *name,
           GVariant        *parameters,
           gpointer         user_data)
{
  const char *owner = "";

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    g_variant_get_child (parameters, 2, "&s", &owner);
  if (g_str_equal (interface, SERVICE) || owner[0] != '\0')
    g_signal_emit (user_data, signals[SIGNAL_STIRRED], 0);
}

static guint
subscribe (FlKeyringWatch *self,
           const char     *sender,
           const char     *interface,
           const char     *name,
           const char     *argument)
{
  return g_dbus_connection_signal_subscribe (self->bus, sender, interface, name, NULL, argument,
                                             G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
}

static void
on_bus_ready (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (FlKeyringWatch) self = user_data;
  g_autoptr (GError) error = NULL;

  self->bus = g_bus_get_finish (result, &error);
  if (self->bus == NULL)
    {
      g_debug ("Nobody tells of a keyring: %s", error->message);
      return;
    }

  self->subscriptions[0] = subscribe (self, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", SECRETS);
  self->subscriptions[1] = subscribe (self, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", PORTAL);
  self->subscriptions[2] = subscribe (self, SECRETS, SERVICE, "CollectionChanged", NULL);
}

static void
fl_keyring_watch_init (FlKeyringWatch *self)
{
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus_ready, g_object_ref (self));
}

/**
 * fl_keyring_watch_new:
 *
 * Begins to listen.
 *
 * Returns: (transfer full): a new watch
 */
FlKeyringWatch *
fl_keyring_watch_new (void)
{
  return g_object_new (FL_TYPE_KEYRING_WATCH, NULL);
}
