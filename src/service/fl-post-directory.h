/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-post.h"

G_BEGIN_DECLS

#define FL_TYPE_POST_DIRECTORY (fl_post_directory_get_type ())

G_DECLARE_FINAL_TYPE (FlPostDirectory, fl_post_directory, FL, POST_DIRECTORY, GObject)

FlPost *fl_post_directory_new (const char *path);

G_END_DECLS
