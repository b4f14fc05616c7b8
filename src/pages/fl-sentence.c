/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-sentence.h"

/*
 * What people read when something has happened: for each problem what it was, and what to do now.
 *
 * Two lines at most at the usual size, since that is the room that a field keeps for them; but for what has to be mended
 * on the phone, where the way to the setting stands in two more.
 */

static char *
describe_typed_code (FlProblem problem,
                     FlStep    step)
{
  gboolean by_mail = step == FL_STEP_INBOX;
  gboolean enrolling = step == FL_STEP_ENROL;

  if (step == FL_STEP_RECOVERY_CODES)
    return g_strdup (problem == FL_PROBLEM_CODE_MALFORMED
                     ? _("That is not a whole recovery code. Type one exactly as it stands in the list.")
                     : _("That code is not in the list. Type any one of them, exactly as it stands there."));

  switch ((int) problem)
    {
    case FL_PROBLEM_CODE_MALFORMED:
      if (by_mail)
        return g_strdup (_("The code has six digits. It stands in the email, below the green button."));
      if (enrolling)
        return g_strdup (_("The code has six digits. Type the ones that the app shows now."));
      return g_strdup (_("That is not a whole code. Type it exactly as the app or your list shows it."));
    case FL_PROBLEM_CODE_USED:
      if (by_mail)
        return g_strdup (_("That code has already been used. Press Send again to get a new email."));
      if (enrolling)
        return g_strdup (_("That code has already been used. Wait for the next one in the app."));
      return g_strdup (_("That code has already been used. Wait for the next one in the app, "
                         "or take another recovery code."));
    default:
      if (by_mail)
        return g_strdup (_("That is not the code in the newest email. Compare the digits, or press Send again."));
      if (enrolling)
        return g_strdup (_("That code does not fit. Wait for the next one in the app, "
                           "and see that the phone’s clock is right."));
      return g_strdup (_("That code does not fit. Compare it, or wait for the next one in the app."));
    }
}

/* What is known of a refused code that would be right at another time, and how it is mended on either kind of phone. */
static char *
describe_skewed_code (gint64 ahead)
{
  g_autofree char *span = fl_sentence_format_span (ahead);
  g_autofree char *what = NULL;

  /* A minute may also have gone by between reading and pressing the button. */
  if (ahead == -60)
    what = g_strdup (_("That code was right a minute ago. Type the one that the app shows now. If it does not fit either, "
                       "let the phone set its clock automatically."));
  else
    what = g_strdup_printf (ahead < 0
                            /* Translators: %s is a span of time, such as "2 min 30 s" */
                            ? _("Your phone’s clock is %s behind. Let the phone set it automatically, then type the new code.")
                            /* Translators: %s is a span of time, such as "2 min 30 s" */
                            : _("Your phone’s clock is %s ahead. Let the phone set it automatically, then type the new code."),
                            span);

  return g_strconcat (what, "\n",
                      /* Translators: where phones have the setting, in the words that they show in this language */
                      _("Android: Settings › System › Date and time.\niPhone: Settings › General › Date & Time."),
                      NULL);
}

static char *
describe_new_password (FlProblem problem,
                       int       limit)
{
  switch ((int) problem)
    {
    case FL_PROBLEM_PASSWORD_SHORT:
      if (limit <= 0)
        return g_strdup (_("That password is too short. Add a few more characters."));
      return g_strdup_printf (ngettext ("That password is too short. Use at least %d character.",
                                        "That password is too short. Use at least %d characters.",
                                        limit),
                              limit);
    case FL_PROBLEM_PASSWORD_LONG:
      if (limit <= 0)
        return g_strdup (_("That password is too long. Choose a shorter one."));
      return g_strdup_printf (ngettext ("That password is too long. Use at most %d character; letters like å count as two.",
                                        "That password is too long. Use at most %d characters; letters like å count as two.",
                                        limit),
                              limit);
    case FL_PROBLEM_PASSWORD_SIMILAR:
      return g_strdup (_("That password is too much like your email address. Choose a different one."));
    case FL_PROBLEM_PASSWORD_BREACHED:
      return g_strdup (_("That password has turned up in a data leak, so it is easy to guess. Choose a different one."));
    case FL_PROBLEM_PASSWORD_REPEATED:
      return g_strdup (_("You have used that password before. Choose a new one."));
    default:
      return g_strdup (_("The server does not take that password. Try a longer one, with different kinds of characters."));
    }
}

