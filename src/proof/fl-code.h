/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FL_CODE_DIGITS 6  /* mail codes (Kratos, section b.4) and TOTP codes (RFC 6238) alike */

char     *fl_code_normalise_digits   (const char *typed);
char     *fl_code_normalise_recovery (const char *typed);
gboolean  fl_code_is_complete        (const char *digits);
char     *fl_code_group              (const char *code,
                                      guint       size);

G_END_DECLS
