/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* What answers at a server's port for plain HTTP. */
typedef enum {
  FL_DOORSTEP_SILENT,   /* nobody */
  FL_DOORSTEP_OURS,     /* the known answer, or a redirection on the same host */
  FL_DOORSTEP_PORTAL,   /* what the sign-in page of a network looks like */
  FL_DOORSTEP_OTHER,
} FlDoorstepKind;

typedef struct {
  FlDoorstepKind  kind;
  guint           status;  /* 0 where nobody has answered */
  gint64          date;    /* Unix seconds: what time it is there; 0 where nobody said */
} FlDoorstepAnswer;

void              fl_doorstep_ask_async  (SoupSession          *session,
                                          const char           *doorstep,
                                          GCancellable         *cancellable,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
FlDoorstepAnswer *fl_doorstep_ask_finish (GAsyncResult         *result);
gboolean          fl_doorstep_leads_away (SoupMessage          *message);

G_END_DECLS
