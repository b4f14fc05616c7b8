/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-patience"

#include "config.h"

#include "fl-patience.h"

/* FlPatience is how long something may take: a cancellable that is cancelled when the time is over, or with another.
 *
 * It is cancelled only when nothing else is to be done in the main loop at the priority that libsoup has. libsoup 3.3.1 to
 * 3.6.5 gives a request up twice, and touches memory that is another's by then, when it is cancelled between the last of
 * the answer's headers and the call that tells of them; that call is waiting in the main loop then. */
struct _FlPatience
{
  GCancellable *cancellable;
  GSource      *timeout;
  GSource      *caller;       /* (nullable) */
  gboolean      is_over;
};

#define PRIORITY (G_PRIORITY_DEFAULT + 1)  /* after libsoup, before anything is drawn */

static gboolean
on_time_over (gpointer user_data)
{
  FlPatience *self = user_data;

  self->is_over = TRUE;
  g_cancellable_cancel (self->cancellable);

  return G_SOURCE_REMOVE;
}

static gboolean
on_caller_cancelled (GCancellable *caller,
                     gpointer      user_data)
{
  FlPatience *self = user_data;

  g_cancellable_cancel (self->cancellable);

  return G_SOURCE_REMOVE;
}

static void
attach (GSource *source)
{
  g_source_set_priority (source, PRIORITY);
  g_source_attach (source, g_main_context_get_thread_default ());
}

/**
 * fl_patience_new:
 * @seconds: how long
 * @caller: (nullable): ends it earlier
 *
 * Returns: (transfer full): a patience that begins now
 */
FlPatience *
fl_patience_new (guint         seconds,
                 GCancellable *caller)
{
  FlPatience *self = g_new0 (FlPatience, 1);

  self->cancellable = g_cancellable_new ();
  self->timeout = g_timeout_source_new_seconds (seconds);
  g_source_set_callback (self->timeout, on_time_over, self, NULL);
  attach (self->timeout);
  if (caller != NULL)
    {
      self->caller = g_cancellable_source_new (caller);
      g_source_set_callback (self->caller, G_SOURCE_FUNC (on_caller_cancelled), self, NULL);
      attach (self->caller);
    }

  return self;
}

static void
destroy_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/**
 * fl_patience_free:
 * @self: (transfer full): a patience
 *
 * Ends it; nothing is cancelled by that.
 */
void
fl_patience_free (FlPatience *self)
{
  destroy_source (&self->timeout);
  destroy_source (&self->caller);
  g_object_unref (self->cancellable);
  g_free (self);
}

/**
 * fl_patience_get_cancellable:
 * @self: a patience
 *
 * Returns: (transfer none): what is cancelled when it ends
 */
GCancellable *
fl_patience_get_cancellable (FlPatience *self)
{
  return self->cancellable;
}

/**
 * fl_patience_is_over:
 * @self: a patience
 *
 * Returns: whether its time has passed
 */
gboolean
fl_patience_is_over (const FlPatience *self)
{
  return self->is_over;
}
