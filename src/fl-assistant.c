/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-assistant"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-account-page.h"
#include "fl-all-set-page.h"
#include "fl-assistant.h"
#include "fl-before-page.h"
#include "fl-create-password-page.h"
#include "fl-doctor-page.h"
#include "fl-email-page.h"
#include "fl-enrol-page.h"
#include "fl-inbox-page.h"
#include "fl-link-page.h"
#include "fl-new-password-page.h"
#include "fl-organisation-page.h"
#include "fl-password-page.h"
#include "fl-progress.h"
#include "fl-recovery-codes-page.h"
#include "fl-second-factor-page.h"

/**
 * FlAssistant:
 *
 * Shows the page of the journey's step, below a header bar with the way back and the line of stages.
 *
 * A page is built when its step is entered and dropped when it is left, so that only the shown page is in the
 * accessible tree, and nothing that was typed outlives its page. Only the page that a link has interrupted is kept
 * until the link has been decided on: what was typed there is there again when it was declined.
 *
 * The connection check comes and goes in front of a page, which stays as it is meanwhile.
 *
 * Pages reach what is outside of them by the actions "assistant.toast" (s), "assistant.open-uri" (s), "assistant.doctor"
 * and "window.close"; whoever holds the assistant decides what opening an address means (#FlAssistant::open-uri).
 */
struct _FlAssistant
{
  AdwBin parent_instance;

  FlJourney *journey;
  FlPolicy *policy;
  FlStep shown;
  GtkWidget *page;
  GtkWidget *leaving;
  GtkWidget *doctor;        /* (nullable): the connection check, while it is shown */
  GtkWidget *interrupted;   /* (nullable): the page before the link's, no longer in the window */
  FlStep interrupted_step;

  AdwToastOverlay *toasts;
  AdwHeaderBar *header;
  GtkMenuButton *menu_button;
  GMenu *menu;               /* begins with the choice of the language */
  GMenu *languages;
  AdwWindowTitle *name;
  FlProgress *progress;
  GtkStack *pages;
};

G_DEFINE_FINAL_TYPE (FlAssistant, fl_assistant, ADW_TYPE_BIN)

typedef enum {
  PROP_JOURNEY = 1,
  PROP_POLICY,
} FlAssistantProperty;

static GParamSpec *properties[PROP_POLICY + 1];

