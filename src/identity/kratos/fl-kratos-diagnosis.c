/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-diagnosis.h"

#include "fl-clock.h"
#include "fl-doorstep-answer.h"
#include "fl-doorstep.h"
#include "fl-problem.h"

/* Why the server was not reached, when the failure itself does not tell: a network that is not there, or wants a sign-in
 * first, breaks a connection over TLS in every way there is, and a certificate looks out of date to a wrong clock.
 *
 * 1. The desktop is asked whether there is a network, and whether it is known to want a sign-in.
 * 2. The server's own port for plain HTTP is asked once: no other host, no redirection, nothing sent but the question.
 * 3. The date of that answer is compared with the certificate's and with our own. It comes without proof, and decides
 *    about nothing but words. */

typedef struct {
  SoupSession     *session;
  GError          *problem;      /* as the failure told it */
  GTlsCertificate *certificate;  /* (nullable): the one that was refused */
  char            *host;
  char            *doorstep;
  gboolean         is_answered;
} Diagnosis;

typedef enum {
  NETWORK_UNKNOWN,
  NETWORK_ABSENT,
  NETWORK_PORTAL,
  NETWORK_PRESENT,
} Network;

static void
diagnosis_free (gpointer data)
{
  Diagnosis *self = data;

  g_clear_object (&self->session);
  g_clear_error (&self->problem);
  g_clear_object (&self->certificate);
  g_free (self->host);
  g_free (self->doorstep);
  g_free (self);
}

static void
conclude (GTask *task)
{
  Diagnosis *self = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&self->problem), (GDestroyNotify) g_error_free);
}

static void
replace (Diagnosis *self,
         FlProblem  code,
         gint64     ahead)
{
  g_autoptr (GError) failure = g_steal_pointer (&self->problem);

  self->problem = fl_problem_new_ahead (code, ahead, failure->message);
  if (fl_problem_is_sent (failure))
    fl_problem_set_sent (self->problem);
}

static gboolean
is (const Diagnosis *self,
    FlProblem        code)
{
  return g_error_matches (self->problem, FL_PROBLEM, (int) code);
}

/* Whether the certificate would be valid at that time. */
static gboolean
covers (const Diagnosis *self,
        GDateTime       *time)
{
  g_autoptr (GDateTime) begin = g_tls_certificate_get_not_valid_before (self->certificate);
  g_autoptr (GDateTime) end = g_tls_certificate_get_not_valid_after (self->certificate);

  return begin != NULL && end != NULL && g_date_time_compare (begin, time) <= 0 && g_date_time_compare (time, end) <= 0;
}

static gboolean
is_before_release (void)
{
  g_autoptr (GDateTime) release = g_date_time_new_from_iso8601 (RELEASED_ON "T00:00:00Z", NULL);

  return release != NULL && fl_clock_now () < g_date_time_to_unix (release);
}

/* Whose fault is it that the certificate is not valid today? A clock before the day on which this program was made is
 * wrong, whatever anybody says. */
static void
judge_dates (Diagnosis *self,
             gint64     told)
{
  g_autoptr (GDateTime) date = told != 0 ? g_date_time_new_from_unix_utc (told) : NULL;
  gint64 ahead = date != NULL ? fl_clock_now () - told : 0;

  if (date != NULL && ABS (ahead) <= FL_CLOCK_TOLERANCE)
    replace (self, FL_PROBLEM_TLS_EXPIRED, 0);
  else if (date != NULL && self->certificate != NULL && covers (self, date))
    replace (self, FL_PROBLEM_TLS_CLOCK, ahead);
  else if (is_before_release ())
    replace (self, FL_PROBLEM_TLS_CLOCK, 0);
}

static void
on_ask_ready (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Diagnosis *self = g_task_get_task_data (task);
  g_autofree FlDoorstepAnswer *answer = fl_doorstep_ask_finish (result);

  if (answer->kind == FL_DOORSTEP_PORTAL)
    replace (self, FL_PROBLEM_CAPTIVE_PORTAL, 0);
  else if (is (self, FL_PROBLEM_TLS_DATE))
    judge_dates (self, answer->date);
  conclude (task);
}

