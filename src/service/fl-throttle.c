/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-throttle.h"

#include "fl-clock.h"

/*
 * Slows guessing down, per address, whether anybody knows the address or not, and with a counter for each kind of
 * proof, so that whoever has used up the passwords can still use a recovery code. An attempt is counted before it is
 * checked and forgiven when it was right: else as many guesses could run at once as the first takes to be counted.
 * Addresses are kept as digests; the counters need not tell who has been attacked.
 */

static const char *
counter_name (FlCounter counter)
{
  switch (counter)
    {
    case FL_COUNTER_PASSWORD:
      return "password";

    case FL_COUNTER_MAIL_CODE:
      return "mail-code";

    case FL_COUNTER_TOTP:
      return "totp";

    case FL_COUNTER_RECOVERY_CODE:
      return "recovery-code";

    case FL_COUNTER_MAIL:
      return "mail";

    default:
      g_assert_not_reached ();
    }
}

static GBytes *
subject (FlEngine   *engine,
         const char *address)
{
  return fl_sealer_digest (engine->sealer, "throttle", address);
}

static void
count (FlEngine   *engine,
       const char *counter,
       GBytes     *address,
       gint64      now)
{
  fl_store_run (engine->store, "INSERT INTO failure (counter, subject, at) VALUES (?, ?, ?)", "sbi",
                counter, address, now);
}

/**
 * fl_throttle_try:
 * @engine: the service
 * @counter: what is being tried
 * @address: a folded address
 *
 * Counts an attempt, as a failure until fl_throttle_clear() says that it was none.
 *
 * Returns: 0 when it may be made, else the seconds until one may
 */
gint64
fl_throttle_try (FlEngine   *engine,
                 FlCounter   counter,
                 const char *address)
{
  const FlServiceConfig *config = engine->config;
  const char *name = counter_name (counter);
  g_autoptr (GBytes) bytes = NULL;
  gint64 now = fl_clock_now ();
  gint64 until;
  gint64 failures;

  if (!config->throttle_enabled)
    return 0;

  bytes = subject (engine, address);
  /* A rest that ends later than one that began now comes from a clock that has been put back since. */
  until = fl_store_number (engine->store, "SELECT until FROM rest WHERE subject = ? AND counter = ? AND until <= ?",
                           "bsi", bytes, name, now + config->throttle_rest);
  if (until > now)
    return until - now;

  count (engine, name, bytes, now);
  failures = fl_store_number (engine->store,
                              "SELECT count(*) FROM failure WHERE subject = ? AND counter = ? AND at > ?", "bsi",
                              bytes, name, now - config->throttle_window);
  if (failures >= config->throttle_attempts)
    {
      fl_store_run (engine->store, "DELETE FROM failure WHERE subject = ? AND counter = ?", "bs", bytes, name);
      fl_store_run (engine->store, "INSERT OR REPLACE INTO rest (counter, subject, until) VALUES (?, ?, ?)", "sbi",
                    name, bytes, now + config->throttle_rest);
    }
  return 0;
}

/**
 * fl_throttle_mail:
 * @engine: the service
 * @address: a folded address
 *
 * Counts a mail.
 *
 * Returns: 0 when it may be sent, else the seconds until one may
 */
gint64
fl_throttle_mail (FlEngine   *engine,
                  const char *address)
{
  const FlServiceConfig *config = engine->config;
  const char *name = counter_name (FL_COUNTER_MAIL);
  g_autoptr (GBytes) bytes = NULL;
  gint64 now = fl_clock_now ();
  gint64 last;
  gint64 oldest;

  if (!config->throttle_enabled)
    return 0;

  bytes = subject (engine, address);
  last = fl_store_number (engine->store, "SELECT max(at) FROM failure WHERE subject = ? AND counter = ? AND at <= ?",
                          "bsi", bytes, name, now);
  /* The oldest of the mails that fill the window: when it leaves, there is room for another. */
  oldest = fl_store_number (engine->store,
                            "SELECT at FROM failure WHERE subject = ? AND counter = ? AND at > ? AND at <= ?"
                            " ORDER BY at DESC LIMIT 1 OFFSET ?", "bsiii",
                            bytes, name, now - config->throttle_mail_window, now, config->throttle_mails - 1);
  if (oldest != 0)
    return MAX (oldest + config->throttle_mail_window - now, last + config->throttle_resend - now);
  if (last + config->throttle_resend > now)
    return last + config->throttle_resend - now;

  count (engine, name, bytes, now);
  return 0;
}

/**
 * fl_throttle_clear:
 * @engine: the service
 * @counter: what was right
 * @address: a folded address
 *
 * Forgives the attempts of one kind.
 */
void
fl_throttle_clear (FlEngine   *engine,
                   FlCounter   counter,
                   const char *address)
{
  g_autoptr (GBytes) bytes = subject (engine, address);
  const char *name = counter_name (counter);

  fl_store_run (engine->store, "DELETE FROM failure WHERE subject = ? AND counter = ?", "bs", bytes, name);
  fl_store_run (engine->store, "DELETE FROM rest WHERE subject = ? AND counter = ?", "bs", bytes, name);
}
