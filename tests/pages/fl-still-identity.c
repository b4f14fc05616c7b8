/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages-test"

#include "config.h"

#include "fl-still-identity.h"

/**
 * FlStillIdentity:
 *
 * An identity that answers when a test says so: until then the page waits, and can be looked at.
 *
 * What the journey asks in passing (to begin ahead, to look again, to sign out) is never answered. It is to be released
 * by g_object_run_dispose(), since what waits for an answer holds it.
 */
struct _FlStillIdentity
{
  GObject parent_instance;

  GPtrArray *aside;
  GTask *robot;
  GTask *task;
  char *verb;
  char *word;
};

static void fl_still_identity_iface_init (FlIdentityInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlStillIdentity, fl_still_identity, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_IDENTITY, fl_still_identity_iface_init))

static void
release_aside (gpointer data)
{
  g_task_return_new_error (data, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The test is over");
  g_object_unref (data);
}

static void
ask (FlIdentity          *identity,
     const char          *verb,
     const char          *word,
     GCancellable        *cancellable,
     GAsyncReadyCallback  callback,
     gpointer             user_data)
{
  FlStillIdentity *self = FL_STILL_IDENTITY (identity);

  if (self->task != NULL)
    g_ptr_array_add (self->aside, g_steal_pointer (&self->task));
  self->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (self->task, FALSE);
  g_free (self->verb);
  self->verb = g_strdup (verb);
  g_free (self->word);
  self->word = g_strdup (word);
}

static void
ask_aside (FlIdentity          *identity,
           GCancellable        *cancellable,
           GAsyncReadyCallback  callback,
           gpointer             user_data)
{
  GTask *task = g_task_new (identity, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  g_ptr_array_add (FL_STILL_IDENTITY (identity)->aside, task);
}

static void
prepare (FlIdentity         *self,
         FlPrepare           what,
         GCancellable       *cancellable,
         GAsyncReadyCallback callback,
         gpointer            user_data)
{
  ask_aside (self, cancellable, callback, user_data);
}

static void
identify (FlIdentity         *self,
          const char         *address,
          GCancellable       *cancellable,
          GAsyncReadyCallback callback,
          gpointer            user_data)
{
  ask (self, "identify", address, cancellable, callback, user_data);
}

static void
sign_in (FlIdentity         *self,
         const char         *address,
         FlSecret           *password,
         GCancellable       *cancellable,
         GAsyncReadyCallback callback,
         gpointer            user_data)
{
  ask (self, "sign_in", fl_secret_get_text (password), cancellable, callback, user_data);
}

static void
answer_second_factor (FlIdentity         *self,
                      FlFactor            factor,
                      FlSecret           *code,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  ask (self, "answer_second_factor", fl_secret_get_text (code), cancellable, callback, user_data);
}

static void
reauthenticate (FlIdentity         *self,
                FlSecret           *password,
                GCancellable       *cancellable,
                GAsyncReadyCallback callback,
                gpointer            user_data)
{
  ask (self, "reauthenticate", fl_secret_get_text (password), cancellable, callback, user_data);
}

static void
robot_challenge (FlIdentity          *identity,
                 GCancellable        *cancellable,
                 GAsyncReadyCallback  callback,
                 gpointer             user_data)
{
  FlStillIdentity *self = FL_STILL_IDENTITY (identity);

  if (self->robot != NULL)
    g_ptr_array_add (self->aside, g_steal_pointer (&self->robot));
  self->robot = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (self->robot, FALSE);
}

static void
start_recovery (FlIdentity         *self,
                const char         *address,
                const char         *language,
                const char         *proof,
                GCancellable       *cancellable,
                GAsyncReadyCallback callback,
                gpointer            user_data)
{
  ask (self, "start_recovery", address, cancellable, callback, user_data);
}

static void
send_again (FlIdentity         *self,
            const char         *address,
            const char         *language,
            const char         *proof,
            GCancellable       *cancellable,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  ask (self, "send_again", address, cancellable, callback, user_data);
}

static void
look_again (FlIdentity         *self,
            GCancellable       *cancellable,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  ask_aside (self, cancellable, callback, user_data);
}

static void
redeem (FlIdentity         *self,
        FlSecret           *flow,
        FlSecret           *code,
        GCancellable       *cancellable,
        GAsyncReadyCallback callback,
        gpointer            user_data)
{
  ask (self, "redeem", fl_secret_get_text (code), cancellable, callback, user_data);
}

static void
set_password (FlIdentity         *self,
              FlSecret           *password,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  ask (self, "set_password", fl_secret_get_text (password), cancellable, callback, user_data);
}

static void
start_totp (FlIdentity         *self,
            GCancellable       *cancellable,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  ask (self, "start_totp", NULL, cancellable, callback, user_data);
}

static void
confirm_totp (FlIdentity         *self,
              FlSecret           *code,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  ask (self, "confirm_totp", fl_secret_get_text (code), cancellable, callback, user_data);
}

static void
issue_recovery_codes (FlIdentity         *self,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  ask (self, "issue_recovery_codes", NULL, cancellable, callback, user_data);
}

static void
confirm_recovery_codes (FlIdentity         *self,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  ask (self, "confirm_recovery_codes", NULL, cancellable, callback, user_data);
}

static void
resume (FlIdentity         *self,
        GVariant           *record,
        GCancellable       *cancellable,
        GAsyncReadyCallback callback,
        gpointer            user_data)
{
  ask (self, "resume", NULL, cancellable, callback, user_data);
}

static void
sign_out (FlIdentity         *self,
          GCancellable       *cancellable,
          GAsyncReadyCallback callback,
          gpointer            user_data)
{
  ask_aside (self, cancellable, callback, user_data);
}

static GVariant *
save (FlIdentity *self)
{
  return NULL;
}

static void
fl_still_identity_iface_init (FlIdentityInterface *iface)
{
  iface->prepare = prepare;
  iface->identify = identify;
  iface->sign_in = sign_in;
  iface->answer_second_factor = answer_second_factor;
  iface->reauthenticate = reauthenticate;
  iface->robot_challenge = robot_challenge;
  iface->start_recovery = start_recovery;
  iface->send_again = send_again;
  iface->look_again = look_again;
  iface->redeem = redeem;
  iface->set_password = set_password;
  iface->start_totp = start_totp;
  iface->confirm_totp = confirm_totp;
  iface->issue_recovery_codes = issue_recovery_codes;
  iface->confirm_recovery_codes = confirm_recovery_codes;
  iface->resume = resume;
  iface->sign_out = sign_out;
  iface->save = save;
}

static void
fl_still_identity_dispose (GObject *object)
{
  FlStillIdentity *self = FL_STILL_IDENTITY (object);

  if (self->task != NULL)
    release_aside (g_steal_pointer (&self->task));
  if (self->robot != NULL)
    release_aside (g_steal_pointer (&self->robot));
  g_clear_pointer (&self->aside, g_ptr_array_unref);

  G_OBJECT_CLASS (fl_still_identity_parent_class)->dispose (object);
}

static void
fl_still_identity_finalize (GObject *object)
{
  FlStillIdentity *self = FL_STILL_IDENTITY (object);

  g_free (self->verb);
  g_free (self->word);

  G_OBJECT_CLASS (fl_still_identity_parent_class)->finalize (object);
}

static void
fl_still_identity_class_init (FlStillIdentityClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fl_still_identity_dispose;
  G_OBJECT_CLASS (klass)->finalize = fl_still_identity_finalize;
}

static void
fl_still_identity_init (FlStillIdentity *self)
{
  self->aside = g_ptr_array_new_with_free_func (release_aside);
}

FlStillIdentity *
fl_still_identity_new (void)
{
  return g_object_new (FL_TYPE_STILL_IDENTITY, NULL);
}

/* The verb that waits for its answer, or NULL. */
const char *
fl_still_identity_get_verb (FlStillIdentity *self)
{
  return self->task != NULL ? self->verb : NULL;
}

/* What was typed for that verb. */
const char *
fl_still_identity_get_word (FlStillIdentity *self)
{
  return self->task != NULL ? self->word : NULL;
}

/* Answers the verb that waits; takes @answer. */
void
fl_still_identity_answer (FlStillIdentity *self,
                          FlAnswer        *answer)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  g_assert_nonnull (task);
  g_task_return_pointer (task, answer, (GDestroyNotify) fl_answer_free);
}

/* Refuses the verb that waits; takes @problem. */
void
fl_still_identity_refuse (FlStillIdentity *self,
                          GError          *problem)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  g_assert_nonnull (task);
  g_task_return_error (task, problem);
}

/* Gives the robot check a challenge, or none, which says that the server has no such check. */
void
fl_still_identity_answer_robot (FlStillIdentity *self,
                                const char      *challenge)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->robot);
  FlAnswer *answer = fl_answer_new (FL_OUTCOME_DONE);

  g_assert_nonnull (task);
  answer->challenge = g_strdup (challenge);
  g_task_return_pointer (task, answer, (GDestroyNotify) fl_answer_free);
}
