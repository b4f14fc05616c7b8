/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz-service.h"

#include "fl-import.h"
#include "fl-listener.h"
#include "fl-qr-png.h"
#include "fl-router.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_SECONDS 90  /* beyond the listener's own limits: what takes as long has been forgotten */

/* Erik has a password, Anna none yet, Maja a second factor too. The hash is that of "correct horse battery", with the
 * least costs there are. */
#define HASH "$argon2id$v=19$m=8,t=1,p=1$KAkUxcNVpyqOLr9pQhJ4GA$VakNx3C056nYnpN1xJiqH+gI/w2ozT0ebNrFPCz1Ock"
static const char accounts[] =
  "[{\"traits\":{\"email\":\"anna@flexhrm.example\"}},"
  "{\"traits\":{\"email\":\"erik@flexhrm.example\"},"
  "\"credentials\":{\"password\":{\"config\":{\"hashed_password\":\"" HASH "\"}}}},"
  "{\"traits\":{\"email\":\"maja@flexhrm.example\"},"
  "\"credentials\":{\"password\":{\"config\":{\"hashed_password\":\"" HASH "\"}},"
  "\"totp\":{\"config\":{\"totp_url\":\"otpauth://totp/x:maja?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=x\"}},"
  "\"lookup_secret\":{\"config\":{\"codes\":[{\"code\":\"aaaa1111\"},{\"code\":\"bbbb2222\"}]}}}}]";

/* Where letters go: the last one stays here. */
#define FL_TYPE_FUZZ_POST (fl_fuzz_post_get_type ())
G_DECLARE_FINAL_TYPE (FlFuzzPost, fl_fuzz_post, FL, FUZZ_POST, GObject)

struct _FlFuzzPost
{
  GObject  parent_instance;

  GMutex   mutex;
  char    *letter;
};

static void fl_fuzz_post_iface_init (FlPostInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlFuzzPost, fl_fuzz_post, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_POST, fl_fuzz_post_iface_init))

static FlFuzzPost *post;
static FlEngine *engine;
static FlListener *listener;
static FlImport *import;

/* In the place of libsodium's: the program's own symbols come before those of its libraries. Only the costs differ. */
int
crypto_pwhash_str_alg (char                out[static crypto_pwhash_STRBYTES],
                       const char * const  password,
                       unsigned long long  length,
                       unsigned long long  passes,
                       size_t              memory,
                       int                 algorithm)
{
  return crypto_pwhash_argon2id_str (out, password, length, crypto_pwhash_argon2id_OPSLIMIT_MIN,
                                     crypto_pwhash_argon2id_MEMLIMIT_MIN);
}

/* In the place of the service's own, which would take longer than all the rest of an answer. */
char *
fl_qr_png_data_uri (const FlSecret *key,
                    const char     *issuer,
                    const char     *account)
{
  return g_strdup ("data:image/png;base64,");
}

