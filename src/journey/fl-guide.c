/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-guide"

#include "config.h"

#include "fl-guide.h"

/*
 * The one table: where each event leads from each step. What is not in it cannot happen.
 *
 * A resume record and a link move by the same events as the person who does it all by hand, so the first pages have
 * more ways out than buttons.
 */
static const FlEdge edges[] = {
  { FL_STEP_BEFORE_YOU_BEGIN, FL_EVENT_BEGUN, FL_STEP_EMAIL },
  { FL_STEP_BEFORE_YOU_BEGIN, FL_EVENT_SERVER_WANTED, FL_STEP_ORGANISATION },
  { FL_STEP_BEFORE_YOU_BEGIN, FL_EVENT_IDENTIFIED, FL_STEP_PASSWORD },
  { FL_STEP_BEFORE_YOU_BEGIN, FL_EVENT_FORGOTTEN, FL_STEP_CREATE_PASSWORD },
  { FL_STEP_BEFORE_YOU_BEGIN, FL_EVENT_MAIL_SENT, FL_STEP_INBOX },
  { FL_STEP_BEFORE_YOU_BEGIN, FL_EVENT_LINK_SHOWN, FL_STEP_LINK },
  { FL_STEP_BEFORE_YOU_BEGIN, FL_EVENT_SECOND_FACTOR_WANTED, FL_STEP_SECOND_FACTOR },
  { FL_STEP_BEFORE_YOU_BEGIN, FL_EVENT_ACCOUNT_SHOWN, FL_STEP_ACCOUNT },
  { FL_STEP_BEFORE_YOU_BEGIN, FL_EVENT_NEW_PASSWORD_WANTED, FL_STEP_NEW_PASSWORD },
  { FL_STEP_BEFORE_YOU_BEGIN, FL_EVENT_ENROLMENT_WANTED, FL_STEP_ENROL },
  { FL_STEP_BEFORE_YOU_BEGIN, FL_EVENT_CODES_WANTED, FL_STEP_RECOVERY_CODES },
  { FL_STEP_BEFORE_YOU_BEGIN, FL_EVENT_COMPLETED, FL_STEP_ALL_SET },
  { FL_STEP_BEFORE_YOU_BEGIN, FL_EVENT_SESSION_LOST, FL_STEP_EMAIL },

  { FL_STEP_ORGANISATION, FL_EVENT_SERVER_CHOSEN, FL_STEP_EMAIL },
  { FL_STEP_ORGANISATION, FL_EVENT_WENT_BACK, FL_STEP_BEFORE_YOU_BEGIN },

  { FL_STEP_EMAIL, FL_EVENT_IDENTIFIED, FL_STEP_PASSWORD },
  { FL_STEP_EMAIL, FL_EVENT_FORGOTTEN, FL_STEP_CREATE_PASSWORD },
  { FL_STEP_EMAIL, FL_EVENT_MAIL_SENT, FL_STEP_INBOX },
  { FL_STEP_EMAIL, FL_EVENT_LINK_SHOWN, FL_STEP_LINK },
  { FL_STEP_EMAIL, FL_EVENT_SECOND_FACTOR_WANTED, FL_STEP_SECOND_FACTOR },
  { FL_STEP_EMAIL, FL_EVENT_ACCOUNT_SHOWN, FL_STEP_ACCOUNT },
  { FL_STEP_EMAIL, FL_EVENT_NEW_PASSWORD_WANTED, FL_STEP_NEW_PASSWORD },
  { FL_STEP_EMAIL, FL_EVENT_ENROLMENT_WANTED, FL_STEP_ENROL },
  { FL_STEP_EMAIL, FL_EVENT_CODES_WANTED, FL_STEP_RECOVERY_CODES },
  { FL_STEP_EMAIL, FL_EVENT_COMPLETED, FL_STEP_ALL_SET },
  { FL_STEP_EMAIL, FL_EVENT_SERVER_WANTED, FL_STEP_ORGANISATION },
  { FL_STEP_EMAIL, FL_EVENT_WENT_BACK, FL_STEP_BEFORE_YOU_BEGIN },
  { FL_STEP_EMAIL, FL_EVENT_SESSION_LOST, FL_STEP_EMAIL },

  { FL_STEP_PASSWORD, FL_EVENT_FORGOTTEN, FL_STEP_CREATE_PASSWORD },
  { FL_STEP_PASSWORD, FL_EVENT_MAIL_SENT, FL_STEP_INBOX },
  { FL_STEP_PASSWORD, FL_EVENT_LINK_SHOWN, FL_STEP_LINK },
  { FL_STEP_PASSWORD, FL_EVENT_SECOND_FACTOR_WANTED, FL_STEP_SECOND_FACTOR },
  { FL_STEP_PASSWORD, FL_EVENT_ENROLMENT_WANTED, FL_STEP_ENROL },
  { FL_STEP_PASSWORD, FL_EVENT_CODES_WANTED, FL_STEP_RECOVERY_CODES },
  { FL_STEP_PASSWORD, FL_EVENT_COMPLETED, FL_STEP_ALL_SET },
  { FL_STEP_PASSWORD, FL_EVENT_WENT_BACK, FL_STEP_EMAIL },
  { FL_STEP_PASSWORD, FL_EVENT_ANOTHER_ADDRESS, FL_STEP_EMAIL },

  { FL_STEP_CREATE_PASSWORD, FL_EVENT_MAIL_SENT, FL_STEP_INBOX },
  { FL_STEP_CREATE_PASSWORD, FL_EVENT_LINK_SHOWN, FL_STEP_LINK },
  { FL_STEP_CREATE_PASSWORD, FL_EVENT_WENT_BACK, FL_STEP_PASSWORD },
  { FL_STEP_CREATE_PASSWORD, FL_EVENT_ANOTHER_ADDRESS, FL_STEP_EMAIL },

  { FL_STEP_INBOX, FL_EVENT_IDENTIFIED, FL_STEP_PASSWORD },
  { FL_STEP_INBOX, FL_EVENT_LINK_SHOWN, FL_STEP_LINK },
  { FL_STEP_INBOX, FL_EVENT_SECOND_FACTOR_WANTED, FL_STEP_SECOND_FACTOR },
  { FL_STEP_INBOX, FL_EVENT_NEW_PASSWORD_WANTED, FL_STEP_NEW_PASSWORD },
  { FL_STEP_INBOX, FL_EVENT_WENT_BACK, FL_STEP_CREATE_PASSWORD },
  { FL_STEP_INBOX, FL_EVENT_ANOTHER_ADDRESS, FL_STEP_EMAIL },

  /* Declined, a link leads back to where the person was: to a later page by that page's own event. */
  { FL_STEP_LINK, FL_EVENT_IDENTIFIED, FL_STEP_PASSWORD },
  { FL_STEP_LINK, FL_EVENT_FORGOTTEN, FL_STEP_CREATE_PASSWORD },
  { FL_STEP_LINK, FL_EVENT_MAIL_SENT, FL_STEP_INBOX },
  { FL_STEP_LINK, FL_EVENT_LINK_SHOWN, FL_STEP_LINK },
  { FL_STEP_LINK, FL_EVENT_LINK_DECLINED, FL_STEP_EMAIL },
  { FL_STEP_LINK, FL_EVENT_SECOND_FACTOR_WANTED, FL_STEP_SECOND_FACTOR },
  { FL_STEP_LINK, FL_EVENT_ACCOUNT_SHOWN, FL_STEP_ACCOUNT },

  { FL_STEP_SECOND_FACTOR, FL_EVENT_PASSWORD_WANTED, FL_STEP_PASSWORD_AGAIN },
  { FL_STEP_SECOND_FACTOR, FL_EVENT_MAIL_WANTED, FL_STEP_INBOX },
  { FL_STEP_SECOND_FACTOR, FL_EVENT_ACCOUNT_SHOWN, FL_STEP_ACCOUNT },
  { FL_STEP_SECOND_FACTOR, FL_EVENT_NEW_PASSWORD_WANTED, FL_STEP_NEW_PASSWORD },
  { FL_STEP_SECOND_FACTOR, FL_EVENT_ENROLMENT_WANTED, FL_STEP_ENROL },
  { FL_STEP_SECOND_FACTOR, FL_EVENT_CODES_WANTED, FL_STEP_RECOVERY_CODES },
  { FL_STEP_SECOND_FACTOR, FL_EVENT_COMPLETED, FL_STEP_ALL_SET },
  { FL_STEP_SECOND_FACTOR, FL_EVENT_WENT_BACK, FL_STEP_PASSWORD },
  { FL_STEP_SECOND_FACTOR, FL_EVENT_ANOTHER_ADDRESS, FL_STEP_EMAIL },
  { FL_STEP_SECOND_FACTOR, FL_EVENT_SESSION_LOST, FL_STEP_EMAIL },

  { FL_STEP_ACCOUNT, FL_EVENT_NEW_PASSWORD_WANTED, FL_STEP_NEW_PASSWORD },
  { FL_STEP_ACCOUNT, FL_EVENT_ANOTHER_ADDRESS, FL_STEP_EMAIL },

  { FL_STEP_NEW_PASSWORD, FL_EVENT_SECOND_FACTOR_WANTED, FL_STEP_SECOND_FACTOR },
  { FL_STEP_NEW_PASSWORD, FL_EVENT_MAIL_WANTED, FL_STEP_INBOX },
  { FL_STEP_NEW_PASSWORD, FL_EVENT_ENROLMENT_WANTED, FL_STEP_ENROL },
  { FL_STEP_NEW_PASSWORD, FL_EVENT_CODES_WANTED, FL_STEP_RECOVERY_CODES },
  { FL_STEP_NEW_PASSWORD, FL_EVENT_COMPLETED, FL_STEP_ALL_SET },
  { FL_STEP_NEW_PASSWORD, FL_EVENT_ANOTHER_ADDRESS, FL_STEP_EMAIL },
  { FL_STEP_NEW_PASSWORD, FL_EVENT_SESSION_LOST, FL_STEP_EMAIL },

  { FL_STEP_ENROL, FL_EVENT_SECOND_FACTOR_WANTED, FL_STEP_SECOND_FACTOR },
  { FL_STEP_ENROL, FL_EVENT_PASSWORD_WANTED, FL_STEP_PASSWORD_AGAIN },
  { FL_STEP_ENROL, FL_EVENT_MAIL_WANTED, FL_STEP_INBOX },
  { FL_STEP_ENROL, FL_EVENT_CODES_WANTED, FL_STEP_RECOVERY_CODES },
  { FL_STEP_ENROL, FL_EVENT_COMPLETED, FL_STEP_ALL_SET },
  { FL_STEP_ENROL, FL_EVENT_PUT_OFF, FL_STEP_ALL_SET },
  { FL_STEP_ENROL, FL_EVENT_ANOTHER_ADDRESS, FL_STEP_EMAIL },
  { FL_STEP_ENROL, FL_EVENT_SESSION_LOST, FL_STEP_EMAIL },

  { FL_STEP_RECOVERY_CODES, FL_EVENT_SECOND_FACTOR_WANTED, FL_STEP_SECOND_FACTOR },
  { FL_STEP_RECOVERY_CODES, FL_EVENT_PASSWORD_WANTED, FL_STEP_PASSWORD_AGAIN },
  { FL_STEP_RECOVERY_CODES, FL_EVENT_MAIL_WANTED, FL_STEP_INBOX },
  { FL_STEP_RECOVERY_CODES, FL_EVENT_COMPLETED, FL_STEP_ALL_SET },
  { FL_STEP_RECOVERY_CODES, FL_EVENT_ANOTHER_ADDRESS, FL_STEP_EMAIL },
  { FL_STEP_RECOVERY_CODES, FL_EVENT_SESSION_LOST, FL_STEP_EMAIL },

  /* Going back from here leads to where the password was needed, by that page's own event. */
  { FL_STEP_PASSWORD_AGAIN, FL_EVENT_SECOND_FACTOR_WANTED, FL_STEP_SECOND_FACTOR },
  { FL_STEP_PASSWORD_AGAIN, FL_EVENT_MAIL_WANTED, FL_STEP_INBOX },
  { FL_STEP_PASSWORD_AGAIN, FL_EVENT_ENROLMENT_WANTED, FL_STEP_ENROL },
  { FL_STEP_PASSWORD_AGAIN, FL_EVENT_CODES_WANTED, FL_STEP_RECOVERY_CODES },
  { FL_STEP_PASSWORD_AGAIN, FL_EVENT_COMPLETED, FL_STEP_ALL_SET },
  { FL_STEP_PASSWORD_AGAIN, FL_EVENT_ANOTHER_ADDRESS, FL_STEP_EMAIL },
  { FL_STEP_PASSWORD_AGAIN, FL_EVENT_SESSION_LOST, FL_STEP_EMAIL },
};

