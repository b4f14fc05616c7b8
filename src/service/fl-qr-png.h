/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-secret.h"

G_BEGIN_DECLS

#define FL_QR_PNG_SIZE 256  /* pixels; as Kratos draws it */

char *fl_qr_png_data_uri (const FlSecret *key,
                          const char     *issuer,
                          const char     *account);

G_END_DECLS
