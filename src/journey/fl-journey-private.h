/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-call.h"
#include "fl-journal.h"
#include "fl-journey.h"
#include "fl-link.h"

G_BEGIN_DECLS

/* What the files of FlJourney share; nobody else includes this, except tests that move time. */

struct _FlJourney
{
  GObject             parent_instance;

  /* where and by which rules */
  FlVault            *vault;
  FlIdentityFactory   factory;
  gpointer            factory_data;
  GDestroyNotify      factory_destroy;
  FlIdentity         *identity;      /* (nullable): of the server */
  FlRobotCheck       *robot;         /* (nullable): of the identity */
  char               *language;
  char               *landing;
  FlSecondFactorRule  rule;
  gboolean            may_remember;
  gboolean            may_recall;
  gboolean            first_time;
  gboolean            server_typed;

  /* what the page shows */
  FlStep              step;
  FlNotice            notice;
  GError             *problem;
  gint64              retry_at;
  FlFactor            factor;
  gint64              other_retry_at;  /* of the factor that is not being typed */
  gboolean            remember;
  int                 password_minimum;
  gint64              clock_mark;    /* how this computer's clock was set when the times here were noted */
  gint64              clock_ahead;   /* seconds, of this computer's clock before the server's */
  int                 codes_left;
  FlOtpauth          *enrolment;
  GPtrArray          *codes;
  gboolean            shown_changed;   /* by the call that is under way, or was the last */

  /* what is known of the account and its session */
  gboolean            signed_in;
  int                 level;
  FlFact              second_factor;
  FlFact              recovery_codes;
  gboolean            has_second_factor; /* when everything was set */

  /* what the server is being asked, and what waits for another page */
  gboolean            busy;
  FlCall             *call;
  GCancellable       *asking;
  FlCall             *pending;
  FlCall             *left;          /* counts only once: goes on though it is not waited for any more */
  GCancellable       *leaving;       /* of that */
  gboolean            redeemed;      /* the mail's code has brought a session, and its page has not been left yet */
  guint               look_timeout;
  GCancellable       *looking;

  /* links */
  FlLink             *link;          /* FL_STEP_LINK asks about this one */
  FlStep              link_from;
  char               *link_server;
  FlLink             *waiting_link;  /* cannot be judged yet */
  guint               link_timeout;

  /* what outlives the program */
  FlJournal          *journal;
  FlJournal          *offered;       /* of an earlier run */
  FlSecret           *written;
  GCancellable       *life;
  gboolean            typed;
  gboolean            vault_heard;   /* whether there is a resume record is known by now */
  gboolean            vault_missed;  /* the vault could not be asked */
  gboolean            address_saved; /* as far as the vault has said */
};

typedef enum {
  PROP_STEP = 1,
  PROP_STAGE,
  PROP_CAN_GO_BACK,
  PROP_BUSY,
  PROP_PROBLEM,
  PROP_NOTICE,
  PROP_RETRY_AT,
  PROP_ADDRESS,
  PROP_REMEMBER,
  PROP_VAULT_STATE,
  PROP_MAY_REMEMBER,
  PROP_MAIL_SENT_AT,
  PROP_MAIL_EXPIRES_AT,
  PROP_RESEND_AT,
  PROP_ROBOT_STATE,
  PROP_SECOND_FACTOR_RULE,
  PROP_PASSWORD_MINIMUM,
  PROP_CODES_LEFT,
  PROP_ACHIEVED,
  PROP_RESUME_OFFERED,
  PROP_SERVER,
  PROP_LINK_SERVER,
  PROP_CLOCK_AHEAD,
} FlJourneyProperty;
#define N_PROPS (PROP_CLOCK_AHEAD + 1)

