/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int fl_check_policy_run (char **arguments);

G_END_DECLS
