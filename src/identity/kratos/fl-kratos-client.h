/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "fl-kratos-reply.h"

G_BEGIN_DECLS

/* A request; fl_kratos_client_send() takes what it needs out of it at once. */
typedef struct {
  const char     *method;
  const char     *path;      /* with query, after the server's address */
  const FlSecret *token;     /* (nullable) */
  const char     *proof;     /* (nullable): ALTCHA payload */
  GBytes         *body;      /* (nullable) */
  gboolean        as_text;   /* the answer is not of the dialect: a JSON object that is handed on as it is */
} FlKratosRequest;

#define FL_TYPE_KRATOS_CLIENT (fl_kratos_client_get_type ())
G_DECLARE_FINAL_TYPE (FlKratosClient, fl_kratos_client, FL, KRATOS_CLIENT, GObject)

FlKratosClient *fl_kratos_client_new         (const char             *server,
                                              SoupSession            *session,
                                              const char             *ca_file,
                                              guint                   deadline);
void            fl_kratos_client_send        (FlKratosClient         *self,
                                              const FlKratosRequest  *request,
                                              GCancellable           *cancellable,
                                              GAsyncReadyCallback     callback,
                                              gpointer                user_data);
FlKratosReply  *fl_kratos_client_send_finish (FlKratosClient         *self,
                                              GAsyncResult           *result,
                                              GError                **error);
gint64          fl_kratos_client_get_ahead   (FlKratosClient         *self);

G_END_DECLS
