/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include <locale.h>

#include "fl-door.h"
#include "fl-doorstep-answer.h"
#include "fl-kratos-client.h"
#include "fl-patience.h"
#include "fl-player.h"

/* Somebody gives up at the very moment at which the answer comes. libsoup 3.3.1 to 3.6.5 must not hear of it just then. */

#define DEADLINE 15  /* seconds */

#define ANSWER "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n{}"

typedef struct {
  FlDoor            *door;
  char              *server;
  SoupSession       *session;
  GCancellable      *cancellable;
  GSocketConnection *connection;   /* (nullable) */
  GAsyncResult      *result;       /* (nullable) */
} Moment;

static void
on_network_event (SoupMessage        *message,
                  GSocketClientEvent  event,
                  GIOStream          *connection,
                  gpointer            user_data)
{
  Moment *moment = user_data;

  if (event == G_SOCKET_CLIENT_CONNECTED)
    g_set_object (&moment->connection, G_SOCKET_CONNECTION (connection));
}

/* So that the answer is there when libsoup first looks for it. */
static void
on_headers_written (SoupMessage *message,
                    gpointer     user_data)
{
  Moment *moment = user_data;

  g_socket_condition_wait (g_socket_connection_get_socket (moment->connection), G_IO_IN, NULL, NULL);
}

static void
on_headers_got (SoupMessage *message,
                gpointer     user_data)
{
  Moment *moment = user_data;

  g_cancellable_cancel (moment->cancellable);
}

static void
on_request_queued (SoupSession *session,
                   SoupMessage *message,
                   gpointer     user_data)
{
  g_signal_connect (message, "network-event", G_CALLBACK (on_network_event), user_data);
  g_signal_connect (message, "wrote-headers", G_CALLBACK (on_headers_written), user_data);
  g_signal_connect (message, "got-headers", G_CALLBACK (on_headers_got), user_data);
}

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Moment *moment = user_data;

  moment->result = g_object_ref (result);
}

static void
moment_init (Moment     *moment,
             const void *data)
{
  moment->door = fl_door_new (ANSWER);
  moment->server = g_strdup_printf ("http://127.0.0.1:%u", fl_door_get_port (moment->door));
  moment->session = soup_session_new ();
  moment->cancellable = g_cancellable_new ();
  g_signal_connect (moment->session, "request-queued", G_CALLBACK (on_request_queued), moment);
}

static void
moment_clear (Moment     *moment,
              const void *data)
{
  g_clear_object (&moment->result);
  g_clear_object (&moment->connection);
  g_clear_object (&moment->cancellable);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (moment->session);
  g_free (moment->server);
  fl_door_free (moment->door);
}

static void
wait (Moment *moment)
{
  while (moment->result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_client (Moment     *moment,
             const void *data)
{
  g_autoptr (FlKratosClient) client = fl_kratos_client_new (moment->server, moment->session, NULL, DEADLINE);
  FlKratosRequest request = { .method = "GET", .path = "/", .as_text = TRUE };
  g_autoptr (GError) error = NULL;

  fl_kratos_client_send (client, &request, moment->cancellable, on_ended, moment);
  wait (moment);
  g_assert_true (g_cancellable_is_cancelled (moment->cancellable));
  g_assert_null (fl_kratos_client_send_finish (client, moment->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_doorstep (Moment     *moment,
               const void *data)
{
  g_autoptr (FlPatience) patience = fl_patience_new (DEADLINE, moment->cancellable);
  g_autofree FlDoorstepAnswer *answer = NULL;

  fl_doorstep_ask_async (moment->session, moment->server, fl_patience_get_cancellable (patience), on_ended, moment);
  wait (moment);
  g_assert_true (g_cancellable_is_cancelled (moment->cancellable));
  answer = fl_doorstep_ask_finish (moment->result);
  g_assert_cmpuint (answer->status, ==, 200);
}

/* Who has given up before asks nothing, not even over a connection that is there already. */
static void
test_before (Moment     *moment,
             const void *data)
{
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autoptr (FlKratosClient) client = fl_kratos_client_new (fl_player_get_url (player), NULL, NULL, DEADLINE);
  FlKratosRequest request = { .method = "GET", .path = "/", .as_text = TRUE };
  g_autoptr (FlKratosReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  fl_player_add (player, "GET", "/", SOUP_STATUS_OK, "{}");
  fl_kratos_client_send (client, &request, NULL, on_ended, moment);
  wait (moment);
  reply = fl_kratos_client_send_finish (client, moment->result, &error);
  g_assert_no_error (error);
  g_clear_object (&moment->result);

  g_cancellable_cancel (moment->cancellable);
  fl_kratos_client_send (client, &request, moment->cancellable, on_ended, moment);
  wait (moment);
  g_assert_null (fl_kratos_client_send_finish (client, moment->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (fl_player_get_requests (player), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/kratos/cancelled/client", Moment, NULL, moment_init, test_client, moment_clear);
  g_test_add ("/kratos/cancelled/doorstep", Moment, NULL, moment_init, test_doorstep, moment_clear);
  g_test_add ("/kratos/cancelled/before", Moment, NULL, moment_init, test_before, moment_clear);

  return g_test_run ();
}
