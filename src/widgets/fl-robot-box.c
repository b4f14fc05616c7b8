/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-robot-box.h"

/**
 * FlRobotBox:
 *
 * The box *I am not a robot*, with a line that says what it is doing.
 *
 * Ticking asks for a proof that this computer works out by itself; the journey says how far it is. Without a check
 * on the server there is no box: a check that checks nothing is not drawn.
 */
struct _FlRobotBox
{
  GtkWidget parent_instance;

  GtkCheckButton *check;
  GtkWidget *icon;
  GtkLabel *line;
  GtkSpinner *spinner;
  FlRobotState state;
  char *error;
};

G_DEFINE_FINAL_TYPE (FlRobotBox, fl_robot_box, GTK_TYPE_WIDGET)

enum {
  SIGNAL_TICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *
describe_state (FlRobotState state)
{
  switch (state)
    {
    case FL_ROBOT_CHECKING:
      return _("Checking…");
    case FL_ROBOT_CHECKED:
      return _("Checked");
    case FL_ROBOT_UNCHECKED:
    case FL_ROBOT_ABSENT:
    default:
      /* Translators: what the box "I am not a robot" does: a calculation, with no other company's service involved */
      return _("The proof runs on this computer only");
    }
}

static void
show_line (FlRobotBox *self)
{
  gboolean wrong = self->error != NULL;

  gtk_label_set_label (self->line, wrong ? self->error : describe_state (self->state));
  gtk_widget_set_visible (self->icon, wrong);

  if (wrong)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self), "error");
      gtk_accessible_update_state (GTK_ACCESSIBLE (self->check),
                                   GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE,
                                   -1);
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
      gtk_accessible_reset_state (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_STATE_INVALID);
    }
}

static void
on_check_toggled (FlRobotBox *self)
{
  fl_robot_box_set_error (self, NULL);
  g_signal_emit (self, signals[SIGNAL_TICKED], 0, gtk_check_button_get_active (self->check));
}

static void
fl_robot_box_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (fl_robot_box_parent_class)->dispose (object);
}

static void
fl_robot_box_finalize (GObject *object)
{
  g_free (FL_ROBOT_BOX (object)->error);

  G_OBJECT_CLASS (fl_robot_box_parent_class)->finalize (object);
}

static void
fl_robot_box_class_init (FlRobotBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fl_robot_box_dispose;
  object_class->finalize = fl_robot_box_finalize;

  /**
   * FlRobotBox::ticked:
   * @ticked: whether the box is ticked now
   *
   * A person ticked the box, or took the tick back.
   */
  signals[SIGNAL_TICKED] =
    g_signal_new ("ticked", FL_TYPE_ROBOT_BOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_BOOLEAN);

  gtk_widget_class_set_css_name (widget_class, "robotbox");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-robot-box.ui");
  gtk_widget_class_bind_template_child (widget_class, FlRobotBox, check);
  gtk_widget_class_bind_template_child (widget_class, FlRobotBox, icon);
  gtk_widget_class_bind_template_child (widget_class, FlRobotBox, line);
  gtk_widget_class_bind_template_child (widget_class, FlRobotBox, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_check_toggled);
}

static void
fl_robot_box_init (FlRobotBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 12);
  show_line (self);
}

/**
 * fl_robot_box_set_state:
 * @self: the box
 * @state: how far the proof is
 */
void
fl_robot_box_set_state (FlRobotBox   *self,
                        FlRobotState  state)
{
  gboolean checking = state == FL_ROBOT_CHECKING;

  g_return_if_fail (FL_IS_ROBOT_BOX (self));

  self->state = state;
  g_signal_handlers_block_by_func (self->check, on_check_toggled, self);
  gtk_check_button_set_active (self->check, checking || state == FL_ROBOT_CHECKED);
  g_signal_handlers_unblock_by_func (self->check, on_check_toggled, self);

  gtk_spinner_set_spinning (self->spinner, checking);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_STATE_BUSY, checking, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), state != FL_ROBOT_ABSENT);
  show_line (self);
}

/**
 * fl_robot_box_set_error:
 * @self: the box
 * @error: (nullable): what is wrong and what to do now; %NULL when nothing is
 */
void
fl_robot_box_set_error (FlRobotBox *self,
                        const char *error)
{
  g_return_if_fail (FL_IS_ROBOT_BOX (self));

  if (g_strcmp0 (self->error, error) == 0)
    return;

  g_free (self->error);
  self->error = g_strdup (error);
  show_line (self);
}

/**
 * fl_robot_box_focus:
 * @self: the box
 *
 * Puts the focus on the box.
 */
void
fl_robot_box_focus (FlRobotBox *self)
{
  g_return_if_fail (FL_IS_ROBOT_BOX (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->check));
}
