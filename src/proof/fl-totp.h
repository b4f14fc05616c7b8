/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-secret.h"

G_BEGIN_DECLS

#define FL_TOTP_PERIOD 30  /* seconds; RFC 6238, section 4.1 */

FlSecret *fl_totp_generate_key (void);
char     *fl_totp_code         (const FlSecret *key,
                                gint64          time);
gboolean  fl_totp_verify       (const FlSecret *key,
                                const char     *code,
                                gint64          time,
                                guint           skew,
                                gint64         *period);
gboolean  fl_totp_find_skew    (const FlSecret *key,
                                const char     *code,
                                gint64          time,
                                guint           reach,
                                int            *skew);

G_END_DECLS
