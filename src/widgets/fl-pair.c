/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include "fl-pair.h"

/**
 * FlPair:
 *
 * Two children beside each other where there is room for both, else the second below the first.
 *
 * The first gets its natural width and the second what is left, or both get the same. What decides is the room that
 * their text really takes, so narrow windows and large text end the same way.
 */

struct _FlPair
{
  GtkWidget parent_instance;

  gboolean homogeneous;
  int spacing;
};

G_DEFINE_FINAL_TYPE (FlPair, fl_pair, GTK_TYPE_WIDGET)

typedef enum {
  PROP_HOMOGENEOUS = 1,
  PROP_SPACING,
} FlPairProperty;

static GParamSpec *properties[PROP_SPACING + 1];

static void
measure_width (GtkWidget *child,
               int       *minimum,
               int       *natural)
{
  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, minimum, natural, NULL, NULL);
}

/* Gives the first child's width when both fit beside each other, else 0. */
static int
get_first_width (FlPair *self,
                 int     width)
{
  GtkWidget *first = gtk_widget_get_first_child (GTK_WIDGET (self));
  int first_minimum, first_natural, second_minimum, share;

  measure_width (first, &first_minimum, &first_natural);
  measure_width (gtk_widget_get_last_child (GTK_WIDGET (self)), &second_minimum, NULL);
  share = self->homogeneous ? (width - self->spacing) / 2 : first_natural;

  return share >= first_minimum && width - self->spacing - share >= second_minimum ? share : 0;
}

static GtkSizeRequestMode
fl_pair_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure_heights (FlPair *self,
                 int     width,
                 int    *minimum,
                 int    *natural)
{
  GtkWidget *first = gtk_widget_get_first_child (GTK_WIDGET (self));
  GtkWidget *second = gtk_widget_get_last_child (GTK_WIDGET (self));
  int share = get_first_width (self, width);
  int first_minimum, first_natural, second_minimum, second_natural;

  gtk_widget_measure (first, GTK_ORIENTATION_VERTICAL, share > 0 ? share : width,
                      &first_minimum, &first_natural, NULL, NULL);
  gtk_widget_measure (second, GTK_ORIENTATION_VERTICAL, share > 0 ? width - self->spacing - share : width,
                      &second_minimum, &second_natural, NULL, NULL);
  if (share > 0)
    {
      *minimum = MAX (first_minimum, second_minimum);
      *natural = MAX (first_natural, second_natural);
    }
  else
    {
      *minimum = first_minimum + self->spacing + second_minimum;
      *natural = first_natural + self->spacing + second_natural;
    }
}

static void
fl_pair_measure (GtkWidget      *widget,
                 GtkOrientation  orientation,
                 int             for_size,
                 int            *minimum,
                 int            *natural,
                 int            *minimum_baseline,
                 int            *natural_baseline)
{
  FlPair *self = FL_PAIR (widget);
  int first_minimum, first_natural, second_minimum, second_natural;

  measure_width (gtk_widget_get_first_child (widget), &first_minimum, &first_natural);
  measure_width (gtk_widget_get_last_child (widget), &second_minimum, &second_natural);
  *minimum_baseline = *natural_baseline = -1;
  *minimum = MAX (first_minimum, second_minimum);
  *natural = self->spacing
             + (self->homogeneous ? 2 * MAX (first_natural, second_natural) : first_natural + second_natural);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    measure_heights (self, for_size < 0 ? *natural : for_size, minimum, natural);
}

static void
fl_pair_size_allocate (GtkWidget *widget,
                       int        width,
                       int        height,
                       int        baseline)
{
  FlPair *self = FL_PAIR (widget);
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = gtk_widget_get_last_child (widget);
  GtkAllocation a = { 0, 0, width, height };
  GtkAllocation b = a;
  int share = get_first_width (self, width);

  if (share > 0)
    {
      gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

      a.width = share;
      a.x = mirrored ? width - share : 0;
      b.width = width - self->spacing - share;
      b.x = mirrored ? 0 : share + self->spacing;
    }
  else
    {
      gtk_widget_measure (first, GTK_ORIENTATION_VERTICAL, width, NULL, &a.height, NULL, NULL);
      b.y = a.height + self->spacing;
      b.height = height - b.y;
    }

  gtk_widget_size_allocate (first, &a, -1);
  gtk_widget_size_allocate (second, &b, -1);
}

static void
fl_pair_set_property (GObject      *object,
                      guint         id,
                      const GValue *value,
                      GParamSpec   *pspec)
{
  FlPair *self = FL_PAIR (object);

  switch ((FlPairProperty) id)
    {
    case PROP_HOMOGENEOUS:
      self->homogeneous = g_value_get_boolean (value);
      break;
    case PROP_SPACING:
      self->spacing = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_pair_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (fl_pair_parent_class)->dispose (object);
}

static void
fl_pair_class_init (FlPairClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = fl_pair_set_property;
  object_class->dispose = fl_pair_dispose;
  widget_class->get_request_mode = fl_pair_get_request_mode;
  widget_class->measure = fl_pair_measure;
  widget_class->size_allocate = fl_pair_size_allocate;

  properties[PROP_HOMOGENEOUS] =
    g_param_spec_boolean ("homogeneous", NULL, NULL, FALSE,
                          G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_SPACING] =
    g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT, 0,
                      G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "pair");
}

static void
fl_pair_init (FlPair *self)
{
}
