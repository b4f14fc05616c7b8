/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <zbar.h>

#include "fl-otpauth.h"
#include "fl-pose.h"
#include "fl-qr-code.h"
#include "fl-qr-paintable.h"
#include "fl-qr-window.h"
#include "fl-ui.h"

/* Looks at the card as it comes on the screen, at the scale of the environment (GDK_SCALE), and reads it as a phone
 * would. */

#define QUIET_ZONE 4  /* modules; ISO/IEC 18004, 6.3.8 */
#define PAGE 128      /* what lies behind the card's round corners, neither black nor white */

typedef struct {
  guint8 *gray;
  int     width;
  int     height;
  int     scale;
} Picture;

static void
picture_free (Picture *picture)
{
  g_free (picture->gray);
  g_free (picture);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Picture, picture_free)

static Picture *
take_picture (GtkWidget *widget)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree guint8 *pixels = NULL;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  Picture *picture = g_new0 (Picture, 1);

  picture->scale = gtk_widget_get_scale_factor (widget);
  picture->width = gdk_paintable_get_intrinsic_width (paintable) * picture->scale;
  picture->height = gdk_paintable_get_intrinsic_height (paintable) * picture->scale;
  gtk_snapshot_scale (snapshot, picture->scale, picture->scale);
  gdk_paintable_snapshot (paintable, snapshot,
                          gdk_paintable_get_intrinsic_width (paintable),
                          gdk_paintable_get_intrinsic_height (paintable));
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, picture->width, picture->height));
  pixels = g_malloc (4 * picture->width * picture->height);
  gdk_texture_download (texture, pixels, 4 * picture->width);
  picture->gray = g_malloc (picture->width * picture->height);
  for (int i = 0; i < picture->width * picture->height; i++)
    picture->gray[i] = pixels[4 * i + 1] + (255 - pixels[4 * i + 3]) * PAGE / 255;

  return picture;
}

static void
blur (Picture *picture)
{
  g_autofree guint8 *sharp = g_memdup2 (picture->gray, picture->width * picture->height);

  for (int y = 1; y < picture->height - 1; y++)
    {
      for (int x = 1; x < picture->width - 1; x++)
        {
          int sum = 0;

          for (int i = 0; i < 9; i++)
            sum += sharp[(y + i / 3 - 1) * picture->width + x + i % 3 - 1];
          picture->gray[y * picture->width + x] = sum / 9;
        }
    }
}

static char *
read_picture (const Picture *picture)
{
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();
  zbar_image_t *image = zbar_image_create ();
  const zbar_symbol_t *symbol;
  char *text = NULL;

  zbar_image_set_format (image, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (image, picture->width, picture->height);
  zbar_image_set_data (image, picture->gray, picture->width * picture->height, NULL);
  zbar_scan_image (scanner, image);
  symbol = zbar_image_first_symbol (image);
  if (symbol != NULL)
    text = g_strndup (zbar_symbol_get_data (symbol), zbar_symbol_get_data_length (symbol));
  zbar_image_destroy (image);
  zbar_image_scanner_destroy (scanner);

  return text;
}

static gboolean
is_black (const Picture *picture,
          int            x,
          int            y)
{
  return picture->gray[y * picture->width + x] == 0;
}

/* The finder pattern in the first row of modules is seven modules wide. */
static int
measure_module (const Picture *picture,
                int            left,
                int            top)
{
  int right = left;

  while (right < picture->width && is_black (picture, right, top))
    right++;
  g_assert_cmpint ((right - left) % 7, ==, 0);

  return (right - left) / 7;
}

/* Every pixel is black or white, and every module a square of whole pixels; around it all there is room. */
static void
assert_crisp (const Picture *picture,
              int            modules)
{
  int left = picture->width, top = picture->height, right = 0, bottom = 0;
  int unit;

  for (int y = 0; y < picture->height; y++)
    {
      for (int x = 0; x < picture->width; x++)
        {
          if (!is_black (picture, x, y))
            continue;
          left = MIN (left, x);
          right = MAX (right, x + 1);
          top = MIN (top, y);
          bottom = MAX (bottom, y + 1);
        }
    }

  /* The card is white up to its edge, whatever the style. */
  g_assert_cmpint (picture->gray[2 * picture->scale * picture->width + picture->width / 2], ==, 255);

  unit = measure_module (picture, left, top);
  g_assert_cmpint (unit, >=, 4 * picture->scale);
  g_assert_cmpint (right - left, ==, modules * unit);
  g_assert_cmpint (bottom - top, ==, modules * unit);
  for (int y = top; y < bottom; y++)
    {
      for (int x = left; x < right; x++)
        {
          guint8 corner = picture->gray[(y - (y - top) % unit) * picture->width + x - (x - left) % unit];

          g_assert_true (corner == 0 || corner == 255);
          g_assert_cmpint (picture->gray[y * picture->width + x], ==, corner);
        }
    }

  g_assert_cmpint (left, >=, QUIET_ZONE * unit);
  g_assert_cmpint (top, >=, QUIET_ZONE * unit);
  for (int y = top - QUIET_ZONE * unit; y < bottom + QUIET_ZONE * unit; y++)
    {
      for (int x = left - QUIET_ZONE * unit; x < right + QUIET_ZONE * unit; x++)
        {
          if (x < left || x >= right || y < top || y >= bottom)
            g_assert_cmpint (picture->gray[y * picture->width + x], ==, 255);
        }
    }
}

static FlSecret *
create_uri (void)
{
  g_autoptr (FlSecret) key = fl_secret_new ("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  g_autoptr (FlOtpauth) enrolment = fl_otpauth_new ("Visma Connect", "anna@flexhrm.example", key);

  return fl_otpauth_to_uri (enrolment);
}

static gboolean
is_allocated (gpointer widget)
{
  return gtk_widget_get_width (widget) > 0;
}

static GtkWidget *
show_card (FlSecret *text)
{
  GtkWidget *card = g_object_new (FL_TYPE_QR_CODE, "halign", GTK_ALIGN_CENTER, "valign", GTK_ALIGN_CENTER, NULL);
  GtkWidget *window = g_object_new (GTK_TYPE_WINDOW, "child", card, "default-width", 360, "default-height", 400, NULL);

  fl_qr_code_set_text (FL_QR_CODE (card), text);
  gtk_window_present (GTK_WINDOW (window));
  fl_pose_until (is_allocated, card);

  return card;
}

static void
close_card (GtkWidget *card)
{
  gtk_window_destroy (GTK_WINDOW (gtk_widget_get_root (card)));
  fl_pose_settle ();
}

static void
assert_reads (GtkWidget *card,
              FlSecret  *text)
{
  int modules = fl_qr_paintable_get_width (FL_QR_PAINTABLE (fl_qr_code_get_paintable (FL_QR_CODE (card)))) - 2 * QUIET_ZONE;
  g_autoptr (Picture) picture = take_picture (card);
  g_autofree char *sharp = read_picture (picture);
  g_autofree char *blurred = NULL;

  assert_crisp (picture, modules);
  g_assert_cmpstr (sharp, ==, fl_secret_get_text (text));
  blur (picture);
  blur (picture);
  blurred = read_picture (picture);
  g_assert_cmpstr (blurred, ==, fl_secret_get_text (text));
}

static void
test_light (void)
{
  g_autoptr (FlSecret) uri = create_uri ();
  GtkWidget *card = show_card (uri);

  assert_reads (card, uri);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_PROPERTY_LABEL, "QR code");
  close_card (card);
}

static void
test_dark (void)
{
  g_autoptr (FlSecret) uri = create_uri ();
  GtkWidget *card;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  card = show_card (uri);
  assert_reads (card, uri);
  close_card (card);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_LIGHT);
}

