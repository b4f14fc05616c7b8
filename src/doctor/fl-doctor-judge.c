/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-doctor"

#include "config.h"

#include "fl-doctor-private.h"

#include "fl-clock.h"
#include "fl-problem.h"

/* What is made of what was seen of the server and of the way to it. Why a sign-in cannot begin has been found out by the
 * identity, as it does in the window; here it is decided at which check that is said. */

#define SOON (14 * 24 * 60 * 60)  /* seconds: time enough to renew a certificate by hand */

/* Seconds by which a clock may be wrong before it is called broken: with more than five minutes Kerberos does not work
 * either (RFC 4120, section 8.2), and times in mails and countdowns are nonsense. */
#define FAR_OFF (5 * 60)

typedef struct {
  FlDoctor       *doctor;
  const FlSights *sights;
  FlCheck         culprit;     /* FL_N_CHECKS: none */
  GError         *problem;     /* (nullable): of the culprit */
  gboolean        is_reached;  /* something has been heard of the server itself, or of who claims to be it */
} Case;

static gboolean
is (const GError *problem,
    FlProblem     code)
{
  return g_error_matches (problem, FL_PROBLEM, (int) code);
}

static GTlsCertificate *
get_certificate (const FlSights *sights)
{
  return sights->message != NULL ? soup_message_get_tls_peer_certificate (sights->message) : NULL;
}

static FlCheck
find_broken_way (const FlSights *sights)
{
  /* A name server that does not answer takes all the time there is, and everything fails for lack of time. */
  if (sights->name_failure != NULL && sights->proxy == NULL)
    return FL_CHECK_SERVER_NAME;
  if (sights->tcp_failure != NULL)
    return FL_CHECK_TCP;

  return sights->is_encrypted && get_certificate (sights) == NULL ? FL_CHECK_TLS : FL_CHECK_API;
}

static FlCheck
find_culprit (const FlSights *sights)
{
  if (sights->sign_in == NULL)
    return FL_N_CHECKS;

  switch (sights->sign_in->code)
    {
    case FL_PROBLEM_OFFLINE:
      return FL_CHECK_SERVER_NAME;
    case FL_PROBLEM_UNRESOLVED:
      return sights->proxy != NULL ? FL_CHECK_TCP : FL_CHECK_SERVER_NAME;
    case FL_PROBLEM_PROXY:
    case FL_PROBLEM_PROXY_LOGIN:
      return FL_CHECK_PROXY;
    case FL_PROBLEM_CAPTIVE_PORTAL:
      return FL_CHECK_PORTAL;
    case FL_PROBLEM_TLS_UNTRUSTED:
    case FL_PROBLEM_TLS_EXPIRED:
    case FL_PROBLEM_TLS_DATE:
    case FL_PROBLEM_TLS_CLOCK:
      return FL_CHECK_TLS;
    case FL_PROBLEM_UNREACHABLE:
    case FL_PROBLEM_TIMED_OUT:
    case FL_PROBLEM_NOT_OUR_SERVER:
      return find_broken_way (sights);
    default:
      return FL_CHECK_API;
    }
}

static FlFinding *
get (const Case *self,
     FlCheck     check)
{
  return fl_doctor_get_finding (self->doctor, check);
}

static void
end (const Case *self,
     FlCheck     check,
     FlCause     cause)
{
  fl_finding_end (get (self, check), cause);
}

static void
end_problem (const Case *self,
             FlCheck     check)
{
  fl_finding_end_problem (get (self, check), self->problem);
}

static void
judge_name (const Case *self)
{
  FlFinding *finding = get (self, FL_CHECK_SERVER_NAME);

  fl_finding_add_fact (finding, "name", self->sights->host);
  fl_finding_add_fact (finding, "addresses", self->sights->addresses);
  if (self->culprit == FL_CHECK_SERVER_NAME)
    end_problem (self, FL_CHECK_SERVER_NAME);
  else if (self->sights->addresses != NULL)
    end (self, FL_CHECK_SERVER_NAME, FL_CAUSE_OK);
  else if (self->sights->proxy != NULL && self->is_reached)
    end (self, FL_CHECK_SERVER_NAME, FL_CAUSE_RESOLVED_BY_PROXY);
  else
    end (self, FL_CHECK_SERVER_NAME, FL_CAUSE_BLOCKED);
}

