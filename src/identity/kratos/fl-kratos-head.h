/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

gint64   fl_kratos_head_get_skew       (SoupMessage *message);
gint64   fl_kratos_head_get_retry_at   (SoupMessage *message);
gboolean fl_kratos_head_is_from_proxy  (SoupMessage *message);
gboolean fl_kratos_head_is_intercepted (SoupMessage *message);

G_END_DECLS
