/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-finding-sentence.h"
#include "fl-problem.h"
#include "fl-sentence.h"

/* What the doctor's findings mean, and what IT does next: on its page, on a terminal, and in what a helpdesk is sent.
 * A problem of the assistant's own is told in the very words that stand in the window. */

static const char * const titles[] = {
  [FL_CHECK_POLICY] = N_("Policy"),
  [FL_CHECK_SERVER_NAME] = N_("Server’s name"),
  /* Translators: the check whether the server's port takes connections */
  [FL_CHECK_TCP] = N_("Connection"),
  [FL_CHECK_PROXY] = N_("Proxy"),
  /* Translators: the check whether a captive portal stands in the way */
  [FL_CHECK_PORTAL] = N_("Network’s sign-in page"),
  [FL_CHECK_TLS] = N_("Certificate"),
  [FL_CHECK_CLOCK] = N_("Clock"),
  [FL_CHECK_API] = N_("Server"),
  [FL_CHECK_ROBOT_CHECK] = N_("Robot check"),
  [FL_CHECK_MAIL_WAY] = N_("Email with the code"),
  [FL_CHECK_KEYRING] = N_("Keyring"),
  [FL_CHECK_DEEP_LINK] = N_("Links in emails"),
  [FL_CHECK_OTPAUTH] = N_("Authenticator app on this computer"),
  [FL_CHECK_RENDERING] = N_("Drawing"),
  [FL_CHECK_VERSIONS] = N_("Versions"),
};
G_STATIC_ASSERT (G_N_ELEMENTS (titles) == FL_N_CHECKS);

#define ANY (-1)  /* check */

#define CHECK_POLICY N_("Run “first-login --check-policy”: it names the line, and what is meant.")