static void
judge_tcp (const Case *self)
{
  FlFinding *finding = get (self, FL_CHECK_TCP);
  g_autofree char *port = g_strdup_printf ("%u", self->sights->port);

  fl_finding_add_fact (finding, "port", port);
  fl_finding_add_fact (finding, "remote", self->sights->remote);
  if (self->sights->proxy != NULL)
    fl_finding_add_fact (finding, "proxy", self->sights->proxy);
  if (self->culprit == FL_CHECK_TCP && self->sights->proxy != NULL)
    end (self, FL_CHECK_TCP, FL_CAUSE_PROXY_UNREACHABLE);
  else if (self->culprit == FL_CHECK_TCP)
    end_problem (self, FL_CHECK_TCP);
  else if (self->sights->remote != NULL || self->is_reached)
    end (self, FL_CHECK_TCP, FL_CAUSE_OK);
  else
    end (self, FL_CHECK_TCP, FL_CAUSE_BLOCKED);
}

static void
judge_proxy (const Case *self)
{
  FlFinding *finding = get (self, FL_CHECK_PROXY);
  g_autofree char *proxies = self->sights->proxies != NULL ? g_strjoinv (", ", self->sights->proxies) : NULL;

  fl_finding_add_fact (finding, "proxies", proxies);
  if (self->culprit == FL_CHECK_PROXY)
    end_problem (self, FL_CHECK_PROXY);
  else if (self->sights->proxy_failure != NULL)
    end (self, FL_CHECK_PROXY, FL_CAUSE_PROXY_UNKNOWN);
  else if (self->sights->proxy == NULL)
    end (self, FL_CHECK_PROXY, FL_CAUSE_OK);
  else
    end (self, FL_CHECK_PROXY, self->is_reached ? FL_CAUSE_PROXIED : FL_CAUSE_BLOCKED);
}

static void
judge_portal (const Case *self)
{
  FlFinding *finding = get (self, FL_CHECK_PORTAL);
  const FlDoorstepAnswer *answer = self->sights->doorstep;

  if (answer != NULL && answer->status != 0)
    {
      g_autofree char *status = g_strdup_printf ("%u", answer->status);

      fl_finding_add_fact (finding, "status", status);
    }
  if (self->culprit == FL_CHECK_PORTAL)
    end_problem (self, FL_CHECK_PORTAL);
  else if (!self->sights->is_encrypted)
    end (self, FL_CHECK_PORTAL, FL_CAUSE_PLAIN);
  else if (answer->kind == FL_DOORSTEP_OURS)
    end (self, FL_CHECK_PORTAL, FL_CAUSE_OK);
  else if (!self->is_reached)
    end (self, FL_CHECK_PORTAL, FL_CAUSE_BLOCKED);
  else
    end (self, FL_CHECK_PORTAL,
         answer->kind == FL_DOORSTEP_PORTAL ? FL_CAUSE_DOORSTEP_FOREIGN : FL_CAUSE_DOORSTEP_UNANSWERED);
}

static void
add_date (FlFinding  *finding,
          const char *name,
          GDateTime  *date)
{
  g_autofree char *text = date != NULL ? g_date_time_format_iso8601 (date) : NULL;

  fl_finding_add_fact (finding, name, text);
}

static void
add_names (FlFinding       *finding,
           GTlsCertificate *certificate)
{
  g_autoptr (GPtrArray) names = g_tls_certificate_get_dns_names (certificate);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      gsize length;
      const char *name = g_bytes_get_data (names->pdata[i], &length);

      g_string_append_printf (text, "%s%.*s", text->len > 0 ? ", " : "", (int) MIN (length, 255), name);
    }
  if (text->len > 0)
    fl_finding_add_fact (finding, "names", text->str);
}

/* Who vouches for whom, as far as the server has sent it: often what is missing is a link of it. */
static void
add_chain (FlFinding       *finding,
           GTlsCertificate *certificate)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (GTlsCertificate *link = g_tls_certificate_get_issuer (certificate); link != NULL; link = g_tls_certificate_get_issuer (link))
    {
      g_autofree char *subject = g_tls_certificate_get_subject_name (link);
      g_autoptr (GDateTime) end_date = g_tls_certificate_get_not_valid_after (link);
      g_autofree char *until = end_date != NULL ? g_date_time_format (end_date, "%Y-%m-%d") : NULL;

      g_string_append_printf (text, "%s%s (%s)", text->len > 0 ? "; " : "", subject != NULL ? subject : "?",
                              until != NULL ? until : "?");
    }
  fl_finding_add_fact (finding, "chain", text->len > 0 ? text->str : "none");
}

/* Older ones are not spoken by glib-networking. */
static const char *
get_protocol_name (GTlsProtocolVersion version)
{
  if (version == G_TLS_PROTOCOL_VERSION_TLS_1_2)
    return "TLS 1.2";

  return version == G_TLS_PROTOCOL_VERSION_TLS_1_3 ? "TLS 1.3" : NULL;
}

