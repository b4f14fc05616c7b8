/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _FlListener FlListener;

typedef void (* FlListenerFunc) (SoupServerMessage *message,
                                 GBytes            *body,
                                 gpointer           user_data);

FlListener *fl_listener_new      (const char      *address,
                                  FlListenerFunc   func,
                                  gpointer         user_data,
                                  GError         **error);
FlListener *fl_listener_new_full (GSocketAddress  *address,
                                  guint            connections,
                                  FlListenerFunc   func,
                                  gpointer         user_data,
                                  GError         **error);
char       *fl_listener_get_url  (FlListener      *self);
void        fl_listener_drain    (FlListener      *self);
void        fl_listener_close    (FlListener      *self);
void        fl_listener_free     (FlListener      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlListener, fl_listener_free)

G_END_DECLS
