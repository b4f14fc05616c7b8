/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-code-field.h"
#include "fl-second-factor-page.h"
#include "fl-sentence.h"

/**
 * FlSecondFactorPage:
 *
 * Asks for a code from the phone, or for one of the recovery codes instead, and says whom to ask when the phone is
 * lost.
 */
struct _FlSecondFactorPage
{
  FlPage parent_instance;

  FlField *code;
  GtkButton *other_factor;
  GtkLabel *support;

  FlFactor factor;
};

G_DEFINE_FINAL_TYPE (FlSecondFactorPage, fl_second_factor_page, FL_TYPE_PAGE)

static void
show_factor (FlSecondFactorPage *self)
{
  gboolean from_phone = self->factor == FL_FACTOR_TOTP;
  g_autofree char *sentence = NULL;

  if (from_phone)
    /* Translators: %s is the account, such as "Visma Connect" */
    sentence = g_strdup_printf (_("Open the authenticator app on your phone and type the code that it shows for %s."),
                                fl_policy_get_issuer (fl_page_get_policy (FL_PAGE (self))));
  else
    sentence = g_strdup (_("Type one of the recovery codes that you kept. Each of them works once."));

  fl_page_set_sentence (FL_PAGE (self), sentence);
  fl_field_set_label (self->code, from_phone ? _("Code") : _("Recovery code"));
  g_object_set (self->code,
                "input-purpose", from_phone ? GTK_INPUT_PURPOSE_DIGITS : GTK_INPUT_PURPOSE_FREE_FORM,
                NULL);
  gtk_button_set_label (self->other_factor,
                        from_phone ? _("Use a recovery code instead") : _("Use a code from your phone instead"));
}

static void
on_other_factor_clicked (FlSecondFactorPage *self)
{
  self->factor = self->factor == FL_FACTOR_TOTP ? FL_FACTOR_RECOVERY_CODE : FL_FACTOR_TOTP;
  fl_field_set_text (self->code, "");
  fl_page_set_ready (FL_PAGE (self), FALSE);
  show_factor (self);
  fl_journey_choose_factor (fl_page_get_journey (FL_PAGE (self)), self->factor);
  fl_field_focus (self->code);
}

static void
on_code_edited (FlSecondFactorPage *self)
{
  fl_page_set_ready (FL_PAGE (self), *fl_field_get_text (self->code) != '\0');
}

static void
fl_second_factor_page_submit (FlPage *page)
{
  FlSecondFactorPage *self = FL_SECOND_FACTOR_PAGE (page);

  fl_journey_submit_second_factor (fl_page_get_journey (page), self->factor, fl_field_get_text (self->code));
}

static void
fl_second_factor_page_take_over (FlPage *page,
                                 FlPage *from)
{
  FlSecondFactorPage *self = FL_SECOND_FACTOR_PAGE (page);

  self->factor = FL_SECOND_FACTOR_PAGE (from)->factor;
  show_factor (self);
}

static void
fl_second_factor_page_constructed (GObject *object)
{
  FlSecondFactorPage *self = FL_SECOND_FACTOR_PAGE (object);
  g_autofree char *support = NULL;
  g_autofree char *text = NULL;

  G_OBJECT_CLASS (fl_second_factor_page_parent_class)->constructed (object);

  support = fl_sentence_for_support (fl_page_get_policy (FL_PAGE (self)));
  /* Translators: %s is whom to ask, such as "Ask your IT department." */
  text = g_strdup_printf (_("Neither phone nor recovery codes? %s"), support);
  gtk_label_set_label (self->support, text);

  self->factor = FL_FACTOR_TOTP;
  show_factor (self);
  fl_journey_choose_factor (fl_page_get_journey (FL_PAGE (self)), self->factor);
  fl_page_set_ready (FL_PAGE (self), FALSE);
  g_signal_connect_object (self->code, "edited", G_CALLBACK (on_code_edited), self, G_CONNECT_SWAPPED);
}

static void
fl_second_factor_page_class_init (FlSecondFactorPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = fl_second_factor_page_constructed;
  FL_PAGE_CLASS (klass)->submit = fl_second_factor_page_submit;
  FL_PAGE_CLASS (klass)->take_over = fl_second_factor_page_take_over;

  g_type_ensure (FL_TYPE_CODE_FIELD);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-second-factor-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlSecondFactorPage, code);
  gtk_widget_class_bind_template_child (widget_class, FlSecondFactorPage, other_factor);
  gtk_widget_class_bind_template_child (widget_class, FlSecondFactorPage, support);
  gtk_widget_class_bind_template_callback (widget_class, on_other_factor_clicked);
}

static void
fl_second_factor_page_init (FlSecondFactorPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
