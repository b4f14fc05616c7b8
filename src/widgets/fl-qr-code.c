/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-qr-code.h"
#include "fl-qr-paintable.h"

/**
 * FlQrCode:
 *
 * A QR code on a white card, in whole device pixels, as large as its room allows.
 *
 * While there is nothing to show yet the card keeps its place, and carries a spinner when that takes more than 400 ms.
 * The card is white in dark and high-contrast styles too: phones do not read the inverse.
 */

#define SPINNER_DELAY 400  /* ms; as the main button's spinner */
#define SIDE 212           /* px; 53 modules of 4 px, what an enrolment usually takes */

struct _FlQrCode
{
  GtkWidget parent_instance;

  FlQrPaintable *paintable;
  GtkWidget *spinner;
  guint spinner_timeout;
  int side;
};

G_DEFINE_FINAL_TYPE (FlQrCode, fl_qr_code, GTK_TYPE_WIDGET)

typedef enum {
  PROP_SIDE = 1,
} FlQrCodeProperty;

static double
get_device_scale (GtkWidget *widget)
{
#if GTK_CHECK_VERSION (4, 12, 0)
  GtkNative *native = gtk_widget_get_native (widget);

  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  if (native != NULL && gtk_native_get_surface (native) != NULL)
    return gdk_surface_get_scale (gtk_native_get_surface (native));
  G_GNUC_END_IGNORE_DEPRECATIONS
#endif

  return gtk_widget_get_scale_factor (widget);
}

static void
on_spinner_due (gpointer data)
{
  FlQrCode *self = data;

  self->spinner_timeout = 0;
  gtk_spinner_start (GTK_SPINNER (self->spinner));
}

static void
fl_qr_code_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  FlQrCode *self = FL_QR_CODE (widget);
  int modules = self->paintable != NULL ? fl_qr_paintable_get_width (self->paintable) : 1;
  int unit = MAX (FL_QR_UNIT, self->side / modules);

  *minimum = self->paintable != NULL ? modules * FL_QR_UNIT : self->side;
  *natural = modules * unit;
  *minimum_baseline = *natural_baseline = -1;
}

static void
fl_qr_code_size_allocate (GtkWidget *widget,
                          int        width,
                          int        height,
                          int        baseline)
{
  const int size = 32;

  gtk_widget_size_allocate (FL_QR_CODE (widget)->spinner,
                            &(GtkAllocation) { (width - size) / 2, (height - size) / 2, size, size },
                            -1);
}

/* Scaled down by the device's scale, the paintable's units are device pixels. */
static void
fl_qr_code_snapshot (GtkWidget   *widget,
                     GtkSnapshot *snapshot)
{
  FlQrCode *self = FL_QR_CODE (widget);
  double scale = get_device_scale (widget);

  if (self->paintable != NULL)
    {
      gtk_snapshot_save (snapshot);
      gtk_snapshot_scale (snapshot, (float) (1 / scale), (float) (1 / scale));
      gdk_paintable_snapshot (GDK_PAINTABLE (self->paintable), snapshot,
                              gtk_widget_get_width (widget) * scale,
                              gtk_widget_get_height (widget) * scale);
      gtk_snapshot_restore (snapshot);
    }

  gtk_widget_snapshot_child (widget, self->spinner, snapshot);
}

static void
fl_qr_code_set_property (GObject      *object,
                         guint         id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  switch ((FlQrCodeProperty) id)
    {
    case PROP_SIDE:
      FL_QR_CODE (object)->side = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_qr_code_dispose (GObject *object)
{
  FlQrCode *self = FL_QR_CODE (object);

  g_clear_handle_id (&self->spinner_timeout, g_source_remove);
  g_clear_object (&self->paintable);
  g_clear_pointer (&self->spinner, gtk_widget_unparent);

  G_OBJECT_CLASS (fl_qr_code_parent_class)->dispose (object);
}

static void
fl_qr_code_class_init (FlQrCodeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = fl_qr_code_set_property;
  object_class->dispose = fl_qr_code_dispose;
  widget_class->measure = fl_qr_code_measure;
  widget_class->size_allocate = fl_qr_code_size_allocate;
  widget_class->snapshot = fl_qr_code_snapshot;

  /**
   * FlQrCode:side:
   *
   * The side of the picture that it asks for, in px. It gets a little less, so that modules are whole pixels, and
   * more where they would be too small to be scanned.
   */
  g_object_class_install_property (object_class, PROP_SIDE,
    g_param_spec_int ("side", NULL, NULL, 1, G_MAXINT, SIDE,
                      G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));

  gtk_widget_class_set_css_name (widget_class, "qrcode");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fl_qr_code_init (FlQrCode *self)
{
  self->spinner = g_object_new (GTK_TYPE_SPINNER,
                                "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                NULL);
  gtk_widget_set_parent (self->spinner, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("QR code"), -1);
}

/**
 * fl_qr_code_set_text:
 * @self: a card
 * @text: (nullable): what the picture says; %NULL empties the card at once
 */
void
fl_qr_code_set_text (FlQrCode *self,
                     FlSecret *text)
{
  g_return_if_fail (FL_IS_QR_CODE (self));

  g_clear_object (&self->paintable);
  if (text != NULL)
    self->paintable = fl_qr_paintable_new (text);
  fl_qr_code_set_waiting (self, FALSE);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * fl_qr_code_set_waiting:
 * @self: a card
 * @waiting: whether what it is to show is on its way
 */
void
fl_qr_code_set_waiting (FlQrCode *self,
                        gboolean  waiting)
{
  g_return_if_fail (FL_IS_QR_CODE (self));

  g_clear_handle_id (&self->spinner_timeout, g_source_remove);
  if (waiting && !gtk_spinner_get_spinning (GTK_SPINNER (self->spinner)))
    self->spinner_timeout = g_timeout_add_once (SPINNER_DELAY, on_spinner_due, self);
  else if (!waiting)
    gtk_spinner_stop (GTK_SPINNER (self->spinner));
}

/**
 * fl_qr_code_get_paintable:
 * @self: a card
 *
 * Returns: (transfer none) (nullable): the picture
 */
GdkPaintable *
fl_qr_code_get_paintable (FlQrCode *self)
{
  g_return_val_if_fail (FL_IS_QR_CODE (self), NULL);

  return (GdkPaintable *) self->paintable;
}