static void
describe_certificate (const Case      *self,
                      FlFinding       *finding,
                      GTlsCertificate *certificate)
{
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);
  g_autofree char *issuer = g_tls_certificate_get_issuer_name (certificate);
  g_autoptr (GDateTime) begin = g_tls_certificate_get_not_valid_before (certificate);
  g_autoptr (GDateTime) end_date = g_tls_certificate_get_not_valid_after (certificate);

  fl_finding_add_fact (finding, "protocol",
                       get_protocol_name (soup_message_get_tls_protocol_version (self->sights->message)));
  fl_finding_add_fact (finding, "subject", subject);
  add_names (finding, certificate);
  fl_finding_add_fact (finding, "issuer", issuer);
  add_chain (finding, certificate);
  add_date (finding, "valid-from", begin);
  add_date (finding, "valid-until", end_date);
}

static void
describe_trust (const Case *self,
                FlFinding  *finding)
{
  FlTrust *trust = self->sights->trust;

  fl_finding_add_fact (finding, "ca-file", fl_policy_get_ca_file (fl_doctor_get_policy (self->doctor)));
  if (trust != NULL)
    {
      g_autofree char *number = g_strdup_printf ("%u", fl_trust_get_authorities (trust));

      fl_finding_add_fact (finding, "ca-file-authorities", number);
      fl_finding_add_fact (finding, "ca-file-needed", fl_trust_is_needed (trust) ? "yes" : "no");
    }
  if (self->sights->trust_failure != NULL)
    fl_finding_add_fact (finding, "ca-file-mistake", self->sights->trust_failure->message);
}

/* What the policy's reader has already found to be no file of authorities is not handed on by it. */
static gboolean
is_ca_file_broken (const Case *self)
{
  GPtrArray *mistakes = fl_policy_get_mistakes (fl_doctor_get_policy (self->doctor));

  for (guint i = 0; i < mistakes->len; i++)
    {
      const FlPolicyMistake *mistake = mistakes->pdata[i];

      if (mistake->fault >= FL_POLICY_CA_MISSING && mistake->fault <= FL_POLICY_CA_NOT_PEM)
        return TRUE;
    }

  return self->sights->trust_failure != NULL;
}

static gboolean
ends_soon (GTlsCertificate *certificate)
{
  g_autoptr (GDateTime) end_date = g_tls_certificate_get_not_valid_after (certificate);

  return end_date != NULL && g_date_time_to_unix (end_date) - fl_clock_now () < SOON;
}

