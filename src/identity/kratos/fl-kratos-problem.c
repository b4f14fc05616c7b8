/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-problem.h"

#include "fl-kratos-reader.h"

/* Everything that can come instead of what was wanted, and what it means for the person: one table for each place
 * where a refusal can stand (message ids, error ids, statuses, the network). Numbers and names are those of Ory
 * Kratos' text/id.go and of its error envelopes; human wording is never looked at. */

G_DEFINE_QUARK (fl-kratos-detour-quark, fl_kratos_detour)

typedef enum {
  VERDICT_PROBLEM,
  VERDICT_DETOUR,
} Verdict;

#define PROBLEM(name) VERDICT_PROBLEM, FL_PROBLEM_##name
#define DETOUR(name)  VERDICT_DETOUR, FL_KRATOS_DETOUR_##name

/* The first row that fits counts. */
static const struct {
  gint64      id;
  const char *node;   /* NULL: on whatever it stands */
  Verdict     verdict;
  int         code;
  const char *limit;  /* the member of the context that says how much is allowed */
} messages[] = {
  { 4000002, "password",      PROBLEM (PASSWORD_MISSING),    NULL },
  { 4000002, "identifier",    PROBLEM (ADDRESS_MALFORMED),   NULL },
  { 4000002, "email",         PROBLEM (ADDRESS_MALFORMED),   NULL },
  { 4000002, "code",          PROBLEM (CODE_MALFORMED),      NULL },
  { 4000002, "totp_code",     PROBLEM (CODE_MALFORMED),      NULL },
  { 4000002, "lookup_secret", PROBLEM (CODE_MALFORMED),      NULL },
  { 4000003, "password",      PROBLEM (PASSWORD_SHORT),      "min_length" },
  { 4000003, "identifier",    PROBLEM (ADDRESS_MALFORMED),   NULL },
  { 4000003, "email",         PROBLEM (ADDRESS_MALFORMED),   NULL },
  { 4000003, NULL,            PROBLEM (CODE_MALFORMED),      NULL },
  { 4000004, "email",         PROBLEM (ADDRESS_MALFORMED),   NULL },
  { 4000004, "code",          PROBLEM (CODE_MALFORMED),      NULL },
  { 4000004, "totp_code",     PROBLEM (CODE_MALFORMED),      NULL },
  { 4000005, NULL,            PROBLEM (PASSWORD_UNFIT),      NULL },
  { 4000006, NULL,            PROBLEM (CREDENTIALS_REFUSED), NULL },
  { 4000008, NULL,            PROBLEM (CODE_REFUSED),        NULL },
  { 4000010, NULL,            PROBLEM (ACCOUNT_DISABLED),    NULL },
  { 4000011, NULL,            PROBLEM (CODE_REFUSED),        NULL },
  { 4000012, NULL,            PROBLEM (CODE_USED),           NULL },
  { 4000014, NULL,            PROBLEM (CODE_REFUSED),        NULL },
  { 4000016, NULL,            PROBLEM (CODE_REFUSED),        NULL },
  { 4000017, "password",      PROBLEM (PASSWORD_LONG),       "max_length" },
  { 4000017, "identifier",    PROBLEM (ADDRESS_MALFORMED),   NULL },
  { 4000017, "email",         PROBLEM (ADDRESS_MALFORMED),   NULL },
  { 4000017, NULL,            PROBLEM (CODE_MALFORMED),      NULL },
  { 4000031, NULL,            PROBLEM (PASSWORD_SIMILAR),    NULL },
  { 4000032, NULL,            PROBLEM (PASSWORD_SHORT),      "min_length" },
  { 4000033, NULL,            PROBLEM (PASSWORD_LONG),       "max_length" },
  { 4000034, NULL,            PROBLEM (PASSWORD_BREACHED),   NULL },
  { 4000037, NULL,            PROBLEM (ADDRESS_UNKNOWN),     NULL },
  { 4000038, NULL,            PROBLEM (ROBOT_REFUSED),       NULL },
  { 4000039, NULL,            PROBLEM (PASSWORD_REPEATED),   NULL },
  { 4000040, NULL,            PROBLEM (ADDRESS_MALFORMED),   NULL },
  { 4010001, NULL,            DETOUR (EXPIRED),              NULL },
  { 4010011, NULL,            PROBLEM (ACCOUNT_DISABLED),    NULL },
  { 4050001, NULL,            DETOUR (EXPIRED),              NULL },
  { 4060001, NULL,            PROBLEM (MAIL_USED),           NULL },
  { 4060002, NULL,            PROBLEM (TRIES_SPENT),         NULL },
  { 4060005, NULL,            DETOUR (EXPIRED),              NULL },
  { 4060006, NULL,            PROBLEM (CODE_REFUSED),        NULL },
  { 4000001, NULL,            PROBLEM (PROTOCOL),            NULL },
  { 4010002, NULL,            PROBLEM (PROTOCOL),            NULL },
  { 4010004, NULL,            PROBLEM (PROTOCOL),            NULL },
  { 4010005, NULL,            PROBLEM (RECOVERY_UNSUPPORTED), NULL },
  { 5000001, NULL,            PROBLEM (SERVER_FAULT),        NULL },
  { 5000002, NULL,            PROBLEM (SERVER_FAULT),        NULL },
};

