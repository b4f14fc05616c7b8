/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fake-identity"

#include "config.h"

#include "fl-fake-identity.h"
#include "fl-clock.h"

/*
 * FlFakeIdentity: an account system that says what a test tells it to say.
 *
 * Answers that were given in advance are used up in their order; after them every verb has a usual answer, that of a
 * person without second factor on a server without robot check. What was asked is counted and remembered.
 */
struct _FlFakeIdentity
{
  GObject     parent_instance;

  GHashTable *script;    /* verb, GQueue of Turn */
  GHashTable *asked;     /* verb, GPtrArray of arguments */
  GPtrArray  *held;      /* Held */
  guint       flows;
  guint       keys;
  gint64      clock_ahead;
  gboolean    has_state;
};

typedef struct {
  FlAnswer *answer;
  GError   *problem;
  gboolean  is_held;
} Turn;

typedef struct {
  GTask *task;
  char  *verb;
} Held;

static void fl_fake_identity_identity_iface_init (FlIdentityInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlFakeIdentity, fl_fake_identity, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_IDENTITY, fl_fake_identity_identity_iface_init))

static void
turn_free (Turn *turn)
{
  g_clear_pointer (&turn->answer, fl_answer_free);
  g_clear_error (&turn->problem);
  g_free (turn);
}

static void
turns_free (GQueue *turns)
{
  g_queue_free_full (turns, (GDestroyNotify) turn_free);
}

static void
held_free (Held *held)
{
  g_object_unref (held->task);
  g_free (held->verb);
  g_free (held);
}

static GQueue *
get_turns (FlFakeIdentity *self,
           const char     *verb)
{
  GQueue *turns = g_hash_table_lookup (self->script, verb);

  if (turns == NULL)
    {
      turns = g_queue_new ();
      g_hash_table_insert (self->script, g_strdup (verb), turns);
    }

  return turns;
}

static Turn *
add_turn (FlFakeIdentity *self,
          const char     *verb)
{
  Turn *turn = g_new0 (Turn, 1);

  g_queue_push_tail (get_turns (self, verb), turn);

  return turn;
}

static GPtrArray *
make_codes (void)
{
  GPtrArray *codes = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_secret_unref);

  g_ptr_array_add (codes, fl_secret_new ("abcd1234"));
  g_ptr_array_add (codes, fl_secret_new ("efgh5678"));

  return codes;
}

static void
set_facts (FlAnswer *answer,
           int       level,
           FlFact    second_factor,
           FlFact    recovery_codes)
{
  answer->level = level;
  answer->second_factor = second_factor;
  answer->recovery_codes = recovery_codes;
}

/**
 * fl_fake_identity_usual:
 * @self: a fake identity
 * @verb: a verb
 *
 * Makes the answer that @verb has when no other was given in advance. Every flow is another one.
 *
 * Returns: (transfer full): the answer
 */
FlAnswer *
fl_fake_identity_usual (FlFakeIdentity *self,
                        const char     *verb)
{
  FlAnswer *answer = fl_answer_new (FL_OUTCOME_DONE);

  if (g_str_equal (verb, "sign_in") || g_str_equal (verb, "redeem")
      || g_str_equal (verb, "set_password") || g_str_equal (verb, "resume"))
    {
      set_facts (answer, 1, FL_FACT_NO, FL_FACT_NO);
    }
  else if (g_str_equal (verb, "confirm_totp"))
    {
      set_facts (answer, 2, FL_FACT_YES, FL_FACT_NO);
    }
  else if (g_str_equal (verb, "answer_second_factor"))
    {
      set_facts (answer, 2, FL_FACT_YES, FL_FACT_YES);
    }
  else if (g_str_equal (verb, "start_recovery"))
    {
      g_autofree char *flow = g_strdup_printf ("00000000-0000-4000-8000-%012u", ++self->flows);

      answer->flow = fl_secret_new (flow);
      answer->mail_expires_at = fl_clock_now () + 1800;
      answer->resend_at = fl_clock_now () + 60;
    }
  else if (g_str_equal (verb, "start_totp"))
    {
      g_autofree char *text = g_strdup_printf ("JBSWY3DPEHPK3PX%c", 'A' + (self->keys % 26));
      g_autoptr (FlSecret) key = fl_secret_new (text);

      answer->enrolment = fl_otpauth_new ("Visma Connect", "anna@flexhrm.example", key);
    }
  else if (g_str_equal (verb, "issue_recovery_codes"))
    {
      answer->codes = make_codes ();
    }

  return answer;
}

