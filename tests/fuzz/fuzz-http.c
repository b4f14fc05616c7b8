/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"
#include "fl-fuzz-response.h"
#include "fl-fuzz-service.h"

#include <libsoup/soup.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bytes of any kind, sent to the service over one connection. It answers with whole responses and never by a fault of
 * its own, or hangs up; and it is there for the next one. */

static GByteArray *
talk (const char *data,
      gsize       size)
{
  int fd = fl_fuzz_service_connect ();
  GByteArray *answer;

  fl_fuzz_service_send (fd, data, size);
  shutdown (fd, SHUT_WR);
  answer = fl_fuzz_service_read (fd, NULL);
  close (fd);
  return answer;
}

static void
check_answers (const GByteArray *answer,
               gboolean          without_bodies)
{
  FlFuzzResponse response;

  for (gsize at = 0; at < answer->len; at += without_bodies ? answer->len : response.total)
    {
      g_assert_true (fl_fuzz_response_read (&response, (const char *) answer->data + at, answer->len - at)
                     || without_bodies);
      /* The latter two are libsoup's, for what it does not speak. */
      g_assert_true (response.status < 500
                     || response.status == SOUP_STATUS_NOT_IMPLEMENTED
                     || response.status == SOUP_STATUS_HTTP_VERSION_NOT_SUPPORTED);
    }
}

static void
check_alive (void)
{
  static const char request[] = "GET /health/alive HTTP/1.1\r\nHost: x\r\n\r\n";
  g_autoptr (GByteArray) answer = talk (request, strlen (request));
  FlFuzzResponse response;

  g_assert_true (fl_fuzz_response_read (&response, (const char *) answer->data, answer->len));
  g_assert_cmpuint (response.status, ==, 200);
  g_assert_true (fl_fuzz_response_has_json (&response));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GByteArray) answer = NULL;

  fl_fuzz_service_reset ();
  answer = talk ((const char *) data, size);
  /* The answer to HEAD has the length of a body that does not come. */
  check_answers (answer, memmem (data, size, "HEAD", 4) != NULL);
  check_alive ();
  return 0;
}