static const struct {
  const char *name;
  FlStage     stage;
} steps[] = {
  [FL_STEP_BEFORE_YOU_BEGIN] = { "before-you-begin", FL_STAGE_ACCOUNT },
  [FL_STEP_ORGANISATION] = { "organisation", FL_STAGE_ACCOUNT },
  [FL_STEP_EMAIL] = { "email", FL_STAGE_ACCOUNT },
  [FL_STEP_PASSWORD] = { "password", FL_STAGE_PASSWORD },
  [FL_STEP_CREATE_PASSWORD] = { "create-password", FL_STAGE_PASSWORD },
  [FL_STEP_INBOX] = { "inbox", FL_STAGE_PASSWORD },
  [FL_STEP_LINK] = { "link", FL_STAGE_PASSWORD },
  [FL_STEP_SECOND_FACTOR] = { "second-factor", FL_STAGE_TWO_FACTOR },
  [FL_STEP_ACCOUNT] = { "account", FL_STAGE_PASSWORD },
  [FL_STEP_NEW_PASSWORD] = { "new-password", FL_STAGE_PASSWORD },
  [FL_STEP_ENROL] = { "enrol", FL_STAGE_TWO_FACTOR },
  [FL_STEP_RECOVERY_CODES] = { "recovery-codes", FL_STAGE_TWO_FACTOR },
  [FL_STEP_PASSWORD_AGAIN] = { "password-again", FL_STAGE_PASSWORD },
  [FL_STEP_ALL_SET] = { "all-set", FL_STAGE_DONE },
};
G_STATIC_ASSERT (G_N_ELEMENTS (steps) == FL_N_STEPS);