static char *
describe_typed (const GError *problem,
                FlStep        step,
                FlPolicy     *policy)
{
  switch (problem->code)
    {
    case FL_PROBLEM_ADDRESS_MALFORMED:
      return g_strdup (_("That is not a whole email address. It looks like name@company.com."));
    case FL_PROBLEM_ADDRESS_UNKNOWN:
      return g_strdup (_("There is no account with this address. Check the spelling, or ask your IT department."));
    case FL_PROBLEM_TEXT_HIDDEN:
      return g_strdup (_("There is a character in it that cannot be seen. Delete it all, and type it by hand."));
    case FL_PROBLEM_CREDENTIALS_REFUSED:
      if (step == FL_STEP_PASSWORD)
        return g_strdup (_("That is not the password for this account. No password yet? Press the link below."));
      return g_strdup (_("That is not the password for this account. Type it once more."));
    case FL_PROBLEM_ACCOUNT_DISABLED:
      return g_strdup_printf (/* Translators: %s is the account, such as "Visma Connect" */
                              _("This %s account is switched off. Your IT department can switch it on again."),
                              fl_policy_get_issuer (policy));
    case FL_PROBLEM_PASSWORD_MISSING:
      return g_strdup (step == FL_STEP_NEW_PASSWORD ? _("Type the password that you want to have.")
                                                    : _("Type your password first."));
    case FL_PROBLEM_ROBOT_UNCHECKED:
      return g_strdup (_("Tick this box first"));
    case FL_PROBLEM_ROBOT_REFUSED:
      return g_strdup (step == FL_STEP_INBOX ? _("The robot check did not succeed. Press Send again once more.")
                                             : _("The check failed. Tick the box again."));
    case FL_PROBLEM_SERVER_MALFORMED:
      return g_strdup (_("That is not a server address. It begins with https://, as your IT department gave it."));
    case FL_PROBLEM_LINK_MALFORMED:
      return g_strdup (_("That is not the link of the green button. Copy it from the email again, or type the code."));
    case FL_PROBLEM_LINK_FOREIGN:
      return g_strdup (_("That link belongs to another organisation’s server. Use the newest email from yours."));
    case FL_PROBLEM_PASSWORD_SHORT:
    case FL_PROBLEM_PASSWORD_LONG:
    case FL_PROBLEM_PASSWORD_SIMILAR:
    case FL_PROBLEM_PASSWORD_BREACHED:
    case FL_PROBLEM_PASSWORD_REPEATED:
    case FL_PROBLEM_PASSWORD_UNFIT:
      return describe_new_password (problem->code, fl_problem_get_limit (problem));
    case FL_PROBLEM_CODE_SKEWED:
      return fl_problem_get_ahead (problem) != 0 ? describe_skewed_code (fl_problem_get_ahead (problem))
                                                 : describe_typed_code (FL_PROBLEM_CODE_REFUSED, step);
    case FL_PROBLEM_CODE_MALFORMED:
    case FL_PROBLEM_CODE_REFUSED:
    case FL_PROBLEM_CODE_USED:
    case FL_PROBLEM_CODE_NOT_IN_LIST:
    default:
      return describe_typed_code (problem->code, step);
    }
}

/* "Try again in 0:41", or by the clock, or in the open where the server has not said when. */
static char *
describe_wait (const char *reason,
               gint64      until,
               const char *countdown)
{
  g_autofree char *when = NULL;
  g_autofree char *time = NULL;

  if (countdown != NULL)
    {
      /* Translators: %s is what is left of a countdown, such as "0:41" */
      when = g_strdup_printf (_("Try again in %s."), countdown);
    }
  else if (until != 0)
    {
      time = fl_sentence_format_time (until);
      /* Translators: %s is a time of the day, such as "10:42" */
      when = g_strdup_printf (_("Try again at %s."), time);
    }
  else
    {
      when = g_strdup (_("Wait a few minutes, then try again."));
    }

  /* Translators: two sentences: what happened, and when to try again */
  return g_strdup_printf (C_("two sentences", "%s %s"), reason, when);
}

