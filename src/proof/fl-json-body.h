/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FlJsonBody FlJsonBody;

FlJsonBody *fl_json_body_new      (const char *method);
void        fl_json_body_free     (FlJsonBody *self);
void        fl_json_body_add      (FlJsonBody *self,
                                   const char *name,
                                   const char *value);
void        fl_json_body_add_true (FlJsonBody *self,
                                   const char *name);
void        fl_json_body_open     (FlJsonBody *self,
                                   const char *name);
void        fl_json_body_close    (FlJsonBody *self);
GBytes     *fl_json_body_finish   (FlJsonBody *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlJsonBody, fl_json_body_free)

G_END_DECLS
