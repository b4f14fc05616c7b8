/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-engine.h"

G_BEGIN_DECLS

/* The service in this process and thread, as FlService has it in a thread of its own: engine, listener and router over
 * a database in memory. Hashing costs next to nothing here, see fl-fuzz-service.c. */

FlEngine   *fl_fuzz_service_get_engine  (void);
void        fl_fuzz_service_reset       (void);
int         fl_fuzz_service_connect     (void);
void        fl_fuzz_service_send        (int          fd,
                                         const char  *data,
                                         gsize        length);
GByteArray *fl_fuzz_service_read        (int          fd,
                                         gboolean   (*is_whole) (const char *data, gsize length));
char       *fl_fuzz_service_take_letter (void);

G_END_DECLS
