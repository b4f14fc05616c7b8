/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-identity.h"

G_BEGIN_DECLS

#define FL_TYPE_STILL_IDENTITY (fl_still_identity_get_type ())
G_DECLARE_FINAL_TYPE (FlStillIdentity, fl_still_identity, FL, STILL_IDENTITY, GObject)

FlStillIdentity *fl_still_identity_new          (void);
const char      *fl_still_identity_get_verb     (FlStillIdentity *self);
const char      *fl_still_identity_get_word     (FlStillIdentity *self);
void             fl_still_identity_answer       (FlStillIdentity *self,
                                                 FlAnswer        *answer);
void             fl_still_identity_refuse       (FlStillIdentity *self,
                                                 GError          *problem);
void             fl_still_identity_answer_robot (FlStillIdentity *self,
                                                 const char      *challenge);

G_END_DECLS
