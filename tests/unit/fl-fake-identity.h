/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-identity.h"

G_BEGIN_DECLS

#define FL_TYPE_FAKE_IDENTITY (fl_fake_identity_get_type ())
G_DECLARE_FINAL_TYPE (FlFakeIdentity, fl_fake_identity, FL, FAKE_IDENTITY, GObject)

/* A verb is named as in FlIdentityInterface: "sign_in". */
FlFakeIdentity *fl_fake_identity_new        (void);
void            fl_fake_identity_answer     (FlFakeIdentity *self,
                                             const char     *verb,
                                             FlAnswer       *answer);   /* (transfer full) */
void            fl_fake_identity_outcome    (FlFakeIdentity *self,
                                             const char     *verb,
                                             FlOutcome       outcome);
void            fl_fake_identity_fail       (FlFakeIdentity *self,
                                             const char     *verb,
                                             GError         *problem);  /* (transfer full) */
void            fl_fake_identity_hold       (FlFakeIdentity *self,
                                             const char     *verb);     /* until released */
void            fl_fake_identity_release    (FlFakeIdentity *self);     /* all that is held */
void            fl_fake_identity_change_key (FlFakeIdentity *self);     /* of the next enrolment */
void            fl_fake_identity_set_clock_ahead (FlFakeIdentity *self,
                                                  gint64          ahead);   /* of this computer */
guint           fl_fake_identity_count      (FlFakeIdentity *self,
                                             const char     *verb);
const char     *fl_fake_identity_last       (FlFakeIdentity *self,
                                             const char     *verb);     /* its arguments, by spaces */
FlAnswer       *fl_fake_identity_usual      (FlFakeIdentity *self,
                                             const char     *verb);     /* (transfer full): to change, for answer() */
FlIdentity     *fl_fake_identity_factory    (const char     *server,
                                             gpointer        self);     /* an FlIdentityFactory */

G_END_DECLS