enum {
  SIGNAL_OPEN_URI,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GType
get_page_type (FlStep step)
{
  switch (step)
    {
    case FL_STEP_BEFORE_YOU_BEGIN:
      return FL_TYPE_BEFORE_PAGE;
    case FL_STEP_ORGANISATION:
      return FL_TYPE_ORGANISATION_PAGE;
    case FL_STEP_EMAIL:
      return FL_TYPE_EMAIL_PAGE;
    case FL_STEP_PASSWORD:
    case FL_STEP_PASSWORD_AGAIN:
      return FL_TYPE_PASSWORD_PAGE;
    case FL_STEP_CREATE_PASSWORD:
      return FL_TYPE_CREATE_PASSWORD_PAGE;
    case FL_STEP_INBOX:
      return FL_TYPE_INBOX_PAGE;
    case FL_STEP_LINK:
      return FL_TYPE_LINK_PAGE;
    case FL_STEP_SECOND_FACTOR:
      return FL_TYPE_SECOND_FACTOR_PAGE;
    case FL_STEP_ACCOUNT:
      return FL_TYPE_ACCOUNT_PAGE;
    case FL_STEP_NEW_PASSWORD:
      return FL_TYPE_NEW_PASSWORD_PAGE;
    case FL_STEP_ENROL:
      return FL_TYPE_ENROL_PAGE;
    case FL_STEP_RECOVERY_CODES:
      return FL_TYPE_RECOVERY_CODES_PAGE;
    case FL_STEP_ALL_SET:
      return FL_TYPE_ALL_SET_PAGE;
    default:
      g_return_val_if_reached (FL_TYPE_EMAIL_PAGE);
    }
}

/* What is not to be seen is not to be found either, with eyes or ears. */
static void
drop_leaving_page (FlAssistant *self)
{
  if (self->leaving != NULL)
    gtk_stack_remove (self->pages, g_steal_pointer (&self->leaving));
  if (self->doctor != NULL)
    gtk_widget_set_visible (self->page, FALSE);
}

static void
on_transition_ended (FlAssistant *self)
{
  if (!gtk_stack_get_transition_running (self->pages))
    drop_leaving_page (self);
}

/* A link comes whenever it is opened, perhaps in the middle of a word. */
static void
keep_interrupted (FlAssistant *self,
                  FlStep       step,
                  GtkWidget   *page)
{
  if (step == FL_STEP_LINK)
    {
      if (self->page != NULL && g_set_object (&self->interrupted, self->page))
        self->interrupted_step = self->shown;
      return;
    }

  if (self->interrupted != NULL && self->interrupted_step == step)
    fl_page_take_over (FL_PAGE (page), FL_PAGE (self->interrupted));
  g_clear_object (&self->interrupted);
}

/* Slides a page in, from where the reading goes on or, backwards, from where it began. */
static void
slide_to (FlAssistant *self,
          GtkWidget   *page,
          gboolean     forward)
{
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  gtk_stack_set_transition_type (self->pages,
                                 forward != mirrored ? GTK_STACK_TRANSITION_TYPE_SLIDE_LEFT
                                                     : GTK_STACK_TRANSITION_TYPE_SLIDE_RIGHT);
  gtk_stack_set_visible_child (self->pages, page);
  if (!gtk_stack_get_transition_running (self->pages))
    drop_leaving_page (self);
}

static void
update_back (FlAssistant *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "assistant.back",
                                 self->doctor != NULL || fl_journey_get_can_go_back (self->journey)
                                 || fl_journey_get_busy (self->journey));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "assistant.doctor", self->doctor == NULL);
}

static void
set_doctor (FlAssistant *self,
            GtkWidget   *doctor)
{
  self->doctor = doctor;
  gtk_widget_set_visible (GTK_WIDGET (self->progress), doctor == NULL);
  update_back (self);
}

/* Puts the page back in the place of the connection check, which ends. */
static void
leave_doctor (FlAssistant *self)
{
  if (self->doctor == NULL)
    return;

  drop_leaving_page (self);
  self->leaving = self->doctor;
  set_doctor (self, NULL);
  gtk_widget_set_visible (self->page, TRUE);
  slide_to (self, self->page, FALSE);
}

static void
enter_doctor (FlAssistant *self,
              GtkWidget   *doctor)
{
  drop_leaving_page (self);
  gtk_stack_add_child (self->pages, doctor);
  set_doctor (self, doctor);
  slide_to (self, doctor, TRUE);
  fl_doctor_page_focus (FL_DOCTOR_PAGE (doctor));
}

static GtkWidget *
create_doctor (FlAssistant *self)
{
  g_autofree char *server = fl_page_get_server (FL_PAGE (self->page));

  return fl_doctor_page_new (self->policy, server);
}

static void
show_doctor (GtkWidget  *widget,
             const char *action,
             GVariant   *parameter)
{
  FlAssistant *self = FL_ASSISTANT (widget);
  GtkWidget *doctor = create_doctor (self);

  enter_doctor (self, doctor);
  fl_doctor_page_examine (FL_DOCTOR_PAGE (doctor));
}

static void
show_page (FlAssistant *self)
{
  FlStep step = fl_journey_get_step (self->journey);
  gboolean forward = step >= self->shown;
  GtkWidget *page = g_object_new (get_page_type (step), "journey", self->journey, "policy", self->policy, NULL);

  keep_interrupted (self, step, page);
  leave_doctor (self);
  drop_leaving_page (self);
  self->leaving = self->page;
  self->page = page;
  self->shown = step;

  gtk_stack_add_child (self->pages, page);
  slide_to (self, page, forward);
  fl_progress_set_stage (self->progress, fl_journey_get_stage (self->journey));
  fl_page_focus (FL_PAGE (page));
}

