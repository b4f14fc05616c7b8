/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FL_TYPE_TEST_NETWORK (fl_test_network_get_type ())
G_DECLARE_FINAL_TYPE (FlTestNetwork, fl_test_network, FL, TEST_NETWORK, GObject)

void fl_test_network_use          (void);
void fl_test_network_set_up       (gboolean is_up);
void fl_test_network_set_doorstep (guint16  port);

G_END_DECLS
