/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-flow-settings-password.h"

#include "fl-flow-settings.h"
#include "fl-message.h"
#include "fl-password-check.h"
#include "fl-session.h"
#include "fl-throttle.h"

/* A change of password, while threads compute. */
typedef struct
{
  FlExchange *exchange;
  char       *flow;
  FlSecret   *password;
} Change;

/* What the change is about, read anew after each wait. */
typedef struct
{
  FlFlow    *flow;
  FlSession *session;
  FlAccount *account;
} Scene;

static void
change_free (Change *change)
{
  g_free (change->flow);
  fl_secret_unref (change->password);
  g_free (change);
}

static void
scene_clear (Scene *scene)
{
  g_clear_pointer (&scene->flow, fl_flow_free);
  g_clear_pointer (&scene->session, fl_session_free);
  g_clear_pointer (&scene->account, fl_account_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

/* Answers, and returns FALSE, when the session has ended or the flow has gone meanwhile. */
static gboolean
set_scene (Change *change,
           Scene  *scene)
{
  FlExchange *exchange = change->exchange;

  scene->account = fl_flow_settings_find_account (exchange, &scene->session);
  if (scene->account == NULL)
    return FALSE;
  scene->flow = fl_flow_find_again (exchange, FL_FLOW_SETTINGS, change->flow);
  return scene->flow != NULL;
}

static void
on_password_hashed (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  Change *change = user_data;
  FlExchange *exchange = change->exchange;
  FlEngine *engine = exchange->engine;
  g_autofree char *hash = fl_hasher_hash_finish (result, NULL);
  g_auto (Scene) scene = { NULL, NULL, NULL };

  fl_exchange_resume (exchange);
  if (hash == NULL)
    {
      fl_exchange_reply_busy (exchange);
    }
  else if (set_scene (change, &scene))
    {
      fl_account_set_password (scene.account, engine, hash);
      fl_throttle_clear (engine, FL_COUNTER_PASSWORD, scene.account->email);
      fl_session_end_others (scene.session, engine);
      fl_flow_settings_succeed (scene.flow, exchange, scene.account);
    }
  change_free (change);
}

static void
hash (Change *change)
{
  fl_exchange_wait (change->exchange);
  fl_hasher_hash_async (change->exchange->engine->hasher, change->password, on_password_hashed, change);
}

static void
on_old_password_verified (GObject      *source,
                          GAsyncResult *result,
                          gpointer      user_data)
{
  Change *change = user_data;
  FlExchange *exchange = change->exchange;
  g_auto (Scene) scene = { NULL, NULL, NULL };
  gboolean verified;
  gboolean same;

  verified = fl_hasher_verify_finish (result, &same, NULL);
  fl_exchange_resume (exchange);
  if (!verified)
    {
      fl_exchange_reply_busy (exchange);
      change_free (change);
    }
  else if (!same)
    {
      hash (change);
    }
  else
    {
      if (set_scene (change, &scene))
        fl_flow_settings_refuse (scene.flow, exchange, scene.account, "password", fl_message_new (4000039));
      change_free (change);
    }
}

/**
 * fl_flow_settings_submit_password:
 * @flow: a flow
 * @exchange: its submission, of a privileged session
 * @account: its account
 *
 * Sets a new password, and ends the account's other sessions.
 */
void
fl_flow_settings_submit_password (FlFlow     *flow,
                                  FlExchange *exchange,
                                  FlAccount  *account)
{
  FlEngine *engine = exchange->engine;
  g_autoptr (FlSecret) password = fl_exchange_take_secret (exchange, "password");
  JsonObject *objection;
  Change *change;

  if (password == NULL)
    objection = fl_message_new_about (4000002, "property", "password");
  else
    objection = fl_password_check (password, engine->config->password_minimum, account->email);
  if (objection != NULL)
    {
      fl_flow_settings_refuse (flow, exchange, account, "password", objection);
      return;
    }

  change = g_new0 (Change, 1);
  change->exchange = exchange;
  change->flow = g_strdup (flow->id);
  change->password = g_steal_pointer (&password);
  if (account->password == NULL)
    {
      hash (change);
      return;
    }
  fl_exchange_wait (exchange);
  fl_hasher_verify_async (engine->hasher, change->password, account->password, on_old_password_verified, change);
}
