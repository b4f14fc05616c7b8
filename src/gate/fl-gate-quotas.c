/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-quotas.h"

#include "fl-gate-quotas-private.h"
#include "fl-text.h"

#include <string.h>

/* Seconds for which a network is known after somebody has proven there who they are: a month's holiday. */
#define KNOWN_FOR (30 * 24 * 60 * 60)

/* Bits of an address that make a network. IPv4: 24, the least that is routed on the Internet, so that a rented row of
 * addresses is one network. IPv6: 56, the least that providers give to a household (RIPE-690, section 4.2), so that nobody is
 * 256 networks at home, or 2^64 computers in one of them. */
#define IPV4_BITS 24
#define IPV6_BITS 56

/*
 * FlGateQuotas:  * who may try how often: the rules, on what the gates know together.
 *
 * An attempt counts before it is made and is given back when it was right: else as many guesses could run at once as the
 * first takes to be refused, and who knows the password would be slowed down by those who do not. It counts for one account
 * from one network, and for the account from everywhere. Where the person has proven before who they are, and in the
 * organisation's own networks, the latter is the network's own: so a stranger cannot use up what the person needs. It counts
 * for the network too, but for people who are known there.
 *
 * Accounts, networks, flows, tokens and proofs reach the store as HMAC-SHA256 only, under a key of their own that is made of
 * the gate's. It has no state, so gates side by side agree.
 */

typedef enum {
  TRIED,
  WAS_RIGHT,
  WAS_NOTHING,
} Event;

/* What is tried, by whom and where. */
typedef struct
{
  Event         event;
  FlGateKind    kind;
  GInetAddress *peer;
  guint8        account[FL_GATE_KEY_SIZE];
  guint8        network[16];
  gsize         network_size;
} Attempt;

G_DEFINE_FINAL_TYPE (FlGateQuotas, fl_gate_quotas, G_TYPE_OBJECT)

static void
fl_gate_quotas_finalize (GObject *object)
{
  FlGateQuotas *self = FL_GATE_QUOTAS (object);

  g_clear_object (&self->store);
  g_clear_object (&self->limits);
  g_clear_pointer (&self->digest, fl_gate_digest_free);

  G_OBJECT_CLASS (fl_gate_quotas_parent_class)->finalize (object);
}

static void
fl_gate_quotas_class_init (FlGateQuotasClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_gate_quotas_finalize;
}

static void
fl_gate_quotas_init (FlGateQuotas *self)
{
}

static const char *
thing_name (FlGateThing thing)
{
  switch (thing)
    {
    case FL_GATE_FLOW:
      return "flow";

    case FL_GATE_SESSION:
      return "session";

    case FL_GATE_PROOF:
      return "proof";

    default:
      g_assert_not_reached ();
    }
}

/* Names a thing by its text in one of the ways in which the store knows it. */
void
fl_gate_quotas_digest_thing (FlGateQuotas *self,
                             guint8       *key,
                             const char   *label,
                             FlGateThing   thing,
                             const char   *text)
{
  const char *name = thing_name (thing);

  fl_gate_digest_of (self->digest, key, label, name, strlen (name), text, strlen (text), NULL);
}

static void
write_network (Attempt *attempt)
{
  const guint8 *bytes = g_inet_address_to_bytes (attempt->peer);
  gsize size = g_inet_address_get_native_size (attempt->peer);
  gsize bits = size == 4 ? IPV4_BITS : IPV6_BITS;
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };

  /* RFC 4291, section 2.5.5.2: an IPv4 address as a socket for both shows it. */
  if (size == 16 && memcmp (bytes, mapped, sizeof mapped) == 0)
    {
      bytes += sizeof mapped;
      bits = IPV4_BITS;
    }
  attempt->network_size = bits / 8;
  memcpy (attempt->network, bytes, bits / 8);
}

static void
add_counter (FlGateQuotas  *self,
             FlGateCounter *counter,
             const Attempt *attempt,
             FlGateReach    reach,
             FlGateWhen     when,
             const char    *label,
             gboolean       with_account,
             gboolean       with_network)
{
  FlGateLimit limit = fl_gate_limits_get (self->limits, attempt->kind, reach, attempt->peer);
  guint8 kind = (guint8) attempt->kind;

  counter->limit = limit.limit;
  counter->window = limit.window;
  counter->when = when;
  fl_gate_digest_of (self->digest, counter->key, label, &kind, sizeof kind,
                     attempt->account, with_account ? sizeof attempt->account : 0,
                     attempt->network, with_network ? attempt->network_size : 0, NULL);
}

