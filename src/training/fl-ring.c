/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-training"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-ring.h"

/**
 * FlRing:
 *
 * The ring beside a code that runs down while the code's seconds do.
 */
struct _FlRing
{
  GtkWidget parent_instance;

  int left;
  int whole;
};

G_DEFINE_FINAL_TYPE (FlRing, fl_ring, GTK_TYPE_WIDGET)

#define DIAMETER 26.0  /* px */
#define STROKE 3.0     /* px */

static void
fl_ring_measure (GtkWidget      *widget,
                 GtkOrientation  orientation,
                 int             for_size,
                 int            *minimum,
                 int            *natural,
                 int            *minimum_baseline,
                 int            *natural_baseline)
{
  *minimum = *natural = DIAMETER;
}

static void
fl_ring_snapshot (GtkWidget   *widget,
                  GtkSnapshot *snapshot)
{
  FlRing *self = FL_RING (widget);
  double width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget);
  double radius = (DIAMETER - STROKE) / 2;
  double share = self->whole > 0 ? (double) self->left / self->whole : 0;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  cairo_set_line_width (cr, STROKE);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);

  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha * 0.2);
  cairo_arc (cr, width / 2, height / 2, radius, 0, 2 * G_PI);
  cairo_stroke (cr);

  gdk_cairo_set_source_rgba (cr, &color);
  cairo_arc_negative (cr, width / 2, height / 2, radius, -G_PI / 2, -G_PI / 2 - 2 * G_PI * share);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
fl_ring_class_init (FlRingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = fl_ring_measure;
  widget_class->snapshot = fl_ring_snapshot;
  gtk_widget_class_set_css_name (widget_class, "ring");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
fl_ring_init (FlRing *self)
{
}

/**
 * fl_ring_new:
 *
 * Returns: (transfer floating): an empty ring
 */
GtkWidget *
fl_ring_new (void)
{
  return g_object_new (FL_TYPE_RING, NULL);
}

/**
 * fl_ring_set_left:
 * @self: a ring
 * @seconds: how many seconds are left
 * @of: how many there are when the ring is full
 */
void
fl_ring_set_left (FlRing *self,
                  int     seconds,
                  int     of)
{
  g_autofree char *spoken = NULL;

  g_return_if_fail (FL_IS_RING (self));

  self->left = seconds;
  self->whole = of;
  spoken = g_strdup_printf (/* Translators: how long the code on the phone still works */
                            g_dngettext (GETTEXT_PACKAGE, "%d second left", "%d seconds left", seconds), seconds);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