static const struct {
  const char *id;
  Verdict     verdict;
  int         code;
} envelopes[] = {
  { "session_aal2_required",            DETOUR (SECOND_FACTOR) },
  { "session_refresh_required",         DETOUR (PASSWORD) },
  { "session_already_available",        DETOUR (RAISED) },
  { "self_service_flow_expired",        DETOUR (EXPIRED) },
  { "self_service_flow_replaced",       DETOUR (EXPIRED) },
  { "security_identity_mismatch",       DETOUR (UNKNOWN) },
  { "session_aal1_required",            PROBLEM (SESSION_ENDED) },
  { "session_inactive",                 PROBLEM (SESSION_ENDED) },
  { "identity_disabled",                PROBLEM (ACCOUNT_DISABLED) },
  { "session_verified_address_required", PROBLEM (ACCOUNT_DISABLED) },
  { "browser_location_change_required", PROBLEM (RECOVERY_UNSUPPORTED) },
  { "invalid_configuration",            PROBLEM (SERVER_FAULT) },
};

/* Statuses of an envelope that has no id of those above. */
static const struct {
  guint    status;
  Verdict  verdict;
  int      code;
} statuses[] = {
  { 404, DETOUR (UNKNOWN) },
  { 410, DETOUR (EXPIRED) },
  { 422, PROBLEM (RECOVERY_UNSUPPORTED) },
};

/* What a step makes of a refusal whose reason is not known, and of a 401. */
static const struct {
  FlProblem refused;
  FlProblem unauthorised;
} steps[] = {
  [FL_KRATOS_STEP_BEGIN]          = { FL_PROBLEM_PROTOCOL,             FL_PROBLEM_SESSION_ENDED },
  [FL_KRATOS_STEP_BEGIN_RECOVERY] = { FL_PROBLEM_RECOVERY_UNSUPPORTED, FL_PROBLEM_PROTOCOL },
  [FL_KRATOS_STEP_IDENTIFY]       = { FL_PROBLEM_PROTOCOL,             FL_PROBLEM_PROTOCOL },
  [FL_KRATOS_STEP_SIGN_IN]        = { FL_PROBLEM_CREDENTIALS_REFUSED,  FL_PROBLEM_ACCOUNT_DISABLED },
  [FL_KRATOS_STEP_SECOND_FACTOR]  = { FL_PROBLEM_CODE_REFUSED,         FL_PROBLEM_SESSION_ENDED },
  [FL_KRATOS_STEP_REFRESH]        = { FL_PROBLEM_CREDENTIALS_REFUSED,  FL_PROBLEM_SESSION_ENDED },
  [FL_KRATOS_STEP_MAIL]           = { FL_PROBLEM_PROTOCOL,             FL_PROBLEM_PROTOCOL },
  [FL_KRATOS_STEP_LOOK]           = { FL_PROBLEM_PROTOCOL,             FL_PROBLEM_PROTOCOL },
  [FL_KRATOS_STEP_REDEEM]         = { FL_PROBLEM_CODE_REFUSED,         FL_PROBLEM_ACCOUNT_DISABLED },
  [FL_KRATOS_STEP_SETTINGS]       = { FL_PROBLEM_PROTOCOL,             FL_PROBLEM_SESSION_ENDED },
  [FL_KRATOS_STEP_PASSWORD]       = { FL_PROBLEM_PASSWORD_UNFIT,       FL_PROBLEM_SESSION_ENDED },
  [FL_KRATOS_STEP_TOTP]           = { FL_PROBLEM_CODE_REFUSED,         FL_PROBLEM_SESSION_ENDED },
  [FL_KRATOS_STEP_CODES]          = { FL_PROBLEM_PROTOCOL,             FL_PROBLEM_SESSION_ENDED },
  [FL_KRATOS_STEP_SESSION]        = { FL_PROBLEM_PROTOCOL,             FL_PROBLEM_SESSION_ENDED },
  [FL_KRATOS_STEP_SIGN_OUT]       = { FL_PROBLEM_PROTOCOL,             FL_PROBLEM_SESSION_ENDED },
};

