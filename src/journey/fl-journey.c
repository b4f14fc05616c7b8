/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-journey"

#include "config.h"

#include "fl-clock.h"
#include "fl-journey-private.h"

/*
 * FlJourney: one person's way through the guide.
 *
 * It knows what has been learned so far, offers a verb for everything that a page can do, asks the identity, and moves
 * to another step by the one table and by nothing else. Pages call its verbs and draw its properties; all of them
 * change on the main thread. One question at a time: a verb that asks the server is ignored while another is asked,
 * a verb that leaves the page ends the question.
 */

enum {
  SIGNAL_ENROLMENT_CHANGED,
  SIGNAL_CODES_CHANGED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FlJourney, fl_journey, G_TYPE_OBJECT)

void
fl_journey_notify (FlJourney         *self,
                   FlJourneyProperty  property)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

void
fl_journey_set_problem (FlJourney *self,
                        GError    *problem)
{
  if (self->problem == NULL && problem == NULL)
    return;

  g_clear_error (&self->problem);
  self->problem = problem;
  fl_journey_notify (self, PROP_PROBLEM);
}

void
fl_journey_set_notice (FlJourney *self,
                       FlNotice   notice)
{
  if (self->notice == notice)
    return;

  self->notice = notice;
  fl_journey_notify (self, PROP_NOTICE);
}

void
fl_journey_set_retry_at (FlJourney *self,
                         gint64     retry_at)
{
  if (self->retry_at == retry_at)
    return;

  self->retry_at = retry_at;
  fl_journey_notify (self, PROP_RETRY_AT);
}

void
fl_journey_set_resend_at (FlJourney *self,
                          gint64     resend_at)
{
  if (self->journal->resend_at == resend_at)
    return;

  self->journal->resend_at = resend_at;
  fl_journey_notify (self, PROP_RESEND_AT);
}

void
fl_journey_set_address (FlJourney  *self,
                        const char *address)
{
  if (g_strcmp0 (self->journal->address, address) == 0)
    return;

  g_free (self->journal->address);
  self->journal->address = g_strdup (address);
  fl_journey_notify (self, PROP_ADDRESS);
}

void
fl_journey_achieve (FlJourney  *self,
                    FlAchieved  achieved)
{
  if ((self->journal->achieved & achieved) == achieved)
    return;

  self->journal->achieved |= achieved;
  fl_journey_notify (self, PROP_ACHIEVED);
}

/* What the page shows is noted in the record, so that a change is told also after a restart. */
static void
note_shown (FlJourney       *self,
            char           **place,
            const FlSecret  *shown)
{
  char *fingerprint = fl_secret_fingerprint (shown);

  self->shown_changed = *place != NULL && !g_str_equal (*place, fingerprint);
  g_free (*place);
  *place = fingerprint;
}

static FlSecret *
join_codes (GPtrArray *codes)
{
  FlSecret *joined;
  GString *text;
  gsize length = 1;

  for (guint i = 0; i < codes->len; i++)
    length += fl_secret_get_length (g_ptr_array_index (codes, i)) + 1;

  /* Large enough from the beginning: a buffer that moves would leave a copy behind. */
  text = g_string_sized_new (length);
  for (guint i = 0; i < codes->len; i++)
    {
      g_string_append (text, fl_secret_get_text (g_ptr_array_index (codes, i)));
      g_string_append_c (text, ' ');
    }
  joined = fl_secret_new_length (text->str, text->len);
  fl_secret_wipe (text->str, text->len);
  g_string_free (text, TRUE);

  return joined;
}

void
fl_journey_set_enrolment (FlJourney *self,
                          FlOtpauth *enrolment)
{
  if (self->enrolment == enrolment)
    return;

  if (enrolment != NULL)
    note_shown (self, &self->journal->shown_key, fl_otpauth_get_key (enrolment));

  g_clear_pointer (&self->enrolment, fl_otpauth_unref);
  self->enrolment = enrolment != NULL ? fl_otpauth_ref (enrolment) : NULL;
  g_signal_emit (self, signals[SIGNAL_ENROLMENT_CHANGED], 0);
}

