/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include "fl-clock.h"
#include "fl-countdown.h"

/**
 * FlCountdown:
 *
 * The seconds until something works again.
 *
 * It emits #FlCountdown::tick at once, with every second that passes and a last time when the end is reached, and
 * costs nothing while nothing is counted. It compares with the clock at every tick rather than counting ticks, so a
 * suspended laptop wakes up to the right number; and where the clock has been set meanwhile, what is left stays.
 */
struct _FlCountdown
{
  GObject parent_instance;

  gint64 until;
  gint64 mark;
  guint timeout;
};

G_DEFINE_FINAL_TYPE (FlCountdown, fl_countdown, G_TYPE_OBJECT)

enum {
  SIGNAL_TICK,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gint64
get_left (FlCountdown *self)
{
  return MAX (0, self->until + fl_clock_moved (self->mark) - fl_clock_now ());
}

static gboolean
on_second_passed (gpointer data)
{
  FlCountdown *self = data;

  if (fl_countdown_is_over (self))
    self->timeout = 0;
  g_signal_emit (self, signals[SIGNAL_TICK], 0);

  return self->timeout != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
fl_countdown_dispose (GObject *object)
{
  g_clear_handle_id (&FL_COUNTDOWN (object)->timeout, g_source_remove);

  G_OBJECT_CLASS (fl_countdown_parent_class)->dispose (object);
}

static void
fl_countdown_class_init (FlCountdownClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fl_countdown_dispose;

  /**
   * FlCountdown::tick:
   *
   * What fl_countdown_format() and fl_countdown_is_over() answer may have changed.
   */
  signals[SIGNAL_TICK] =
    g_signal_new ("tick", FL_TYPE_COUNTDOWN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fl_countdown_init (FlCountdown *self)
{
}

/**
 * fl_countdown_new:
 *
 * Returns: (transfer full): a countdown that is over
 */
FlCountdown *
fl_countdown_new (void)
{
  return g_object_new (FL_TYPE_COUNTDOWN, NULL);
}

/**
 * fl_countdown_set_until:
 * @self: a countdown
 * @until: Unix time in seconds; 0 or a past time ends it
 */
void
fl_countdown_set_until (FlCountdown *self,
                        gint64       until)
{
  g_return_if_fail (FL_IS_COUNTDOWN (self));

  self->until = until;
  self->mark = fl_clock_mark ();
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (!fl_countdown_is_over (self))
    self->timeout = g_timeout_add_seconds (1, on_second_passed, self);
  g_signal_emit (self, signals[SIGNAL_TICK], 0);
}

/**
 * fl_countdown_is_over:
 * @self: a countdown
 *
 * Returns: whether nothing is left to wait for
 */
gboolean
fl_countdown_is_over (FlCountdown *self)
{
  g_return_val_if_fail (FL_IS_COUNTDOWN (self), TRUE);

  return get_left (self) == 0;
}

/**
 * fl_countdown_format:
 * @self: a countdown
 *
 * Returns: (transfer full): what is left as minutes and seconds, such as "0:41" or "29:07"
 */
char *
fl_countdown_format (FlCountdown *self)
{
  gint64 left;

  g_return_val_if_fail (FL_IS_COUNTDOWN (self), NULL);

  left = get_left (self);

  return g_strdup_printf ("%" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT, left / 60, left % 60);
}