static char *
describe_run_out (const GError *problem,
                  FlStep        step,
                  const char   *countdown)
{
  gint64 until = fl_problem_get_until (problem);
  gboolean waiting = step == FL_STEP_INBOX;
  g_autofree char *time = NULL;

  switch (problem->code)
    {
    case FL_PROBLEM_TRIES_SPENT:
      return g_strdup (waiting ? _("Too many wrong codes for this email. Press Send again to get a new one.")
                               : _("Too many wrong codes. Go back and ask for a new email."));
    case FL_PROBLEM_MAIL_USED:
      return g_strdup (_("The code in this email has already been used. If you chose a password elsewhere, "
                         "sign in with it; otherwise send a new email."));
    case FL_PROBLEM_MAIL_EXPIRED:
      return g_strdup (waiting ? _("The code in this email has run out. Press Send again to get a new one.")
                               : _("This email is too old to be used. Ask for a new one."));
    case FL_PROBLEM_MAIL_SUPERSEDED:
      if (until == 0)
        return g_strdup (_("You asked for a newer email since. Use that one."));
      time = fl_sentence_format_time (until);
      /* Translators: %s is a time of the day, such as "10:42" */
      return g_strdup_printf (_("You asked for a newer email at %s. Use that one."), time);
    case FL_PROBLEM_SESSION_ENDED:
      return g_strdup (_("You have been signed out, to be safe. Sign in again to go on."));
    default:
      /* On the waiting page the button of the code has a countdown of its own; without one, the mails are meant. */
      return describe_wait (step == FL_STEP_CREATE_PASSWORD || (waiting && countdown == NULL)
                              ? _("Too many emails have been asked for.")
                              : _("Those were too many tries."),
                            until, countdown);
    }
}

static char *
describe_refused_clock (gint64 ahead)
{
  g_autofree char *span = fl_sentence_format_span (ahead);

  if (ahead == 0)
    return g_strdup (_("This computer’s clock is wrong, so nothing was sent. Set date and time right, then try again."));

  return g_strdup_printf (ahead > 0
                          /* Translators: %s is a span of time, such as "1 h 3 min" or "12 days" */
                          ? _("This computer’s clock is %s ahead, so nothing was sent. Set date and time right, then try again.")
                          /* Translators: %s is a span of time, such as "1 h 3 min" or "12 days" */
                          : _("This computer’s clock is %s behind, so nothing was sent. Set date and time right, then try again."),
                          span);
}

static char *
describe_maintenance (gint64 until)
{
  g_autofree char *time = fl_sentence_format_time (until);

  /* Translators: %s is a time of the day, such as "10:42" */
  return g_strdup_printf (_("The server is being worked on until %s. Try again then."), time);
}

static char *
describe_between (const GError *problem,
                  const char   *countdown)
{
  switch (problem->code)
    {
    case FL_PROBLEM_OFFLINE:
      return g_strdup (_("This computer is not connected to a network. Connect it, then try again."));
    case FL_PROBLEM_UNRESOLVED:
      return g_strdup (_("The server’s name could not be found in this network. Check the network, or connect your company’s VPN."));
    case FL_PROBLEM_UNREACHABLE:
      return g_strdup (_("The server cannot be reached. Check the network or your company’s VPN, then try again."));
    case FL_PROBLEM_TIMED_OUT:
      return g_strdup (_("The server did not answer in time. Try again in a moment."));
    case FL_PROBLEM_TLS_UNTRUSTED:
      return g_strdup (_("The server could not prove that it is the right one, so nothing was sent. "
                         "Tell your IT department."));
    case FL_PROBLEM_TLS_EXPIRED:
      return g_strdup (_("The server’s certificate is not valid today, so nothing was sent. Tell your IT department."));
    case FL_PROBLEM_TLS_DATE:
      return g_strdup (_("The server’s certificate is not valid today. Check this computer’s date, "
                         "or tell your IT department."));
    case FL_PROBLEM_TLS_CLOCK:
      return describe_refused_clock (fl_problem_get_ahead (problem));
    case FL_PROBLEM_PROXY_LOGIN:
      return g_strdup (_("The proxy of this network wants a user name and a password. Ask your IT department "
                         "how to sign in to it."));
    case FL_PROBLEM_PROXY:
      return g_strdup (_("The proxy of this network did not let the connection through. Ask your IT department."));
    case FL_PROBLEM_CAPTIVE_PORTAL:
      return g_strdup (_("This network wants you to sign in to it first. Open its sign-in page, then try again here."));
    case FL_PROBLEM_SERVER_FAULT:
      return describe_wait (_("The server has a problem of its own."), fl_problem_get_until (problem), countdown);
    case FL_PROBLEM_MAINTENANCE:
      return describe_maintenance (fl_problem_get_until (problem));
    case FL_PROBLEM_NOT_OUR_SERVER:
      return g_strdup (_("Something answers at this address, but it is not the server for your account. "
                         "Ask your IT department."));
    case FL_PROBLEM_RECOVERY_UNSUPPORTED:
      return g_strdup (_("This server cannot send you an email for a new password. Ask your IT department for one."));
    default:
      return g_strdup (_("The server’s answer made no sense. Try again, and tell your IT department if it happens again."));
    }
}

