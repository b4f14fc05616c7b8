/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include "fl-test-network.h"

#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

/**
 * FlTestNetwork:
 *
 * The computer's network as the desktop sees it, which a test can take away, and the server's port for plain HTTP, which
 * it can move to where it may listen: connections go through connect() of this file.
 */
struct _FlTestNetwork
{
  GObject parent_instance;
};

#define HTTP_PORT 80

static gboolean is_down;
static guint16 doorstep;

enum {
  PROP_0,
  PROP_NETWORK_AVAILABLE,
  PROP_NETWORK_METERED,
  PROP_CONNECTIVITY,
};

static gboolean
fl_test_network_start (GInitable     *initable,
                       GCancellable  *cancellable,
                       GError       **error)
{
  return TRUE;
}

static void
fl_test_network_initable_init (GInitableIface *iface)
{
  iface->init = fl_test_network_start;
}

static gboolean
fl_test_network_can_reach (GNetworkMonitor     *monitor,
                           GSocketConnectable  *connectable,
                           GCancellable        *cancellable,
                           GError             **error)
{
  return !is_down;
}

static void
fl_test_network_monitor_init (GNetworkMonitorInterface *iface)
{
  iface->can_reach = fl_test_network_can_reach;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FlTestNetwork, fl_test_network, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, fl_test_network_initable_init)
                               G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, fl_test_network_monitor_init))

/* Stands before the function of the C library. */
int
connect (int                    fd,
         const struct sockaddr *address,
         socklen_t              length)
{
  int (*real) (int, const struct sockaddr *, socklen_t) = NULL;
  gpointer symbol = dlsym (RTLD_NEXT, "connect");
  struct sockaddr_in here;

  memcpy (&real, &symbol, sizeof real);
  if (address->sa_family != AF_INET && address->sa_family != AF_INET6)
    return real (fd, address, length);
  if (is_down)
    {
      errno = ENETUNREACH;
      return -1;
    }

  memcpy (&here, address, MIN (length, sizeof here));
  if (address->sa_family != AF_INET || ntohs (here.sin_port) != HTTP_PORT)
    return real (fd, address, length);
  if (doorstep == 0)
    {
      errno = ECONNREFUSED;
      return -1;
    }

  here.sin_port = htons (doorstep);
  return real (fd, (struct sockaddr *) &here, sizeof here);
}

static void
fl_test_network_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK_AVAILABLE:
      g_value_set_boolean (value, !is_down);
      break;
    case PROP_NETWORK_METERED:
      g_value_set_boolean (value, FALSE);
      break;
    case PROP_CONNECTIVITY:
      g_value_set_enum (value, is_down ? G_NETWORK_CONNECTIVITY_LOCAL : G_NETWORK_CONNECTIVITY_FULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fl_test_network_class_init (FlTestNetworkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fl_test_network_get_property;
  g_object_class_override_property (object_class, PROP_NETWORK_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_NETWORK_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
}

static void
fl_test_network_init (FlTestNetwork *self)
{
}

/**
 * fl_test_network_use:
 *
 * From now on this is the computer's network.
 */
void
fl_test_network_use (void)
{
  g_setenv ("GIO_USE_NETWORK_MONITOR", "test", TRUE);
  g_io_extension_point_register (G_NETWORK_MONITOR_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_NETWORK_MONITOR_EXTENSION_POINT_NAME, FL_TYPE_TEST_NETWORK, "test", G_MAXINT);
}

/**
 * fl_test_network_set_up:
 * @is_up: whether there is a network
 */
void
fl_test_network_set_up (gboolean is_up)
{
  is_down = !is_up;
}

/**
 * fl_test_network_set_doorstep:
 * @port: the port of this computer where the server is asked without encryption; 0 for none
 */
void
fl_test_network_set_doorstep (guint16 port)
{
  doorstep = port;
}
