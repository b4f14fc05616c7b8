/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void        fl_language_init     (void);
void        fl_language_offer    (const char * const *list);
gboolean    fl_language_is_known (const char         *code);
void        fl_language_use      (const char         *code);
const char *fl_language_get      (void);

G_END_DECLS
