/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-identity.h"

#include "fl-clock.h"
#include "fl-kratos-verbs.h"

/**
 * FlKratosIdentity:
 *
 * The identity that an Ory Kratos (or what speaks its dialect) keeps, by its self-service flows for native apps.
 *
 * The verbs stand in files of their own: signing in, recovery, settings, going on after a restart. Here is what they
 * share: the session, the mail that is on its way, and the flows that are begun ahead.
 */

/* Seconds that a request may take; the servers that this is made for give theirs up after the same time. */
#define DEADLINE 15

enum {
  PROP_SERVER = 1,
  PROP_ISSUER,
  PROP_SESSION,
  PROP_CA_FILE,
  PROP_DEADLINE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void fl_kratos_identity_identity_init (FlIdentityInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlKratosIdentity, fl_kratos_identity, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_IDENTITY, fl_kratos_identity_identity_init))

static void
fl_kratos_identity_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  FlKratosIdentity *self = FL_KRATOS_IDENTITY (object);

  switch (prop_id)
    {
    case PROP_SERVER:
      self->server = g_value_dup_string (value);
      break;
    case PROP_ISSUER:
      self->issuer = g_value_dup_string (value);
      break;
    case PROP_SESSION:
      self->session = g_value_dup_object (value);
      break;
    case PROP_CA_FILE:
      self->ca_file = g_value_dup_string (value);
      break;
    case PROP_DEADLINE:
      self->deadline = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fl_kratos_identity_constructed (GObject *object)
{
  FlKratosIdentity *self = FL_KRATOS_IDENTITY (object);

  G_OBJECT_CLASS (fl_kratos_identity_parent_class)->constructed (object);

  self->client = fl_kratos_client_new (self->server, self->session, self->ca_file, self->deadline);
}

static void
fl_kratos_identity_dispose (GObject *object)
{
  FlKratosIdentity *self = FL_KRATOS_IDENTITY (object);

  fl_kratos_identity_forget_session (self);
  fl_kratos_identity_forget_mail (self);
  for (FlKratosFlowKind kind = 0; kind < FL_KRATOS_N_FLOWS; kind++)
    fl_kratos_identity_drop_flow (self, kind);
  g_clear_object (&self->client);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fl_kratos_identity_parent_class)->dispose (object);
}

static void
fl_kratos_identity_finalize (GObject *object)
{
  FlKratosIdentity *self = FL_KRATOS_IDENTITY (object);

  for (FlKratosFlowKind kind = 0; kind < FL_KRATOS_N_FLOWS; kind++)
    g_clear_pointer (&self->places[kind].waiting, g_ptr_array_unref);
  g_clear_pointer (&self->server, g_free);
  g_clear_pointer (&self->issuer, g_free);
  g_clear_pointer (&self->ca_file, g_free);
  g_clear_pointer (&self->address, g_free);

  G_OBJECT_CLASS (fl_kratos_identity_parent_class)->finalize (object);
}

static void
fl_kratos_identity_class_init (FlKratosIdentityClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->set_property = fl_kratos_identity_set_property;
  object_class->constructed = fl_kratos_identity_constructed;
  object_class->dispose = fl_kratos_identity_dispose;
  object_class->finalize = fl_kratos_identity_finalize;

  /**
   * FlKratosIdentity:server:
   *
   * The server's canonical address: scheme, host, perhaps port and path, no slash at the end.
   */
  props[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, flags);

  /**
   * FlKratosIdentity:issuer:
   *
   * The name under which an authenticator app shows the account.
   */
  props[PROP_ISSUER] = g_param_spec_string ("issuer", NULL, NULL, NULL, flags);

  /**
   * FlKratosIdentity:session:
   *
   * The HTTP session to use instead of an own one.
   */
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, SOUP_TYPE_SESSION, flags);

  /**
   * FlKratosIdentity:ca-file:
   *
   * The absolute path of a file with certificates of authorities, in PEM, that count for this server besides the system's.
   */
  props[PROP_CA_FILE] = g_param_spec_string ("ca-file", NULL, NULL, NULL, flags);

  /**
   * FlKratosIdentity:deadline:
   *
   * Seconds that a request may take, from the first packet to the last.
   */
  props[PROP_DEADLINE] = g_param_spec_uint ("deadline", NULL, NULL, 1, 600, DEADLINE, flags);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
fl_kratos_identity_init (FlKratosIdentity *self)
{
  for (FlKratosFlowKind kind = 0; kind < FL_KRATOS_N_FLOWS; kind++)
    self->places[kind].waiting = g_ptr_array_new ();
}

static gint64
fl_kratos_identity_get_clock_ahead (FlIdentity *identity)
{
  return fl_kratos_client_get_ahead (FL_KRATOS_IDENTITY (identity)->client);
}

