/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One answer in a stream of them; it points into the bytes that it was read from. */
typedef struct {
  guint       status;
  const char *head;
  gsize       head_length;
  const char *body;
  gsize       body_length;
  gsize       total;        /* bytes of the whole answer */
} FlFuzzResponse;

gboolean fl_fuzz_response_read     (FlFuzzResponse       *self,
                                    const char           *data,
                                    gsize                 length);
gboolean fl_fuzz_response_is_whole (const char           *data,
                                    gsize                 length);
gboolean fl_fuzz_response_has_json (const FlFuzzResponse *self);

G_END_DECLS