/* fl-journey.c: what is shown */
void     fl_journey_notify          (FlJourney *self, FlJourneyProperty property);
void     fl_journey_set_problem     (FlJourney *self, GError *problem);        /* (transfer full) (nullable) */
void     fl_journey_set_notice      (FlJourney *self, FlNotice notice);
void     fl_journey_set_retry_at    (FlJourney *self, gint64 retry_at);
void     fl_journey_set_resend_at   (FlJourney *self, gint64 resend_at);
void     fl_journey_set_address     (FlJourney *self, const char *address);
void     fl_journey_achieve         (FlJourney *self, FlAchieved achieved);
void     fl_journey_set_enrolment   (FlJourney *self, FlOtpauth *enrolment);   /* (transfer none) (nullable) */
void     fl_journey_set_codes       (FlJourney *self, GPtrArray *codes);       /* (transfer none) (nullable) */
void     fl_journey_set_journal     (FlJourney *self, FlJournal *journal);     /* (transfer full) */
void     fl_journey_set_offered     (FlJourney *self, FlJournal *offered);     /* (transfer full) (nullable) */
void     fl_journey_compare_clocks  (FlJourney *self);
void     fl_journey_set_link_server (FlJourney *self, const char *server);

/* fl-journey-identity.c: who is asked */
void     fl_journey_use_server      (FlJourney *self, const char *server);     /* (nullable) */
void     fl_journey_renew_identity  (FlJourney *self);
void     fl_journey_drop_identity   (FlJourney *self);
void     fl_journey_sign_out        (FlJourney *self);
void     fl_journey_prepare         (FlJourney *self, FlPrepare what);

/* fl-journey-verbs.c: what was typed */
char    *fl_journey_read_address    (FlJourney *self, const char *typed);

/* fl-journey-steps.c: the guide is followed */
void     fl_journey_begin_at        (FlJourney *self, FlStep step);
gboolean fl_journey_follow          (FlJourney *self, FlEvent event);
void     fl_journey_go              (FlJourney *self, FlEvent event);
FlEvent  fl_journey_get_next_event  (FlJourney *self);
FlEvent  fl_journey_get_needed_event (FlJourney *self);
void     fl_journey_lose_session    (FlJourney *self);

/* fl-journey-ask.c: the server is asked */
gboolean fl_journey_may_ask         (FlJourney *self);
void     fl_journey_ask             (FlJourney *self, FlCall *call);           /* (transfer full) */
void     fl_journey_drop_call       (FlJourney *self);
void     fl_journey_drop_left       (FlJourney *self);
gboolean fl_journey_rejoin          (FlJourney *self, FlCall *call);           /* (transfer none) */

/* fl-journey-answers.c, fl-journey-failures.c: how a call ended */
void     fl_journey_take_answer     (FlJourney *self, FlCall *call, const FlAnswer *answer);   /* (transfer full) call */
void     fl_journey_take_failure    (FlJourney *self, FlCall *call, const GError *error);

/* fl-journey-mail.c: mails and links */
void     fl_journey_take_mail       (FlJourney *self, const FlAnswer *answer);
void     fl_journey_forget_mail     (FlJourney *self);
void     fl_journey_take_expiry     (FlJourney *self, gint64 expires_at);
gboolean fl_journey_is_current_flow (FlJourney *self, FlSecret *flow);
void     fl_journey_heed_clock      (FlJourney *self);
void     fl_journey_watch_mail      (FlJourney *self, gboolean watch);
void     fl_journey_look            (FlJourney *self);
void     fl_journey_open_waiting_link (FlJourney *self);

/* fl-journey-keep.c: what outlives the program */
void     fl_journey_keep            (FlJourney *self);
void     fl_journey_keep_typed      (FlJourney *self, const char *address);
void     fl_journey_keep_session    (FlJourney *self);
void     fl_journey_begin_anew      (FlJourney *self, const char *address, FlAchieved achieved);
void     fl_journey_keep_address    (FlJourney *self);

/* fl-journey-resume.c: what has been kept is gone on with */
void     fl_journey_look_up         (FlJourney *self);
void     fl_journey_resume_answered (FlJourney *self, const FlAnswer *answer);
void     fl_journey_resume_failed   (FlJourney *self, GError *problem);        /* (transfer full) */
void     fl_journey_adopt           (FlJourney *self);

G_END_DECLS
