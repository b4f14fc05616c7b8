/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include "fl-organisation-page.h"
#include "fl-text-field.h"

/**
 * FlOrganisationPage:
 *
 * Asks for the server on a computer where no policy names one.
 */
struct _FlOrganisationPage
{
  FlPage parent_instance;

  FlField *server;
};

G_DEFINE_FINAL_TYPE (FlOrganisationPage, fl_organisation_page, FL_TYPE_PAGE)

static void
on_server_edited (FlOrganisationPage *self)
{
  fl_page_set_ready (FL_PAGE (self), *fl_field_get_text (self->server) != '\0');
}

static void
fl_organisation_page_submit (FlPage *page)
{
  FlTextField *server = FL_TEXT_FIELD (FL_ORGANISATION_PAGE (page)->server);

  fl_journey_choose_server (fl_page_get_journey (page), fl_text_field_trim (server));
}

/* Whatever goes wrong on this page may have to do with what was typed. */
static FlField *
fl_organisation_page_field_for (FlPage    *page,
                                FlProblem  problem)
{
  return FL_ORGANISATION_PAGE (page)->server;
}

static void
fl_organisation_page_constructed (GObject *object)
{
  FlOrganisationPage *self = FL_ORGANISATION_PAGE (object);

  G_OBJECT_CLASS (fl_organisation_page_parent_class)->constructed (object);

  /* Who comes back to it has typed one already. */
  if (fl_journey_get_server (fl_page_get_journey (FL_PAGE (self))) != NULL)
    fl_field_set_text (self->server, fl_journey_get_server (fl_page_get_journey (FL_PAGE (self))));
  on_server_edited (self);
}

static void
fl_organisation_page_class_init (FlOrganisationPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = fl_organisation_page_constructed;
  FL_PAGE_CLASS (klass)->submit = fl_organisation_page_submit;
  FL_PAGE_CLASS (klass)->field_for = fl_organisation_page_field_for;

  g_type_ensure (FL_TYPE_TEXT_FIELD);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-organisation-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlOrganisationPage, server);
  gtk_widget_class_bind_template_callback (widget_class, on_server_edited);
}

static void
fl_organisation_page_init (FlOrganisationPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
