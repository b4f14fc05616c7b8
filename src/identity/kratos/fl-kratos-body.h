/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FlKratosBody FlKratosBody;

FlKratosBody *fl_kratos_body_new      (const char   *method);
void          fl_kratos_body_free     (FlKratosBody *self);
void          fl_kratos_body_add      (FlKratosBody *self,
                                       const char   *name,
                                       const char   *value);
void          fl_kratos_body_add_true (FlKratosBody *self,
                                       const char   *name);
void          fl_kratos_body_open     (FlKratosBody *self,
                                       const char   *name);
void          fl_kratos_body_close    (FlKratosBody *self);
GBytes       *fl_kratos_body_finish   (FlKratosBody *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlKratosBody, fl_kratos_body_free)

G_END_DECLS
