/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-identity.h"

G_BEGIN_DECLS

#define FL_TYPE_KRATOS_IDENTITY (fl_kratos_identity_get_type ())
G_DECLARE_FINAL_TYPE (FlKratosIdentity, fl_kratos_identity, FL, KRATOS_IDENTITY, GObject)

FlIdentity *fl_kratos_identity_new (const char *server,
                                    const char *issuer,
                                    const char *ca_file);

G_END_DECLS