static void
on_step_changed (FlAssistant *self)
{
  if (self->page == NULL || fl_journey_get_step (self->journey) != self->shown)
    show_page (self);
}

/* Back stops what is under way first: the server's late answer would move the page again. */
static void
go_back (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  FlAssistant *self = FL_ASSISTANT (widget);

  if (self->doctor != NULL)
    {
      leave_doctor (self);
      fl_page_focus (FL_PAGE (self->page));
    }
  else if (fl_journey_get_busy (self->journey))
    fl_journey_cancel (self->journey);
  else
    fl_journey_go_back (self->journey);
}

static void
show_toast (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  adw_toast_overlay_add_toast (FL_ASSISTANT (widget)->toasts, adw_toast_new (g_variant_get_string (parameter, NULL)));
}

static void
open_uri (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_OPEN_URI], 0, g_variant_get_string (parameter, NULL));
}

/* Only what the policy offers can be chosen; where one language is left, there is nothing to choose. */
static void
keep_offered_languages (FlAssistant *self)
{
  const char * const *offered = fl_policy_get_languages (self->policy);

  if (offered == NULL)
    return;
  if (offered[1] == NULL)
    {
      g_menu_remove (self->menu, 0);
      return;
    }

  for (int i = g_menu_model_get_n_items (G_MENU_MODEL (self->languages)) - 1; i >= 0; i--)
    {
      g_autofree char *code = NULL;

      g_menu_model_get_item_attribute (G_MENU_MODEL (self->languages), i, G_MENU_ATTRIBUTE_TARGET, "s", &code);
      if (!g_strv_contains (offered, code))
        g_menu_remove (self->languages, i);
    }
}

/* GTK names an item of a menu by a label that it takes for mere presentation, and of such a label GTK 4.18 says nothing: the
   item would have no name. A label can be given another role only before it stands in a window. */
static void
let_labels_speak (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    {
      g_object_set (widget, "accessible-role", GTK_ACCESSIBLE_ROLE_LABEL, NULL);
      gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, gtk_label_get_text (GTK_LABEL (widget)),
                                      -1);
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    let_labels_speak (child);
}

/* A menu takes as long to build as half a page, and is seldom opened. */
static void
create_menu (GtkMenuButton *button,
             gpointer       user_data)
{
  FlAssistant *self = FL_ASSISTANT (user_data);
  GtkWidget *popover;

  if (gtk_menu_button_get_popover (button) != NULL)
    return;

  keep_offered_languages (self);
  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (self->menu));
  let_labels_speak (popover);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (popover), GTK_ACCESSIBLE_RELATION_LABELLED_BY, button, NULL, -1);
  gtk_menu_button_set_popover (button, popover);
}

/* The first page was built before there was a window that could have a focus. */
static void
fl_assistant_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fl_assistant_parent_class)->map (widget);

  fl_page_focus (FL_PAGE (FL_ASSISTANT (widget)->page));
}

