/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-secret.h"

G_BEGIN_DECLS

#define FL_LINK_SCHEME "first-login"

#define FL_TYPE_LINK (fl_link_get_type ())

/**
 * FlLink:
 *
 * What the green button of a recovery mail says: which flow and which code, and by which landing page.
 *
 * Whoever has it can set a new password, so it is a secret as a whole. It cannot be changed.
 */
typedef struct _FlLink FlLink;

GType       fl_link_get_type    (void);
FlLink     *fl_link_new         (const char   *landing,
                                 const char   *flow,
                                 const char   *code);
FlLink     *fl_link_parse       (const char   *text,
                                 GError      **error);
FlLink     *fl_link_ref         (FlLink       *self);
void        fl_link_unref       (FlLink       *self);
const char *fl_link_get_landing (const FlLink *self);
const char *fl_link_get_flow    (const FlLink *self);
const char *fl_link_get_code    (const FlLink *self);
FlSecret   *fl_link_to_uri      (const FlLink *self);

gboolean    fl_link_is_uuid        (const char *text);
char       *fl_link_parse_server   (const char *typed,
                                    GError    **error);
gboolean    fl_link_same_origin    (const char *a,
                                    const char *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlLink, fl_link_unref)

G_END_DECLS