/* The domains are functions, so that the row names one of ours. */
typedef enum {
  NETWORK_RESOLVER,
  NETWORK_IO,
  NETWORK_TLS,
} Network;

static const struct {
  Network   domain;
  int       code;
  FlProblem problem;
} network[] = {
  { NETWORK_RESOLVER, G_RESOLVER_ERROR_NOT_FOUND,         FL_PROBLEM_UNRESOLVED },
  { NETWORK_RESOLVER, G_RESOLVER_ERROR_TEMPORARY_FAILURE, FL_PROBLEM_UNRESOLVED },
  { NETWORK_RESOLVER, G_RESOLVER_ERROR_INTERNAL,          FL_PROBLEM_UNRESOLVED },
  { NETWORK_IO,       G_IO_ERROR_HOST_NOT_FOUND,          FL_PROBLEM_UNRESOLVED },
  { NETWORK_IO,       G_IO_ERROR_NETWORK_UNREACHABLE,     FL_PROBLEM_OFFLINE },
  { NETWORK_IO,       G_IO_ERROR_HOST_UNREACHABLE,        FL_PROBLEM_UNREACHABLE },
  { NETWORK_IO,       G_IO_ERROR_CONNECTION_REFUSED,      FL_PROBLEM_UNREACHABLE },
  { NETWORK_IO,       G_IO_ERROR_TIMED_OUT,               FL_PROBLEM_TIMED_OUT },
  { NETWORK_IO,       G_IO_ERROR_PROXY_FAILED,            FL_PROBLEM_PROXY },
  { NETWORK_IO,       G_IO_ERROR_PROXY_AUTH_FAILED,       FL_PROBLEM_PROXY_LOGIN },
  { NETWORK_IO,       G_IO_ERROR_PROXY_NEED_AUTH,         FL_PROBLEM_PROXY_LOGIN },
  { NETWORK_IO,       G_IO_ERROR_PROXY_NOT_ALLOWED,       FL_PROBLEM_PROXY },
  { NETWORK_IO,       G_IO_ERROR_INVALID_DATA,            FL_PROBLEM_NOT_OUR_SERVER },
  { NETWORK_IO,       G_IO_ERROR_MESSAGE_TOO_LARGE,       FL_PROBLEM_NOT_OUR_SERVER },
  { NETWORK_TLS,      G_TLS_ERROR_BAD_CERTIFICATE,        FL_PROBLEM_TLS_UNTRUSTED },
  /* In glib-networking's words: broken off while TLS was being agreed on, or later; and no TLS, or none to agree on. */
  { NETWORK_TLS,      G_TLS_ERROR_NOT_TLS,                FL_PROBLEM_UNREACHABLE },
  { NETWORK_TLS,      G_TLS_ERROR_EOF,                    FL_PROBLEM_UNREACHABLE },
  { NETWORK_TLS,      G_TLS_ERROR_MISC,                   FL_PROBLEM_NOT_OUR_SERVER },
  { NETWORK_TLS,      G_TLS_ERROR_HANDSHAKE,              FL_PROBLEM_NOT_OUR_SERVER },
  { NETWORK_TLS,      G_TLS_ERROR_CERTIFICATE_REQUIRED,   FL_PROBLEM_NOT_OUR_SERVER },
};