static const char * const event_names[] = {
  [FL_EVENT_BEGUN] = "begun",
  [FL_EVENT_SERVER_WANTED] = "server-wanted",
  [FL_EVENT_SERVER_CHOSEN] = "server-chosen",
  [FL_EVENT_IDENTIFIED] = "identified",
  [FL_EVENT_FORGOTTEN] = "forgotten",
  [FL_EVENT_MAIL_SENT] = "mail-sent",
  [FL_EVENT_LINK_SHOWN] = "link-shown",
  [FL_EVENT_LINK_DECLINED] = "link-declined",
  [FL_EVENT_SECOND_FACTOR_WANTED] = "second-factor-wanted",
  [FL_EVENT_PASSWORD_WANTED] = "password-wanted",
  [FL_EVENT_MAIL_WANTED] = "mail-wanted",
  [FL_EVENT_ACCOUNT_SHOWN] = "account-shown",
  [FL_EVENT_NEW_PASSWORD_WANTED] = "new-password-wanted",
  [FL_EVENT_ENROLMENT_WANTED] = "enrolment-wanted",
  [FL_EVENT_CODES_WANTED] = "codes-wanted",
  [FL_EVENT_COMPLETED] = "completed",
  [FL_EVENT_PUT_OFF] = "put-off",
  [FL_EVENT_WENT_BACK] = "went-back",
  [FL_EVENT_ANOTHER_ADDRESS] = "another-address",
  [FL_EVENT_SESSION_LOST] = "session-lost",
};
G_STATIC_ASSERT (G_N_ELEMENTS (event_names) == FL_N_EVENTS);