static void
fl_assistant_set_property (GObject      *object,
                           guint         id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  FlAssistant *self = FL_ASSISTANT (object);

  switch ((FlAssistantProperty) id)
    {
    case PROP_JOURNEY:
      self->journey = g_value_dup_object (value);
      break;
    case PROP_POLICY:
      self->policy = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_assistant_constructed (GObject *object)
{
  FlAssistant *self = FL_ASSISTANT (object);

  G_OBJECT_CLASS (fl_assistant_parent_class)->constructed (object);

  adw_window_title_set_title (self->name, fl_policy_get_product (self->policy));
  if (fl_policy_get_organisation (self->policy) != NULL)
    adw_window_title_set_subtitle (self->name, fl_policy_get_organisation (self->policy));
  g_signal_connect_object (self->journey, "notify::step", G_CALLBACK (on_step_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->journey, "notify::busy", G_CALLBACK (update_back), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->journey, "notify::can-go-back", G_CALLBACK (update_back), self, G_CONNECT_SWAPPED);
  on_step_changed (self);
  update_back (self);
}

static void
fl_assistant_dispose (GObject *object)
{
  FlAssistant *self = FL_ASSISTANT (object);

  g_clear_object (&self->interrupted);
  g_clear_object (&self->journey);
  g_clear_object (&self->policy);

  G_OBJECT_CLASS (fl_assistant_parent_class)->dispose (object);
}

static void
fl_assistant_class_init (FlAssistantClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = fl_assistant_set_property;
  object_class->constructed = fl_assistant_constructed;
  object_class->dispose = fl_assistant_dispose;
  widget_class->map = fl_assistant_map;

  properties[PROP_JOURNEY] =
    g_param_spec_object ("journey", NULL, NULL, FL_TYPE_JOURNEY,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_POLICY] =
    g_param_spec_object ("policy", NULL, NULL, FL_TYPE_POLICY,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * FlAssistant::open-uri:
   * @uri: an address from policy, or an `otpauth:` URI
   *
   * A page asks to open something outside.
   */
  signals[SIGNAL_OPEN_URI] =
    g_signal_new ("open-uri", FL_TYPE_ASSISTANT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);

  g_type_ensure (FL_TYPE_PROGRESS);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-assistant.ui");
  gtk_widget_class_bind_template_child (widget_class, FlAssistant, toasts);
  gtk_widget_class_bind_template_child (widget_class, FlAssistant, header);
  gtk_widget_class_bind_template_child (widget_class, FlAssistant, menu_button);
  gtk_widget_class_bind_template_child (widget_class, FlAssistant, menu);
  gtk_widget_class_bind_template_child (widget_class, FlAssistant, languages);
  gtk_widget_class_bind_template_child (widget_class, FlAssistant, name);
  gtk_widget_class_bind_template_child (widget_class, FlAssistant, progress);
  gtk_widget_class_bind_template_child (widget_class, FlAssistant, pages);
  gtk_widget_class_bind_template_callback (widget_class, on_transition_ended);

  gtk_widget_class_install_action (widget_class, "assistant.back", NULL, go_back);
  gtk_widget_class_install_action (widget_class, "assistant.doctor", NULL, show_doctor);
  gtk_widget_class_install_action (widget_class, "assistant.toast", "s", show_toast);
  gtk_widget_class_install_action (widget_class, "assistant.open-uri", "s", open_uri);
}

static void
fl_assistant_init (FlAssistant *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->menu_button, create_menu, self, NULL);
}

/**
 * fl_assistant_new:
 * @journey: the journey to show
 * @policy: names, links and contacts
 *
 * Returns: (transfer floating): an assistant at the journey's step
 */
GtkWidget *
fl_assistant_new (FlJourney *journey,
                  FlPolicy  *policy)
{
  return g_object_new (FL_TYPE_ASSISTANT, "journey", journey, "policy", policy, NULL);
}

/**
 * fl_assistant_take_over:
 * @self: an assistant
 * @from: the assistant of the same journey that it takes the place of
 *
 * Takes over what has been typed on the page that is shown, or was before a link came, so that changing the language
 * loses nothing.
 */
void
fl_assistant_take_over (FlAssistant *self,
                        FlAssistant *from)
{
  g_return_if_fail (FL_IS_ASSISTANT (self));
  g_return_if_fail (FL_IS_ASSISTANT (from));

  if (from->doctor != NULL)
    {
      GtkWidget *doctor = create_doctor (from);

      enter_doctor (self, doctor);
      fl_doctor_page_take_over (FL_DOCTOR_PAGE (doctor), FL_DOCTOR_PAGE (from->doctor));
    }
  if (self->shown == from->shown)
    fl_page_take_over (FL_PAGE (self->page), FL_PAGE (from->page));
  g_set_object (&self->interrupted, from->interrupted);
  self->interrupted_step = from->interrupted_step;
}
