/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-account-row.h"
#include "fl-password-field.h"
#include "fl-password-page.h"

/**
 * FlPasswordPage:
 *
 * Asks for the password of an account, or shows the way to those who have none.
 *
 * It is also the page for a session that has grown old: then it says that one goes on where one was, and has no way
 * out but that.
 */
struct _FlPasswordPage
{
  FlPage parent_instance;

  FlAccountRow *account;
  FlPasswordField *password;
  GtkWidget *forgot;
};

G_DEFINE_FINAL_TYPE (FlPasswordPage, fl_password_page, FL_TYPE_PAGE)

static void
on_address_changed (FlPasswordPage *self)
{
  fl_account_row_set_address (self->account, fl_journey_get_address (fl_page_get_journey (FL_PAGE (self))));
}

static void
on_password_edited (FlPasswordPage *self)
{
  fl_page_set_ready (FL_PAGE (self), *fl_field_get_text (FL_FIELD (self->password)) != '\0');
}

static void
on_forgot_clicked (FlPasswordPage *self)
{
  fl_journey_forgot_password (fl_page_get_journey (FL_PAGE (self)));
}

static void
on_another_address_wanted (FlPasswordPage *self)
{
  fl_journey_use_another_address (fl_page_get_journey (FL_PAGE (self)));
}

static void
fl_password_page_submit (FlPage *page)
{
  g_autoptr (FlSecret) password = fl_password_field_dup_secret (FL_PASSWORD_PAGE (page)->password);

  fl_journey_submit_password (fl_page_get_journey (page), password);
}

static void
fl_password_page_constructed (GObject *object)
{
  FlPasswordPage *self = FL_PASSWORD_PAGE (object);
  FlJourney *journey = fl_page_get_journey (FL_PAGE (self));
  gboolean again = fl_journey_get_step (journey) == FL_STEP_PASSWORD_AGAIN;
  g_autofree char *sentence = NULL;

  G_OBJECT_CLASS (fl_password_page_parent_class)->constructed (object);

  if (again)
    sentence = g_strdup (_("A while has passed since you signed in. "
                           "Type your password again, and you go on where you were."));
  else
    sentence = g_strdup_printf (/* Translators: %s is the account, such as "Visma Connect" */
                                _("Sign in with your %s password."),
                                fl_policy_get_issuer (fl_page_get_policy (FL_PAGE (self))));
  fl_page_set_sentence (FL_PAGE (self), sentence);

  fl_account_row_set_changeable (self->account, !again);
  gtk_widget_set_visible (self->forgot, !again);
  if (!again)
    fl_field_set_hint (FL_FIELD (self->password), _("No password yet? The link below is the way for you too."));

  g_signal_connect_object (journey, "notify::address", G_CALLBACK (on_address_changed), self, G_CONNECT_SWAPPED);
  on_address_changed (self);
  on_password_edited (self);
}

static void
fl_password_page_class_init (FlPasswordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = fl_password_page_constructed;
  FL_PAGE_CLASS (klass)->submit = fl_password_page_submit;

  g_type_ensure (FL_TYPE_ACCOUNT_ROW);
  g_type_ensure (FL_TYPE_PASSWORD_FIELD);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-password-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlPasswordPage, account);
  gtk_widget_class_bind_template_child (widget_class, FlPasswordPage, password);
  gtk_widget_class_bind_template_child (widget_class, FlPasswordPage, forgot);
  gtk_widget_class_bind_template_callback (widget_class, on_password_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_forgot_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_another_address_wanted);
}

static void
fl_password_page_init (FlPasswordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