/**
 * fl_guide_get_edges:
 * @n_edges: (out): how many there are
 *
 * Shows the table, for diagrams and tests.
 *
 * Returns: (array length=n_edges) (transfer none): the edges, in the order of their steps
 */
const FlEdge *
fl_guide_get_edges (gsize *n_edges)
{
  g_return_val_if_fail (n_edges != NULL, NULL);

  *n_edges = G_N_ELEMENTS (edges);

  return edges;
}

/**
 * fl_guide_follow:
 * @from: the step
 * @event: what has happened in it
 * @to: (out) (optional): where that leads; left alone if it leads nowhere
 *
 * Looks up where an event leads.
 *
 * Returns: whether the event can happen in that step
 */
gboolean
fl_guide_follow (FlStep   from,
                 FlEvent  event,
                 FlStep  *to)
{
  for (gsize i = 0; i < G_N_ELEMENTS (edges); i++)
    {
      if (edges[i].from == from && edges[i].event == event)
        {
          if (to != NULL)
            *to = edges[i].to;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * fl_guide_get_stage:
 * @step: a step
 *
 * Tells which of the four stages above the page a step belongs to.
 *
 * Returns: the stage
 */
FlStage
fl_guide_get_stage (FlStep step)
{
  g_return_val_if_fail ((gsize) step < G_N_ELEMENTS (steps), FL_STAGE_ACCOUNT);

  return steps[step].stage;
}

/**
 * fl_step_get_name:
 * @step: a step
 *
 * Names a step, the same in tables, tests and files.
 *
 * Returns: (transfer none): for example "new-password"
 */
const char *
fl_step_get_name (FlStep step)
{
  g_return_val_if_fail ((gsize) step < G_N_ELEMENTS (steps), NULL);

  return steps[step].name;
}

/**
 * fl_event_get_name:
 * @event: an event
 *
 * Names an event.
 *
 * Returns: (transfer none): for example "mail-sent"
 */
const char *
fl_event_get_name (FlEvent event)
{
  g_return_val_if_fail ((gsize) event < G_N_ELEMENTS (event_names), NULL);

  return event_names[event];
}

/**
 * fl_guide_is_resumable:
 * @step: a step
 *
 * Returns: whether a later start can go on at this step
 */
gboolean
fl_guide_is_resumable (FlStep step)
{
  switch (step)
    {
    case FL_STEP_PASSWORD:
    case FL_STEP_CREATE_PASSWORD:
    case FL_STEP_INBOX:
    case FL_STEP_SECOND_FACTOR:
    case FL_STEP_ACCOUNT:
    case FL_STEP_NEW_PASSWORD:
    case FL_STEP_ENROL:
    case FL_STEP_RECOVERY_CODES:
      return TRUE;
    case FL_STEP_BEFORE_YOU_BEGIN:
    case FL_STEP_ORGANISATION:
    case FL_STEP_EMAIL:
    case FL_STEP_LINK:
    case FL_STEP_PASSWORD_AGAIN:
    case FL_STEP_ALL_SET:
    default:
      return FALSE;
    }
}