static void
judge_refused_certificate (const Case *self)
{
  GTlsCertificateFlags errors = soup_message_get_tls_peer_certificate_errors (self->sights->message);

  if (!is (self->problem, FL_PROBLEM_TLS_UNTRUSTED))
    end_problem (self, FL_CHECK_TLS);
  else if ((errors & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0 && is_ca_file_broken (self))
    end (self, FL_CHECK_TLS, FL_CAUSE_CA_FILE);
  else if ((errors & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0 && (errors & G_TLS_CERTIFICATE_UNKNOWN_CA) == 0)
    end (self, FL_CHECK_TLS, FL_CAUSE_TLS_NAME);
  else
    end_problem (self, FL_CHECK_TLS);
}

static void
judge_tls (const Case *self)
{
  FlFinding *finding = get (self, FL_CHECK_TLS);
  GTlsCertificate *certificate = get_certificate (self->sights);

  if (certificate != NULL)
    describe_certificate (self, finding, certificate);
  describe_trust (self, finding);
  if (!self->sights->is_encrypted)
    end (self, FL_CHECK_TLS, FL_CAUSE_PLAIN);
  else if (self->culprit == FL_CHECK_TLS && certificate != NULL)
    judge_refused_certificate (self);
  else if (self->culprit == FL_CHECK_TLS)
    end_problem (self, FL_CHECK_TLS);
  else if (certificate == NULL || soup_message_get_tls_peer_certificate_errors (self->sights->message) != 0)
    end (self, FL_CHECK_TLS, FL_CAUSE_BLOCKED);
  else if (is_ca_file_broken (self))
    end (self, FL_CHECK_TLS, FL_CAUSE_CA_FILE_UNNEEDED);
  else
    end (self, FL_CHECK_TLS, ends_soon (certificate) ? FL_CAUSE_TLS_SOON : FL_CAUSE_OK);
}

/* What time it is at the server: as it answers itself, or else at its doorstep. 0: nobody said. */
static gint64
get_date (const FlSights *sights)
{
  const char *text = NULL;
  g_autoptr (GDateTime) date = NULL;

  if (sights->message != NULL)
    text = soup_message_headers_get_one (soup_message_get_response_headers (sights->message), "Date");
  date = text != NULL ? soup_date_time_new_from_http_string (text) : NULL;

  if (date != NULL)
    return g_date_time_to_unix (date);

  return sights->doorstep != NULL ? sights->doorstep->date : 0;
}

static void
judge_clock (const Case *self)
{
  FlFinding *finding = get (self, FL_CHECK_CLOCK);
  gint64 date = get_date (self->sights);
  gint64 ahead = date != 0 ? fl_clock_now () - date : 0;
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, ahead);
  gboolean is_told = date != 0 && self->culprit != FL_CHECK_PORTAL && self->culprit != FL_CHECK_PROXY;

  if (is_told)
    fl_finding_add_fact (finding, "seconds-ahead", text);
  if (!is_told)
    end (self, FL_CHECK_CLOCK, self->is_reached && self->culprit != FL_CHECK_TLS ? FL_CAUSE_CLOCK_UNSEEN : FL_CAUSE_BLOCKED);
  else if (ABS (ahead) <= FL_CLOCK_TOLERANCE)
    end (self, FL_CHECK_CLOCK, FL_CAUSE_OK);
  else
    end (self, FL_CHECK_CLOCK, ABS (ahead) <= FAR_OFF ? FL_CAUSE_CLOCK_OFF : FL_CAUSE_CLOCK_FAR_OFF);
}

static void
judge_api (const Case *self)
{
  FlFinding *finding = get (self, FL_CHECK_API);
  guint status = self->sights->message != NULL ? soup_message_get_status (self->sights->message) : 0;
  g_autofree char *text = g_strdup_printf ("%u", status);

  if (self->culprit == FL_N_CHECKS || (self->culprit == FL_CHECK_API && status != 0))
    fl_finding_add_fact (finding, "status", text);
  if (self->culprit == FL_CHECK_API)
    end_problem (self, FL_CHECK_API);
  else
    end (self, FL_CHECK_API, self->culprit == FL_N_CHECKS ? FL_CAUSE_OK : FL_CAUSE_BLOCKED);
}

static void
judge_detail (const Case   *self,
              FlCheck       check,
              const GError *problem,
              FlCause       good)
{
  if (!self->sights->is_asked)
    end (self, check, FL_CAUSE_BLOCKED);
  else if (problem != NULL)
    fl_finding_end_problem (get (self, check), problem);
  else
    end (self, check, good);
}

static gboolean
is_heard (const FlSights *sights,
          FlCheck         culprit)
{
  if (culprit == FL_N_CHECKS || culprit == FL_CHECK_API)
    return sights->message != NULL && soup_message_get_status (sights->message) != 0;

  return culprit == FL_CHECK_TLS && get_certificate (sights) != NULL;
}

/**
 * fl_doctor_judge_server:
 * @self: a doctor that has a server
 * @sights: what was seen
 *
 * Ends every check that is about the server or about the way to it.
 */
void
fl_doctor_judge_server (FlDoctor       *self,
                        const FlSights *sights)
{
  Case it = { self, sights, find_culprit (sights), NULL, FALSE };
  g_autoptr (GError) unresolved = NULL;

  it.is_reached = is_heard (sights, it.culprit);
  it.problem = sights->sign_in;
  if (it.culprit == FL_CHECK_SERVER_NAME && !is (it.problem, FL_PROBLEM_OFFLINE))
    it.problem = unresolved = fl_problem_new (FL_PROBLEM_UNRESOLVED, "no answer from a name server");

  judge_name (&it);
  judge_tcp (&it);
  judge_proxy (&it);
  judge_portal (&it);
  judge_tls (&it);
  judge_clock (&it);
  judge_api (&it);
  judge_detail (&it, FL_CHECK_ROBOT_CHECK, sights->robot, sights->has_robot ? FL_CAUSE_OK : FL_CAUSE_ROBOT_ABSENT);
  judge_detail (&it, FL_CHECK_MAIL_WAY, sights->recovery, FL_CAUSE_OK);
}

/**
 * fl_doctor_judge_without_server:
 * @self: a doctor that has no server
 *
 * Ends every check that needs one.
 */
void
fl_doctor_judge_without_server (FlDoctor *self)
{
  for (FlCheck check = FL_CHECK_SERVER_NAME; check <= FL_CHECK_MAIL_WAY; check++)
    fl_finding_end (fl_doctor_get_finding (self, check), FL_CAUSE_NO_SERVER);
}