/* The causes that are none of the assistant's problems. The first row that fits counts. */
static const struct {
  int         check;
  FlCause     cause;
  const char *sentence;
  const char *next;      /* (nullable) */
} sentences[] = {
  { ANY, FL_CAUSE_BLOCKED,
    N_("This cannot be seen as long as something before it stands in the way."), NULL },

  { FL_CHECK_POLICY, FL_CAUSE_OK,
    N_("The policy file is read, and there is no mistake in it."), NULL },
  { FL_CHECK_POLICY, FL_CAUSE_NO_POLICY,
    N_("There is no policy file on this computer. What is built in counts."), NULL },
  { FL_CHECK_POLICY, FL_CAUSE_POLICY_MISTAKE,
    N_("There is a mistake in the policy file. The rest of it counts."), CHECK_POLICY },
  { FL_CHECK_POLICY, FL_CAUSE_POLICY_UNUSABLE,
    N_("The policy file cannot be used. Nothing in it counts."), CHECK_POLICY },
  { FL_CHECK_POLICY, FL_CAUSE_NO_SERVER,
    N_("No server is named, neither in the policy nor by a person."),
    N_("Name it in the policy file: “url” in the group “server”.") },
  { ANY, FL_CAUSE_NO_SERVER,
    N_("This cannot be seen, because no server is named."), NULL },

  { FL_CHECK_SERVER_NAME, FL_CAUSE_OK,
    N_("The server’s name is found in this network."), NULL },
  { FL_CHECK_SERVER_NAME, FL_CAUSE_RESOLVED_BY_PROXY,
    N_("This computer does not find the server’s name, but the proxy does. That is enough."), NULL },

  { FL_CHECK_TCP, FL_CAUSE_OK,
    N_("The connection is taken."), NULL },
  { FL_CHECK_TCP, FL_CAUSE_PROXY_UNREACHABLE,
    N_("The proxy that this computer is set up to use cannot be reached."),
    N_("Check the proxy in this computer’s network settings, and that it is running.") },

  { FL_CHECK_PROXY, FL_CAUSE_OK,
    N_("No proxy is used for this server."), NULL },
  { FL_CHECK_PROXY, FL_CAUSE_PROXIED,
    N_("There is a proxy, and it lets the connection through."), NULL },
  { FL_CHECK_PROXY, FL_CAUSE_PROXY_UNKNOWN,
    N_("Which proxy to use could not be found out."),
    N_("Check the automatic proxy configuration in this computer’s network settings.") },

  { FL_CHECK_PORTAL, FL_CAUSE_OK,
    N_("No sign-in page of a network stands in the way."), NULL },
  { FL_CHECK_PORTAL, FL_CAUSE_PLAIN,
    N_("The server is on this computer. Nothing stands in the way."), NULL },
  { FL_CHECK_PORTAL, FL_CAUSE_DOORSTEP_UNANSWERED,
    N_("No sign-in page of a network stands in the way. The server’s port 80 does not give the known answer, "
       "which does no harm."), NULL },
  { FL_CHECK_PORTAL, FL_CAUSE_DOORSTEP_FOREIGN,
    N_("The server’s port 80 shows a web page. It will be taken for a network’s sign-in page when the server cannot be reached."),
    N_("Let port 80 of the server answer “GET /” with the text “first-login”, or redirect to https on the same host.") },

  { FL_CHECK_TLS, FL_CAUSE_OK,
    N_("The server’s certificate is trusted and valid."), NULL },
  { FL_CHECK_TLS, FL_CAUSE_PLAIN,
    N_("The server is on this computer and needs no certificate."), NULL },
  { FL_CHECK_TLS, FL_CAUSE_TLS_SOON,
    N_("The server’s certificate is valid, but runs out in less than two weeks."),
    N_("Renew the certificate of the server.") },
  { FL_CHECK_TLS, FL_CAUSE_TLS_NAME,
    N_("The server’s certificate is made out to another name, so nothing was sent."),
    N_("Check the server’s name in the policy, or get a certificate for this name.") },
  { FL_CHECK_TLS, FL_CAUSE_CA_FILE,
    N_("The file of authorities that the policy names cannot be used, and without it the server could not prove that it is the "
       "right one."),
    N_("Put the authority’s certificate where the policy says: “ca-file” in the group “server”.") },
  { FL_CHECK_TLS, FL_CAUSE_CA_FILE_UNNEEDED,
    N_("The server’s certificate is trusted and valid, but the file of authorities that the policy names cannot be used."),
    N_("Mend the file, or take it out of the policy: “ca-file” in the group “server”.") },

  { FL_CHECK_CLOCK, FL_CAUSE_OK,
    N_("This computer’s clock agrees with the server’s."), NULL },
  { FL_CHECK_CLOCK, FL_CAUSE_CLOCK_UNSEEN,
    N_("The server does not say what time it is, so the clock cannot be checked."),
    N_("Let the server’s answers have a “Date”.") },
  { FL_CHECK_CLOCK, FL_CAUSE_CLOCK_OFF, NULL,
    N_("Let this computer and the server set their clocks automatically.") },
  { FL_CHECK_CLOCK, FL_CAUSE_CLOCK_FAR_OFF, NULL,
    N_("Let this computer and the server set their clocks automatically.") },

  { FL_CHECK_API, FL_CAUSE_OK,
    N_("The server answers, and it is of the right kind."), NULL },
  { FL_CHECK_ROBOT_CHECK, FL_CAUSE_OK,
    N_("The server has a robot check, and First Login knows how to do it."), NULL },
  { FL_CHECK_ROBOT_CHECK, FL_CAUSE_ROBOT_ABSENT,
    N_("The server has no robot check, so there is no box to tick."), NULL },
  { FL_CHECK_MAIL_WAY, FL_CAUSE_OK,
    N_("The server is ready to send an email with a code. Whether emails arrive cannot be seen from here."), NULL },

  { FL_CHECK_KEYRING, FL_CAUSE_OK,
    N_("The keyring works."), NULL },
  { FL_CHECK_KEYRING, FL_CAUSE_KEYRING_PORTAL,
    N_("The portal to the keyring is there. Whether the keyring is unlocked shows when it is used."), NULL },
  { FL_CHECK_KEYRING, FL_CAUSE_NO_BUS,
    N_("There is no session of a desktop here, so the keyring cannot be seen."),
    N_("Run this in the person’s own session.") },
  { FL_CHECK_KEYRING, FL_CAUSE_KEYRING_LOCKED,
    N_("The keyring is locked, or has never been used."),
    N_("Sign in to the computer with a password, or unlock the keyring.") },
  { FL_CHECK_KEYRING, FL_CAUSE_KEYRING_NONE,
    N_("There is no keyring, so nothing can be kept until the next start."),
    N_("Install a keyring (Secret Service), such as gnome-keyring, and see that it starts with the session.") },
  { FL_CHECK_KEYRING, FL_CAUSE_KEYRING_SILENT,
    N_("There is a keyring, but it does not answer."),
    N_("Sign out of the computer and in again; look at the journal for the keyring’s messages.") },

  { FL_CHECK_DEEP_LINK, FL_CAUSE_OK,
    N_("The links in emails open First Login."), NULL },
  { FL_CHECK_DEEP_LINK, FL_CAUSE_HANDLER_UNSEEN,
    N_("Whether the links in emails open First Login cannot be seen from here."),
    N_("Press the button in an email to see it. Otherwise the code is typed.") },
  { FL_CHECK_DEEP_LINK, FL_CAUSE_HANDLER_NONE,
    N_("No program opens the links in emails."),
    N_("Install First Login with its desktop file, and run “update-desktop-database”.") },
  { FL_CHECK_DEEP_LINK, FL_CAUSE_HANDLER_FOREIGN,
    N_("Another program opens the links in emails."),
    N_("Make First Login the default for x-scheme-handler/first-login again, in the person’s mimeapps.list.") },

  { FL_CHECK_OTPAUTH, FL_CAUSE_OK,
    N_("There is an authenticator app on this computer that can be opened."), NULL },
  { FL_CHECK_OTPAUTH, FL_CAUSE_HANDLER_NONE,
    N_("There is no authenticator app on this computer. Usually it is on the phone."), NULL },
  { FL_CHECK_OTPAUTH, FL_CAUSE_HANDLER_UNSEEN,
    N_("Whether there is an authenticator app on this computer cannot be seen from here."),
    N_("Nothing has to be done: usually the app is on the phone.") },

  { FL_CHECK_RENDERING, FL_CAUSE_OK,
    N_("The window is drawn."), NULL },
  { FL_CHECK_RENDERING, FL_CAUSE_NO_DISPLAY,
    N_("There is no window here, so drawing has not been looked at."), NULL },
  { FL_CHECK_VERSIONS, FL_CAUSE_OK,
    N_("These are the programs and libraries that were looked at."), NULL },
};

