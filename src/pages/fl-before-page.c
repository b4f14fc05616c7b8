/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-before-page.h"
#include "fl-point.h"
#include "fl-sentence.h"

/**
 * FlBeforePage:
 *
 * What to know and to have at hand before the first sign-in. It is shown once.
 */
struct _FlBeforePage
{
  FlPage parent_instance;

  FlPoint *address;
  GtkLabel *apps;
};

G_DEFINE_FINAL_TYPE (FlBeforePage, fl_before_page, FL_TYPE_PAGE)

static void
fl_before_page_submit (FlPage *page)
{
  fl_journey_get_started (fl_page_get_journey (page));
}

static void
fl_before_page_constructed (GObject *object)
{
  FlBeforePage *self = FL_BEFORE_PAGE (object);
  FlPolicy *policy = fl_page_get_policy (FL_PAGE (self));
  g_autofree char *sentence = NULL;
  g_autofree char *address = NULL;
  g_autofree char *apps = fl_sentence_for_apps (policy);

  G_OBJECT_CLASS (fl_before_page_parent_class)->constructed (object);

  sentence = g_strdup_printf (/* Translators: %s is the product, such as "Flex HRM" */
                              _("Your first sign-in to %s takes about three minutes."),
                              fl_policy_get_product (policy));
  fl_page_set_sentence (FL_PAGE (self), sentence);
  address = g_strdup_printf (/* Translators: %s is the product, such as "Flex HRM" */
                             _("The one that you verified for %s"),
                             fl_policy_get_product (policy));
  fl_point_set_text (self->address, address);
  gtk_label_set_label (self->apps, apps);
}

static void
fl_before_page_class_init (FlBeforePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = fl_before_page_constructed;
  FL_PAGE_CLASS (klass)->submit = fl_before_page_submit;

  g_type_ensure (FL_TYPE_POINT);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-before-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlBeforePage, address);
  gtk_widget_class_bind_template_child (widget_class, FlBeforePage, apps);
}

static void
fl_before_page_init (FlBeforePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
