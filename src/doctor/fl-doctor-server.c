/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-doctor"

#include "config.h"

#include "fl-doctor-private.h"

#include "fl-doorstep.h"
#include "fl-kratos-identity.h"
#include "fl-problem.h"

/* Looks at the way to the server, and at the server. What does not depend on each other is asked at the same time:
 *
 * 1. which proxy to use, and who is trusted;
 * 2. the server's name, a connection, its doorstep, and the beginning of a sign-in, as the assistant begins it;
 * 3. where that is there, the robot check and the beginning of a recovery. No mail is sent by that.
 *
 * Nothing is judged here. */

#define PROXY_PATIENCE 3  /* seconds: a proxy's script that is not there within it is not there for the assistant either */

typedef struct {
  FlSights    *sights;     /* not owned: the doctor's caller keeps them */
  char        *server;
  char        *doorstep;
  SoupSession *session;
  FlIdentity  *identity;
  FlPatience  *patience;
  guint        pending;
} Look;

static void begin_with_way     (GTask *task);
static void begin_with_details (GTask *task);

static void
look_free (gpointer data)
{
  Look *self = data;

  g_clear_pointer (&self->patience, fl_patience_free);
  g_clear_object (&self->identity);
  g_signal_handlers_disconnect_by_data (self->session, self->sights);
  g_clear_object (&self->session);
  g_free (self->server);
  g_free (self->doorstep);
  g_free (self);
}

/**
 * fl_sights_clear:
 * @self: sights
 *
 * Gives back what they hold.
 */
void
fl_sights_clear (FlSights *self)
{
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->proxies, g_strfreev);
  g_clear_pointer (&self->proxy, g_free);
  g_clear_error (&self->proxy_failure);
  g_clear_pointer (&self->addresses, g_free);
  g_clear_error (&self->name_failure);
  g_clear_pointer (&self->remote, g_free);
  g_clear_error (&self->tcp_failure);
  g_clear_pointer (&self->doorstep, g_free);
  g_clear_object (&self->trust);
  g_clear_error (&self->trust_failure);
  g_clear_object (&self->message);
  g_clear_error (&self->sign_in);
  g_clear_error (&self->robot);
  g_clear_error (&self->recovery);
}

static void
go_on_when_done (GTask *task,
                 void (*next) (GTask *task))
{
  Look *self = g_task_get_task_data (task);

  if (--self->pending > 0)
    return;
  if (g_task_return_error_if_cancelled (task))
    return;

  next (task);
}

static void
end (GTask *task)
{
  g_task_return_boolean (task, TRUE);
}

static void
on_trust_loaded (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *self = g_task_get_task_data (task);

  self->sights->trust = fl_trust_load_finish (result, &self->sights->trust_failure);
  if (self->sights->trust != NULL)
    soup_session_set_tls_database (self->session, G_TLS_DATABASE (self->sights->trust));
  go_on_when_done (task, begin_with_way);
}

static gboolean
is_direct (const char *proxy)
{
  return g_str_has_prefix (proxy, "direct:");
}

static void
on_lookup_ready (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *self = g_task_get_task_data (task);
  FlSights *sights = self->sights;

  sights->proxies = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, &sights->proxy_failure);
  if (sights->proxies != NULL && sights->proxies[0] != NULL && !is_direct (sights->proxies[0]))
    sights->proxy = g_strdup (sights->proxies[0]);
  go_on_when_done (task, begin_with_way);
}

static char *
list_addresses (GList *addresses)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) texts = NULL;

  for (GList *l = addresses; l != NULL; l = l->next)
    {
      g_autofree char *text = g_inet_address_to_string (l->data);

      g_strv_builder_add (builder, text);
    }
  texts = g_strv_builder_end (builder);

  return g_strjoinv (", ", texts);
}

static void
on_name_looked_up (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *self = g_task_get_task_data (task);
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &self->sights->name_failure);

  if (addresses != NULL)
    self->sights->addresses = list_addresses (addresses);
  g_resolver_free_addresses (addresses);
  go_on_when_done (task, begin_with_details);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *self = g_task_get_task_data (task);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketAddress) remote = NULL;

  connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &self->sights->tcp_failure);
  if (connection != NULL)
    remote = g_socket_connection_get_remote_address (connection, NULL);
  if (remote != NULL)
    self->sights->remote = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (remote));
  go_on_when_done (task, begin_with_details);
}

static void
on_doorstep_asked (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *self = g_task_get_task_data (task);

  self->sights->doorstep = fl_doorstep_ask_finish (result);
  go_on_when_done (task, begin_with_details);
}

/* Everything but a problem is an accident of the program, or cancelled. */
static GError *
finish_verb (GObject       *source,
             GAsyncResult  *result,
             FlAnswer     **answer)
{
  GError *error = NULL;

  *answer = fl_identity_finish (FL_IDENTITY (source), result, &error);
  return error;
}

static void
on_sign_in_begun (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *self = g_task_get_task_data (task);
  g_autoptr (FlAnswer) answer = NULL;

  self->sights->sign_in = finish_verb (source, result, &answer);
  go_on_when_done (task, begin_with_details);
}

static void
on_robot_asked (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *self = g_task_get_task_data (task);
  g_autoptr (FlAnswer) answer = NULL;

  self->sights->robot = finish_verb (source, result, &answer);
  self->sights->has_robot = answer != NULL && answer->challenge != NULL;
  go_on_when_done (task, end);
}

static void
on_recovery_begun (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *self = g_task_get_task_data (task);
  g_autoptr (FlAnswer) answer = NULL;

  self->sights->recovery = finish_verb (source, result, &answer);
  go_on_when_done (task, end);
}

