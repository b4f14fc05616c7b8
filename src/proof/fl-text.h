/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean fl_text_is_blank       (gunichar            character);
gboolean fl_text_hides_anything (const char         *text);
char    *fl_text_trim           (const char         *text);
gboolean fl_text_parse_params   (const char         *params,
                                 const char * const *keys,
                                 char              **values);

G_END_DECLS
