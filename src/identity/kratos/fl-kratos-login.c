/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-verbs.h"

#include "fl-address.h"

/* Signing in with address and password, giving the password again, signing out. */

static void
on_prepared (FlKratosVerb  *verb,
             FlKratosReply *reply)
{
  fl_kratos_verb_done (verb);
}

/**
 * fl_kratos_prepare:
 * @identity: an identity
 * @what: what will be wanted
 * @cancellable: (nullable): ends the verb, not what it has begun
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_prepare().
 */
void
fl_kratos_prepare (FlIdentity          *identity,
                   FlPrepare            what,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);

  fl_kratos_verb_need (verb, what == FL_PREPARE_RECOVERY ? FL_KRATOS_FLOW_RECOVERY : FL_KRATOS_FLOW_LOGIN, on_prepared);
}

static void identify (FlKratosVerb  *verb,
                      FlKratosReply *reply);

static void
on_identified (FlKratosVerb  *verb,
               FlKratosReply *reply)
{
  if (fl_kratos_verb_repeats (verb, reply, FL_KRATOS_STEP_IDENTIFY, FL_KRATOS_FLOW_LOGIN))
    {
      fl_kratos_verb_need (verb, FL_KRATOS_FLOW_LOGIN, identify);
      return;
    }

  if (reply->kind != FL_KRATOS_REPLY_FLOW ||
      !fl_secret_equal (reply->flow->id, verb->flow) ||
      fl_kratos_flow_is_refusal (reply->flow) ||
      !fl_kratos_flow_has (reply->flow, FL_KRATOS_NODE_PASSWORD))
    {
      fl_kratos_verb_refuse (verb, reply, FL_KRATOS_STEP_IDENTIFY);
      return;
    }

  fl_kratos_identity_set_flow (verb->self, FL_KRATOS_FLOW_LOGIN, g_steal_pointer (&reply->flow));
  fl_kratos_verb_done (verb);
}

/* Where identifier and password stand on one form there is nothing to ask. */
static void
identify (FlKratosVerb  *verb,
          FlKratosReply *reply)
{
  FlKratosFlow *flow = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_LOGIN);
  FlJsonBody *body;

  if (!fl_kratos_flow_has (flow, FL_KRATOS_NODE_IDENTIFIER_FIRST))
    {
      fl_kratos_verb_done (verb);
      return;
    }

  body = fl_json_body_new ("identifier_first");
  fl_json_body_add (body, "identifier", verb->address);
  fl_kratos_verb_set_flow (verb, flow->id);
  fl_kratos_verb_submit (verb, FL_KRATOS_LOGIN, flow->id, FALSE, body, on_identified);
}

/**
 * fl_kratos_identify:
 * @identity: an identity
 * @address: whose account this is about
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_identify(): an engine that tells whether an account exists does so here.
 */
void
fl_kratos_identify (FlIdentity          *identity,
                    const char          *address,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);

  verb->address = fl_address_normalise (address);
  fl_kratos_verb_need (verb, FL_KRATOS_FLOW_LOGIN, identify);
}

static void sign_in (FlKratosVerb  *verb,
                     FlKratosReply *reply);

static void
on_signed_in (FlKratosVerb  *verb,
              FlKratosReply *reply)
{
  if (fl_kratos_verb_repeats (verb, reply, FL_KRATOS_STEP_SIGN_IN, FL_KRATOS_FLOW_LOGIN))
    {
      fl_kratos_verb_need (verb, FL_KRATOS_FLOW_LOGIN, sign_in);
      return;
    }

  if (reply->kind != FL_KRATOS_REPLY_LOGIN || reply->status != SOUP_STATUS_OK || reply->token == NULL)
    {
      fl_kratos_verb_refuse (verb, reply, FL_KRATOS_STEP_SIGN_IN);
      return;
    }

  fl_kratos_identity_drop_flow (verb->self, FL_KRATOS_FLOW_LOGIN);
  fl_kratos_identity_take_session (verb->self, reply->token, reply->level);
  fl_kratos_identity_set_address (verb->self, reply->has_identity ? reply->address : verb->address);
  verb->answer->level = reply->level;
  verb->answer->address = g_strdup (verb->self->address);

  /* A session hides whose it is until the second factor has been given: that is how the engine says that there is one. */
  if (!reply->has_identity)
    {
      fl_kratos_identity_begin (verb->self, FL_KRATOS_FLOW_SECOND_FACTOR);
      fl_kratos_verb_end (verb, FL_OUTCOME_SECOND_FACTOR_FIRST);
      return;
    }

  /* What the account has is said by its settings: whoever wants to know that asks for them. */
  fl_kratos_verb_done (verb);
}

static FlJsonBody *
make_password_body (const char     *address,
                    const FlSecret *password)
{
  FlJsonBody *body = fl_json_body_new ("password");

  fl_json_body_add (body, "identifier", address);
  fl_json_body_add (body, "password", fl_secret_get_text (password));

  return body;
}