static void
fl_kratos_identity_identity_init (FlIdentityInterface *iface)
{
  iface->prepare = fl_kratos_prepare;
  iface->identify = fl_kratos_identify;
  iface->sign_in = fl_kratos_sign_in;
  iface->answer_second_factor = fl_kratos_answer_second_factor;
  iface->reauthenticate = fl_kratos_reauthenticate;
  iface->robot_challenge = fl_kratos_robot_challenge;
  iface->start_recovery = fl_kratos_start_recovery;
  iface->send_again = fl_kratos_send_again;
  iface->look_again = fl_kratos_look_again;
  iface->redeem = fl_kratos_redeem;
  iface->set_password = fl_kratos_set_password;
  iface->start_totp = fl_kratos_start_totp;
  iface->confirm_totp = fl_kratos_confirm_totp;
  iface->issue_recovery_codes = fl_kratos_issue_recovery_codes;
  iface->confirm_recovery_codes = fl_kratos_confirm_recovery_codes;
  iface->resume = fl_kratos_resume;
  iface->sign_out = fl_kratos_sign_out;
  iface->save = fl_kratos_identity_save;
  iface->get_clock_ahead = fl_kratos_identity_get_clock_ahead;
}

/**
 * fl_kratos_identity_new:
 * @server: the server's canonical address, as fl_link_parse_server() gives it
 * @issuer: the name under which an authenticator app shows the account
 * @ca_file: (nullable): absolute path of a file with certificates of authorities, in PEM, that count for this server
 *   besides the system's; one that cannot be used counts for nothing, and is told in the log
 *
 * Returns: (transfer full): an identity; nothing is asked of the server yet
 */
FlIdentity *
fl_kratos_identity_new (const char *server,
                        const char *issuer,
                        const char *ca_file)
{
  g_return_val_if_fail (server != NULL && issuer != NULL, NULL);

  return g_object_new (FL_TYPE_KRATOS_IDENTITY, "server", server, "issuer", issuer, "ca-file", ca_file, NULL);
}

/**
 * fl_kratos_identity_take_session:
 * @self: an identity
 * @token: (nullable): the session's token; %NULL keeps the one that is there
 * @level: its level of assurance; 0 unknown
 *
 * Flows that belong to another session are forgotten.
 */
void
fl_kratos_identity_take_session (FlKratosIdentity *self,
                                 FlSecret         *token,
                                 int               level)
{
  if (token != NULL && (self->token == NULL || !fl_secret_equal (self->token, token)))
    {
      fl_kratos_identity_forget_session (self);
      self->token = fl_secret_ref (token);
    }

  self->level = level;
}

/**
 * fl_kratos_identity_forget_session:
 * @self: an identity
 */
void
fl_kratos_identity_forget_session (FlKratosIdentity *self)
{
  g_clear_pointer (&self->token, fl_secret_unref);
  g_clear_pointer (&self->redeemed, fl_secret_unref);
  g_clear_pointer (&self->unsure, fl_secret_unref);
  self->level = 0;
  fl_kratos_identity_drop_flow (self, FL_KRATOS_FLOW_SECOND_FACTOR);
  fl_kratos_identity_drop_flow (self, FL_KRATOS_FLOW_REFRESH);
  fl_kratos_identity_drop_flow (self, FL_KRATOS_FLOW_SETTINGS);
}

/**
 * fl_kratos_identity_set_address:
 * @self: an identity
 * @address: whom this is about
 */
void
fl_kratos_identity_set_address (FlKratosIdentity *self,
                                const char       *address)
{
  if (g_strcmp0 (self->address, address) == 0)
    return;

  g_free (self->address);
  self->address = g_strdup (address);
}

/**
 * fl_kratos_identity_set_mail:
 * @self: an identity
 * @flow: the recovery flow whose mail is on its way
 * @address: (nullable): where it went, as far as is known
 */
void
fl_kratos_identity_set_mail (FlKratosIdentity *self,
                             FlKratosFlow     *flow,
                             const char       *address)
{
  gboolean is_same = self->mail.flow != NULL && fl_secret_equal (self->mail.flow, flow->id);
  gboolean is_tried = is_same && self->mail.is_tried;
  char *copy = g_strdup (address);
  FlSecret *id = fl_secret_ref (flow->id);

  fl_kratos_identity_forget_mail (self);
  self->mail.flow = id;
  self->mail.expires_at = flow->expires_at;
  self->mail.seen_at = fl_clock_now ();
  self->mail.mark = fl_clock_mark ();
  self->mail.is_tried = is_tried;
  self->mail.address = copy;
}

/**
 * fl_kratos_identity_forget_mail:
 * @self: an identity
 */
void
fl_kratos_identity_forget_mail (FlKratosIdentity *self)
{
  g_clear_pointer (&self->mail.flow, fl_secret_unref);
  g_clear_pointer (&self->mail.address, g_free);
  self->mail = (FlKratosMail) { 0 };
}
