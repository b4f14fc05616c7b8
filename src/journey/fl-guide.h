/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* The guide as data: its steps, what can happen, and the one table that says where each event leads. */

typedef enum {
  FL_STEP_BEFORE_YOU_BEGIN,
  FL_STEP_ORGANISATION,
  FL_STEP_EMAIL,
  FL_STEP_PASSWORD,
  FL_STEP_CREATE_PASSWORD,
  FL_STEP_INBOX,
  FL_STEP_LINK,             /* a link that was not asked for here: Continue with this link? */
  FL_STEP_SECOND_FACTOR,
  FL_STEP_ACCOUNT,          /* whose account such a link opened */
  FL_STEP_NEW_PASSWORD,
  FL_STEP_ENROL,
  FL_STEP_RECOVERY_CODES,
  FL_STEP_PASSWORD_AGAIN,   /* the session has grown old; goes back to where it was needed */
  FL_STEP_ALL_SET,
} FlStep;
#define FL_N_STEPS (FL_STEP_ALL_SET + 1)

typedef enum {
  FL_STAGE_ACCOUNT,
  FL_STAGE_PASSWORD,
  FL_STAGE_TWO_FACTOR,
  FL_STAGE_DONE,
} FlStage;
#define FL_N_STAGES (FL_STAGE_DONE + 1)

typedef enum {
  FL_EVENT_BEGUN,              /* Get started, and a server is known */
  FL_EVENT_SERVER_WANTED,      /* Get started, and none is */
  FL_EVENT_SERVER_CHOSEN,
  FL_EVENT_IDENTIFIED,         /* an address was given: sign in with it */
  FL_EVENT_FORGOTTEN,          /* Forgot your password? */
  FL_EVENT_MAIL_SENT,          /* a mail is under way, just now or for a while */
  FL_EVENT_LINK_SHOWN,         /* a link whose flow is not known here */
  FL_EVENT_LINK_DECLINED,
  FL_EVENT_SECOND_FACTOR_WANTED,
  FL_EVENT_PASSWORD_WANTED,    /* too old a session: the password again */
  FL_EVENT_MAIL_WANTED,        /* too old a session, and no password that is known: a new mail */
  FL_EVENT_ACCOUNT_SHOWN,      /* redeemed by a link that was not asked for here */
  FL_EVENT_NEW_PASSWORD_WANTED,/* redeemed, or the second factor was the last thing in between */
  FL_EVENT_ENROLMENT_WANTED,
  FL_EVENT_CODES_WANTED,
  FL_EVENT_COMPLETED,
  FL_EVENT_PUT_OFF,            /* Remind me later */
  FL_EVENT_WENT_BACK,
  FL_EVENT_ANOTHER_ADDRESS,
  FL_EVENT_SESSION_LOST,       /* ended by the server, or expired beyond repair */
} FlEvent;
#define FL_N_EVENTS (FL_EVENT_SESSION_LOST + 1)

typedef struct {
  FlStep  from;
  FlEvent event;
  FlStep  to;
} FlEdge;

const FlEdge *fl_guide_get_edges    (gsize       *n_edges);
gboolean      fl_guide_follow       (FlStep       from,
                                     FlEvent      event,
                                     FlStep      *to);
FlStage       fl_guide_get_stage    (FlStep       step);
gboolean      fl_guide_is_resumable (FlStep       step);
const char   *fl_step_get_name      (FlStep       step);   /* "email", "new-password": for tables, tests, files */
const char   *fl_event_get_name     (FlEvent      event);

G_END_DECLS