void
fl_journey_set_codes (FlJourney *self,
                      GPtrArray *codes)
{
  if (self->codes == codes)
    return;

  if (codes != NULL)
    {
      g_autoptr (FlSecret) joined = join_codes (codes);

      note_shown (self, &self->journal->shown_codes, joined);
    }

  g_clear_pointer (&self->codes, g_ptr_array_unref);
  self->codes = codes != NULL ? g_ptr_array_ref (codes) : NULL;
  g_signal_emit (self, signals[SIGNAL_CODES_CHANGED], 0);
}

void
fl_journey_set_journal (FlJourney *self,
                        FlJournal *journal)
{
  static const FlJourneyProperty kept[] = {
    PROP_ADDRESS, PROP_MAIL_SENT_AT, PROP_MAIL_EXPIRES_AT, PROP_RESEND_AT, PROP_ACHIEVED,
  };

  g_clear_pointer (&self->journal, fl_journal_free);
  self->journal = journal;
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    fl_journey_notify (self, kept[i]);
}

void
fl_journey_set_offered (FlJourney *self,
                        FlJournal *offered)
{
  gboolean was_offered = self->offered != NULL;

  g_clear_pointer (&self->offered, fl_journal_free);
  self->offered = offered;
  if (was_offered != (offered != NULL))
    fl_journey_notify (self, PROP_RESUME_OFFERED);
}

void
fl_journey_compare_clocks (FlJourney *self)
{
  gint64 before = fl_journey_get_clock_ahead (self);

  self->clock_ahead = fl_identity_get_clock_ahead (self->identity);
  if (fl_journey_get_clock_ahead (self) != before)
    fl_journey_notify (self, PROP_CLOCK_AHEAD);
}

void
fl_journey_set_link_server (FlJourney  *self,
                            const char *server)
{
  if (g_strcmp0 (self->link_server, server) == 0)
    return;

  g_free (self->link_server);
  self->link_server = g_strdup (server);
  fl_journey_notify (self, PROP_LINK_SERVER);
}

static void
on_vault_state_changed (FlJourney *self)
{
  if (self->vault_missed && fl_vault_get_state (self->vault) == FL_VAULT_KEPT)
    fl_journey_look_up (self);
  fl_journey_notify (self, PROP_VAULT_STATE);
}