static void
on_held_cancelled (GTask *task)
{
  FlFakeIdentity *self = g_task_get_source_object (task);

  for (guint i = 0; i < self->held->len; i++)
    {
      Held *held = g_ptr_array_index (self->held, i);

      if (held->task == task)
        {
          g_task_return_error_if_cancelled (task);
          g_ptr_array_remove_index (self->held, i);
          return;
        }
    }
}

static void
hold (FlFakeIdentity *self,
      GTask          *task,
      const char     *verb)
{
  Held *held = g_new (Held, 1);

  held->task = g_object_ref (task);
  held->verb = g_strdup (verb);
  g_ptr_array_add (self->held, held);
  if (g_task_get_cancellable (task) != NULL)
    g_signal_connect_object (g_task_get_cancellable (task), "cancelled", G_CALLBACK (on_held_cancelled), task,
                             G_CONNECT_SWAPPED);
}

static void
ask (FlIdentity          *identity,
     const char          *verb,
     const char          *arguments,
     GCancellable        *cancellable,
     GAsyncReadyCallback  callback,
     gpointer             user_data)
{
  FlFakeIdentity *self = FL_FAKE_IDENTITY (identity);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GPtrArray *asked = g_hash_table_lookup (self->asked, verb);
  Turn *turn = g_queue_pop_head (get_turns (self, verb));

  if (asked == NULL)
    {
      asked = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (self->asked, g_strdup (verb), asked);
    }
  g_ptr_array_add (asked, g_strdup (arguments));

  g_task_set_source_tag (task, ask);
  if (turn != NULL && turn->is_held)
    hold (self, task, verb);
  else if (turn != NULL && turn->problem != NULL)
    g_task_return_error (task, g_steal_pointer (&turn->problem));
  else
    g_task_return_pointer (task,
                           turn != NULL ? g_steal_pointer (&turn->answer) : fl_fake_identity_usual (self, verb),
                           (GDestroyNotify) fl_answer_free);
  g_clear_pointer (&turn, turn_free);
}

static void
fl_fake_identity_prepare (FlIdentity *identity, FlPrepare what,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (identity, "prepare", what == FL_PREPARE_RECOVERY ? "recovery" : "sign-in", cancellable, callback, user_data);
}

static void
fl_fake_identity_identify (FlIdentity *identity, const char *address,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (identity, "identify", address, cancellable, callback, user_data);
}

static void
fl_fake_identity_sign_in (FlIdentity *identity, const char *address, FlSecret *password,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *arguments = g_strconcat (address, " ", fl_secret_get_text (password), NULL);

  FL_FAKE_IDENTITY (identity)->has_state = TRUE;
  ask (identity, "sign_in", arguments, cancellable, callback, user_data);
}

static void
fl_fake_identity_answer_second_factor (FlIdentity *identity, FlFactor factor, FlSecret *code,
                                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *arguments = g_strconcat (factor == FL_FACTOR_TOTP ? "totp " : "recovery ",
                                            fl_secret_get_text (code), NULL);

  ask (identity, "answer_second_factor", arguments, cancellable, callback, user_data);
}

static void
fl_fake_identity_reauthenticate (FlIdentity *identity, FlSecret *password,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (identity, "reauthenticate", fl_secret_get_text (password), cancellable, callback, user_data);
}

