/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

void fl_ui_init (void);
