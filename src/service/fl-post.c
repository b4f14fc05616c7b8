/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-post.h"

/**
 * FlPost:
 *
 * Where the service's mails go: takes a letter, composes it in a thread and hands it over, so that the caller's
 * main loop neither waits nor takes longer for one address than for another.
 */

G_DEFINE_INTERFACE (FlPost, fl_post, G_TYPE_OBJECT)

static void
fl_post_default_init (FlPostInterface *iface)
{
}

static void
deliver_in_thread (GTask        *task,
                   gpointer      source_object,
                   gpointer      task_data,
                   GCancellable *cancellable)
{
  FlPost *self = source_object;
  FlLetter *letter = task_data;
  g_autofree char *sender = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = fl_letter_compose (letter, &sender, &error);

  if (message != NULL &&
      FL_POST_GET_IFACE (self)->deliver (self, sender, letter->to, message, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * fl_post_deliver_async:
 * @self: the post
 * @letter: what to send; not to be changed any more
 * @cancellable: (nullable): gives up
 * @callback: called in the caller's main context
 * @user_data: for @callback
 *
 * Composes @letter and delivers it, both in a thread.
 */
void
fl_post_deliver_async (FlPost              *self,
                       FlLetter            *letter,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (FL_IS_POST (self));
  g_return_if_fail (letter != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fl_post_deliver_async);
  g_task_set_task_data (task, fl_letter_ref (letter), (GDestroyNotify) fl_letter_unref);
  g_task_run_in_thread (task, deliver_in_thread);
}

/**
 * fl_post_deliver_finish:
 * @self: the post
 * @result: what the callback was given
 * @error: return location
 *
 * Returns: %TRUE when the mail is where it was to go; else a GIO error that names neither the address nor the code
 */
gboolean
fl_post_deliver_finish (FlPost        *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fl_post_deliver_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