static void
test_right_to_left (void)
{
  g_autoptr (FlSecret) uri = create_uri ();
  GtkWidget *card;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  card = show_card (uri);
  assert_reads (card, uri);
  close_card (card);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* The large window takes whatever size the person gives it; an odd one leaves odd margins, not odd modules. */
static void
test_large (void)
{
  g_autoptr (FlSecret) uri = create_uri ();
  GtkWidget *window = fl_qr_window_new (NULL, uri);
  GtkWidget *card = gtk_widget_get_last_child (adw_window_get_content (ADW_WINDOW (window)));

  gtk_window_set_default_size (GTK_WINDOW (window), 613, 551);
  gtk_window_present (GTK_WINDOW (window));
  fl_pose_until (is_allocated, card);
  g_assert_cmpint (gtk_widget_get_width (card), >, 400);
  assert_reads (card, uri);
  gtk_window_destroy (GTK_WINDOW (window));
  fl_pose_settle ();
}

static void
test_short_and_long_texts (void)
{
  g_autofree char *text = g_strnfill (300, 'x');
  g_autoptr (FlSecret) brief = fl_secret_new ("https://mobile.flexhrm.com");
  g_autoptr (FlSecret) lengthy = fl_secret_new (text);
  g_autofree char *overlong = g_strnfill (3000, 'x');
  g_autoptr (FlSecret) too_long = fl_secret_new (overlong);
  GtkWidget *card = show_card (brief);

  assert_reads (card, brief);
  close_card (card);
  card = show_card (lengthy);
  assert_reads (card, lengthy);
  close_card (card);
  g_assert_null (fl_qr_paintable_new (too_long));
}

static void
test_picture_goes_with_its_text (void)
{
  g_autoptr (FlSecret) uri = create_uri ();
  GtkWidget *card = show_card (uri);
  GdkPaintable *picture = fl_qr_code_get_paintable (FL_QR_CODE (card));

  g_object_add_weak_pointer (G_OBJECT (picture), (gpointer *) &picture);
  fl_qr_code_set_text (FL_QR_CODE (card), NULL);
  g_assert_null (picture);
  g_assert_null (fl_qr_code_get_paintable (FL_QR_CODE (card)));
  close_card (card);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  g_test_add_func ("/qr-code/light", test_light);
  g_test_add_func ("/qr-code/dark", test_dark);
  g_test_add_func ("/qr-code/right-to-left", test_right_to_left);
  g_test_add_func ("/qr-code/large", test_large);
  g_test_add_func ("/qr-code/short-and-long-texts", test_short_and_long_texts);
  g_test_add_func ("/qr-code/picture-goes-with-its-text", test_picture_goes_with_its_text);

  return g_test_run ();
}