static gboolean
fl_fuzz_post_deliver (FlPost        *iface,
                      const char    *sender,
                      const char    *recipient,
                      GBytes        *message,
                      GCancellable  *cancellable,
                      GError       **error)
{
  FlFuzzPost *self = FL_FUZZ_POST (iface);

  g_mutex_lock (&self->mutex);
  g_free (self->letter);
  self->letter = g_strndup (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

static void
fl_fuzz_post_finalize (GObject *object)
{
  FlFuzzPost *self = FL_FUZZ_POST (object);

  g_free (self->letter);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (fl_fuzz_post_parent_class)->finalize (object);
}

static void
fl_fuzz_post_class_init (FlFuzzPostClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_fuzz_post_finalize;
}

static void
fl_fuzz_post_iface_init (FlPostInterface *iface)
{
  iface->deliver = fl_fuzz_post_deliver;
}

static void
fl_fuzz_post_init (FlFuzzPost *self)
{
  g_mutex_init (&self->mutex);
}

static void
on_request_came (SoupServerMessage *message,
                 GBytes            *body,
                 gpointer           user_data)
{
  fl_router_answer (engine, message, body);
}

/**
 * fl_fuzz_service_get_engine:
 *
 * Returns: (transfer none): the service's parts; they are made when first asked for
 */
FlEngine *
fl_fuzz_service_get_engine (void)
{
  g_autoptr (FlServiceConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  if (engine != NULL)
    return engine;

  config = fl_service_config_new ();
  config->robot_enabled = FALSE;
  config->throttle_resend = 0;
  config->mail_delay = 0;
  post = g_object_new (FL_TYPE_FUZZ_POST, NULL);
  engine = fl_engine_new (config, NULL, FL_POST (post), &error);
  g_assert_no_error (error);
  import = fl_import_new (accounts, &error);
  g_assert_no_error (error);
  listener = fl_listener_new ("127.0.0.1:0", on_request_came, NULL, &error);
  g_assert_no_error (error);
  engine->url = fl_listener_get_url (listener);
  return engine;
}

/**
 * fl_fuzz_service_reset:
 *
 * Makes the service as new, so that an input finds what it found when it was first tried.
 */
void
fl_fuzz_service_reset (void)
{
  fl_fuzz_service_get_engine ();
  while (engine->pending > 0)
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&post->letter, g_free);
  fl_store_begin (engine->store);
  fl_store_clear (engine->store);
  fl_import_apply (import, engine);
  g_assert_true (fl_store_commit (engine->store));
}

/**
 * fl_fuzz_service_connect:
 *
 * Returns: a connection to the service, to be closed
 */
int
fl_fuzz_service_connect (void)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd;

  fl_fuzz_service_get_engine ();
  address.sin_port = htons ((guint16) g_ascii_strtoull (strrchr (engine->url, ':') + 1, NULL, 10));
  fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  /* Thousands of connections in a minute: none may wait in the kernel for what comes late. */
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), ==, 0);
  connect (fd, (struct sockaddr *) &address, sizeof address);
  return fd;
}

static gboolean
on_ready (int          fd,
          GIOCondition condition,
          gpointer     user_data)
{
  gboolean *is_ready = user_data;

  *is_ready = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
on_forgotten (gpointer user_data)
{
  g_printerr ("The service does not answer, nor does it close the connection.\n");
  abort ();
}

/* Lets the service work until the other end of its connection can be used. */
static void
wait_for (int          fd,
          GIOCondition condition)
{
  gboolean is_ready = FALSE;
  guint watch = g_unix_fd_add (fd, condition, on_ready, &is_ready);
  guint deadline = g_timeout_add_seconds (ANSWER_SECONDS, on_forgotten, NULL);

  while (!is_ready)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  (void) watch;
}

/**
 * fl_fuzz_service_send:
 * @fd: a connection
 * @data: (array length=length): bytes
 * @length: how many
 *
 * Sends, as far as the service lets it.
 */
void
fl_fuzz_service_send (int         fd,
                      const char *data,
                      gsize       length)
{
  while (length > 0)
    {
      gssize sent = send (fd, data, length, MSG_NOSIGNAL);

      if (sent > 0)
        {
          data += sent;
          length -= (gsize) sent;
        }
      else if (errno == EAGAIN || errno == ENOTCONN)
        wait_for (fd, G_IO_OUT);
      else
        return;
    }
}

/**
 * fl_fuzz_service_read:
 * @fd: a connection
 * @is_whole: (nullable): tells when there is enough; without it, everything is read
 *
 * Returns: (transfer full): what the service has sent
 */
GByteArray *
fl_fuzz_service_read (int       fd,
                      gboolean (*is_whole) (const char *data, gsize length))
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 buffer[16 * 1024];

  while (is_whole == NULL || bytes->len == 0 || !is_whole ((const char *) bytes->data, bytes->len))
    {
      gssize count = recv (fd, buffer, sizeof buffer, 0);

      if (count > 0)
        g_byte_array_append (bytes, buffer, (guint) count);
      else if (count < 0 && (errno == EAGAIN || errno == ENOTCONN))
        wait_for (fd, G_IO_IN);
      else
        break;
    }
  return bytes;
}

/**
 * fl_fuzz_service_take_letter:
 *
 * Waits until every letter that was promised has been sent.
 *
 * Returns: (transfer full) (nullable): the last one
 */
char *
fl_fuzz_service_take_letter (void)
{
  while (engine->pending > 0)
    g_main_context_iteration (NULL, TRUE);
  return g_strdup (post->letter);
}
