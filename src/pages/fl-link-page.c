/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include "fl-link-page.h"
#include "fl-point.h"

/**
 * FlLinkPage:
 *
 * Asks before a link is obeyed that was not asked for on this computer, and names the server that it leads to.
 */
struct _FlLinkPage
{
  FlPage parent_instance;

  FlPoint *server;
};

G_DEFINE_FINAL_TYPE (FlLinkPage, fl_link_page, FL_TYPE_PAGE)

static void
on_link_server_changed (FlLinkPage *self)
{
  const char *server = fl_journey_get_link_server (fl_page_get_journey (FL_PAGE (self)));
  g_autoptr (GUri) uri = server != NULL ? g_uri_parse (server, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : server;

  fl_point_set_title (self->server, host != NULL ? host : "");
}

static void
on_not_now_clicked (FlLinkPage *self)
{
  fl_journey_decline_link (fl_page_get_journey (FL_PAGE (self)));
}

static void
fl_link_page_submit (FlPage *page)
{
  fl_journey_accept_link (fl_page_get_journey (page));
}

static void
fl_link_page_constructed (GObject *object)
{
  FlLinkPage *self = FL_LINK_PAGE (object);

  G_OBJECT_CLASS (fl_link_page_parent_class)->constructed (object);

  g_signal_connect_object (fl_page_get_journey (FL_PAGE (self)), "notify::link-server",
                           G_CALLBACK (on_link_server_changed), self, G_CONNECT_SWAPPED);
  on_link_server_changed (self);
}

static void
fl_link_page_class_init (FlLinkPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = fl_link_page_constructed;
  FL_PAGE_CLASS (klass)->submit = fl_link_page_submit;

  g_type_ensure (FL_TYPE_POINT);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-link-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlLinkPage, server);
  gtk_widget_class_bind_template_callback (widget_class, on_not_now_clicked);
}

static void
fl_link_page_init (FlLinkPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
