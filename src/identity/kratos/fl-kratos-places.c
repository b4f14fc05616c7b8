/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-verb.h"

#include "fl-clock.h"

/* The flows that are begun ahead: one place for each kind, filled by a request in the background, so that the click
 * that needs the flow costs one round trip. A flow whose end is near counts as gone, and the next one is begun. */

/* Seconds before its end at which a flow is no longer used: what is submitted has to arrive in time. One that lives but
 * shortly is used for half its life. */
#define MARGIN 5

static const struct {
  const char    *path;
  gboolean       with_token;
  FlKratosStep   step;
} beginnings[FL_KRATOS_N_FLOWS] = {
  [FL_KRATOS_FLOW_LOGIN]         = { "/self-service/login/api",              FALSE, FL_KRATOS_STEP_BEGIN },
  [FL_KRATOS_FLOW_SECOND_FACTOR] = { "/self-service/login/api?aal=aal2",     TRUE,  FL_KRATOS_STEP_BEGIN },
  [FL_KRATOS_FLOW_REFRESH]       = { "/self-service/login/api?refresh=true", TRUE,  FL_KRATOS_STEP_BEGIN },
  [FL_KRATOS_FLOW_RECOVERY]      = { "/self-service/recovery/api",           FALSE, FL_KRATOS_STEP_BEGIN_RECOVERY },
  [FL_KRATOS_FLOW_SETTINGS]      = { "/self-service/settings/api",           TRUE,  FL_KRATOS_STEP_BEGIN },
};

typedef struct {
  GWeakRef          identity;
  FlKratosFlowKind  kind;
  GCancellable     *cancellable;
} Beginning;

static Beginning *
beginning_new (FlKratosIdentity *self,
               FlKratosFlowKind  kind)
{
  Beginning *beginning = g_new0 (Beginning, 1);

  g_weak_ref_init (&beginning->identity, self);
  beginning->kind = kind;
  beginning->cancellable = g_object_ref (self->places[kind].cancellable);

  return beginning;
}

static void
beginning_free (Beginning *beginning)
{
  g_weak_ref_clear (&beginning->identity);
  g_object_unref (beginning->cancellable);
  g_free (beginning);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Beginning, beginning_free)

static void
settle (FlKratosIdentity *self,
        FlKratosFlowKind  kind,
        const GError     *error)
{
  g_autoptr (GPtrArray) waiting = self->places[kind].waiting;

  self->places[kind].waiting = g_ptr_array_new ();
  for (guint i = 0; i < waiting->len; i++)
    fl_kratos_verb_resume (g_ptr_array_index (waiting, i), error);
}

/* Whether a flow that has just begun offers what it was begun for. */
static GError *
judge (const FlKratosFlow *flow,
       FlKratosFlowKind    kind)
{
  switch (kind)
    {
    case FL_KRATOS_FLOW_LOGIN:
      if (flow->state == FL_KRATOS_STATE_CHOOSE_METHOD &&
          (flow->nodes & (FL_KRATOS_NODE_IDENTIFIER_FIRST | FL_KRATOS_NODE_PASSWORD)) != 0)
        return NULL;
      return fl_problem_new (FL_PROBLEM_PROTOCOL, "no way to sign in with a password");

    case FL_KRATOS_FLOW_SECOND_FACTOR:
      if ((flow->nodes & (FL_KRATOS_NODE_TOTP_CODE | FL_KRATOS_NODE_LOOKUP_SECRET)) != 0)
        return NULL;
      return fl_problem_new (FL_PROBLEM_PROTOCOL, "no second factor that is known here");

    case FL_KRATOS_FLOW_REFRESH:
      return NULL;

    case FL_KRATOS_FLOW_RECOVERY:
      if (flow->state == FL_KRATOS_STATE_CHOOSE_METHOD && fl_kratos_flow_has (flow, FL_KRATOS_NODE_MAIL_ADDRESS))
        return NULL;
      return fl_problem_new (FL_PROBLEM_RECOVERY_UNSUPPORTED, "recovery that is not by code");

    case FL_KRATOS_FLOW_SETTINGS:
      if (flow->has_identity)
        return NULL;
      return fl_problem_new (FL_PROBLEM_PROTOCOL, "settings of nobody");

    default:
      g_assert_not_reached ();
    }
}

