/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-session-routes.h"

/**
 * fl_session_routes_whoami:
 * @exchange: `GET /sessions/whoami`
 *
 * Answers whose session it is.
 */
void
fl_session_routes_whoami (FlExchange *exchange)
{
  FlEngine *engine = exchange->engine;
  g_autoptr (FlSession) session = fl_session_find (engine, exchange->token);
  g_autoptr (FlAccount) account = session != NULL ? fl_account_find (engine, session->account) : NULL;

  if (account == NULL)
    {
      fl_exchange_reply_error (exchange, SOUP_STATUS_UNAUTHORIZED, NULL,
                               "No valid session credentials found in the request.");
      return;
    }
  if (fl_session_wants_second_factor (session, account))
    {
      fl_session_routes_reply_second_factor (exchange, NULL);
      return;
    }
  soup_message_headers_replace (soup_server_message_get_response_headers (exchange->message),
                                "X-Kratos-Authenticated-Identity-Id", account->id);
  fl_exchange_reply (exchange, SOUP_STATUS_OK, fl_session_to_json (session, engine, account));
}

/**
 * fl_session_routes_logout:
 * @exchange: `DELETE /self-service/logout/api`
 *
 * Ends a session.
 */
void
fl_session_routes_logout (FlExchange *exchange)
{
  g_autoptr (FlSecret) token = fl_exchange_take_secret (exchange, "session_token");

  if (token == NULL)
    fl_exchange_reply_error (exchange, SOUP_STATUS_BAD_REQUEST, NULL, "The body names no session_token.");
  else if (fl_session_end (exchange->engine, token))
    fl_exchange_reply (exchange, SOUP_STATUS_NO_CONTENT, NULL);
  else
    fl_exchange_reply_error (exchange, SOUP_STATUS_FORBIDDEN, NULL, "The session token is unknown.");
}

/**
 * fl_session_routes_reply_second_factor:
 * @exchange: a request whose session is not enough
 * @return_to: (nullable): where a browser would come back to
 *
 * Answers that a second factor is wanted first.
 */
void
fl_session_routes_reply_second_factor (FlExchange *exchange,
                                       const char *return_to)
{
  g_autofree char *escaped = return_to != NULL ? g_uri_escape_string (return_to, NULL, FALSE) : NULL;
  g_autofree char *url = g_strconcat (exchange->engine->url, "/self-service/login/browser?aal=aal2",
                                      escaped != NULL ? "&return_to=" : NULL, escaped, NULL);
  JsonObject *details = json_object_new ();
  JsonObject *beside = json_object_new ();

  json_object_set_string_member (details, "redirect_browser_to", url);
  json_object_set_string_member (beside, "redirect_browser_to", url);
  fl_exchange_reply_error_full (exchange, SOUP_STATUS_FORBIDDEN, "session_aal2_required",
                                "An active session was found but it does not fulfill the requested Authenticator "
                                "Assurance Level.", details, beside);
}
