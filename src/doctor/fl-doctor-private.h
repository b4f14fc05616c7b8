/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-doctor.h"
#include "fl-doorstep-answer.h"
#include "fl-identity.h"
#include "fl-patience.h"
#include "fl-trust.h"

G_BEGIN_DECLS

/* What has been seen of the server and of the way to it, before anything is made of it. What was not seen is NULL. */
typedef struct {
  char             *host;
  guint16           port;
  gboolean          is_encrypted;

  char            **proxies;        /* as the resolver gave them, most wanted first */
  char             *proxy;          /* (nullable): the one in use; NULL: none */
  GError           *proxy_failure;
  char             *addresses;      /* of the server */
  GError           *name_failure;
  char             *remote;         /* where the connection went: the server, or the proxy */
  GError           *tcp_failure;
  FlDoorstepAnswer *doorstep;       /* (nullable): where there is none */
  FlTrust          *trust;
  GError           *trust_failure;

  SoupMessage      *message;        /* the first question to the server itself, answered or not */
  GError           *sign_in;        /* of the domain %FL_PROBLEM: why a sign-in could not begin */
  gboolean          is_asked;       /* robot check and recovery have been asked for */
  GError           *robot;
  gboolean          has_robot;
  GError           *recovery;
} FlSights;

void      fl_sights_clear                 (FlSights             *self);

/* What was seen of this computer. */
void      fl_doctor_look_at_policy        (FlDoctor             *self,
                                           FlPolicy             *policy);
void      fl_doctor_look_at_computer      (FlDoctor             *self,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);

/* Looks at the way to the server, and at the server, and fills the sights. */
void      fl_doctor_look_at_server        (FlDoctor             *self,
                                           FlSights             *sights,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);

/* What is made of it. */
void      fl_doctor_judge_server          (FlDoctor             *self,
                                           const FlSights       *sights);
void      fl_doctor_judge_without_server  (FlDoctor             *self);

GProxyResolver *fl_doctor_get_proxy_resolver (FlDoctor *self);
guint           fl_doctor_get_patience       (FlDoctor *self);

G_END_DECLS
