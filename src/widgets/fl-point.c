/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include "fl-point.h"

/**
 * FlPoint:
 *
 * One point of a list that is only to be read: an icon, a title, and a quieter line below it.
 *
 * It stands in a box with the role "list" and the style class "card"; it takes no focus, as a row of a #GtkListBox would.
 */
struct _FlPoint
{
  GtkWidget parent_instance;

  GtkWidget *icon;
  GtkWidget *title;
  GtkWidget *text;
};

G_DEFINE_FINAL_TYPE (FlPoint, fl_point, GTK_TYPE_WIDGET)

typedef enum {
  PROP_ICON_NAME = 1,
  PROP_TITLE,
  PROP_TEXT,
} FlPointProperty;

static GParamSpec *properties[PROP_TEXT + 1];

static void
fl_point_set_property (GObject      *object,
                       guint         id,
                       const GValue *value,
                       GParamSpec   *pspec)
{
  FlPoint *self = FL_POINT (object);

  switch ((FlPointProperty) id)
    {
    case PROP_ICON_NAME:
      gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), g_value_get_string (value));
      break;
    case PROP_TITLE:
      fl_point_set_title (self, g_value_get_string (value));
      break;
    case PROP_TEXT:
      fl_point_set_text (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_point_dispose (GObject *object)
{
  FlPoint *self = FL_POINT (object);

  g_clear_pointer (&self->icon, gtk_widget_unparent);
  g_clear_pointer (&self->title, gtk_widget_unparent);
  g_clear_pointer (&self->text, gtk_widget_unparent);

  G_OBJECT_CLASS (fl_point_parent_class)->dispose (object);
}

static void
fl_point_class_init (FlPointClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = fl_point_set_property;
  object_class->dispose = fl_point_dispose;

  properties[PROP_ICON_NAME] =
    g_param_spec_string ("icon-name", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TEXT] =
    g_param_spec_string ("text", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "point");
  /* A box would ask wrapping texts how wide they have to be for a height, and lay them out over and over. */
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_GRID_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

/* Points name servers and addresses, in which a hyphen would be read as a part of the name. */
static GtkWidget *
create_label (const char * const *classes)
{
  PangoAttrList *unhyphenated = pango_attr_list_new ();
  GtkWidget *label;

  pango_attr_list_insert (unhyphenated, pango_attr_insert_hyphens_new (FALSE));
  label = g_object_new (GTK_TYPE_LABEL,
                        "attributes", unhyphenated,
                        "css-classes", classes,
                        "width-chars", 8,
                        "wrap", TRUE,
                        "wrap-mode", PANGO_WRAP_WORD_CHAR,
                        "xalign", 0.0,
                        NULL);
  pango_attr_list_unref (unhyphenated);

  return label;
}

static void
attach (FlPoint   *self,
        GtkWidget *child,
        int        column,
        int        row,
        int        row_span)
{
  gtk_widget_set_parent (child, GTK_WIDGET (self));
  g_object_set (gtk_layout_manager_get_layout_child (gtk_widget_get_layout_manager (GTK_WIDGET (self)), child),
                "column", column,
                "row", row,
                "row-span", row_span,
                NULL);
}

static void
fl_point_init (FlPoint *self)
{
  GtkGridLayout *grid = GTK_GRID_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));

  gtk_grid_layout_set_column_spacing (grid, 14);
  gtk_grid_layout_set_row_spacing (grid, 2);

  self->icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  self->title = create_label ((const char *[]) { "point-title", NULL });
  gtk_widget_set_hexpand (self->title, TRUE);
  self->text = create_label ((const char *[]) { "point-text", NULL });
  gtk_widget_set_visible (self->text, FALSE);

  attach (self, self->icon, 0, 0, 2);
  attach (self, self->title, 1, 0, 1);
  attach (self, self->text, 1, 1, 1);
}

/**
 * fl_point_set_title:
 * @self: a point
 * @title: what it says
 */
void
fl_point_set_title (FlPoint    *self,
                    const char *title)
{
  g_return_if_fail (FL_IS_POINT (self));

  gtk_label_set_label (GTK_LABEL (self->title), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

/**
 * fl_point_set_text:
 * @self: a point
 * @text: (nullable): the quieter line below it
 */
void
fl_point_set_text (FlPoint    *self,
                   const char *text)
{
  g_return_if_fail (FL_IS_POINT (self));

  gtk_label_set_label (GTK_LABEL (self->text), text != NULL ? text : "");
  gtk_widget_set_visible (self->text, text != NULL);
}