/**
 * fl_sentence_for_problem:
 * @problem: an error of the domain %FL_PROBLEM
 * @step: where it happened
 * @policy: the names to use
 * @countdown: (nullable): what is left until it works again, such as "0:41"
 *
 * Returns: (transfer full): what happened, and what to do now
 */
char *
fl_sentence_for_problem (const GError *problem,
                         FlStep        step,
                         FlPolicy     *policy,
                         const char   *countdown)
{
  g_return_val_if_fail (problem != NULL, NULL);

  if (problem->code <= FL_PROBLEM_LINK_FOREIGN)
    return describe_typed (problem, step, policy);
  if (problem->code <= FL_PROBLEM_THROTTLED)
    return describe_run_out (problem, step, countdown);

  return describe_between (problem, countdown);
}

/**
 * fl_sentence_for_notice:
 * @notice: what there is to say
 * @policy: the names to use
 *
 * Returns: (transfer full) (nullable): a word why; %NULL when there is nothing to say
 */
char *
fl_sentence_for_notice (FlNotice  notice,
                        FlPolicy *policy)
{
  switch (notice)
    {
    case FL_NOTICE_KEY_CHANGED:
      return g_strdup (_("This is a new QR code. Scan it, even if you have scanned one before."));
    case FL_NOTICE_MAIL_SENT_AGAIN:
      return g_strdup (_("A new email is on its way. Use the newest one."));
    case FL_NOTICE_SESSION_AGED:
      return g_strdup (_("Too much time has passed since you opened the email, so a new one is on its way."));
    case FL_NOTICE_SESSION_ENDED:
      return g_strdup_printf (/* Translators: %s is the account, such as "Visma Connect" */
                              _("You have been signed out of %s: too much time has passed, or the session was ended elsewhere. "
                                "Sign in again to go on."),
                              fl_policy_get_issuer (policy));
    case FL_NOTICE_MAIL_EXPIRED:
      return g_strdup (_("The email that you were waiting for has run out meanwhile. Ask for a new one."));
    case FL_NOTICE_RESUMED:
      return g_strdup (_("Welcome back. You go on where you left off."));
    case FL_NOTICE_SAVE_FAILED:
      return g_strdup (_("Your address could not be saved on this computer. You can go on without it."));
    case FL_NOTICE_CODES_CHANGED:
      return g_strdup (_("These are new recovery codes. Those that you saw before do not work."));
    case FL_NOTICE_RECORD_UNREADABLE:
      return g_strdup (_("What was kept of your last visit cannot be read, so you begin here."));
    case FL_NOTICE_PASSWORD_SET:
      return g_strdup (_("Welcome back. Your new password is set, and you go on from there."));
    case FL_NOTICE_LINK_UNNEEDED:
      return g_strdup (_("The link in the email is not needed any more: you have come further already."));
    case FL_NOTICE_NONE:
    default:
      return NULL;
    }
}

