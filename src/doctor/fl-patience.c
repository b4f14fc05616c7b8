/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-doctor"

#include "config.h"

#include "fl-doctor-private.h"

/* FlPatience is how long something may take: a cancellable that is cancelled when the time is over, or with another. */
struct _FlPatience
{
  GCancellable *cancellable;
  GSource      *timeout;
  GSource      *caller;       /* (nullable) */
};

static gboolean
on_time_over (gpointer user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));

  return G_SOURCE_REMOVE;
}

static gboolean
on_caller_cancelled (GCancellable *caller,
                     gpointer      user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));

  return G_SOURCE_REMOVE;
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
  g_source_set_callback (self->timeout, on_time_over, g_object_ref (self->cancellable), g_object_unref);
  g_source_attach (self->timeout, g_main_context_get_thread_default ());
  if (caller != NULL)
    {
      self->caller = g_cancellable_source_new (caller);
      g_source_set_callback (self->caller, G_SOURCE_FUNC (on_caller_cancelled), g_object_ref (self->cancellable),
                             g_object_unref);
      g_source_attach (self->caller, g_main_context_get_thread_default ());
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
