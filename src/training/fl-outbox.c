/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-training"

#include "config.h"

#include "fl-mail.h"
#include "fl-outbox.h"

/**
 * FlOutbox:
 *
 * Where the training service's mails arrive: a #FlPost for the service's threads, and a #GListModel of #FlMail, newest
 * first, for the stage on the main thread.
 */
struct _FlOutbox
{
  GObject parent_instance;

  GListStore *mails;
};

static void fl_outbox_post_init (FlPostInterface *iface);
static void fl_outbox_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlOutbox, fl_outbox, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_POST, fl_outbox_post_init)
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, fl_outbox_model_init))

typedef struct
{
  FlOutbox *outbox;
  FlMail *mail;
} Arrival;

static void
arrival_free (gpointer data)
{
  Arrival *arrival = data;

  g_object_unref (arrival->outbox);
  g_object_unref (arrival->mail);
  g_free (arrival);
}

static gboolean
on_mail_arrived (gpointer data)
{
  Arrival *arrival = data;

  g_list_store_insert (arrival->outbox->mails, 0, arrival->mail);

  return G_SOURCE_REMOVE;
}

static gboolean
fl_outbox_deliver (FlPost        *post,
                   const char    *sender,
                   const char    *recipient,
                   GBytes        *message,
                   GCancellable  *cancellable,
                   GError       **error)
{
  FlMail *mail = fl_mail_new (message, error);
  Arrival *arrival;

  if (mail == NULL)
    return FALSE;

  arrival = g_new (Arrival, 1);
  arrival->outbox = g_object_ref (FL_OUTBOX (post));
  arrival->mail = mail;
  g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, on_mail_arrived, arrival, arrival_free);

  return TRUE;
}

static void
fl_outbox_post_init (FlPostInterface *iface)
{
  iface->deliver = fl_outbox_deliver;
}

static GType
fl_outbox_get_item_type (GListModel *model)
{
  return FL_TYPE_MAIL;
}

static guint
fl_outbox_get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (FL_OUTBOX (model)->mails));
}

static gpointer
fl_outbox_get_item (GListModel *model,
                    guint       position)
{
  return g_list_model_get_item (G_LIST_MODEL (FL_OUTBOX (model)->mails), position);
}

static void
fl_outbox_model_init (GListModelInterface *iface)
{
  iface->get_item_type = fl_outbox_get_item_type;
  iface->get_n_items = fl_outbox_get_n_items;
  iface->get_item = fl_outbox_get_item;
}

static void
fl_outbox_dispose (GObject *object)
{
  g_clear_object (&FL_OUTBOX (object)->mails);

  G_OBJECT_CLASS (fl_outbox_parent_class)->dispose (object);
}

static void
fl_outbox_class_init (FlOutboxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fl_outbox_dispose;
}

static void
fl_outbox_init (FlOutbox *self)
{
  self->mails = g_list_store_new (FL_TYPE_MAIL);
  g_signal_connect_object (self->mails, "items-changed", G_CALLBACK (g_list_model_items_changed), self, G_CONNECT_SWAPPED);
}

/**
 * fl_outbox_new:
 *
 * Returns: (transfer full): an empty outbox
 */
FlOutbox *
fl_outbox_new (void)
{
  return g_object_new (FL_TYPE_OUTBOX, NULL);
}

/**
 * fl_outbox_clear:
 * @self: an outbox
 *
 * Drops all mails; on the main thread.
 */
void
fl_outbox_clear (FlOutbox *self)
{
  g_return_if_fail (FL_IS_OUTBOX (self));

  g_list_store_remove_all (self->mails);
}
