/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-training"

#include "config.h"

#include <zbar.h>

#include "fl-scanner.h"

/* What a camera would see of the widget: its picture as it is on the screen now. A GtkWidgetPaintable would be empty
 * while the widget waits to be drawn anew, as it does when a click has just moved the focus. The picture begins at a
 * whole pixel: what is drawn first may begin between two (the middle line of a text does), and every pixel of the code
 * would be smeared over two. */
static GdkTexture *
photograph (GtkWidget *widget)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
  graphene_rect_t bounds;

  gtk_widget_snapshot_child (gtk_widget_get_parent (widget), widget, snapshot);
  node = gtk_snapshot_to_node (snapshot);
  if (node == NULL)
    return NULL;

  gsk_render_node_get_bounds (node, &bounds);
  graphene_rect_round_extents (&bounds, &bounds);

  return gsk_renderer_render_texture (renderer, node, &bounds);
}

/* zbar reads luminance; ITU-R BT.601 weights of what GDK gives as B, G, R, A. Transparent is what lies behind a
 * phone's lens as white. */
static guchar *
to_grey (GdkTexture *texture)
{
  gsize width = gdk_texture_get_width (texture);
  gsize height = gdk_texture_get_height (texture);
  g_autofree guint32 *pixels = g_new (guint32, width * height);
  guchar *grey = g_malloc (width * height);

  gdk_texture_download (texture, (guchar *) pixels, width * sizeof (guint32));
  for (gsize i = 0; i < width * height; i++)
    {
      guint alpha = pixels[i] >> 24;
      guint red = (pixels[i] >> 16) & 0xff;
      guint green = (pixels[i] >> 8) & 0xff;
      guint blue = pixels[i] & 0xff;

      grey[i] = (299 * red + 587 * green + 114 * blue) / 1000 + (255 - alpha);
    }

  return grey;
}

static FlSecret *
decode (GdkTexture *picture)
{
  gsize size = (gsize) gdk_texture_get_width (picture) * gdk_texture_get_height (picture);
  guchar *grey = to_grey (picture);
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();
  zbar_image_t *image = zbar_image_create ();
  FlSecret *text = NULL;

  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  zbar_image_set_format (image, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (image, gdk_texture_get_width (picture), gdk_texture_get_height (picture));
  zbar_image_set_data (image, grey, size, NULL);

  if (zbar_scan_image (scanner, image) > 0)
    {
      const zbar_symbol_t *symbol = zbar_image_first_symbol (image);

      text = fl_secret_new_length (zbar_symbol_get_data (symbol), zbar_symbol_get_data_length (symbol));
    }

  zbar_image_destroy (image);
  zbar_image_scanner_destroy (scanner);
  fl_secret_wipe (grey, size);
  g_free (grey);

  return text;
}

static void
on_painted (GTask         *task,
            GdkFrameClock *clock)
{
  g_autoptr (GTask) held = g_object_ref (task);
  g_autoptr (GdkTexture) picture = NULL;
  FlSecret *text = NULL;

  g_signal_handlers_disconnect_by_func (clock, on_painted, task);
  if (gtk_widget_get_mapped (g_task_get_source_object (task)))
    picture = photograph (g_task_get_source_object (task));
  if (picture != NULL)
    text = decode (picture);

  g_task_return_pointer (task, text, (GDestroyNotify) fl_secret_unref);
}

/**
 * fl_scanner_read_async:
 * @widget: a widget that is on the screen
 * @callback: (scope async): called when it has been looked at
 * @user_data: for @callback
 *
 * Reads the QR code that is really drawn in @widget, from its picture: the next one that comes on the screen, since
 * what is being laid out anew cannot be seen.
 */
void
fl_scanner_read_async (GtkWidget           *widget,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task = g_task_new (widget, NULL, callback, user_data);
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);

  g_task_set_source_tag (task, fl_scanner_read_async);
  g_signal_connect_data (clock, "after-paint", G_CALLBACK (on_painted), task, (GClosureNotify) G_CALLBACK (g_object_unref),
                         G_CONNECT_SWAPPED);
  gtk_widget_queue_draw (widget);
}

/**
 * fl_scanner_read_finish:
 * @result: what the callback was given
 *
 * Returns: (transfer full) (nullable): what the code says, or %NULL when there is none to see
 */
FlSecret *
fl_scanner_read_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
