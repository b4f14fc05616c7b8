/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-qr-png.h"

#include "fl-otpauth.h"

#include <png.h>
#include <qrencode.h>
#include <string.h>

#define QUIET_ZONE 4  /* modules; ISO/IEC 18004, section 6.3.8 */

/* Modules in whole pixels, centred, so that nothing is blurred. */
static void
draw (const QRcode *code,
      guchar       *pixels)
{
  int scale = FL_QR_PNG_SIZE / (code->width + 2 * QUIET_ZONE);
  int margin = (FL_QR_PNG_SIZE - code->width * scale) / 2;

  memset (pixels, 0xff, FL_QR_PNG_SIZE * FL_QR_PNG_SIZE);
  for (int y = 0; y < code->width * scale; y++)
    {
      for (int x = 0; x < code->width * scale; x++)
        {
          if (code->data[(y / scale) * code->width + x / scale] & 1)
            pixels[(margin + y) * FL_QR_PNG_SIZE + margin + x] = 0;
        }
    }
}

static char *
encode (const guchar *pixels)
{
  png_image image = { .version = PNG_IMAGE_VERSION, .width = FL_QR_PNG_SIZE, .height = FL_QR_PNG_SIZE,
                      .format = PNG_FORMAT_GRAY };
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX (image);
  guchar *png = g_malloc (size);
  char *base64 = NULL;

  if (png_image_write_to_memory (&image, png, &size, 0, pixels, 0, NULL))
    base64 = g_base64_encode (png, size);
  fl_secret_wipe (png, size);
  g_free (png);
  return base64;
}

/**
 * fl_qr_png_data_uri:
 * @key: a TOTP key
 * @issuer: who issues it
 * @account: whose it is
 *
 * Draws the code that an authenticator scans, for clients that do not draw it themselves.
 *
 * Returns: (transfer full): a PNG as `data:` URI
 */
char *
fl_qr_png_data_uri (const FlSecret *key,
                    const char     *issuer,
                    const char     *account)
{
  g_autoptr (FlOtpauth) otpauth = fl_otpauth_new (issuer, account, (FlSecret *) key);
  g_autoptr (FlSecret) uri = fl_otpauth_to_uri (otpauth);
  QRcode *code = QRcode_encodeString8bit (fl_secret_get_text (uri), 0, QR_ECLEVEL_L);
  guchar pixels[FL_QR_PNG_SIZE * FL_QR_PNG_SIZE];
  g_autofree char *base64 = NULL;

  /* An issuer and an address too long for any QR code get a white picture; the key in letters is there as well. */
  if (code != NULL && code->width + 2 * QUIET_ZONE <= FL_QR_PNG_SIZE)
    draw (code, pixels);
  else
    memset (pixels, 0xff, sizeof pixels);
  base64 = encode (pixels);

  if (code != NULL)
    fl_secret_wipe (code->data, (gsize) code->width * (gsize) code->width);
  QRcode_free (code);
  fl_secret_wipe (pixels, sizeof pixels);
  return g_strconcat ("data:image/png;base64,", base64 != NULL ? base64 : "", NULL);
}
