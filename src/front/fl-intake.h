/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _FlIntake FlIntake;

FlIntake *fl_intake_new        (GSocket           *socket);
void      fl_intake_free       (FlIntake          *self);
void      fl_intake_watch      (FlIntake          *self,
                                SoupServerMessage *message);
gboolean  fl_intake_is_refused (const FlIntake    *self);
GBytes   *fl_intake_take       (FlIntake          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlIntake, fl_intake_free)

G_END_DECLS
