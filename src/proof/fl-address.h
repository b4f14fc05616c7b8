/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char     *fl_address_normalise    (const char *typed);
gboolean  fl_address_is_plausible (const char *address);

G_END_DECLS
