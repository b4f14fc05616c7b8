/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-guide.h"
#include "fl-identity.h"
#include "fl-problem.h"
#include "fl-robot-check.h"
#include "fl-vault.h"

G_BEGIN_DECLS

#define FL_TYPE_JOURNEY (fl_journey_get_type ())
G_DECLARE_FINAL_TYPE (FlJourney, fl_journey, FL, JOURNEY, GObject)

/* A word why, shown on the page that it belongs to; not an error. */
typedef enum {
  FL_NOTICE_NONE,
  FL_NOTICE_KEY_CHANGED,      /* the enrolment's secret is a new one: scan again */
  FL_NOTICE_MAIL_SENT_AGAIN,
  FL_NOTICE_SESSION_AGED,     /* a new mail is needed because too much time has passed */
  FL_NOTICE_SESSION_ENDED,    /* by time, or by somebody else */
  FL_NOTICE_MAIL_EXPIRED,     /* while the program was not running */
  FL_NOTICE_RESUMED,
  FL_NOTICE_SAVE_FAILED,      /* the keyring did not take the address */
  FL_NOTICE_CODES_CHANGED,    /* the recovery codes are new ones: those shown before are worth nothing */
  FL_NOTICE_RECORD_UNREADABLE, /* there was a resume record, but it cannot be gone on with */
  FL_NOTICE_PASSWORD_SET,     /* when the program was stopped before it could say so */
  FL_NOTICE_LINK_UNNEEDED,    /* a link of a mail came, and whoever is here is past that */
} FlNotice;

typedef enum {
  FL_SECOND_FACTOR_REQUIRED,
  FL_SECOND_FACTOR_OPTIONAL,
  FL_SECOND_FACTOR_OFF,
} FlSecondFactorRule;

/* What this journey has set up, for the last page. */
typedef enum {
  FL_ACHIEVED_PASSWORD       = 1 << 0,
  FL_ACHIEVED_SECOND_FACTOR  = 1 << 1,
  FL_ACHIEVED_RECOVERY_CODES = 1 << 2,
} FlAchieved;

/* Makes the identity for a server (a canonical origin); returns (transfer full). */
typedef FlIdentity *(*FlIdentityFactory) (const char *server, gpointer user_data);

/* Construction. Nothing is asked of vault or server before fl_journey_wake(). */
FlJourney  *fl_journey_new               (FlVault            *vault,
                                          FlIdentityFactory   factory,
                                          gpointer            user_data,
                                          GDestroyNotify      destroy);
void        fl_journey_set_language      (FlJourney *self, const char *language);          /* "en", "sv": of the next mail */
void        fl_journey_set_landing       (FlJourney *self, const char *landing);           /* where mail links may point besides the server's own origin */
void        fl_journey_set_second_factor_rule (FlJourney *self, FlSecondFactorRule rule);
void        fl_journey_set_may_remember  (FlJourney *self, gboolean may_remember);         /* policy */
void        fl_journey_set_may_recall    (FlJourney *self, gboolean may_recall);           /* policy */
void        fl_journey_set_server_typed  (FlJourney *self, gboolean typed);                /* the server to start with is one that a person typed once */
void        fl_journey_start             (FlJourney *self, const char *server, gboolean first_time);
void        fl_journey_wake              (FlJourney *self);                                /* the first page is on the screen */

