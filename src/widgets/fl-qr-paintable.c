/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <qrencode.h>

#include "fl-qr-paintable.h"

/**
 * FlQrPaintable:
 *
 * A QR code: black modules on a white ground, with its quiet zone, whatever the colours around it are.
 *
 * Every module is a whole number of units of the coordinates that it is drawn in, so a caller who makes that unit a
 * device pixel gets a picture without a single blurred edge. The modules say what the text says: they are kept as a
 * secret, and the text itself is not kept.
 */

#define QUIET_ZONE 4  /* modules on each side; ISO/IEC 18004, 6.3.8 */

struct _FlQrPaintable
{
  GObject parent_instance;

  FlSecret *modules;  /* one byte each, row by row; lowest bit: black */
  int size;
};

static void fl_qr_paintable_paintable_init (GdkPaintableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlQrPaintable, fl_qr_paintable, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, fl_qr_paintable_paintable_init))

static void
append_row (FlQrPaintable *self,
            GtkSnapshot   *snapshot,
            int            row,
            int            unit)
{
  const char *modules = fl_secret_get_text (self->modules) + (gsize) row * (gsize) self->size;
  int start = 0;

  for (int column = 0; column <= self->size; column++)
    {
      gboolean black = column < self->size && (modules[column] & 1);

      if (black)
        continue;
      if (column > start)
        gtk_snapshot_append_color (snapshot,
                                   &(GdkRGBA) { 0, 0, 0, 1 },
                                   &GRAPHENE_RECT_INIT (start * unit, row * unit, (column - start) * unit, unit));
      start = column + 1;
    }
}

static void
fl_qr_paintable_snapshot (GdkPaintable *paintable,
                          GdkSnapshot  *snapshot,
                          double        width,
                          double        height)
{
  FlQrPaintable *self = FL_QR_PAINTABLE (paintable);
  int unit = (int) MIN (width, height) / fl_qr_paintable_get_width (self);
  int x = ((int) width - self->size * unit) / 2;
  int y = ((int) height - self->size * unit) / 2;

  gtk_snapshot_append_color (snapshot, &(GdkRGBA) { 1, 1, 1, 1 }, &GRAPHENE_RECT_INIT (0, 0, width, height));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  for (int row = 0; row < self->size; row++)
    append_row (self, snapshot, row, unit);
  gtk_snapshot_restore (snapshot);
}

static int
fl_qr_paintable_get_intrinsic_size (GdkPaintable *paintable)
{
  return fl_qr_paintable_get_width (FL_QR_PAINTABLE (paintable)) * FL_QR_UNIT;
}

static GdkPaintableFlags
fl_qr_paintable_get_flags (GdkPaintable *paintable)
{
  return GDK_PAINTABLE_STATIC_CONTENTS | GDK_PAINTABLE_STATIC_SIZE;
}

static void
fl_qr_paintable_paintable_init (GdkPaintableInterface *iface)
{
  iface->snapshot = fl_qr_paintable_snapshot;
  iface->get_flags = fl_qr_paintable_get_flags;
  iface->get_intrinsic_width = fl_qr_paintable_get_intrinsic_size;
  iface->get_intrinsic_height = fl_qr_paintable_get_intrinsic_size;
}

static void
fl_qr_paintable_finalize (GObject *object)
{
  g_clear_pointer (&FL_QR_PAINTABLE (object)->modules, fl_secret_unref);

  G_OBJECT_CLASS (fl_qr_paintable_parent_class)->finalize (object);
}

static void
fl_qr_paintable_class_init (FlQrPaintableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_qr_paintable_finalize;
}

static void
fl_qr_paintable_init (FlQrPaintable *self)
{
}

/**
 * fl_qr_paintable_new:
 * @text: what the picture says
 *
 * Error correction is level M (15 %): a level more makes the modules smaller, a level less leaves nothing for
 * reflections on a screen.
 *
 * Returns: (transfer full) (nullable): the picture; %NULL for more text than a QR code holds
 */
FlQrPaintable *
fl_qr_paintable_new (FlSecret *text)
{
  QRcode *code;
  FlQrPaintable *self;

  g_return_val_if_fail (text != NULL, NULL);

  code = QRcode_encodeString8bit (fl_secret_get_text (text), 0, QR_ECLEVEL_M);
  if (code == NULL)
    return NULL;

  self = g_object_new (FL_TYPE_QR_PAINTABLE, NULL);
  self->size = code->width;
  self->modules = fl_secret_new_length ((const char *) code->data, (gsize) code->width * (gsize) code->width);
  fl_secret_wipe (code->data, (gsize) code->width * (gsize) code->width);
  QRcode_free (code);

  return self;
}

/**
 * fl_qr_paintable_get_width:
 * @self: a picture
 *
 * Returns: its width in modules, the quiet zone on both sides included
 */
int
fl_qr_paintable_get_width (FlQrPaintable *self)
{
  g_return_val_if_fail (FL_IS_QR_PAINTABLE (self), 0);

  return self->size + 2 * QUIET_ZONE;
}