/* What IT does about the assistant's problems. The first row that fits counts. */
static const struct {
  int         check;
  FlProblem   problem;
  const char *next;
} steps[] = {
  { ANY, FL_PROBLEM_OFFLINE,
    N_("Connect the computer to a network.") },
  { ANY, FL_PROBLEM_UNRESOLVED,
    N_("Check the server’s name in the policy and in DNS, inside and outside the company’s network.") },
  { FL_CHECK_TCP, FL_PROBLEM_UNREACHABLE,
    N_("Check the port in the server’s address, that the server is running, and that no firewall refuses connections.") },
  { FL_CHECK_TLS, FL_PROBLEM_UNREACHABLE,
    N_("Something breaks connections off before they are encrypted: look at the web server, and at firewalls on the way.") },
  { ANY, FL_PROBLEM_UNREACHABLE,
    N_("Something breaks connections off: look at the web server, and at firewalls on the way.") },
  { FL_CHECK_TCP, FL_PROBLEM_TIMED_OUT,
    N_("Check that the server is running, and look for firewalls that drop connections instead of refusing them.") },
  { ANY, FL_PROBLEM_TIMED_OUT,
    N_("Look for a slow server, and for firewalls that hold connections without an answer.") },
  { ANY, FL_PROBLEM_PROXY,
    N_("Allow CONNECT to the server’s port on the proxy, or exempt the server from the proxy.") },
  { ANY, FL_PROBLEM_PROXY_LOGIN,
    N_("Exempt the server from the proxy’s authentication: First Login keeps no password of a proxy.") },
  { ANY, FL_PROBLEM_CAPTIVE_PORTAL,
    N_("Open a web browser and sign in to the network there.") },
  { ANY, FL_PROBLEM_TLS_UNTRUSTED,
    N_("Install the authority on this computer, or name it in the policy: “ca-file” in the group “server”. "
       "Exempt the server from whatever opens encrypted connections on the way.") },
  { ANY, FL_PROBLEM_TLS_EXPIRED,
    N_("Renew the certificate of the server.") },
  { ANY, FL_PROBLEM_TLS_DATE,
    N_("Set this computer’s clock right if it is wrong. Otherwise renew the certificate of the server.") },
  { ANY, FL_PROBLEM_TLS_CLOCK,
    N_("Let this computer set its clock automatically.") },
  { ANY, FL_PROBLEM_THROTTLED,
    N_("Wait. If it comes again, raise the server’s limits for addresses that many computers share.") },
  { ANY, FL_PROBLEM_SERVER_FAULT,
    N_("Look at the log of the server, and of what is in front of it.") },
  { ANY, FL_PROBLEM_MAINTENANCE,
    N_("Wait until the work on the server is done.") },
  { FL_CHECK_TLS, FL_PROBLEM_NOT_OUR_SERVER,
    N_("Check the port in the server’s address: what answers there does not encrypt.") },
  { ANY, FL_PROBLEM_NOT_OUR_SERVER,
    N_("Check the server’s address in the policy, and where the web server in front takes /self-service/ to.") },
  { ANY, FL_PROBLEM_RECOVERY_UNSUPPORTED,
    N_("Turn on recovery by code for native apps in the server’s settings.") },
  { ANY, FL_PROBLEM_PROTOCOL,
    N_("Look for something that changes answers on their way, and compare the versions of server and First Login.") },
};

