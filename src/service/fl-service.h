/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-post.h"
#include "fl-service-config.h"

G_BEGIN_DECLS

#define FL_TYPE_SERVICE (fl_service_get_type ())

G_DECLARE_FINAL_TYPE (FlService, fl_service, FL, SERVICE, GObject)

FlService  *fl_service_new     (FlServiceConfig  *config);
gboolean    fl_service_start   (FlService        *self,
                                const char       *listen,
                                const char       *database,
                                const char       *accounts,
                                FlPost           *post,
                                GError          **error);
const char *fl_service_get_url (FlService        *self);
gboolean    fl_service_import  (FlService        *self,
                                const char       *accounts_json,
                                GError          **error);
gboolean    fl_service_reset   (FlService        *self,
                                const char       *accounts_json,
                                GError          **error);
void        fl_service_stop    (FlService        *self);

G_END_DECLS
