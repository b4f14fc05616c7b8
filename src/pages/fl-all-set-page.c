/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-all-set-page.h"
#include "fl-checklist.h"
#include "fl-pair.h"
#include "fl-qr-code.h"

/**
 * FlAllSetPage:
 *
 * Says what has been set up, and opens the product: here, or on the phone by its QR code.
 *
 * The product asks for the new password itself; this program hands no session over.
 */
struct _FlAllSetPage
{
  FlPage parent_instance;

  FlChecklist *achieved;
  GtkButton *open;
  GtkLabel *open_hint;
  GtkLabel *phone_hint;
  FlQrCode *mobile;
};

G_DEFINE_FINAL_TYPE (FlAllSetPage, fl_all_set_page, FL_TYPE_PAGE)

static void
add_done (FlAllSetPage *self,
          const char   *text)
{
  fl_checklist_set_done (self->achieved, fl_checklist_add (self->achieved, text), TRUE);
}

static void
show_achieved (FlAllSetPage *self)
{
  FlJourney *journey = fl_page_get_journey (FL_PAGE (self));
  FlAchieved achieved = fl_journey_get_achieved (journey);
  int left = fl_journey_get_codes_left (journey);

  if (achieved & FL_ACHIEVED_PASSWORD)
    add_done (self, _("Your new password is set"));
  if (achieved & FL_ACHIEVED_SECOND_FACTOR)
    add_done (self, _("Two-factor authentication is on"));
  if (achieved & FL_ACHIEVED_RECOVERY_CODES)
    add_done (self, _("Your recovery codes are kept"));
  if (achieved == 0)
    add_done (self, _("Your account works"));

  if (left >= 0)
    {
      g_autofree char *text = NULL;

      text = g_strdup_printf (ngettext ("%d recovery code is left",
                                        "%d recovery codes are left",
                                        left),
                              left);
      add_done (self, text);
    }
}

static const char *
get_open_hint (FlJourney *journey)
{
  FlAchieved achieved = fl_journey_get_achieved (journey);
  gboolean with_code = (achieved & FL_ACHIEVED_SECOND_FACTOR) != 0
                       || fl_journey_get_second_factor_rule (journey) == FL_SECOND_FACTOR_REQUIRED;

  if ((achieved & FL_ACHIEVED_PASSWORD) != 0)
    return with_code ? _("Sign in there with your new password and a code from your phone.")
                     : _("Sign in there with your new password.");

  return with_code ? _("Sign in there with your password and a code from your phone.")
                   : _("Sign in there with your password.");
}

static void
show_ways (FlAllSetPage *self)
{
  FlPolicy *policy = fl_page_get_policy (FL_PAGE (self));
  const char *product = fl_policy_get_product (policy);
  g_autoptr (FlSecret) mobile = NULL;
  g_autofree char *sentence = NULL;
  g_autofree char *open = NULL;
  g_autofree char *phone = NULL;

  /* Translators: %s is the product, such as "Flex HRM" */
  sentence = g_strdup_printf (_("You can use %s now."), product);
  fl_page_set_sentence (FL_PAGE (self), sentence);
  /* Translators: %s is the product, such as "Flex HRM" */
  open = g_strdup_printf (_("Open %s"), product);
  gtk_button_set_label (self->open, open);
  gtk_label_set_label (self->open_hint, get_open_hint (fl_page_get_journey (FL_PAGE (self))));
  /* Translators: %s is the product, such as "Flex HRM" */
  phone = g_strdup_printf (_("Scan this with your phone’s camera for %s Mobile."), product);
  gtk_label_set_label (self->phone_hint, phone);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mobile), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, phone, -1);

  mobile = fl_secret_new (fl_policy_get_mobile_url (policy));
  fl_qr_code_set_text (self->mobile, mobile);
}

static void
on_open_clicked (FlAllSetPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "assistant.open-uri", "s",
                              fl_policy_get_product_url (fl_page_get_policy (FL_PAGE (self))));
}

static void
fl_all_set_page_submit (FlPage *page)
{
  gtk_widget_activate_action (GTK_WIDGET (page), "window.close", NULL);
}

static void
fl_all_set_page_constructed (GObject *object)
{
  FlAllSetPage *self = FL_ALL_SET_PAGE (object);

  G_OBJECT_CLASS (fl_all_set_page_parent_class)->constructed (object);

  show_achieved (self);
  show_ways (self);
}

static void
fl_all_set_page_class_init (FlAllSetPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = fl_all_set_page_constructed;
  FL_PAGE_CLASS (klass)->submit = fl_all_set_page_submit;

  g_type_ensure (FL_TYPE_CHECKLIST);
  g_type_ensure (FL_TYPE_PAIR);
  g_type_ensure (FL_TYPE_QR_CODE);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-all-set-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlAllSetPage, achieved);
  gtk_widget_class_bind_template_child (widget_class, FlAllSetPage, open);
  gtk_widget_class_bind_template_child (widget_class, FlAllSetPage, open_hint);
  gtk_widget_class_bind_template_child (widget_class, FlAllSetPage, phone_hint);
  gtk_widget_class_bind_template_child (widget_class, FlAllSetPage, mobile);
  gtk_widget_class_bind_template_callback (widget_class, on_open_clicked);
}

static void
fl_all_set_page_init (FlAllSetPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
