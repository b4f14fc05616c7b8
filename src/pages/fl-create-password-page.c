/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include "fl-create-password-page.h"
#include "fl-robot-box.h"
#include "fl-text-field.h"

/**
 * FlCreatePasswordPage:
 *
 * Asks for a mail with which a password can be chosen.
 *
 * The address stands there already, so the focus starts at the robot check where there is one.
 */
struct _FlCreatePasswordPage
{
  FlPage parent_instance;

  FlField *address;
  FlRobotBox *robot;
};

G_DEFINE_FINAL_TYPE (FlCreatePasswordPage, fl_create_password_page, FL_TYPE_PAGE)

static void
on_address_edited (FlCreatePasswordPage *self)
{
  fl_page_set_ready (FL_PAGE (self), *fl_field_get_text (self->address) != '\0');
}

static void
on_robot_ticked (FlCreatePasswordPage *self,
                 gboolean              ticked)
{
  FlJourney *journey = fl_page_get_journey (FL_PAGE (self));

  fl_journey_clear_problem (journey);
  fl_journey_check_robot (journey, ticked);
}

static void
on_robot_state_changed (FlCreatePasswordPage *self)
{
  fl_robot_box_set_state (self->robot, fl_journey_get_robot_state (fl_page_get_journey (FL_PAGE (self))));
}

static void
fl_create_password_page_submit (FlPage *page)
{
  FlTextField *address = FL_TEXT_FIELD (FL_CREATE_PASSWORD_PAGE (page)->address);

  fl_journey_request_mail (fl_page_get_journey (page), fl_text_field_trim (address));
}

static gboolean
is_about_robot (const GError *problem)
{
  return g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_ROBOT_UNCHECKED)
         || g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_ROBOT_REFUSED);
}

static gboolean
fl_create_password_page_take_problem (FlPage       *page,
                                      const GError *problem,
                                      const char   *sentence)
{
  gboolean taken = is_about_robot (problem);

  fl_robot_box_set_error (FL_CREATE_PASSWORD_PAGE (page)->robot, taken ? sentence : NULL);

  return taken;
}

static void
fl_create_password_page_focus (FlPage *page)
{
  FlCreatePasswordPage *self = FL_CREATE_PASSWORD_PAGE (page);
  gboolean unticked = fl_journey_get_robot_state (fl_page_get_journey (page)) == FL_ROBOT_UNCHECKED;

  if (*fl_field_get_text (self->address) != '\0' && unticked)
    fl_robot_box_focus (self->robot);
  else
    fl_field_focus (self->address);
}

static void
fl_create_password_page_constructed (GObject *object)
{
  FlCreatePasswordPage *self = FL_CREATE_PASSWORD_PAGE (object);
  FlJourney *journey = fl_page_get_journey (FL_PAGE (self));

  fl_field_set_text (self->address, fl_journey_get_address (journey));
  G_OBJECT_CLASS (fl_create_password_page_parent_class)->constructed (object);

  g_signal_connect_object (journey, "notify::robot-state", G_CALLBACK (on_robot_state_changed), self, G_CONNECT_SWAPPED);
  on_robot_state_changed (self);
  on_address_edited (self);
}

static void
fl_create_password_page_class_init (FlCreatePasswordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  FlPageClass *page_class = FL_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = fl_create_password_page_constructed;
  page_class->submit = fl_create_password_page_submit;
  page_class->take_problem = fl_create_password_page_take_problem;
  page_class->focus = fl_create_password_page_focus;

  g_type_ensure (FL_TYPE_ROBOT_BOX);
  g_type_ensure (FL_TYPE_TEXT_FIELD);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-create-password-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlCreatePasswordPage, address);
  gtk_widget_class_bind_template_child (widget_class, FlCreatePasswordPage, robot);
  gtk_widget_class_bind_template_callback (widget_class, on_address_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_robot_ticked);
}

static void
fl_create_password_page_init (FlCreatePasswordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
