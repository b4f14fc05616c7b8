/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void fl_column_follow_text_size (AdwClamp *column);

G_END_DECLS
