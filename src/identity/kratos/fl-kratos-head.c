/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-head.h"

#include "fl-clock.h"
#include "fl-doorstep-answer.h"

/* What the head of an answer tells, whatever is in its body. */

#define RETRY_MAX (24 * 60 * 60)  /* seconds: a server that asks for more than a day is misconfigured */

/**
 * fl_kratos_head_get_skew:
 * @message: what has been answered
 *
 * Times in the server's answers are told by its clock.
 *
 * Returns: seconds by which the server's clock is ahead of ours; 0 where it does not say
 */
gint64
fl_kratos_head_get_skew (SoupMessage *message)
{
  const char *text = soup_message_headers_get_one (soup_message_get_response_headers (message), "Date");
  g_autoptr (GDateTime) date = text != NULL ? soup_date_time_new_from_http_string (text) : NULL;

  return date != NULL ? g_date_time_to_unix (date) - fl_clock_now () : 0;
}

/**
 * fl_kratos_head_get_retry_at:
 * @message: what has been answered
 *
 * Returns: when the server wants to be asked again (RFC 9110, section 10.2.3: seconds, or a date), in Unix seconds of our
 *   clock; 0 where it does not say
 */
gint64
fl_kratos_head_get_retry_at (SoupMessage *message)
{
  const char *text = soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
  g_autoptr (GDateTime) date = NULL;
  gint64 now = fl_clock_now ();
  guint64 seconds;

  if (text == NULL)
    return 0;

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &seconds, NULL))
    return now + MIN ((gint64) seconds, RETRY_MAX);

  date = soup_date_time_new_from_http_string (text);
  if (date == NULL)
    return 0;

  return CLAMP (g_date_time_to_unix (date) - fl_kratos_head_get_skew (message), now, now + RETRY_MAX);
}

/**
 * fl_kratos_head_is_from_proxy:
 * @message: what has been answered
 *
 * A proxy that does not let us through answers by itself, and libsoup hands that on as if it came from the server.
 *
 * Returns: whether it is a proxy's answer
 */
gboolean
fl_kratos_head_is_from_proxy (SoupMessage *message)
{
  return g_str_equal (g_uri_get_scheme (soup_message_get_uri (message)), "https") &&
         soup_message_get_tls_peer_certificate (message) == NULL;
}

/**
 * fl_kratos_head_is_intercepted:
 * @message: what has been answered
 *
 * What comes over TLS is the named server's own; over plain HTTP anybody may have answered in its place.
 *
 * Returns: whether it looks like that
 */
gboolean
fl_kratos_head_is_intercepted (SoupMessage *message)
{
  return g_str_equal (g_uri_get_scheme (soup_message_get_uri (message)), "http") && fl_doorstep_leads_away (message);
}