/* What an attempt counts in. */
static gsize
list_counters (FlGateQuotas  *self,
               Attempt       *attempt,
               FlGateCounter *counters)
{
  gboolean is_office = fl_gate_limits_is_office (self->limits, attempt->peer);
  gsize n = 0;

  add_counter (self, &counters[n++], attempt, FL_GATE_PER_PERSON, FL_GATE_ALWAYS, "person", TRUE, TRUE);
  add_counter (self, &counters[n++], attempt, FL_GATE_PER_ACCOUNT, is_office ? FL_GATE_ALWAYS : FL_GATE_WHEN_KNOWN,
               "account here", TRUE, TRUE);
  if (!is_office)
    add_counter (self, &counters[n++], attempt, FL_GATE_PER_ACCOUNT, FL_GATE_WHEN_NEW, "account", TRUE, FALSE);
  add_counter (self, &counters[n++], attempt, FL_GATE_PER_NETWORK, FL_GATE_WHEN_NEW, "network", FALSE, TRUE);

  /* NIST SP 800-63B-4, section 3.2.2: after a success, what failed before from the same address is disregarded. With a limit
   * of 1 everything is given back. */
  for (gsize i = 0; i < 2 && attempt->event == WAS_RIGHT; i++)
    counters[i].limit = 1;
  return n;
}

/* Who has the password is known for what can be had with it; the second factor is known only by itself, else every network
 * from which a stolen password is used would have guesses of its own at it. */
static void
digest_known (FlGateQuotas  *self,
              const Attempt *attempt,
              guint8        *key)
{
  guint8 factor = attempt->kind == FL_GATE_SECOND_FACTOR ? 2 : 1;

  fl_gate_digest_of (self->digest, key, "known", &factor, sizeof factor, attempt->account, sizeof attempt->account,
                     attempt->network, attempt->network_size, NULL);
}