static void
fl_journey_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  FlJourney *self = FL_JOURNEY (object);

  switch ((FlJourneyProperty) prop_id)
    {
    case PROP_STEP:
      g_value_set_uint (value, fl_journey_get_step (self));
      break;
    case PROP_STAGE:
      g_value_set_uint (value, fl_journey_get_stage (self));
      break;
    case PROP_CAN_GO_BACK:
      g_value_set_boolean (value, fl_journey_get_can_go_back (self));
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, fl_journey_get_busy (self));
      break;
    case PROP_PROBLEM:
      g_value_set_boxed (value, fl_journey_get_problem (self));
      break;
    case PROP_NOTICE:
      g_value_set_uint (value, fl_journey_get_notice (self));
      break;
    case PROP_RETRY_AT:
      g_value_set_int64 (value, fl_journey_get_retry_at (self));
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, fl_journey_get_address (self));
      break;
    case PROP_REMEMBER:
      g_value_set_boolean (value, fl_journey_get_remember (self));
      break;
    case PROP_VAULT_STATE:
      g_value_set_uint (value, fl_journey_get_vault_state (self));
      break;
    case PROP_MAY_REMEMBER:
      g_value_set_boolean (value, fl_journey_get_may_remember (self));
      break;
    case PROP_MAIL_SENT_AT:
      g_value_set_int64 (value, fl_journey_get_mail_sent_at (self));
      break;
    case PROP_MAIL_EXPIRES_AT:
      g_value_set_int64 (value, fl_journey_get_mail_expires_at (self));
      break;
    case PROP_RESEND_AT:
      g_value_set_int64 (value, fl_journey_get_resend_at (self));
      break;
    case PROP_ROBOT_STATE:
      g_value_set_uint (value, fl_journey_get_robot_state (self));
      break;
    case PROP_SECOND_FACTOR_RULE:
      g_value_set_uint (value, fl_journey_get_second_factor_rule (self));
      break;
    case PROP_PASSWORD_MINIMUM:
      g_value_set_int (value, fl_journey_get_password_minimum (self));
      break;
    case PROP_CODES_LEFT:
      g_value_set_int (value, fl_journey_get_codes_left (self));
      break;
    case PROP_ACHIEVED:
      g_value_set_uint (value, fl_journey_get_achieved (self));
      break;
    case PROP_RESUME_OFFERED:
      g_value_set_boolean (value, fl_journey_get_resume_offered (self));
      break;
    case PROP_SERVER:
      g_value_set_string (value, fl_journey_get_server (self));
      break;
    case PROP_CLOCK_AHEAD:
      g_value_set_int64 (value, fl_journey_get_clock_ahead (self));
      break;
    case PROP_LINK_SERVER:
      g_value_set_string (value, fl_journey_get_link_server (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fl_journey_dispose (GObject *object)
{
  FlJourney *self = FL_JOURNEY (object);

  fl_journey_drop_call (self);
  fl_journey_drop_left (self);
  fl_journey_watch_mail (self, FALSE);
  g_clear_handle_id (&self->link_timeout, g_source_remove);
  g_cancellable_cancel (self->life);
  fl_journey_drop_identity (self);
  g_clear_object (&self->vault);
  if (self->factory_destroy != NULL)
    g_clear_pointer (&self->factory_data, self->factory_destroy);
  self->factory_destroy = NULL;

  G_OBJECT_CLASS (fl_journey_parent_class)->dispose (object);
}

static void
fl_journey_finalize (GObject *object)
{
  FlJourney *self = FL_JOURNEY (object);

  g_free (self->language);
  g_free (self->landing);
  g_free (self->link_server);
  g_clear_error (&self->problem);
  g_clear_pointer (&self->enrolment, fl_otpauth_unref);
  g_clear_pointer (&self->codes, g_ptr_array_unref);
  g_clear_pointer (&self->pending, fl_call_free);
  g_clear_pointer (&self->link, fl_link_unref);
  g_clear_pointer (&self->waiting_link, fl_link_unref);
  g_clear_pointer (&self->journal, fl_journal_free);
  g_clear_pointer (&self->offered, fl_journal_free);
  g_clear_pointer (&self->written, fl_secret_unref);
  g_clear_object (&self->life);

  G_OBJECT_CLASS (fl_journey_parent_class)->finalize (object);
}

static void
install_uint (FlJourneyProperty  property,
              const char        *name,
              guint              maximum)
{
  props[property] = g_param_spec_uint (name, NULL, NULL, 0, maximum, 0,
                                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
install_boolean (FlJourneyProperty  property,
                 const char        *name)
{
  props[property] = g_param_spec_boolean (name, NULL, NULL, FALSE,
                                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
install_time (FlJourneyProperty  property,
              const char        *name)
{
  props[property] = g_param_spec_int64 (name, NULL, NULL, G_MININT64, G_MAXINT64, 0,
                                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
install_int (FlJourneyProperty  property,
             const char        *name)
{
  props[property] = g_param_spec_int (name, NULL, NULL, -1, G_MAXINT, 0,
                                      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
install_string (FlJourneyProperty  property,
                const char        *name)
{
  props[property] = g_param_spec_string (name, NULL, NULL, NULL,
                                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
fl_journey_class_init (FlJourneyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fl_journey_get_property;
  object_class->dispose = fl_journey_dispose;
  object_class->finalize = fl_journey_finalize;

  install_uint (PROP_STEP, "step", FL_N_STEPS - 1);
  install_uint (PROP_STAGE, "stage", FL_N_STAGES - 1);
  install_boolean (PROP_CAN_GO_BACK, "can-go-back");
  install_boolean (PROP_BUSY, "busy");
  props[PROP_PROBLEM] = g_param_spec_boxed ("problem", NULL, NULL, G_TYPE_ERROR,
                                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  install_uint (PROP_NOTICE, "notice", FL_NOTICE_LINK_UNNEEDED);
  install_time (PROP_RETRY_AT, "retry-at");
  install_string (PROP_ADDRESS, "address");
  install_boolean (PROP_REMEMBER, "remember");
  install_uint (PROP_VAULT_STATE, "vault-state", FL_VAULT_NEVER);
  install_boolean (PROP_MAY_REMEMBER, "may-remember");
  install_time (PROP_MAIL_SENT_AT, "mail-sent-at");
  install_time (PROP_MAIL_EXPIRES_AT, "mail-expires-at");
  install_time (PROP_RESEND_AT, "resend-at");
  install_uint (PROP_ROBOT_STATE, "robot-state", FL_ROBOT_ABSENT);
  install_uint (PROP_SECOND_FACTOR_RULE, "second-factor-rule", FL_SECOND_FACTOR_OFF);
  install_int (PROP_PASSWORD_MINIMUM, "password-minimum");
  install_int (PROP_CODES_LEFT, "codes-left");
  install_uint (PROP_ACHIEVED, "achieved", G_MAXUINT);
  install_boolean (PROP_RESUME_OFFERED, "resume-offered");
  install_string (PROP_SERVER, "server");
  install_string (PROP_LINK_SERVER, "link-server");
  install_time (PROP_CLOCK_AHEAD, "clock-ahead");
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_ENROLMENT_CHANGED] = g_signal_new ("enrolment-changed", FL_TYPE_JOURNEY, G_SIGNAL_RUN_LAST, 0,
                                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CODES_CHANGED] = g_signal_new ("codes-changed", FL_TYPE_JOURNEY, G_SIGNAL_RUN_LAST, 0,
                                                NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fl_journey_init (FlJourney *self)
{
  self->language = g_strdup ("en");
  self->may_remember = TRUE;
  self->may_recall = TRUE;
  self->codes_left = -1;
  self->clock_mark = fl_clock_mark ();
  self->journal = fl_journal_new ();
  self->life = g_cancellable_new ();
}

/**
 * fl_journey_new:
 * @vault: where the address and the resume record are kept
 * @factory: makes the identity for a server, whenever a new one is needed
 * @user_data: for @factory
 * @destroy: (nullable): frees @user_data
 *
 * Makes a journey that has not been started.
 *
 * Returns: (transfer full): a new journey
 */
FlJourney *
fl_journey_new (FlVault           *vault,
                FlIdentityFactory  factory,
                gpointer           user_data,
                GDestroyNotify     destroy)
{
  FlJourney *self;

  g_return_val_if_fail (FL_IS_VAULT (vault), NULL);
  g_return_val_if_fail (factory != NULL, NULL);

  self = g_object_new (FL_TYPE_JOURNEY, NULL);
  self->vault = g_object_ref (vault);
  self->factory = factory;
  self->factory_data = user_data;
  self->factory_destroy = destroy;
  g_signal_connect_object (vault, "notify::state", G_CALLBACK (on_vault_state_changed), self, G_CONNECT_SWAPPED);

  return self;
}

/**
 * fl_journey_set_language:
 * @self: a journey
 * @language: "en", "sv"
 *
 * Says in which language the next mail shall be.
 */
void
fl_journey_set_language (FlJourney  *self,
                         const char *language)
{
  g_return_if_fail (FL_IS_JOURNEY (self));
  g_return_if_fail (language != NULL);

  g_free (self->language);
  self->language = g_strdup (language);
}

/**
 * fl_journey_set_landing:
 * @self: a journey
 * @landing: (nullable): address of the landing page; %NULL where it is the server's own
 *
 * Says where the links of our mails may point besides the server's own origin.
 */
void
fl_journey_set_landing (FlJourney  *self,
                        const char *landing)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  g_free (self->landing);
  self->landing = g_strdup (landing);
}

/**
 * fl_journey_set_second_factor_rule:
 * @self: a journey
 * @rule: what the policy says
 *
 * Says whether the second factor has to be activated on the way.
 */
void
fl_journey_set_second_factor_rule (FlJourney          *self,
                                   FlSecondFactorRule  rule)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  if (self->rule == rule)
    return;

  self->rule = rule;
  fl_journey_notify (self, PROP_SECOND_FACTOR_RULE);
}

/**
 * fl_journey_set_may_remember:
 * @self: a journey
 * @may_remember: what the policy says
 *
 * Says whether an address may be saved on this computer.
 */
void
fl_journey_set_may_remember (FlJourney *self,
                             gboolean   may_remember)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  if (self->may_remember == may_remember)
    return;

  self->may_remember = may_remember;
  fl_journey_notify (self, PROP_MAY_REMEMBER);
}

/**
 * fl_journey_set_may_recall:
 * @self: a journey, not yet started
 * @may_recall: what the policy says
 *
 * Says whether an address that was saved on this computer earlier is filled in. One that is not is taken out with the next
 * that is typed.
 */
void
fl_journey_set_may_recall (FlJourney *self,
                           gboolean   may_recall)
{
  g_return_if_fail (FL_IS_JOURNEY (self));

  self->may_recall = may_recall;
}