/* Verbs: pages call these, and only these. Each one that asks the server sets "busy" until it has ended. */
void        fl_journey_get_started       (FlJourney *self);
void        fl_journey_choose_server     (FlJourney *self, const char *typed);
void        fl_journey_submit_address    (FlJourney *self, const char *typed, gboolean remember);
void        fl_journey_submit_password   (FlJourney *self, FlSecret *password);            /* PASSWORD and PASSWORD_AGAIN */
void        fl_journey_forgot_password   (FlJourney *self);
void        fl_journey_check_robot       (FlJourney *self, gboolean ticked);
void        fl_journey_request_mail      (FlJourney *self, const char *typed_address);     /* Reset password */
void        fl_journey_submit_mail_code  (FlJourney *self, const char *typed);
void        fl_journey_open_link         (FlJourney *self, const char *link);              /* deep link or pasted */
void        fl_journey_accept_link       (FlJourney *self);
void        fl_journey_decline_link      (FlJourney *self);
void        fl_journey_confirm_account   (FlJourney *self);
void        fl_journey_send_again        (FlJourney *self);
void        fl_journey_choose_factor     (FlJourney *self, FlFactor factor);                /* a code from the phone, until it is chosen */
void        fl_journey_submit_second_factor (FlJourney *self, FlFactor factor, const char *typed);
void        fl_journey_set_password      (FlJourney *self, FlSecret *password);
void        fl_journey_activate          (FlJourney *self, const char *typed);             /* without an enrolment: asks for one again */
void        fl_journey_remind_later      (FlJourney *self);
void        fl_journey_confirm_codes     (FlJourney *self, const char *typed_back);        /* without codes: asks for them again */
void        fl_journey_sign_in_instead   (FlJourney *self);    /* Check your inbox: the password has been set elsewhere */
void        fl_journey_go_back           (FlJourney *self);
void        fl_journey_use_another_address (FlJourney *self);
void        fl_journey_cancel            (FlJourney *self);    /* what the server is being asked now */
void        fl_journey_clear_problem     (FlJourney *self);    /* the person edits: the error has been read */
void        fl_journey_accept_resume     (FlJourney *self);    /* Continue where you left off */
void        fl_journey_person_typed      (FlJourney *self);    /* from now on a resume record is offered, not obeyed */

/* Properties (all read-only, explicit notify; enumerations are uint, times int64): "step", "stage", "can-go-back",
 * "busy", "problem" (GError), "notice", "retry-at", "address", "remember", "vault-state", "may-remember", "mail-sent-at", "mail-expires-at", "resend-at",
 * "robot-state", "second-factor-rule", "password-minimum", "codes-left", "achieved", "resume-offered", "server", "link-server", "clock-ahead".
 * Signals: "enrolment-changed", "codes-changed" (secrets are fetched by the getters below, never by properties). */
FlStep      fl_journey_get_step          (FlJourney *self);
FlStage     fl_journey_get_stage         (FlJourney *self);
gboolean    fl_journey_get_can_go_back   (FlJourney *self);
gboolean    fl_journey_get_busy          (FlJourney *self);
const GError *fl_journey_get_problem     (FlJourney *self);
FlNotice    fl_journey_get_notice        (FlJourney *self);
gint64      fl_journey_get_retry_at      (FlJourney *self);    /* Unix seconds: this step's main verb rests until then; 0: it does not */
const char *fl_journey_get_address       (FlJourney *self);
gboolean    fl_journey_get_remember      (FlJourney *self);
FlVaultState fl_journey_get_vault_state  (FlJourney *self);
gboolean    fl_journey_get_may_remember  (FlJourney *self);
gint64      fl_journey_get_mail_sent_at    (FlJourney *self);
gint64      fl_journey_get_mail_expires_at (FlJourney *self);
gint64      fl_journey_get_resend_at     (FlJourney *self);
FlRobotState fl_journey_get_robot_state  (FlJourney *self);
FlSecondFactorRule fl_journey_get_second_factor_rule (FlJourney *self);
int         fl_journey_get_password_minimum (FlJourney *self); /* learned from a refusal; 0 unknown */
int         fl_journey_get_codes_left    (FlJourney *self);    /* after a recovery code was used; -1 otherwise */
FlAchieved  fl_journey_get_achieved      (FlJourney *self);
gboolean    fl_journey_get_has_second_factor (FlJourney *self); /* at the end: it was not put off */
gboolean    fl_journey_get_resume_offered (FlJourney *self);
gint64      fl_journey_get_clock_ahead   (FlJourney *self);    /* seconds, of this computer's clock before the server's; 0: near enough */
const char *fl_journey_get_server        (FlJourney *self);
const char *fl_journey_get_link_server   (FlJourney *self);    /* of the link that is asked about, or was refused as foreign */
FlOtpauth  *fl_journey_get_enrolment     (FlJourney *self);    /* (transfer none) (nullable) */
GPtrArray  *fl_journey_get_codes         (FlJourney *self);    /* (transfer none) (nullable) (element-type FlSecret) */

G_END_DECLS