/* What the identity asks tells more than its answers: status, date, certificate. */
static void
on_request_queued (SoupSession *session,
                   SoupMessage *message,
                   gpointer     user_data)
{
  FlSights *sights = user_data;

  if (sights->message == NULL && g_str_has_suffix (g_uri_get_path (soup_message_get_uri (message)), "/login/api"))
    sights->message = g_object_ref (message);
}

static void
connect_to (GTask *task)
{
  Look *self = g_task_get_task_data (task);
  const char *target = self->sights->proxy != NULL ? self->sights->proxy : self->server;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = NULL;
  guint16 port = self->sights->is_encrypted ? 443 : 80;

  /* The port of a proxy that does not name it is that of SOCKS, or of the web. */
  if (self->sights->proxy != NULL)
    port = g_str_has_prefix (target, "socks") ? 1080 : 80;
  g_socket_client_set_enable_proxy (client, FALSE);
  address = g_network_address_parse_uri (target, port, &self->sights->tcp_failure);
  if (address == NULL)
    return;

  self->pending++;
  g_socket_client_connect_async (client, address, fl_patience_get_cancellable (self->patience), on_connected,
                                 g_object_ref (task));
}

/* A verb of the identity has a deadline of its own, and looks for the reason after it. */
static void
begin_with_way (GTask *task)
{
  FlDoctor *doctor = g_task_get_source_object (task);
  Look *self = g_task_get_task_data (task);
  GCancellable *cancellable;

  g_clear_pointer (&self->patience, fl_patience_free);
  self->patience = fl_patience_new (fl_doctor_get_patience (doctor), g_task_get_cancellable (task));
  cancellable = fl_patience_get_cancellable (self->patience);

  self->pending = 2;
  connect_to (task);
  g_resolver_lookup_by_name_async (g_resolver_get_default (), self->sights->host, cancellable, on_name_looked_up,
                                   g_object_ref (task));
  /* A server without TLS is on this computer, and has nobody in front of it. */
  if (self->sights->is_encrypted)
    {
      self->pending++;
      fl_doorstep_ask_async (self->session, self->doorstep, cancellable, on_doorstep_asked, g_object_ref (task));
    }
  fl_identity_prepare (self->identity, FL_PREPARE_SIGN_IN, g_task_get_cancellable (task), on_sign_in_begun,
                       g_object_ref (task));
}

static void
begin_with_details (GTask *task)
{
  Look *self = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (self->sights->sign_in != NULL)
    {
      end (task);
      return;
    }

  self->sights->is_asked = TRUE;
  self->pending = 2;
  fl_identity_robot_challenge (self->identity, cancellable, on_robot_asked, g_object_ref (task));
  fl_identity_prepare (self->identity, FL_PREPARE_RECOVERY, cancellable, on_recovery_begun, g_object_ref (task));
}

static SoupSession *
make_session (FlDoctor *doctor)
{
  guint patience = fl_doctor_get_patience (doctor);
  SoupSession *session = soup_session_new_with_options ("timeout", patience,
                                                        "user-agent", "first-login/" APP_VERSION,
                                                        "proxy-resolver", fl_doctor_get_proxy_resolver (doctor),
                                                        NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

static void
parse_server (FlSights   *sights,
              const char *server)
{
  g_autoptr (GUri) uri = g_uri_parse (server, G_URI_FLAGS_NONE, NULL);
  int port = g_uri_get_port (uri);

  sights->is_encrypted = g_str_equal (g_uri_get_scheme (uri), "https");
  sights->host = g_strdup (g_uri_get_host (uri));
  sights->port = (guint16) (port > 0 ? port : sights->is_encrypted ? 443 : 80);
}

/**
 * fl_doctor_look_at_server:
 * @self: a doctor that has a server
 * @sights: (inout): filled with what is seen; they have to be there until @callback is called
 * @cancellable: (nullable): to give up
 * @callback: called when there is no more to be seen
 * @user_data: for @callback
 *
 * Looks at the way to the server, and at the server.
 */
void
fl_doctor_look_at_server (FlDoctor            *self,
                          FlSights            *sights,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Look *look = g_new0 (Look, 1);
  FlPolicy *policy = fl_doctor_get_policy (self);
  const char *ca_file = fl_policy_get_ca_file (policy);

  g_task_set_source_tag (task, fl_doctor_look_at_server);
  g_task_set_task_data (task, look, look_free);
  look->sights = sights;
  look->server = g_strdup (fl_doctor_get_server (self));
  look->doorstep = fl_doorstep_for_server (look->server);
  parse_server (sights, look->server);
  look->session = make_session (self);
  g_signal_connect (look->session, "request-queued", G_CALLBACK (on_request_queued), sights);
  look->identity = g_object_new (FL_TYPE_KRATOS_IDENTITY,
                                 "server", look->server,
                                 "issuer", fl_policy_get_issuer (policy),
                                 "session", look->session,
                                 "deadline", fl_doctor_get_patience (self),
                                 NULL);

  look->patience = fl_patience_new (PROXY_PATIENCE, cancellable);
  look->pending = ca_file != NULL ? 2 : 1;
  if (ca_file != NULL)
    fl_trust_load_async (ca_file, look->server, cancellable, on_trust_loaded, g_object_ref (task));
  g_proxy_resolver_lookup_async (fl_doctor_get_proxy_resolver (self), look->server,
                                 fl_patience_get_cancellable (look->patience), on_lookup_ready, g_object_ref (task));
}