static GError *
accept_reply (FlKratosIdentity *self,
              FlKratosFlowKind  kind,
              FlKratosReply    *reply)
{
  GError *error;

  if (reply->kind == FL_KRATOS_REPLY_FLOW && reply->status == SOUP_STATUS_OK)
    {
      error = judge (reply->flow, kind);
      if (error != NULL)
        return error;

      fl_kratos_identity_set_flow (self, kind, g_steal_pointer (&reply->flow));
      if (fl_kratos_identity_get_flow (self, kind) == NULL)
        return fl_problem_new (FL_PROBLEM_PROTOCOL, "a flow that has ended before it began");

      if (kind == FL_KRATOS_FLOW_RECOVERY)
        fl_identity_recovery_begun (FL_IDENTITY (self));
      return NULL;
    }

  error = fl_kratos_problem_from_reply (reply, beginnings[kind].step);
  if (g_error_matches (error, FL_KRATOS_DETOUR, FL_KRATOS_DETOUR_UNKNOWN))
    {
      g_error_free (error);
      error = fl_problem_new (FL_PROBLEM_NOT_OUR_SERVER, "no such flows here");
    }

  return error;
}

static void
on_begin_ready (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (Beginning) beginning = user_data;
  g_autoptr (FlKratosIdentity) self = g_weak_ref_get (&beginning->identity);
  g_autoptr (FlKratosReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = fl_kratos_client_send_finish (FL_KRATOS_CLIENT (source), result, &error);
  if (self == NULL || self->places[beginning->kind].cancellable != beginning->cancellable)
    return;

  g_clear_object (&self->places[beginning->kind].cancellable);
  if (reply != NULL)
    error = accept_reply (self, beginning->kind, reply);
  settle (self, beginning->kind, error);
}

/**
 * fl_kratos_identity_begin:
 * @self: an identity
 * @kind: which flow
 *
 * Begins a flow in the background, unless one is there or on its way. Verbs that wait for it go on when it is there.
 */
void
fl_kratos_identity_begin (FlKratosIdentity *self,
                          FlKratosFlowKind  kind)
{
  FlKratosPlace *place = &self->places[kind];
  FlKratosRequest request = {
    .method = "GET",
    .path = beginnings[kind].path,
    .token = beginnings[kind].with_token ? self->token : NULL,
  };

  if (place->cancellable != NULL || fl_kratos_identity_get_flow (self, kind) != NULL)
    return;

  if (beginnings[kind].with_token && self->token == NULL)
    {
      g_autoptr (GError) error = fl_problem_new (FL_PROBLEM_SESSION_ENDED, "no session");

      settle (self, kind, error);
      return;
    }

  place->cancellable = g_cancellable_new ();
  fl_kratos_client_send (self->client, &request, place->cancellable, on_begin_ready, beginning_new (self, kind));
}

/**
 * fl_kratos_identity_get_flow:
 * @self: an identity
 * @kind: which flow
 *
 * Returns: (transfer none) (nullable): the flow in its place, %NULL when there is none that lasts
 */
FlKratosFlow *
fl_kratos_identity_get_flow (FlKratosIdentity *self,
                             FlKratosFlowKind  kind)
{
  FlKratosPlace *place = &self->places[kind];

  if (place->flow != NULL && place->good_until <= fl_clock_now () - fl_clock_moved (place->mark))
    g_clear_pointer (&place->flow, fl_kratos_flow_free);

  return place->flow;
}

/**
 * fl_kratos_identity_set_flow:
 * @self: an identity
 * @kind: which flow
 * @flow: (transfer full): the latest that is known of it
 */
void
fl_kratos_identity_set_flow (FlKratosIdentity *self,
                             FlKratosFlowKind  kind,
                             FlKratosFlow     *flow)
{
  FlKratosPlace *place = &self->places[kind];
  gint64 left = flow->expires_at - fl_clock_now ();

  g_clear_pointer (&place->flow, fl_kratos_flow_free);
  place->flow = flow;
  place->good_until = flow->expires_at - MIN (MARGIN, left / 2);
  place->mark = fl_clock_mark ();

  if (kind == FL_KRATOS_FLOW_SETTINGS && flow->address != NULL)
    fl_kratos_identity_set_address (self, flow->address);
}

/**
 * fl_kratos_identity_drop_flow:
 * @self: an identity
 * @kind: which flow
 *
 * Forgets a flow, also one that is on its way; verbs that wait for that one end as without a session.
 */
void
fl_kratos_identity_drop_flow (FlKratosIdentity *self,
                              FlKratosFlowKind  kind)
{
  g_autoptr (GError) error = fl_problem_new (FL_PROBLEM_SESSION_ENDED, "the session has gone meanwhile");
  FlKratosPlace *place = &self->places[kind];

  g_clear_pointer (&place->flow, fl_kratos_flow_free);
  if (place->cancellable != NULL)
    g_cancellable_cancel (place->cancellable);
  g_clear_object (&place->cancellable);
  settle (self, kind, error);
}
