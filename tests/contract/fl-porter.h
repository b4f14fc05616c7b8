/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _FlPorter FlPorter;

FlPorter *fl_porter_new      (SoupServer      *server,
                              GTlsCertificate *certificate);
void      fl_porter_free     (FlPorter        *self);
guint16   fl_porter_get_port (FlPorter        *self);

G_END_DECLS