static void
sign_in (FlKratosVerb  *verb,
         FlKratosReply *reply)
{
  FlKratosFlow *flow = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_LOGIN);

  fl_kratos_verb_submit (verb, FL_KRATOS_LOGIN, flow->id, FALSE,
                         make_password_body (verb->address, verb->password), on_signed_in);
}

/**
 * fl_kratos_sign_in:
 * @identity: an identity
 * @address: whose account
 * @password: its password
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_sign_in().
 */
void
fl_kratos_sign_in (FlIdentity          *identity,
                   const char          *address,
                   FlSecret            *password,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);

  verb->address = fl_address_normalise (address);
  verb->password = fl_secret_ref (password);
  fl_kratos_verb_need (verb, FL_KRATOS_FLOW_LOGIN, sign_in);
}

static void refresh (FlKratosVerb  *verb,
                     FlKratosReply *reply);

static void
on_refreshed (FlKratosVerb  *verb,
              FlKratosReply *reply)
{
  if (fl_kratos_verb_repeats (verb, reply, FL_KRATOS_STEP_REFRESH, FL_KRATOS_FLOW_REFRESH) ||
      fl_kratos_verb_skipped (verb, reply, FL_KRATOS_STEP_REFRESH, FL_KRATOS_FLOW_REFRESH))
    {
      fl_kratos_verb_need (verb, FL_KRATOS_FLOW_REFRESH, refresh);
      return;
    }

  if (reply->kind != FL_KRATOS_REPLY_LOGIN || reply->status != SOUP_STATUS_OK)
    {
      fl_kratos_verb_refuse (verb, reply, FL_KRATOS_STEP_REFRESH);
      return;
    }

  fl_kratos_identity_drop_flow (verb->self, FL_KRATOS_FLOW_REFRESH);
  fl_kratos_identity_take_session (verb->self, reply->token, reply->level);
  verb->answer->level = reply->level;

  if (reply->has_identity)
    {
      fl_kratos_identity_set_address (verb->self, reply->address);
      verb->answer->address = g_strdup (reply->address);
      fl_kratos_verb_done (verb);
    }
  else
    {
      fl_kratos_identity_begin (verb->self, FL_KRATOS_FLOW_SECOND_FACTOR);
      fl_kratos_verb_end (verb, FL_OUTCOME_SECOND_FACTOR_FIRST);
    }
}

static void
refresh (FlKratosVerb  *verb,
         FlKratosReply *reply)
{
  FlKratosFlow *flow = fl_kratos_identity_get_flow (verb->self, FL_KRATOS_FLOW_REFRESH);
  const char *address = flow->identifier != NULL ? flow->identifier : verb->self->address;

  if (!fl_kratos_flow_has (flow, FL_KRATOS_NODE_PASSWORD) || address == NULL)
    fl_kratos_verb_end (verb, FL_OUTCOME_MAIL_FIRST);
  else
    fl_kratos_verb_submit (verb, FL_KRATOS_LOGIN, flow->id, TRUE,
                           make_password_body (address, verb->password), on_refreshed);
}

/**
 * fl_kratos_reauthenticate:
 * @identity: an identity
 * @password: the account's password
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_reauthenticate(): the same session, as fresh as after signing in.
 */
void
fl_kratos_reauthenticate (FlIdentity          *identity,
                          FlSecret            *password,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);

  verb->password = fl_secret_ref (password);
  fl_kratos_verb_need (verb, FL_KRATOS_FLOW_REFRESH, refresh);
}

/* A session that the server does not know any more has ended, which is what was wanted. */
static void
on_signed_out (FlKratosVerb  *verb,
               FlKratosReply *reply)
{
  gboolean is_unknown = reply->kind == FL_KRATOS_REPLY_ERROR &&
                        (reply->status == 401 || reply->status == 403 || reply->status == 404);

  if (reply->kind == FL_KRATOS_REPLY_NOTHING || is_unknown)
    fl_kratos_verb_done (verb);
  else
    fl_kratos_verb_refuse (verb, reply, FL_KRATOS_STEP_SIGN_OUT);
}

/**
 * fl_kratos_sign_out:
 * @identity: an identity
 * @cancellable: (nullable): ends the verb
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Implements fl_identity_sign_out(). Here everything is forgotten at once, whatever the server says to it.
 */
void
fl_kratos_sign_out (FlIdentity          *identity,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  FlKratosVerb *verb = fl_kratos_verb_new (identity, cancellable, callback, user_data);
  FlJsonBody *body = NULL;

  if (verb->self->token != NULL)
    {
      body = fl_json_body_new (NULL);
      fl_json_body_add (body, "session_token", fl_secret_get_text (verb->self->token));
    }

  fl_kratos_identity_forget_session (verb->self);
  fl_kratos_identity_forget_mail (verb->self);
  if (body != NULL)
    fl_kratos_verb_delete (verb, FL_KRATOS_LOGOUT, body, on_signed_out);
  else
    fl_kratos_verb_done (verb);
}
