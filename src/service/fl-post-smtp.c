/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-post-smtp.h"

#include <curl/curl.h>
#include <string.h>

/* A relay next door answers in milliseconds. One that does not is given up while the person still waits: the
 * service's own answer does not depend on it. RFC 5321, section 4.5.3.2 allows minutes, for relays far away. */
#define CONNECT_TIMEOUT 10L /* seconds */
#define TIMEOUT 60L         /* seconds, for the whole conversation */

/**
 * FlPostSmtp:
 *
 * The post that hands every mail to an SMTP relay. The relay is expected on this computer or in a network that is
 * trusted: nothing is encrypted on the way to it, and nobody signs in. Each mail is tried once: keeping mails for later is
 * the relay's work, a second try after an answer that was lost would send a second mail that nobody asked for, and the
 * person has *Send again*.
 */
struct _FlPostSmtp
{
  GObject parent_instance;

  char *url;
};

static void fl_post_smtp_post_init (FlPostInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlPostSmtp, fl_post_smtp, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_POST, fl_post_smtp_post_init))

typedef struct
{
  const char *data;
  gsize       left;
} Reader;

static gsize
on_curl_reads (char     *buffer,
               gsize     size,
               gsize     count,
               gpointer  user_data)
{
  Reader *reader = user_data;
  gsize taken = MIN (size * count, reader->left);

  memcpy (buffer, reader->data, taken);
  reader->data += taken;
  reader->left -= taken;
  return taken;
}

static int
on_curl_progressed (gpointer   user_data,
                    curl_off_t download_total,
                    curl_off_t downloaded,
                    curl_off_t upload_total,
                    curl_off_t uploaded)
{
  return g_cancellable_is_cancelled (user_data) ? 1 : 0;
}

static gpointer
start_curl (gpointer data)
{
  return GINT_TO_POINTER (curl_global_init (CURL_GLOBAL_DEFAULT));
}

/* Not curl's own error text of the conversation: a relay may repeat the address in what it answers. */
static gboolean
set_error_from_curl (GError   **error,
                     CURLcode   result,
                     long       answer)
{
  GIOErrorEnum code = G_IO_ERROR_FAILED;

  if (result == CURLE_OPERATION_TIMEDOUT)
    code = G_IO_ERROR_TIMED_OUT;
  else if (result == CURLE_COULDNT_CONNECT)
    code = G_IO_ERROR_CONNECTION_REFUSED;
  else if (result == CURLE_COULDNT_RESOLVE_HOST)
    code = G_IO_ERROR_HOST_NOT_FOUND;
  g_set_error (error, G_IO_ERROR, code, "The relay did not take the mail: %s (last answer %ld)",
               curl_easy_strerror (result), answer);
  return FALSE;
}

static gboolean
fl_post_smtp_deliver (FlPost        *post,
                      const char    *sender,
                      const char    *recipient,
                      GBytes        *message,
                      GCancellable  *cancellable,
                      GError       **error)
{
  FlPostSmtp *self = FL_POST_SMTP (post);
  Reader reader = { 0 };
  struct curl_slist *recipients = curl_slist_append (NULL, recipient);
  CURL *curl = curl_easy_init ();
  CURLcode result;
  long answer = 0;

  reader.data = g_bytes_get_data (message, &reader.left);
  curl_easy_setopt (curl, CURLOPT_URL, self->url);
  curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, "smtp");
  curl_easy_setopt (curl, CURLOPT_PROXY, "");
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT);
  curl_easy_setopt (curl, CURLOPT_TIMEOUT, TIMEOUT);
  curl_easy_setopt (curl, CURLOPT_MAIL_FROM, sender);
  curl_easy_setopt (curl, CURLOPT_MAIL_RCPT, recipients);
  curl_easy_setopt (curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt (curl, CURLOPT_READFUNCTION, on_curl_reads);
  curl_easy_setopt (curl, CURLOPT_READDATA, &reader);
  curl_easy_setopt (curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt (curl, CURLOPT_XFERINFOFUNCTION, on_curl_progressed);
  curl_easy_setopt (curl, CURLOPT_XFERINFODATA, cancellable);
  result = curl_easy_perform (curl);
  curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &answer);
  curl_easy_cleanup (curl);
  curl_slist_free_all (recipients);

  if (result == CURLE_OK)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return set_error_from_curl (error, result, answer);
}

static void
fl_post_smtp_finalize (GObject *object)
{
  FlPostSmtp *self = FL_POST_SMTP (object);

  g_free (self->url);
  G_OBJECT_CLASS (fl_post_smtp_parent_class)->finalize (object);
}

static void
fl_post_smtp_class_init (FlPostSmtpClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_post_smtp_finalize;
}

static void
fl_post_smtp_post_init (FlPostInterface *iface)
{
  iface->deliver = fl_post_smtp_deliver;
}

static void
fl_post_smtp_init (FlPostSmtp *self)
{
}

/**
 * fl_post_smtp_new:
 * @url: `smtp://HOST:PORT`
 * @error: return location
 *
 * Call it before there are other threads: it initialises libcurl.
 *
 * Returns: (transfer full): the post, or %NULL when @url is of another form or libcurl cannot start
 */
FlPost *
fl_post_smtp_new (const char  *url,
                  GError     **error)
{
  static GOnce curl = G_ONCE_INIT;
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, error);
  FlPostSmtp *self;

  if (uri == NULL)
    return NULL;
  if (g_strcmp0 (g_uri_get_scheme (uri), "smtp") != 0 || g_uri_get_port (uri) <= 0 ||
      g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL ||
      (g_uri_get_path (uri)[0] != '\0' && strcmp (g_uri_get_path (uri), "/") != 0))
    {
      g_set_error (error, G_URI_ERROR, G_URI_ERROR_FAILED, "“%s” is not of the form smtp://HOST:PORT", url);
      return NULL;
    }
  if (GPOINTER_TO_INT (g_once (&curl, start_curl, NULL)) != CURLE_OK)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "libcurl cannot start");
      return NULL;
    }

  self = g_object_new (FL_TYPE_POST_SMTP, NULL);
  self->url = g_strdup (url);
  return FL_POST (self);
}