/**
 * fl_finding_sentence_get_title:
 * @check: what is looked at
 *
 * Returns: (transfer none): a name for it that people read
 */
const char *
fl_finding_sentence_get_title (FlCheck check)
{
  g_return_val_if_fail ((gsize) check < G_N_ELEMENTS (titles), NULL);

  return _(titles[check]);
}

/**
 * fl_finding_sentence_get_verdict:
 * @verdict: a verdict
 *
 * Returns: (transfer none): the verdict as a word that people read, for whom colours are not enough
 */
const char *
fl_finding_sentence_get_verdict (FlVerdict verdict)
{
  switch (verdict)
    {
    case FL_VERDICT_GREEN:
      /* Translators: what a check has come to: as on a traffic light, nothing has to be done */
      return C_("check", "Good");
    case FL_VERDICT_YELLOW:
      /* Translators: what a check has come to: as on a traffic light, it works, though not as well as it could */
      return C_("check", "Note");
    case FL_VERDICT_RED:
      /* Translators: what a check has come to: as on a traffic light, it does not work like this */
      return C_("check", "Fault");
    case FL_VERDICT_NONE:
    default:
      /* Translators: a check that has not come to anything yet */
      return C_("check", "Looking…");
    }
}

static gsize
find_sentence (FlFinding *finding)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (sentences[i].cause == fl_finding_get_cause (finding) &&
        (sentences[i].check == ANY || sentences[i].check == (int) fl_finding_get_check (finding)))
      return i;

  g_return_val_if_reached (0);
}

static char *
describe_clock (FlFinding *finding)
{
  const char *ahead = fl_finding_get_fact (finding, "seconds-ahead");

  return fl_sentence_for_clock (ahead != NULL ? g_ascii_strtoll (ahead, NULL, 10) : 0);
}

/**
 * fl_finding_sentence_describe:
 * @finding: what a check has come to
 * @policy: the names to use
 *
 * Returns: (transfer full): one sentence about it, or two
 */
char *
fl_finding_sentence_describe (FlFinding *finding,
                              FlPolicy  *policy)
{
  const GError *problem = fl_finding_get_problem (finding);
  FlCause cause = fl_finding_get_cause (finding);

  g_return_val_if_fail (fl_finding_get_verdict (finding) != FL_VERDICT_NONE, NULL);

  if (problem != NULL)
    return fl_sentence_for_problem (problem, FL_STEP_EMAIL, policy, NULL);
  if (cause == FL_CAUSE_CLOCK_OFF || cause == FL_CAUSE_CLOCK_FAR_OFF)
    return describe_clock (finding);

  return g_strdup (_(sentences[find_sentence (finding)].sentence));
}

/**
 * fl_finding_sentence_get_next:
 * @finding: what a check has come to
 *
 * Returns: (transfer none) (nullable): what IT does about it; %NULL when there is nothing to do
 */
const char *
fl_finding_sentence_get_next (FlFinding *finding)
{
  const GError *problem = fl_finding_get_problem (finding);
  const char *next = NULL;

  g_return_val_if_fail (fl_finding_get_verdict (finding) != FL_VERDICT_NONE, NULL);

  if (problem == NULL)
    next = sentences[find_sentence (finding)].next;
  for (gsize i = 0; problem != NULL && next == NULL && i < G_N_ELEMENTS (steps); i++)
    if ((int) steps[i].problem == problem->code &&
        (steps[i].check == ANY || steps[i].check == (int) fl_finding_get_check (finding)))
      next = steps[i].next;

  return next != NULL ? _(next) : NULL;
}
