/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include "fl-account-page.h"
#include "fl-account-row.h"

/**
 * FlAccountPage:
 *
 * Shows whose account a link has opened that was not asked for on this computer, before a password can be set.
 */
struct _FlAccountPage
{
  FlPage parent_instance;

  FlAccountRow *account;
};

G_DEFINE_FINAL_TYPE (FlAccountPage, fl_account_page, FL_TYPE_PAGE)

static void
on_address_changed (FlAccountPage *self)
{
  fl_account_row_set_address (self->account, fl_journey_get_address (fl_page_get_journey (FL_PAGE (self))));
}

static void
on_another_clicked (FlAccountPage *self)
{
  fl_journey_use_another_address (fl_page_get_journey (FL_PAGE (self)));
}

static void
fl_account_page_submit (FlPage *page)
{
  fl_journey_confirm_account (fl_page_get_journey (page));
}

static void
fl_account_page_constructed (GObject *object)
{
  FlAccountPage *self = FL_ACCOUNT_PAGE (object);

  G_OBJECT_CLASS (fl_account_page_parent_class)->constructed (object);

  fl_account_row_set_changeable (self->account, FALSE);
  g_signal_connect_object (fl_page_get_journey (FL_PAGE (self)), "notify::address",
                           G_CALLBACK (on_address_changed), self, G_CONNECT_SWAPPED);
  on_address_changed (self);
}

static void
fl_account_page_class_init (FlAccountPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = fl_account_page_constructed;
  FL_PAGE_CLASS (klass)->submit = fl_account_page_submit;

  g_type_ensure (FL_TYPE_ACCOUNT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-account-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlAccountPage, account);
  gtk_widget_class_bind_template_callback (widget_class, on_another_clicked);
}

static void
fl_account_page_init (FlAccountPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
