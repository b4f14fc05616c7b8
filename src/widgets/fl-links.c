/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-links.h"

/**
 * FlLinks:
 *
 * The quiet links below a page's main button; while the server works, Cancel stands in their place.
 *
 * They keep their room meanwhile, so that nothing on the page moves. Cancel does not appear when the answer is there
 * at once.
 */
struct _FlLinks
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *cancel;
  guint timeout;
};

#define CANCEL_DELAY 400  /* ms; as the main button's spinner */

G_DEFINE_FINAL_TYPE (FlLinks, fl_links, GTK_TYPE_WIDGET)

enum {
  SIGNAL_CANCELLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_cancellable (FlLinks  *self,
                 gboolean  cancellable)
{
  gtk_widget_set_opacity (self->box, cancellable ? 0.0 : 1.0);
  gtk_widget_set_visible (self->cancel, cancellable);
}

static void
on_cancel_due (gpointer data)
{
  FlLinks *self = data;

  self->timeout = 0;
  set_cancellable (self, TRUE);
}

static void
on_cancel_clicked (FlLinks *self)
{
  g_signal_emit (self, signals[SIGNAL_CANCELLED], 0);
}

static void
fl_links_dispose (GObject *object)
{
  FlLinks *self = FL_LINKS (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->cancel, gtk_widget_unparent);

  G_OBJECT_CLASS (fl_links_parent_class)->dispose (object);
}

static void
fl_links_class_init (FlLinksClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_links_dispose;

  /**
   * FlLinks::cancelled:
   *
   * The server shall not be waited for any longer.
   */
  signals[SIGNAL_CANCELLED] =
    g_signal_new ("cancelled", FL_TYPE_LINKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "links");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
fl_links_init (FlLinks *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));

  self->cancel = g_object_new (GTK_TYPE_BUTTON,
                               /* Translators: stops waiting for the server's answer */
                               "label", _("Cancel"),
                               "halign", GTK_ALIGN_CENTER,
                               "valign", GTK_ALIGN_START,
                               "visible", FALSE,
                               "css-classes", (const char *[]) { "flat", NULL },
                               NULL);
  g_signal_connect_object (self->cancel, "clicked", G_CALLBACK (on_cancel_clicked), self, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (self->cancel, GTK_WIDGET (self));
}

/**
 * fl_links_append:
 * @self: the links of a page
 * @link: (transfer floating): one more; a flat button is as wide as its text, any other fills the row
 */
void
fl_links_append (FlLinks   *self,
                 GtkWidget *link)
{
  g_return_if_fail (FL_IS_LINKS (self));

  if (gtk_widget_has_css_class (link, "flat"))
    gtk_widget_set_halign (link, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->box), link);
}

/**
 * fl_links_set_busy:
 * @self: the links of a page
 * @busy: whether the server is being asked
 */
void
fl_links_set_busy (FlLinks  *self,
                   gboolean  busy)
{
  g_return_if_fail (FL_IS_LINKS (self));

  gtk_widget_set_sensitive (self->box, !busy);
  if (busy && self->timeout == 0 && !gtk_widget_get_visible (self->cancel))
    {
      self->timeout = g_timeout_add_once (CANCEL_DELAY, on_cancel_due, self);
    }
  else if (!busy)
    {
      g_clear_handle_id (&self->timeout, g_source_remove);
      set_cancellable (self, FALSE);
    }
}
