/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-verbs.h"

/* Going on after a restart: what was kept says what to ask, the server says what has become of it. */

static void
on_settings_read (FlKratosVerb  *verb,
                  FlKratosReply *reply)
{
  fl_kratos_tell_settings (verb);
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

/**
 * fl_kratos_resume:
 * @identity: an identity
 * @record: what fl_identity_save() gave
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_resume(): an answer with a level goes on with the session, one with a flow waits for the mail.
 */
void
fl_kratos_resume (FlIdentity          *identity,
                  GVariant            *record,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);

  if (!fl_kratos_identity_restore (verb->self, record))
    fl_kratos_verb_fail (verb, fl_problem_new (FL_PROBLEM_SESSION_ENDED, "a record that makes no sense here"));
  else if (verb->self->token != NULL)
    fl_kratos_verb_get (verb, FL_KRATOS_WHOAMI, TRUE, on_session_seen);
  else
    fl_kratos_look_at_mail (verb);
}
