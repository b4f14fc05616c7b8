/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-email-page.h"
#include "fl-text-field.h"

/**
 * FlEmailPage:
 *
 * Asks for the address, and whether to keep it for the next time.
 *
 * A saved address arrives from the keyring after the first frame: it fills the field only while nothing has been
 * typed there. Where the last journey was left arrives as late, and is offered above the field when somebody has begun
 * to type already. Where the keyring keeps nothing, the box rests, and says why. What the policy says of people's data
 * stands at the foot of the page: this is where they give the first of it.
 */
struct _FlEmailPage
{
  FlPage parent_instance;

  FlField *address;
  GtkWidget *resume;
  GtkCheckButton *remember;
  GtkLabel *remember_hint;
  GtkLabel *privacy_text;
  GtkWidget *privacy_link;
};

G_DEFINE_FINAL_TYPE (FlEmailPage, fl_email_page, FL_TYPE_PAGE)

static void
on_address_changed (FlEmailPage *self)
{
  const char *address = fl_journey_get_address (fl_page_get_journey (FL_PAGE (self)));

  if (address != NULL && *fl_field_get_text (self->address) == '\0')
    fl_field_set_text (self->address, address);
  fl_page_set_ready (FL_PAGE (self), *fl_field_get_text (self->address) != '\0');
}

static void
on_remember_changed (FlEmailPage *self)
{
  gtk_check_button_set_active (self->remember, fl_journey_get_remember (fl_page_get_journey (FL_PAGE (self))));
}

/* Returns: (nullable): why the address cannot be kept */
static const char *
why_not_remember (FlJourney *journey)
{
  if (!fl_journey_get_may_remember (journey))
    return _("Your organisation does not allow it on this computer");

  switch (fl_journey_get_vault_state (journey))
    {
    case FL_VAULT_MEMORY:
      return _("This computer has no keyring to keep it in");
    case FL_VAULT_LOCKED:
      return _("This computer’s keyring is locked. Once you unlock it, your address can be saved.");
    case FL_VAULT_SILENT:
      return _("This computer’s keyring does not answer. Once it does, your address can be saved.");
    case FL_VAULT_NEVER:
      return _("Nothing is saved in the training");
    case FL_VAULT_UNKNOWN:
    case FL_VAULT_KEPT:
    default:
      return NULL;
    }
}

static void
on_may_remember_changed (FlEmailPage *self)
{
  const char *reason = why_not_remember (fl_page_get_journey (FL_PAGE (self)));

  gtk_label_set_label (self->remember_hint, reason != NULL ? reason : _("Not recommended on a shared computer"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->remember), reason == NULL);
}

static void
on_resume_offered_changed (FlEmailPage *self)
{
  gtk_widget_set_visible (self->resume, fl_journey_get_resume_offered (fl_page_get_journey (FL_PAGE (self))));
}

static void
on_resume_clicked (FlEmailPage *self)
{
  fl_journey_accept_resume (fl_page_get_journey (FL_PAGE (self)));
}

static void
on_privacy_clicked (FlEmailPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "assistant.open-uri",
                              "s", fl_policy_get_privacy_url (fl_page_get_policy (FL_PAGE (self))));
}

static void
show_privacy_note (FlEmailPage *self)
{
  FlPolicy *policy = fl_page_get_policy (FL_PAGE (self));
  const char *text = fl_policy_get_privacy_text (policy);

  gtk_label_set_label (self->privacy_text, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->privacy_text), text != NULL);
  gtk_widget_set_visible (self->privacy_link, fl_policy_get_privacy_url (policy) != NULL);
}

static void
on_address_edited (FlEmailPage *self)
{
  fl_page_set_ready (FL_PAGE (self), *fl_field_get_text (self->address) != '\0');
}

static void
fl_email_page_submit (FlPage *page)
{
  FlEmailPage *self = FL_EMAIL_PAGE (page);

  fl_journey_submit_address (fl_page_get_journey (page),
                             fl_text_field_trim (FL_TEXT_FIELD (self->address)),
                             gtk_check_button_get_active (self->remember));
}

static void
fl_email_page_take_over (FlPage *page,
                         FlPage *from)
{
  gtk_check_button_set_active (FL_EMAIL_PAGE (page)->remember,
                               gtk_check_button_get_active (FL_EMAIL_PAGE (from)->remember));
}

static void
fl_email_page_constructed (GObject *object)
{
  FlEmailPage *self = FL_EMAIL_PAGE (object);
  FlJourney *journey = fl_page_get_journey (FL_PAGE (self));
  g_autofree char *sentence = NULL;

  G_OBJECT_CLASS (fl_email_page_parent_class)->constructed (object);

  sentence = g_strdup_printf (/* Translators: %s is the product, such as "Flex HRM" */
                              _("Use the email address that you verified for %s."),
                              fl_policy_get_product (fl_page_get_policy (FL_PAGE (self))));
  fl_page_set_sentence (FL_PAGE (self), sentence);

  g_signal_connect_object (journey, "notify::address", G_CALLBACK (on_address_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (journey, "notify::remember", G_CALLBACK (on_remember_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (journey, "notify::vault-state", G_CALLBACK (on_may_remember_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (journey, "notify::may-remember", G_CALLBACK (on_may_remember_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (journey, "notify::resume-offered", G_CALLBACK (on_resume_offered_changed), self, G_CONNECT_SWAPPED);
  on_address_changed (self);
  on_resume_offered_changed (self);
  on_remember_changed (self);
  on_may_remember_changed (self);
  show_privacy_note (self);
}

static void
fl_email_page_class_init (FlEmailPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = fl_email_page_constructed;
  FL_PAGE_CLASS (klass)->submit = fl_email_page_submit;
  FL_PAGE_CLASS (klass)->take_over = fl_email_page_take_over;

  g_type_ensure (FL_TYPE_TEXT_FIELD);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-email-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlEmailPage, address);
  gtk_widget_class_bind_template_child (widget_class, FlEmailPage, resume);
  gtk_widget_class_bind_template_child (widget_class, FlEmailPage, remember);
  gtk_widget_class_bind_template_child (widget_class, FlEmailPage, remember_hint);
  gtk_widget_class_bind_template_child (widget_class, FlEmailPage, privacy_text);
  gtk_widget_class_bind_template_child (widget_class, FlEmailPage, privacy_link);
  gtk_widget_class_bind_template_callback (widget_class, on_address_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_privacy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_resume_clicked);
}

static void
fl_email_page_init (FlEmailPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
