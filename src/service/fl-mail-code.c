/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-mail-code.h"

#include "fl-clock.h"
#include "fl-letter.h"
#include "fl-member.h"

#include <sodium.h>
#include <string.h>

/* A mail that has been asked for: who would get it is looked up some time after the answer has left, so that neither what
 * the answer says nor how long it takes can tell, nor how long the next question has to wait. */
typedef struct
{
  FlEngine *engine;
  char     *flow;
  GBytes   *digest;
  FlLetter *letter;
} Mail;

static void
mail_clear (gpointer data)
{
  Mail *mail = data;

  g_free (mail->flow);
  g_bytes_unref (mail->digest);
  fl_letter_unref (mail->letter);
}

static void
mail_unref (gpointer mail)
{
  g_rc_box_release_full (mail, mail_clear);
}

static void
on_message_gone (gpointer  mail,
                 GClosure *closure)
{
  mail_unref (mail);
}

static void
on_letter_delivered (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  FlEngine *engine = user_data;
  g_autoptr (GError) error = NULL;

  engine->pending--;
  if (!fl_post_deliver_finish (FL_POST (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("A mail could not be delivered: %s", error->message);
}

/* Returns whether there is an account for the mail; the code then belongs to it. */
static gboolean
find_reader (Mail *mail)
{
  FlStore *store = mail->engine->store;
  g_autoptr (FlAccount) account = NULL;

  fl_store_begin (store);
  account = fl_account_find_by_email (mail->engine, mail->letter->to);
  if (account == NULL || !account->active)
    {
      fl_store_roll_back (store);
      return FALSE;
    }
  fl_store_run (store, "UPDATE mail_code SET account = ? WHERE flow = ? AND digest = ?", "ssb", account->id, mail->flow,
                mail->digest);
  mail->letter->name = g_strdup (fl_account_get_first_name (account));
  return fl_store_commit (store);
}

static gboolean
on_moment_come (gpointer user_data)
{
  Mail *mail = user_data;
  FlEngine *engine = mail->engine;

  if (find_reader (mail))
    fl_post_deliver_async (engine->post, mail->letter, engine->cancellable, on_letter_delivered, engine);
  else
    engine->pending--;
  return G_SOURCE_REMOVE;
}

static void
on_answer_finished (SoupServerMessage *message,
                    Mail              *mail)
{
  FlEngine *engine = mail->engine;
  g_autoptr (GSource) moment = NULL;

  if (soup_server_message_get_status (message) != SOUP_STATUS_OK)
    return;

  engine->pending++;
  moment = g_timeout_source_new ((guint) engine->config->mail_delay);
  g_source_set_callback (moment, on_moment_come, g_rc_box_acquire (mail), mail_unref);
  g_source_attach (moment, g_main_context_get_thread_default ());
}

static FlSecret *
make_code (void)
{
  char text[7];
  FlSecret *code;

  g_snprintf (text, sizeof text, "%06u", randombytes_uniform (1000000));
  code = fl_secret_new (text);
  fl_secret_wipe (text, sizeof text);
  return code;
}

static FlLetter *
write_letter (FlExchange   *exchange,
              const FlFlow *flow,
              const char   *to,
              FlSecret     *code,
              gint64        expires_at)
{
  const FlServiceConfig *config = exchange->engine->config;
  JsonObject *payload = fl_member_get_object (exchange->body, "transient_payload");
  const char *named = fl_member_get_text (payload, "flow");
  FlLetter *letter = fl_letter_new ();

  letter->to = g_strdup (to);
  letter->lang = g_strdup (fl_member_get_text (payload, "lang"));
  /* The payload is anybody's: a link may lead to the flow that asked for it, and to no other. */
  letter->flow = g_strcmp0 (named, flow->id) == 0 ? g_strdup (flow->id) : NULL;
  letter->code = fl_secret_ref (code);
  letter->landing = config->mail_landing != NULL
                    ? g_strdup (config->mail_landing)
                    : g_strconcat (exchange->engine->url, "/reset", NULL);
  letter->from = g_strdup (config->mail_from);
  letter->product = g_strdup (config->totp_issuer);
  letter->sent_at = fl_clock_now ();
  letter->expires_at = expires_at;
  return letter;
}

/**
 * fl_mail_code_send:
 * @exchange: the request
 * @flow: the recovery flow, as kept
 * @address: a folded address
 *
 * Makes a code that replaces the flow's earlier one, and mails it, at some time after the exchange has been answered,
 * when there is such an account.
 */
void
fl_mail_code_send (FlExchange   *exchange,
                   const FlFlow *flow,
                   const char   *address)
{
  FlEngine *engine = exchange->engine;
  g_autoptr (FlSecret) code = make_code ();
  gint64 expires_at = MIN (fl_clock_now () + engine->config->code_lifespan, flow->expires_at);
  Mail *mail = g_rc_box_new0 (Mail);

  mail->engine = engine;
  mail->flow = g_strdup (flow->id);
  mail->digest = fl_sealer_digest (engine->sealer, flow->id, fl_secret_get_text (code));
  mail->letter = write_letter (exchange, flow, address, code, expires_at);
  fl_store_run (engine->store,
                "INSERT OR REPLACE INTO mail_code (flow, account, digest, expires_at) VALUES (?, NULL, ?, ?)", "sbi",
                flow->id, mail->digest, expires_at);
  g_signal_connect_data (exchange->message, "finished", G_CALLBACK (on_answer_finished), mail, on_message_gone, 0);
}

/**
 * fl_mail_code_redeem:
 * @engine: the service
 * @flow: the recovery flow
 * @code: (nullable): what was typed
 *
 * Checks a code, and uses it up when it is right.
 *
 * Returns: (transfer full) (nullable): the account that it was sent to
 */
FlAccount *
fl_mail_code_redeem (FlEngine       *engine,
                     const FlFlow   *flow,
                     const FlSecret *code)
{
  g_autoptr (GBytes) digest = fl_sealer_digest (engine->sealer, flow->id,
                                                code != NULL ? fl_secret_get_text (code) : "");
  g_autofree char *id = NULL;
  sqlite3_stmt *row = fl_store_query (engine->store,
                                      "SELECT account FROM mail_code"
                                      " WHERE flow = ? AND digest = ? AND expires_at > ? AND NOT used", "sbi",
                                      flow->id, digest, fl_clock_now ());

  if (fl_store_step (engine->store, row))
    {
      id = fl_store_get_text (row, 0);
      sqlite3_reset (row);
    }
  if (id == NULL)
    return NULL;

  fl_store_run (engine->store, "UPDATE mail_code SET used = 1 WHERE flow = ?", "s", flow->id);
  return fl_account_find (engine, id);
}
