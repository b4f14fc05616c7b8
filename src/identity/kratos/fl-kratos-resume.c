/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-verbs.h"

/* Going on after a restart: what was kept says what to ask, the server says what has become of it. */

static void
on_settings_read (FlKratosVerb  *verb,
                  FlKratosReply *reply)
{
  FlKratosFlow *settings = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_SETTINGS);

  fl_kratos_tell_settings (verb);
  verb->answer->saved = settings != NULL && settings->state == FL_KRATOS_STATE_SUCCESS;
  fl_kratos_verb_done (verb);
}

static void
on_session_seen (FlKratosVerb  *verb,
                 FlKratosReply *reply)
{
  if (reply->kind != FL_KRATOS_REPLY_SESSION || reply->status != SOUP_STATUS_OK || !reply->has_identity)
    {
      fl_kratos_verb_refuse (verb, reply, FL_KRATOS_STEP_SESSION);
      return;
    }

  fl_kratos_identity_take_session (verb->self, NULL, reply->level);
  fl_kratos_identity_set_address (verb->self, reply->address);
  fl_kratos_begin_settings (verb, on_settings_read);
}

static void
go_on_waiting (FlKratosVerb *verb)
{
  if (verb->self->mail.flow != NULL)
    fl_kratos_look_at_mail (verb);
  else
    fl_kratos_verb_done (verb);
}

/* The flow by which a mail may have been asked for, when the program was stopped before the answer came. */
static void
on_recovery_seen (FlKratosVerb  *verb,
                  FlKratosReply *reply)
{
  FlKratosIdentity *self = verb->self;
  g_autofree char *address = g_strdup (self->mail.address != NULL ? self->mail.address : self->address);

  /* How long it lasts is known only now; one that is not as it was begun is used no more. */
  fl_kratos_identity_drop_flow (self, FL_KRATOS_FLOW_RECOVERY);
  if (reply->kind == FL_KRATOS_REPLY_FLOW && reply->status == SOUP_STATUS_OK &&
      fl_secret_equal (reply->flow->id, verb->flow))
    {
      if (reply->flow->state == FL_KRATOS_STATE_SENT_EMAIL)
        fl_kratos_identity_set_mail (self, reply->flow, address);
      else if (reply->flow->state == FL_KRATOS_STATE_CHOOSE_METHOD)
        fl_kratos_identity_set_flow (self, FL_KRATOS_FLOW_RECOVERY, g_steal_pointer (&reply->flow));
    }

  go_on_waiting (verb);
}

/**
 * fl_kratos_resume:
 * @identity: an identity
 * @record: what fl_identity_save() gave
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_resume(): an answer with a level goes on with the session, one with a flow waits for the mail,
 * one with neither may ask for one.
 */
void
fl_kratos_resume (FlIdentity          *identity,
                  GVariant            *record,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);
  FlKratosFlow *recovery;

  if (!fl_kratos_identity_restore (verb->self, record))
    fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_SESSION_ENDED, "a record that makes no sense here"));
  else if (verb->self->token != NULL)
    fl_kratos_verb_get (verb, FL_KRATOS_WHOAMI, TRUE, on_session_seen);
  else if ((recovery = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_RECOVERY)) != NULL)
    {
      fl_kratos_verb_set_flow (verb, recovery->id);
      fl_kratos_verb_look (verb, FL_KRATOS_RECOVERY_LOOK, verb->flow, FALSE, on_recovery_seen);
    }
  else
    {
      fl_kratos_look_at_mail (verb);
    }
}
