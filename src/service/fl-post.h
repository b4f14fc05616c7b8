/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fl-letter.h"

G_BEGIN_DECLS

#define FL_TYPE_POST (fl_post_get_type ())

G_DECLARE_INTERFACE (FlPost, fl_post, FL, POST, GObject)

/**
 * FlPostInterface:
 * @deliver: hands over one composed message and returns when it is safe there; it is called in a thread of its
 *   own and may block, several calls may run at once
 */
struct _FlPostInterface
{
  GTypeInterface parent_iface;

  gboolean (* deliver) (FlPost        *self,
                        const char    *sender,
                        const char    *recipient,
                        GBytes        *message,
                        GCancellable  *cancellable,
                        GError       **error);
};

void     fl_post_deliver_async  (FlPost               *self,
                                 FlLetter             *letter,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
gboolean fl_post_deliver_finish (FlPost               *self,
                                 GAsyncResult         *result,
                                 GError              **error);

G_END_DECLS