static void
ask_at_doorstep (GTask *task)
{
  Diagnosis *self = g_task_get_task_data (task);

  fl_doorstep_ask_async (self->session, self->doorstep, g_task_get_cancellable (task), on_ask_ready, g_object_ref (task));
}

/* The monitor is made when it is first asked for, and asks other programs while it is made. */
static void
look_at_network (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();
  GNetworkConnectivity connectivity = g_network_monitor_get_connectivity (monitor);

  if (!g_network_monitor_get_network_available (monitor))
    g_task_return_int (task, NETWORK_ABSENT);
  else
    g_task_return_int (task, connectivity == G_NETWORK_CONNECTIVITY_PORTAL ? NETWORK_PORTAL : NETWORK_PRESENT);
}

static void
on_network_seen (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  Diagnosis *self = g_task_get_task_data (task);
  gssize seen = g_task_propagate_int (G_TASK (result), &error);
  Network network = error != NULL ? NETWORK_UNKNOWN : (Network) seen;

  if (network == NETWORK_ABSENT && !self->is_answered)
    {
      replace (self, FL_PROBLEM_OFFLINE, 0);
      conclude (task);
    }
  else if (network == NETWORK_PORTAL)
    {
      replace (self, FL_PROBLEM_CAPTIVE_PORTAL, 0);
      conclude (task);
    }
  else
    {
      /* There is a network, but no way to this server. */
      if (network == NETWORK_PRESENT && is (self, FL_PROBLEM_OFFLINE))
        replace (self, FL_PROBLEM_UNREACHABLE, 0);
      ask_at_doorstep (task);
    }
}

static gboolean
is_on_this_computer (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return g_str_equal (host, "localhost") || (address != NULL && g_inet_address_get_is_loopback (address));
}

static gboolean
is_doubtful (FlProblem code)
{
  return code == FL_PROBLEM_OFFLINE || code == FL_PROBLEM_UNRESOLVED || code == FL_PROBLEM_UNREACHABLE ||
         code == FL_PROBLEM_TIMED_OUT || code == FL_PROBLEM_TLS_UNTRUSTED || code == FL_PROBLEM_TLS_DATE ||
         code == FL_PROBLEM_NOT_OUR_SERVER;
}

/**
 * fl_kratos_diagnose_async:
 * @session: over which the server was asked
 * @server: the server's canonical address
 * @message: what was sent, or should have been
 * @is_answered: whether somebody has answered, if only by refusing: then there is a network
 * @problem: (transfer full): what the failure itself tells
 * @cancellable: ends the search for a better reason
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Looks for the reason why a server was not reached.
 */
void
fl_kratos_diagnose_async (SoupSession         *session,
                          const char          *server,
                          SoupMessage         *message,
                          gboolean             is_answered,
                          GError              *problem,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) look = NULL;
  Diagnosis *self = g_new0 (Diagnosis, 1);
  GUri *uri = soup_message_get_uri (message);
  gboolean is_encrypted = g_str_equal (g_uri_get_scheme (uri), "https");

  g_task_set_source_tag (task, fl_kratos_diagnose_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, diagnosis_free);
  self->session = g_object_ref (session);
  self->problem = problem;
  self->is_answered = is_answered;
  self->host = g_strdup (g_uri_get_host (uri));
  self->doorstep = fl_doorstep_for_server (server);
  g_set_object (&self->certificate, soup_message_get_tls_peer_certificate (message));

  /* Plain HTTP is for a server on this computer, which needs no network and has nobody in front of it. */
  if (!is_doubtful (problem->code) || !is_encrypted || self->doorstep == NULL)
    {
      conclude (task);
      return;
    }
  if (is_on_this_computer (self->host))
    {
      ask_at_doorstep (task);
      return;
    }

  look = g_task_new (NULL, cancellable, on_network_seen, g_steal_pointer (&task));
  g_task_set_source_tag (look, look_at_network);
  g_task_set_return_on_cancel (look, TRUE);
  g_task_run_in_thread (look, look_at_network);
}

/**
 * fl_kratos_diagnose_finish:
 * @result: what the callback was given
 *
 * Returns: (transfer full): the problem, of the domain %FL_PROBLEM: a better one, or the one that was known before
 */
GError *
fl_kratos_diagnose_finish (GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}
