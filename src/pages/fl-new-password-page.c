/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "fl-checklist.h"
#include "fl-new-password-page.h"
#include "fl-password-field.h"
#include "fl-password-rule.h"
#include "fl-strength-meter.h"

/**
 * FlNewPasswordPage:
 *
 * Asks for the new password, twice.
 *
 * The server's rules are ticked, and the strength is said, at every key; neither keeps anybody from trying, since the
 * server has the last word. Whether both passwords are the same is said on submit; before that only when the second
 * one can no longer become the first.
 */
struct _FlNewPasswordPage
{
  FlPage parent_instance;

  FlPasswordField *password;
  FlStrengthMeter *meter;
  FlChecklist *rules;
  FlPasswordField *confirmation;

  int items[FL_N_PASSWORD_RULES];  /* in the checklist; -1: the server has no such rule */
  int minimum;
};

G_DEFINE_FINAL_TYPE (FlNewPasswordPage, fl_new_password_page, FL_TYPE_PAGE)

static void
update_meter (FlNewPasswordPage *self,
              const char        *password)
{
  FlPolicy *policy = fl_page_get_policy (FL_PAGE (self));
  const char *address = fl_journey_get_address (fl_page_get_journey (FL_PAGE (self)));
  g_autofree char *name = address != NULL ? g_strndup (address, strcspn (address, "@")) : NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  g_ptr_array_add (words, (char *) fl_policy_get_product (policy));
  g_ptr_array_add (words, (char *) fl_policy_get_issuer (policy));
  if (address != NULL)
    {
      g_ptr_array_add (words, (char *) address);
      g_ptr_array_add (words, name);
    }
  g_ptr_array_add (words, NULL);

  fl_strength_meter_set_password (self->meter, password, (const char * const *) words->pdata);
}

static void
update_rules (FlNewPasswordPage *self,
              const char        *password)
{
  const char *address = fl_journey_get_address (fl_page_get_journey (FL_PAGE (self)));

  for (int rule = 0; rule < FL_N_PASSWORD_RULES; rule++)
    {
      if (self->items[rule] >= 0)
        fl_checklist_set_done (self->rules, self->items[rule],
                               fl_password_rule_is_met (rule, password, address, self->minimum));
    }
}

static void
on_edited (FlNewPasswordPage *self)
{
  const char *password = fl_field_get_text (FL_FIELD (self->password));
  const char *confirmation = fl_field_get_text (FL_FIELD (self->confirmation));

  update_meter (self, password);
  update_rules (self, password);
  fl_field_set_hint (FL_FIELD (self->confirmation),
                     g_str_has_prefix (password, confirmation) ? NULL : _("Not the same as above so far"));
  fl_page_set_ready (FL_PAGE (self), *password != '\0' && *confirmation != '\0');
}

static void
on_password_submitted (FlNewPasswordPage *self)
{
  fl_field_focus (FL_FIELD (self->confirmation));
}

/* What the server said of the minimum, when it refused a password, is newer than what policy knows. */
static void
on_minimum_changed (FlNewPasswordPage *self)
{
  int learned = fl_journey_get_password_minimum (fl_page_get_journey (FL_PAGE (self)));
  g_autofree char *text = NULL;

  self->minimum = learned > 0 ? learned : fl_policy_get_password_minimum (fl_page_get_policy (FL_PAGE (self)));
  text = g_strdup_printf (ngettext ("At least %d character", "At least %d characters", self->minimum), self->minimum);
  fl_checklist_set_text (self->rules, self->items[FL_PASSWORD_RULE_LENGTH], text);
  update_rules (self, fl_field_get_text (FL_FIELD (self->password)));
}

