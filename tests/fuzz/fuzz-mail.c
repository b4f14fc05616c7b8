/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

#include "fl-mail.h"

#include <gmime/gmime.h>

/* A mail as it comes in a file: read, or refused with a reason. */

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  static gsize is_ready;
  g_autoptr (GBytes) message = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlMail) mail = NULL;

  if (g_once_init_enter (&is_ready))
    {
      g_mime_init ();
      g_once_init_leave (&is_ready, 1);
    }

  mail = fl_mail_new (message, &error);
  if (mail == NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      return 0;
    }

  g_assert_no_error (error);
  g_assert_true (g_utf8_validate (fl_mail_get_html (mail), -1, NULL));
  g_assert_true (g_utf8_validate (fl_mail_get_sender (mail), -1, NULL));
  g_assert_true (g_utf8_validate (fl_mail_get_recipient (mail), -1, NULL));
  g_assert_true (g_utf8_validate (fl_mail_get_subject (mail), -1, NULL));
  return 0;
}
