/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FL_TYPE_TEST_RESOLVER (fl_test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (FlTestResolver, fl_test_resolver, FL, TEST_RESOLVER, GResolver)

FlTestResolver *fl_test_resolver_new        (void);
void            fl_test_resolver_set_answer (FlTestResolver *self,
                                             const char     *answer);

G_END_DECLS