static void
on_give_back_ready (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (fl_gate_store_give_back_finish (FL_GATE_STORE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_count_ready (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gint wait = fl_gate_store_count_finish (FL_GATE_STORE (source), result, &error);

  if (error == NULL)
    g_task_return_int (task, wait);
  else
    g_task_return_error (task, error);
}

static void
begin_attempt (FlGateQuotas        *self,
               Event                event,
               FlGateKind           kind,
               GBytes              *account,
               GInetAddress        *peer,
               gpointer             tag,
               GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Attempt attempt = { event, kind, peer };
  FlGateCounter counters[FL_GATE_COUNTERS_MAX];
  guint8 known[FL_GATE_KEY_SIZE];
  gsize n;

  g_task_set_source_tag (task, tag);
  memcpy (attempt.account, g_bytes_get_data (account, NULL), FL_GATE_KEY_SIZE);
  write_network (&attempt);
  digest_known (self, &attempt, known);
  n = list_counters (self, &attempt, counters);
  if (event == TRIED)
    fl_gate_store_count (self->store, known, counters, n, cancellable, on_count_ready, task);
  else
    fl_gate_store_give_back (self->store, known, event == WAS_RIGHT ? KNOWN_FOR : 0, counters, n, cancellable,
                             on_give_back_ready, task);
}

/**
 * fl_gate_quotas_new:
 * @store: (transfer none): what the gates know together
 * @key: the gate's key, %FL_GATE_KEY_SIZE bytes; the store's is made of it
 * @limits: (transfer none): how often what may be tried
 *
 * Returns: (transfer full): the quotas
 */
FlGateQuotas *
fl_gate_quotas_new (FlGateStore  *store,
                    GBytes       *key,
                    FlGateLimits *limits)
{
  FlGateQuotas *self = g_object_new (FL_TYPE_GATE_QUOTAS, NULL);

  self->store = g_object_ref (store);
  self->limits = g_object_ref (limits);
  self->digest = fl_gate_digest_new (key, "first-login-gate store");
  return self;
}

/**
 * fl_gate_quotas_account:
 * @self: quotas
 * @address: what Kratos is given as the identifier or the address, UTF-8
 *
 * Folds @address at least as far as Kratos does (`NormalizeEmailIdentifier`: lower case, one character for one, and no blanks
 * around it), so that capital letters are not another account.
 *
 * Returns: (transfer full): the account
 */
GBytes *
fl_gate_quotas_account (FlGateQuotas *self,
                        const char   *address)
{
  g_autofree char *trimmed = fl_text_trim (address);
  g_autoptr (GString) folded = g_string_new (NULL);
  guint8 key[FL_GATE_KEY_SIZE];

  g_return_val_if_fail (FL_IS_GATE_QUOTAS (self), NULL);

  for (const char *p = trimmed; *p != '\0'; p = g_utf8_next_char (p))
    g_string_append_unichar (folded, g_unichar_tolower (g_utf8_get_char (p)));
  fl_gate_digest_of (self->digest, key, "address", folded->str, folded->len, NULL);
  return g_bytes_new (key, sizeof key);
}

/**
 * fl_gate_quotas_stand_in:
 * @self: quotas
 * @thing: what @text is
 * @text: a flow or a token of which nobody knows whose it is
 *
 * Returns: (transfer full): an account that nobody else is
 */
GBytes *
fl_gate_quotas_stand_in (FlGateQuotas *self,
                         FlGateThing   thing,
                         const char   *text)
{
  guint8 key[FL_GATE_KEY_SIZE];

  g_return_val_if_fail (FL_IS_GATE_QUOTAS (self), NULL);

  fl_gate_quotas_digest_thing (self, key, "stand-in", thing, text);
  return g_bytes_new (key, sizeof key);
}

/**
 * fl_gate_quotas_try:
 * @self: quotas
 * @kind: what is tried
 * @account: whose
 * @peer: where they come from
 * @cancellable: (nullable): ends the call early; it may have been counted all the same
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * Counts an attempt, before it is made.
 */
void
fl_gate_quotas_try (FlGateQuotas        *self,
                    FlGateKind           kind,
                    GBytes              *account,
                    GInetAddress        *peer,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  g_return_if_fail (FL_IS_GATE_QUOTAS (self));

  begin_attempt (self, TRIED, kind, account, peer, fl_gate_quotas_try, cancellable, callback, user_data);
}

/**
 * fl_gate_quotas_try_finish:
 * @self: quotas
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends fl_gate_quotas_try().
 *
 * Returns: 0 when it may be made, else the seconds until one may; -1 with an error when the store is down
 */
gint
fl_gate_quotas_try_finish (FlGateQuotas  *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_gate_quotas_try), -1);

  return (gint) g_task_propagate_int (G_TASK (result), error);
}

/**
 * fl_gate_quotas_was_right:
 * @self: quotas
 * @kind: what was tried
 * @account: whose
 * @peer: where they come from
 * @cancellable: (nullable): ends the call early
 * @callback: (nullable): called when it is done, for fl_gate_quotas_done_finish()
 * @user_data: for @callback
 *
 * Gives an attempt back that was right, with what this person got wrong there before, and makes the network known: a
 * password, a second factor or a code proves who somebody is. A mail never does.
 */
void
fl_gate_quotas_was_right (FlGateQuotas        *self,
                          FlGateKind           kind,
                          GBytes              *account,
                          GInetAddress        *peer,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_return_if_fail (FL_IS_GATE_QUOTAS (self));
  g_return_if_fail (kind != FL_GATE_MAIL);

  begin_attempt (self, WAS_RIGHT, kind, account, peer, fl_gate_quotas_done_finish, cancellable, callback, user_data);
}

/**
 * fl_gate_quotas_was_nothing:
 * @self: quotas
 * @kind: what was tried
 * @account: whose
 * @peer: where they come from
 * @cancellable: (nullable): ends the call early
 * @callback: (nullable): called when it is done, for fl_gate_quotas_done_finish()
 * @user_data: for @callback
 *
 * Gives an attempt back that nobody has judged, as Kratos did not answer.
 */
void
fl_gate_quotas_was_nothing (FlGateQuotas        *self,
                            FlGateKind           kind,
                            GBytes              *account,
                            GInetAddress        *peer,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_return_if_fail (FL_IS_GATE_QUOTAS (self));

  begin_attempt (self, WAS_NOTHING, kind, account, peer, fl_gate_quotas_done_finish, cancellable, callback, user_data);
}

/**
 * fl_gate_quotas_done_finish:
 * @self: quotas
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends fl_gate_quotas_was_right() and fl_gate_quotas_was_nothing().
 *
 * Returns: whether it is done
 */
gboolean
fl_gate_quotas_done_finish (FlGateQuotas  *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_gate_quotas_done_finish), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
