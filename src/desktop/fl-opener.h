/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  FL_HANDLER_UNSEEN,   /* a confined program, and a portal that does not tell */
  FL_HANDLER_NONE,
  FL_HANDLER_THERE,
} FlHandlerKind;

/* Who opens addresses of a scheme on this computer. */
typedef struct {
  FlHandlerKind  kind;
  char          *id;    /* (nullable): its desktop file; a portal does not tell */
} FlHandler;

void     fl_handler_free           (FlHandler            *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlHandler, fl_handler_free)

void     fl_opener_open_async      (const char           *uri,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
gboolean fl_opener_open_finish     (GAsyncResult         *result,
                                    GError              **error);
void     fl_opener_can_open_async  (const char           *scheme,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
gboolean fl_opener_can_open_finish (GAsyncResult         *result,
                                    GError              **error);
void       fl_opener_look_async    (const char           *scheme,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
FlHandler *fl_opener_look_finish   (GAsyncResult         *result,
                                    GError              **error);

G_END_DECLS