/**
 * fl_sentence_for_clock:
 * @ahead: seconds by which this computer's clock is ahead of the server's; negative when it is behind
 *
 * Returns: (transfer full) (nullable): a word about it, and how to mend it; %NULL when there is nothing to say
 */
char *
fl_sentence_for_clock (gint64 ahead)
{
  g_autofree char *span = fl_sentence_format_span (ahead);

  if (ahead == 0)
    return NULL;

  return g_strdup_printf (ahead > 0
                          /* Translators: %s is a span of time, such as "1 h 3 min" or "12 days" */
                          ? _("This computer’s clock is %s ahead. Set it right in Settings, or codes made on it do not fit.")
                          /* Translators: %s is a span of time, such as "1 h 3 min" or "12 days" */
                          : _("This computer’s clock is %s behind. Set it right in Settings, or codes made on it do not fit."),
                          span);
}

/**
 * fl_sentence_for_support:
 * @policy: whom IT has named
 *
 * Returns: (transfer full): whom to ask, and how they are reached
 */
char *
fl_sentence_for_support (FlPolicy *policy)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  const char *text = fl_policy_get_support_text (policy);
  const char *ways[] = {
    fl_policy_get_support_phone (policy),
    fl_policy_get_support_mail (policy),
    fl_policy_get_support_hours (policy),
  };
  g_autofree char *joined = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      if (ways[i] != NULL)
        g_ptr_array_add (parts, (char *) ways[i]);
    }
  g_ptr_array_add (parts, NULL);

  if (text == NULL)
    text = _("Ask your IT department.");
  if (parts->len == 1)
    return g_strdup (text);

  joined = g_strjoinv (" · ", (char **) parts->pdata);

  return g_strdup_printf ("%s\n%s", text, joined);
}

/**
 * fl_sentence_for_apps:
 * @policy: the apps that IT has named
 *
 * Returns: (transfer full): where to get an authenticator app, and which ones suit
 */
char *
fl_sentence_for_apps (FlPolicy *policy)
{
  const char * const *apps = fl_policy_get_authenticator_apps (policy);
  g_autofree char *names = NULL;

  if (apps == NULL || apps[0] == NULL)
    return g_strdup (_("It is free in your phone’s app store. Any app that shows six-digit codes will do."));

  /* Translators: what stands between the names in a list of apps */
  names = g_strjoinv (C_("between list items", ", "), (char **) apps);

  return g_strdup_printf (/* Translators: %s is a list of apps, such as "Aegis, Google Authenticator" */
                          _("It is free in your phone’s app store. Suitable ones are: %s."), names);
}

/**
 * fl_sentence_format_time:
 * @time: Unix time in seconds
 *
 * Returns: (transfer full): the time of the day where this computer is, such as "10:42"
 */
char *
fl_sentence_format_time (gint64 time)
{
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local (time);

  return local != NULL ? g_date_time_format (local, "%H:%M") : g_strdup ("");
}

/**
 * fl_sentence_format_span:
 * @seconds: how long; its sign does not count
 *
 * Returns: (transfer full): the two largest units of it, such as "2 min 30 s" or "1 h 3 min"; from two days on, "12 days"
 */
char *
fl_sentence_format_span (gint64 seconds)
{
  guint64 left = ABS (seconds);
  int days = (int) MIN (left / (24 * 60 * 60), G_MAXINT);
  int hours = (int) MIN (left / (60 * 60), 47);
  int minutes = (int) (left / 60 % 60);

  if (days >= 2)
    return g_strdup_printf (ngettext ("%d day", "%d days", days), days);
  if (hours > 0 && minutes > 0)
    /* Translators: hours and minutes, as short as may be */
    return g_strdup_printf (_("%d h %d min"), hours, minutes);
  if (hours > 0)
    /* Translators: hours, as short as may be */
    return g_strdup_printf (_("%d h"), hours);
  if (minutes > 0 && left % 60 > 0)
    /* Translators: minutes and seconds, as short as may be */
    return g_strdup_printf (_("%d min %d s"), minutes, (int) (left % 60));
  if (minutes > 0)
    /* Translators: minutes, as short as may be */
    return g_strdup_printf (_("%d min"), minutes);

  /* Translators: seconds, as short as may be */
  return g_strdup_printf (_("%d s"), (int) left);
}