static void
fl_fake_identity_robot_challenge (FlIdentity *identity,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (identity, "robot_challenge", "", cancellable, callback, user_data);
}

static void
fl_fake_identity_start_recovery (FlIdentity *identity, const char *address, const char *language, const char *proof,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *arguments = g_strconcat (address, " ", language, " ", proof != NULL ? proof : "-", NULL);

  FL_FAKE_IDENTITY (identity)->has_state = TRUE;
  ask (identity, "start_recovery", arguments, cancellable, callback, user_data);
}

static void
fl_fake_identity_send_again (FlIdentity *identity, const char *address, const char *language, const char *proof,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *arguments = g_strconcat (address, " ", language, " ", proof != NULL ? proof : "-", NULL);

  ask (identity, "send_again", arguments, cancellable, callback, user_data);
}

static void
fl_fake_identity_look_again (FlIdentity *identity,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (identity, "look_again", "", cancellable, callback, user_data);
}

static void
fl_fake_identity_redeem (FlIdentity *identity, FlSecret *flow, FlSecret *code,
                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *arguments = g_strconcat (fl_secret_get_text (flow), " ", fl_secret_get_text (code), NULL);

  FL_FAKE_IDENTITY (identity)->has_state = TRUE;
  ask (identity, "redeem", arguments, cancellable, callback, user_data);
}

static void
fl_fake_identity_set_password (FlIdentity *identity, FlSecret *password,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (identity, "set_password", fl_secret_get_text (password), cancellable, callback, user_data);
}

static void
fl_fake_identity_start_totp (FlIdentity *identity,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (identity, "start_totp", "", cancellable, callback, user_data);
}

static void
fl_fake_identity_confirm_totp (FlIdentity *identity, FlSecret *code,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (identity, "confirm_totp", fl_secret_get_text (code), cancellable, callback, user_data);
}

static void
fl_fake_identity_issue_recovery_codes (FlIdentity *identity,
                                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (identity, "issue_recovery_codes", "", cancellable, callback, user_data);
}

static void
fl_fake_identity_confirm_recovery_codes (FlIdentity *identity,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (identity, "confirm_recovery_codes", "", cancellable, callback, user_data);
}

static void
fl_fake_identity_resume (FlIdentity *identity, GVariant *record,
                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *arguments = g_variant_print (record, TRUE);

  FL_FAKE_IDENTITY (identity)->has_state = TRUE;
  ask (identity, "resume", arguments, cancellable, callback, user_data);
}

static void
fl_fake_identity_sign_out (FlIdentity *identity,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  FL_FAKE_IDENTITY (identity)->has_state = FALSE;
  ask (identity, "sign_out", "", cancellable, callback, user_data);
}

static GVariant *
fl_fake_identity_save (FlIdentity *identity)
{
  return FL_FAKE_IDENTITY (identity)->has_state ? g_variant_new_string ("session-token") : NULL;
}

static gint64
fl_fake_identity_get_clock_ahead (FlIdentity *identity)
{
  return FL_FAKE_IDENTITY (identity)->clock_ahead;
}

static void
fl_fake_identity_identity_iface_init (FlIdentityInterface *iface)
{
  iface->prepare = fl_fake_identity_prepare;
  iface->identify = fl_fake_identity_identify;
  iface->sign_in = fl_fake_identity_sign_in;
  iface->answer_second_factor = fl_fake_identity_answer_second_factor;
  iface->reauthenticate = fl_fake_identity_reauthenticate;
  iface->robot_challenge = fl_fake_identity_robot_challenge;
  iface->start_recovery = fl_fake_identity_start_recovery;
  iface->send_again = fl_fake_identity_send_again;
  iface->look_again = fl_fake_identity_look_again;
  iface->redeem = fl_fake_identity_redeem;
  iface->set_password = fl_fake_identity_set_password;
  iface->start_totp = fl_fake_identity_start_totp;
  iface->confirm_totp = fl_fake_identity_confirm_totp;
  iface->issue_recovery_codes = fl_fake_identity_issue_recovery_codes;
  iface->confirm_recovery_codes = fl_fake_identity_confirm_recovery_codes;
  iface->resume = fl_fake_identity_resume;
  iface->sign_out = fl_fake_identity_sign_out;
  iface->save = fl_fake_identity_save;
  iface->get_clock_ahead = fl_fake_identity_get_clock_ahead;
}

