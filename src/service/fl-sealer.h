/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fl-secret.h"

G_BEGIN_DECLS

typedef struct _FlSealer FlSealer;

FlSealer *fl_sealer_new       (const char      *path,
                               GError         **error);
void      fl_sealer_free      (FlSealer        *self);
GBytes   *fl_sealer_seal      (FlSealer        *self,
                               const FlSecret  *secret);
FlSecret *fl_sealer_open      (FlSealer        *self,
                               GBytes          *sealed);
GBytes   *fl_sealer_digest    (FlSealer        *self,
                               const char      *purpose,
                               const char      *text);
GBytes   *fl_sealer_robot_key (FlSealer        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSealer, fl_sealer_free)

G_END_DECLS
