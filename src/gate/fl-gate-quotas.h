/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-gate-limits.h"
#include "fl-gate-store.h"

G_BEGIN_DECLS

/* What a text is that the store knows only by its digest. */
typedef enum {
  FL_GATE_FLOW,     /* the id of a flow */
  FL_GATE_SESSION,  /* a session token */
  FL_GATE_PROOF,    /* the nonce of a solved challenge */
} FlGateThing;

#define FL_TYPE_GATE_QUOTAS (fl_gate_quotas_get_type ())
G_DECLARE_FINAL_TYPE (FlGateQuotas, fl_gate_quotas, FL, GATE_QUOTAS, GObject)

FlGateQuotas *fl_gate_quotas_new                 (FlGateStore          *store,
                                                  GBytes               *key,
                                                  FlGateLimits         *limits);

/* An account is a GBytes of FL_GATE_KEY_SIZE: the digest of its address, or, where nobody knows the address, of the flow
 * or token that stands for it. */
GBytes       *fl_gate_quotas_account             (FlGateQuotas         *self,
                                                  const char           *address);
GBytes       *fl_gate_quotas_stand_in            (FlGateQuotas         *self,
                                                  FlGateThing           thing,
                                                  const char           *text);

void          fl_gate_quotas_try                 (FlGateQuotas         *self,
                                                  FlGateKind            kind,
                                                  GBytes               *account,
                                                  GInetAddress         *peer,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gint          fl_gate_quotas_try_finish          (FlGateQuotas         *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void          fl_gate_quotas_was_right           (FlGateQuotas         *self,
                                                  FlGateKind            kind,
                                                  GBytes               *account,
                                                  GInetAddress         *peer,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
void          fl_gate_quotas_was_nothing         (FlGateQuotas         *self,
                                                  FlGateKind            kind,
                                                  GBytes               *account,
                                                  GInetAddress         *peer,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean      fl_gate_quotas_done_finish         (FlGateQuotas         *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);

void          fl_gate_quotas_note                (FlGateQuotas         *self,
                                                  FlGateThing           thing,
                                                  const char           *text,
                                                  GBytes               *account,
                                                  guint                 seconds,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean      fl_gate_quotas_note_finish         (FlGateQuotas         *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void          fl_gate_quotas_whose               (FlGateQuotas         *self,
                                                  FlGateThing           thing,
                                                  const char           *text,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean      fl_gate_quotas_whose_finish        (FlGateQuotas         *self,
                                                  GAsyncResult         *result,
                                                  GBytes              **account,
                                                  GError              **error);

void          fl_gate_quotas_redeem              (FlGateQuotas         *self,
                                                  FlGateThing           thing,
                                                  const char           *text,
                                                  const char           *flow,
                                                  guint                 seconds,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean      fl_gate_quotas_redeem_finish       (FlGateQuotas         *self,
                                                  GAsyncResult         *result,
                                                  FlGateUse            *use,
                                                  GError              **error);

G_END_DECLS