static void
fl_fake_identity_finalize (GObject *object)
{
  FlFakeIdentity *self = FL_FAKE_IDENTITY (object);

  g_hash_table_unref (self->script);
  g_hash_table_unref (self->asked);
  g_ptr_array_unref (self->held);

  G_OBJECT_CLASS (fl_fake_identity_parent_class)->finalize (object);
}

static void
fl_fake_identity_class_init (FlFakeIdentityClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_fake_identity_finalize;
}

static void
fl_fake_identity_init (FlFakeIdentity *self)
{
  self->script = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) turns_free);
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->held = g_ptr_array_new_with_free_func ((GDestroyNotify) held_free);
}

FlFakeIdentity *
fl_fake_identity_new (void)
{
  return g_object_new (FL_TYPE_FAKE_IDENTITY, NULL);
}

void
fl_fake_identity_answer (FlFakeIdentity *self,
                         const char     *verb,
                         FlAnswer       *answer)
{
  add_turn (self, verb)->answer = answer;
}

void
fl_fake_identity_outcome (FlFakeIdentity *self,
                          const char     *verb,
                          FlOutcome       outcome)
{
  fl_fake_identity_answer (self, verb, fl_answer_new (outcome));
}

void
fl_fake_identity_fail (FlFakeIdentity *self,
                       const char     *verb,
                       GError         *problem)
{
  add_turn (self, verb)->problem = problem;
}

void
fl_fake_identity_hold (FlFakeIdentity *self,
                       const char     *verb)
{
  add_turn (self, verb)->is_held = TRUE;
}

/* Ends what is held by the turn that was added after the hold, or by the usual answer. */
void
fl_fake_identity_release (FlFakeIdentity *self)
{
  g_autoptr (GPtrArray) all = self->held;

  self->held = g_ptr_array_new_with_free_func ((GDestroyNotify) held_free);
  for (guint i = 0; i < all->len; i++)
    {
      Held *held = g_ptr_array_index (all, i);
      Turn *turn = g_queue_pop_head (get_turns (self, held->verb));

      if (turn != NULL && turn->problem != NULL)
        g_task_return_error (held->task, g_steal_pointer (&turn->problem));
      else
        g_task_return_pointer (held->task,
                               turn != NULL ? g_steal_pointer (&turn->answer)
                                            : fl_fake_identity_usual (self, held->verb),
                               (GDestroyNotify) fl_answer_free);
      g_clear_pointer (&turn, turn_free);
    }
}

void
fl_fake_identity_change_key (FlFakeIdentity *self)
{
  self->keys++;
}

void
fl_fake_identity_set_clock_ahead (FlFakeIdentity *self,
                                  gint64          ahead)
{
  self->clock_ahead = ahead;
}

guint
fl_fake_identity_count (FlFakeIdentity *self,
                        const char     *verb)
{
  GPtrArray *asked = g_hash_table_lookup (self->asked, verb);

  return asked != NULL ? asked->len : 0;
}

const char *
fl_fake_identity_last (FlFakeIdentity *self,
                       const char     *verb)
{
  GPtrArray *asked = g_hash_table_lookup (self->asked, verb);

  return asked != NULL ? g_ptr_array_index (asked, asked->len - 1) : NULL;
}

FlIdentity *
fl_fake_identity_factory (const char *server,
                          gpointer    self)
{
  return g_object_ref (FL_IDENTITY (self));
}
