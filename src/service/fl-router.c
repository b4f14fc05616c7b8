/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-router.h"

#include "fl-exchange.h"
#include "fl-flow-login.h"
#include "fl-flow-recovery.h"
#include "fl-flow-settings.h"
#include "fl-landing.h"
#include "fl-robot.h"
#include "fl-session-routes.h"

#include <string.h>

/* Flows keep the address that they were asked for with; ours have a few dozen bytes. */
#define ADDRESS_MOST 2048

typedef struct
{
  const char *method;
  const char *path;
  void      (*handle) (FlExchange *exchange);
} Route;

static void
handle_health (FlExchange *exchange)
{
  JsonObject *answer = json_object_new ();

  json_object_set_string_member (answer, "status", "ok");
  fl_exchange_reply (exchange, SOUP_STATUS_OK, answer);
}

static const Route routes[] = {
  { "GET", "/altcha", fl_robot_challenge },
  { "GET", "/health/alive", handle_health },
  { "GET", "/health/ready", handle_health },
  { "GET", "/self-service/login/api", fl_flow_login_create },
  { "GET", "/self-service/login/flows", fl_flow_login_read },
  { "POST", "/self-service/login", fl_flow_login_submit },
  { "GET", "/self-service/recovery/api", fl_flow_recovery_create },
  { "GET", "/self-service/recovery/flows", fl_flow_recovery_read },
  { "POST", "/self-service/recovery", fl_flow_recovery_submit },
  { "GET", "/self-service/settings/api", fl_flow_settings_create },
  { "GET", "/self-service/settings/flows", fl_flow_settings_read },
  { "POST", "/self-service/settings", fl_flow_settings_submit },
  { "DELETE", "/self-service/logout/api", fl_session_routes_logout },
  { "GET", "/sessions/whoami", fl_session_routes_whoami },
};

static const Route *
find_route (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      if (strcmp (routes[i].path, path) == 0)
        return &routes[i];
    }
  return NULL;
}

/* RFC 9110, section 15.5.6, wants to be told what would have been allowed. */
static void
refuse_method (FlExchange  *exchange,
               const Route *route)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (exchange->message), "Allow", route->method);
  fl_exchange_reply_error (exchange, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL, NULL);
}

static gboolean
is_too_long (GUri *uri)
{
  const char *query = g_uri_get_query (uri);

  return strlen (g_uri_get_path (uri)) + (query != NULL ? strlen (query) : 0) > ADDRESS_MOST;
}

/**
 * fl_router_answer:
 * @engine: the service
 * @message: a request that has come whole
 * @body: its body
 *
 * Answers a request, now or when a thread has done its part. What stands in the query is never taken for a part of the
 * body, as Kratos does: whoever filters in front would be fooled.
 */
void
fl_router_answer (FlEngine          *engine,
                  SoupServerMessage *message,
                  GBytes            *body)
{
  GUri *uri = soup_server_message_get_uri (message);
  FlExchange *exchange;
  const Route *route;

  if (fl_landing_answer (message))
    return;

  fl_store_begin (engine->store);
  exchange = fl_exchange_new (engine, message);
  route = find_route (g_uri_get_path (uri));
  if (is_too_long (uri))
    fl_exchange_reply_error (exchange, SOUP_STATUS_REQUEST_URI_TOO_LONG, NULL, NULL);
  else if (route == NULL)
    fl_exchange_reply_error (exchange, SOUP_STATUS_NOT_FOUND, NULL, NULL);
  else if (strcmp (route->method, soup_server_message_get_method (message)) != 0)
    refuse_method (exchange, route);
  else if (strcmp (route->method, "GET") == 0 || fl_exchange_read_body (exchange, body))
    route->handle (exchange);
}