static void
add_rules (FlNewPasswordPage *self)
{
  FlPasswordKinds kinds = fl_policy_get_password_kinds (fl_page_get_policy (FL_PAGE (self)));

  for (int rule = 0; rule < FL_N_PASSWORD_RULES; rule++)
    self->items[rule] = -1;

  self->items[FL_PASSWORD_RULE_LENGTH] = fl_checklist_add (self->rules, "");
  self->items[FL_PASSWORD_RULE_UNLIKE_ADDRESS] = fl_checklist_add (self->rules, _("Not like your email address"));
  if (kinds & FL_PASSWORD_LOWERCASE)
    self->items[FL_PASSWORD_RULE_LOWERCASE] = fl_checklist_add (self->rules, _("A small letter"));
  if (kinds & FL_PASSWORD_UPPERCASE)
    self->items[FL_PASSWORD_RULE_UPPERCASE] = fl_checklist_add (self->rules, _("A capital letter"));
  if (kinds & FL_PASSWORD_DIGIT)
    self->items[FL_PASSWORD_RULE_DIGIT] = fl_checklist_add (self->rules, _("A digit"));
  if (kinds & FL_PASSWORD_SYMBOL)
    self->items[FL_PASSWORD_RULE_SYMBOL] =
      /* Translators: a kind of character that a password needs */
      fl_checklist_add (self->rules, _("A character that is neither letter nor digit"));
}

static void
fl_new_password_page_submit (FlPage *page)
{
  FlNewPasswordPage *self = FL_NEW_PASSWORD_PAGE (page);
  g_autoptr (FlSecret) password = fl_password_field_dup_secret (self->password);

  if (strcmp (fl_secret_get_text (password), fl_field_get_text (FL_FIELD (self->confirmation))) != 0)
    {
      fl_field_set_error (FL_FIELD (self->confirmation),
                          _("This is not the same password as above. Type it once more."));
      fl_field_focus (FL_FIELD (self->confirmation));
      return;
    }

  fl_journey_set_password (fl_page_get_journey (page), password);
}

static void
fl_new_password_page_constructed (GObject *object)
{
  FlNewPasswordPage *self = FL_NEW_PASSWORD_PAGE (object);
  FlJourney *journey = fl_page_get_journey (FL_PAGE (self));
  const char *address = fl_journey_get_address (journey);

  G_OBJECT_CLASS (fl_new_password_page_parent_class)->constructed (object);

  if (address != NULL)
    {
      g_autofree char *sentence = NULL;

      /* Translators: %s is an email address */
      sentence = g_strdup_printf (_("Choose a password for %s. Three unrelated words are easy to keep and hard to guess."),
                                  address);
      fl_page_set_sentence (FL_PAGE (self), sentence);
    }

  self->meter = g_object_new (FL_TYPE_STRENGTH_METER, NULL);
  fl_field_set_advice (FL_FIELD (self->password), GTK_WIDGET (self->meter));

  /* Return goes from the first field to the second, and only there does what the main button does. */
  g_signal_handlers_disconnect_by_func (self->password, fl_page_submit, self);
  g_signal_connect_object (self->password, "submitted", G_CALLBACK (on_password_submitted), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->password, "edited", G_CALLBACK (on_edited), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->confirmation, "edited", G_CALLBACK (on_edited), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (journey, "notify::password-minimum", G_CALLBACK (on_minimum_changed), self, G_CONNECT_SWAPPED);
  add_rules (self);
  on_minimum_changed (self);
  fl_page_set_ready (FL_PAGE (self), FALSE);
}

static void
fl_new_password_page_class_init (FlNewPasswordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = fl_new_password_page_constructed;
  FL_PAGE_CLASS (klass)->submit = fl_new_password_page_submit;

  g_type_ensure (FL_TYPE_CHECKLIST);
  g_type_ensure (FL_TYPE_PASSWORD_FIELD);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-new-password-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlNewPasswordPage, password);
  gtk_widget_class_bind_template_child (widget_class, FlNewPasswordPage, rules);
  gtk_widget_class_bind_template_child (widget_class, FlNewPasswordPage, confirmation);
}

static void
fl_new_password_page_init (FlNewPasswordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
