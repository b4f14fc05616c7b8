/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define FL_TYPE_SECRET (fl_secret_get_type ())

/**
 * FlSecret:
 *
 * A text that nobody else may read: a password, code, token, key or link.
 *
 * It lies in guarded memory of libsodium, which is locked where the system allows it, stays out of core dumps and is
 * wiped with the last reference. It cannot be changed, so threads share it freely.
 */
typedef struct _FlSecret FlSecret;

GType       fl_secret_get_type     (void);
FlSecret   *fl_secret_new          (const char     *text);
FlSecret   *fl_secret_new_length   (const char     *text,
                                    gsize           length);
FlSecret   *fl_secret_ref          (FlSecret       *secret);
void        fl_secret_unref        (FlSecret       *secret);
const char *fl_secret_get_text     (const FlSecret *secret);
gsize       fl_secret_get_length   (const FlSecret *secret);
gboolean    fl_secret_equal        (const FlSecret *a,
                                    const FlSecret *b);
char       *fl_secret_fingerprint  (const FlSecret *secret);
void        fl_secret_random       (gpointer        memory,
                                    gsize           length);
void        fl_secret_wipe         (gpointer        memory,
                                    gsize           length);
void        fl_secret_wipe_stack   (void);
gpointer    fl_secret_grow         (gpointer        memory,
                                    gsize          *size,
                                    gsize           least);
void        fl_secret_wipe_string  (char           *text);
GBytes     *fl_secret_wrap         (gpointer        memory,
                                    gsize           length,
                                    gsize           capacity);
void        fl_secret_forbid_cores (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSecret, fl_secret_unref)

G_END_DECLS
