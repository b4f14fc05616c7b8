/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "fl-secret.h"

G_BEGIN_DECLS

JsonObject *fl_password_check (const FlSecret *password,
                               gint64          minimum,
                               const char     *address);

G_END_DECLS