static GError *
sentence (Verdict     verdict,
          int         code,
          const char *diagnostic)
{
  if (verdict == VERDICT_DETOUR)
    return g_error_new_literal (FL_KRATOS_DETOUR, code, diagnostic);

  return fl_problem_new (code, diagnostic);
}

static int
limit_of (const FlKratosMessage *message,
          const char            *member)
{
  gint64 limit = 0;

  if (message->context != NULL)
    fl_kratos_read_integer (message->context, member, FL_KRATOS_OPTIONAL, &limit, NULL);

  return (int) CLAMP (limit, 0, G_MAXINT);
}

static GError *
from_message (const FlKratosMessage *message)
{
  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autofree char *diagnostic = NULL;

      if (messages[i].id != message->id ||
          (messages[i].node != NULL && g_strcmp0 (messages[i].node, message->node) != 0))
        continue;

      diagnostic = g_strdup_printf ("message %" G_GINT64_FORMAT, message->id);
      if (messages[i].limit != NULL)
        return fl_problem_new_limit (messages[i].code, limit_of (message, messages[i].limit), diagnostic);

      return sentence (messages[i].verdict, messages[i].code, diagnostic);
    }

  return NULL;
}

static GError *
from_flow (const FlKratosFlow *flow,
           FlKratosStep        step)
{
  for (guint i = 0; i < flow->messages->len; i++)
    {
      GError *error = from_message (g_ptr_array_index (flow->messages, i));

      if (error != NULL)
        return error;
    }

  if (fl_kratos_flow_is_refusal (flow))
    return fl_problem_new (steps[step].refused, "refused for an unknown reason");

  return fl_problem_new (FL_PROBLEM_PROTOCOL, "a flow that does not go on");
}

static GError *
from_envelope (const FlKratosReply *reply,
               FlKratosStep         step)
{
  g_autofree char *diagnostic = g_strdup_printf ("error envelope with status %u", reply->status);

  if (step == FL_KRATOS_STEP_REDEEM && reply->status == 400 && reply->is_replaced)
    return sentence (DETOUR (REPLACED), diagnostic);

  for (gsize i = 0; i < G_N_ELEMENTS (envelopes); i++)
    if (g_strcmp0 (envelopes[i].id, reply->error_id) == 0)
      return sentence (envelopes[i].verdict, envelopes[i].code, diagnostic);

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (statuses[i].status == reply->status)
      return sentence (statuses[i].verdict, statuses[i].code, diagnostic);

  if (reply->status == 401)
    return fl_problem_new (steps[step].unauthorised, diagnostic);

  /* Recovery that has been switched off is refused without an id when it is begun; elsewhere an envelope that says
   * nothing is about the request, not about what was typed. */
  return fl_problem_new (step == FL_KRATOS_STEP_BEGIN_RECOVERY ? steps[step].refused : FL_PROBLEM_PROTOCOL, diagnostic);
}

/**
 * fl_kratos_problem_from_transport:
 * @error: what GIO, libsoup or the TLS library said
 * @certificate: what is wrong with the server's certificate, 0 for nothing
 *
 * Returns: (transfer full): the problem
 */
GError *
fl_kratos_problem_from_transport (const GError         *error,
                                  GTlsCertificateFlags  certificate)
{
  /* Dates alone may be a fault of this computer's clock. */
  GTlsCertificateFlags dates = G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED;
  Network domain;

  if (certificate != 0)
    return fl_problem_new ((certificate & ~dates) == 0 ? FL_PROBLEM_TLS_DATE : FL_PROBLEM_TLS_UNTRUSTED,
                           error->message);

  if (error->domain == G_RESOLVER_ERROR)
    domain = NETWORK_RESOLVER;
  else if (error->domain == G_IO_ERROR)
    domain = NETWORK_IO;
  else if (error->domain == G_TLS_ERROR)
    domain = NETWORK_TLS;
  else
    return fl_problem_new (FL_PROBLEM_NOT_OUR_SERVER, error->message);

  for (gsize i = 0; i < G_N_ELEMENTS (network); i++)
    if (network[i].domain == domain && network[i].code == error->code)
      return fl_problem_new (network[i].problem, error->message);

  return fl_problem_new (domain == NETWORK_TLS ? FL_PROBLEM_TLS_UNTRUSTED : FL_PROBLEM_UNREACHABLE, error->message);
}

