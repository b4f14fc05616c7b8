/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-checklist.h"

/**
 * FlChecklist:
 *
 * A short list of things, each with a tick once it is done. Nobody ticks them by hand.
 *
 * An item's accessible name says both the thing and whether it is done.
 */

typedef struct
{
  GtkWidget *row;
  GtkWidget *icon;
  GtkWidget *label;
  gboolean done;
} Item;

struct _FlChecklist
{
  GtkWidget parent_instance;

  GArray *items;
};

G_DEFINE_FINAL_TYPE (FlChecklist, fl_checklist, GTK_TYPE_WIDGET)

static void
show_item (const Item *item)
{
  const char *text = gtk_label_get_label (GTK_LABEL (item->label));
  g_autofree char *name = NULL;

  if (item->done)
    /* Translators: for screen readers; %s is a line of a check list, such as "At least 10 characters" */
    name = g_strdup_printf (_("%s: done"), text);
  else
    /* Translators: for screen readers; %s is a line of a check list, such as "At least 10 characters" */
    name = g_strdup_printf (_("%s: not yet"), text);

  gtk_image_set_from_icon_name (GTK_IMAGE (item->icon), item->done ? "fl-done-symbolic" : "fl-open-symbolic");
  if (item->done)
    gtk_widget_add_css_class (item->row, "done");
  else
    gtk_widget_remove_css_class (item->row, "done");
  gtk_accessible_update_property (GTK_ACCESSIBLE (item->row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static Item *
get_item (FlChecklist *self,
          int          item)
{
  g_return_val_if_fail (FL_IS_CHECKLIST (self), NULL);
  g_return_val_if_fail (item >= 0 && item < (int) self->items->len, NULL);

  return &g_array_index (self->items, Item, item);
}

static void
fl_checklist_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (fl_checklist_parent_class)->dispose (object);
}

static void
fl_checklist_finalize (GObject *object)
{
  g_array_unref (FL_CHECKLIST (object)->items);

  G_OBJECT_CLASS (fl_checklist_parent_class)->finalize (object);
}

static void
fl_checklist_class_init (FlChecklistClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_checklist_dispose;
  G_OBJECT_CLASS (klass)->finalize = fl_checklist_finalize;
  gtk_widget_class_set_css_name (widget_class, "checklist");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
fl_checklist_init (FlChecklist *self)
{
  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
}

/**
 * fl_checklist_add:
 * @self: a list
 * @text: a thing, not done yet
 *
 * Returns: the item's number, for the other functions
 */
int
fl_checklist_add (FlChecklist *self,
                  const char  *text)
{
  Item item = { 0, };

  g_return_val_if_fail (FL_IS_CHECKLIST (self), -1);

  item.row = g_object_new (GTK_TYPE_BOX,
                           "css-name", "checkitem",
                           "spacing", 8,
                           "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM,
                           NULL);
  item.icon = g_object_new (GTK_TYPE_IMAGE,
                            "valign", GTK_ALIGN_START,
                            "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                            NULL);
  item.label = g_object_new (GTK_TYPE_LABEL,
                             "label", text,
                             "xalign", 0.0,
                             "wrap", TRUE,
                             "wrap-mode", PANGO_WRAP_WORD_CHAR,
                             NULL);
  gtk_box_append (GTK_BOX (item.row), item.icon);
  gtk_box_append (GTK_BOX (item.row), item.label);
  gtk_widget_set_parent (item.row, GTK_WIDGET (self));
  show_item (&item);
  g_array_append_val (self->items, item);

  return (int) self->items->len - 1;
}

/**
 * fl_checklist_set_text:
 * @self: a list
 * @item: an item's number
 * @text: the thing
 */
void
fl_checklist_set_text (FlChecklist *self,
                       int          item,
                       const char  *text)
{
  Item *it = get_item (self, item);

  g_return_if_fail (it != NULL);

  gtk_label_set_label (GTK_LABEL (it->label), text);
  show_item (it);
}

/**
 * fl_checklist_set_done:
 * @self: a list
 * @item: an item's number
 * @done: whether it is done
 */
void
fl_checklist_set_done (FlChecklist *self,
                       int          item,
                       gboolean     done)
{
  Item *it = get_item (self, item);

  g_return_if_fail (it != NULL);

  if (it->done == done)
    return;

  it->done = done;
  show_item (it);
}

/**
 * fl_checklist_get_done:
 * @self: a list
 * @item: an item's number
 *
 * Returns: whether it is done
 */
gboolean
fl_checklist_get_done (FlChecklist *self,
                       int          item)
{
  const Item *it = get_item (self, item);

  return it != NULL && it->done;
}