/**
 * fl_kratos_problem_from_proxy:
 * @status: an HTTP status
 *
 * Returns: (transfer full): the problem, when the proxy has answered instead of letting us through (RFC 9110, 9.3.6)
 */
GError *
fl_kratos_problem_from_proxy (guint status)
{
  g_autofree char *diagnostic = g_strdup_printf ("status %u from the proxy", status);

  return fl_problem_new (status == 407 ? FL_PROBLEM_PROXY_LOGIN : FL_PROBLEM_PROXY, diagnostic);
}

/**
 * fl_kratos_problem_from_status:
 * @status: an HTTP status
 * @until: Unix seconds until which the server wants to be left alone, 0 when it did not say
 * @is_intercepted: whether somebody has answered in the server's place: over plain HTTP, and with a redirection to
 *   another host
 *
 * What the status alone says: throttling and faults look the same whoever answers, the server or what stands in front.
 *
 * Returns: (transfer full) (nullable): the problem, or %NULL when the body has to be read
 */
GError *
fl_kratos_problem_from_status (guint    status,
                               gint64   until,
                               gboolean is_intercepted)
{
  g_autofree char *diagnostic = g_strdup_printf ("status %u", status);

  if (status >= 300 && status < 400)
    return fl_problem_new (is_intercepted ? FL_PROBLEM_CAPTIVE_PORTAL : FL_PROBLEM_NOT_OUR_SERVER, diagnostic);
  if (status == 407)
    return fl_problem_new (FL_PROBLEM_PROXY_LOGIN, diagnostic);
  if (status == 429)
    return fl_problem_new_until (FL_PROBLEM_THROTTLED, until, diagnostic);
  if (status == 511) /* RFC 6585, section 6: Network Authentication Required */
    return fl_problem_new (FL_PROBLEM_CAPTIVE_PORTAL, diagnostic);
  if (status == 503 && until != 0) /* RFC 9110, section 15.6.4: maintenance, and when it ends */
    return fl_problem_new_until (FL_PROBLEM_MAINTENANCE, until, diagnostic);
  if (status >= 500)
    return fl_problem_new_until (FL_PROBLEM_SERVER_FAULT, until, diagnostic);
  if (status < 200)
    return fl_problem_new (FL_PROBLEM_NOT_OUR_SERVER, diagnostic);

  return NULL;
}

/**
 * fl_kratos_problem_from_reply:
 * @reply: an answer that is not what was wanted
 * @step: what was being done
 *
 * Returns: (transfer full): the problem, or an error of the domain %FL_KRATOS_DETOUR
 */
GError *
fl_kratos_problem_from_reply (const FlKratosReply *reply,
                              FlKratosStep         step)
{
  if (reply->kind == FL_KRATOS_REPLY_ERROR)
    return from_envelope (reply, step);
  if (reply->kind == FL_KRATOS_REPLY_FLOW)
    return from_flow (reply->flow, step);

  return fl_problem_new (FL_PROBLEM_PROTOCOL, "an answer to another question");
}

/**
 * fl_kratos_problem_is_loss:
 * @error: why a submit failed
 *
 * Returns: whether the server may have acted on the submit all the same
 */
gboolean
fl_kratos_problem_is_loss (const GError *error)
{
  return fl_problem_is_sent (error) ||
         g_error_matches (error, FL_PROBLEM, FL_PROBLEM_TIMED_OUT) ||
         g_error_matches (error, FL_PROBLEM, FL_PROBLEM_UNREACHABLE) ||
         g_error_matches (error, FL_PROBLEM, FL_PROBLEM_SERVER_FAULT) ||
         g_error_matches (error, FL_PROBLEM, FL_PROBLEM_MAINTENANCE) ||
         g_error_matches (error, FL_PROBLEM, FL_PROBLEM_NOT_OUR_SERVER) ||
         g_error_matches (error, FL_PROBLEM, FL_PROBLEM_PROTOCOL);
}
