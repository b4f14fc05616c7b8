/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-progress.h"

/**
 * FlProgress:
 *
 * The slim line of four named stages below the header bar: Account, Password, Two-factor, Done.
 *
 * The current one is bold and named to assistive technology as "Step 2 of 4: Password".
 */
struct _FlProgress
{
  GtkWidget parent_instance;

  GtkWidget *stages[FL_N_STAGES];
};

G_DEFINE_FINAL_TYPE (FlProgress, fl_progress, GTK_TYPE_WIDGET)

static const char * const stage_names[FL_N_STAGES] = {
  /* Translators: the four stages of the guide, in the line at the top; keep each one short */
  [FL_STAGE_ACCOUNT] = N_("Account"),
  [FL_STAGE_PASSWORD] = N_("Password"),
  [FL_STAGE_TWO_FACTOR] = N_("Two-factor"),
  [FL_STAGE_DONE] = N_("Done"),
};

static void
fl_progress_dispose (GObject *object)
{
  FlProgress *self = FL_PROGRESS (object);

  for (guint i = 0; i < FL_N_STAGES; i++)
    g_clear_pointer (&self->stages[i], gtk_widget_unparent);

  G_OBJECT_CLASS (fl_progress_parent_class)->dispose (object);
}

static void
fl_progress_class_init (FlProgressClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_progress_dispose;

  gtk_widget_class_set_css_name (widget_class, "progressline");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fl_progress_init (FlProgress *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));

  gtk_box_layout_set_homogeneous (layout, TRUE);
  gtk_box_layout_set_spacing (layout, 6);

  for (guint i = 0; i < FL_N_STAGES; i++)
    {
      GtkWidget *bar = g_object_new (GTK_TYPE_BOX,
                                     "css-name", "bar",
                                     "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                     NULL);
      GtkWidget *name = g_object_new (GTK_TYPE_LABEL,
                                      "label", _(stage_names[i]),
                                      "ellipsize", PANGO_ELLIPSIZE_END,
                                      NULL);

      self->stages[i] = g_object_new (GTK_TYPE_BOX,
                                      "css-name", "stage",
                                      "orientation", GTK_ORIENTATION_VERTICAL,
                                      "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                      NULL);
      gtk_box_append (GTK_BOX (self->stages[i]), bar);
      gtk_box_append (GTK_BOX (self->stages[i]), name);
      gtk_widget_set_parent (self->stages[i], GTK_WIDGET (self));
    }
}

/**
 * fl_progress_new:
 *
 * Returns: (transfer floating): a line that stands at the first stage
 */
GtkWidget *
fl_progress_new (void)
{
  FlProgress *self = g_object_new (FL_TYPE_PROGRESS, NULL);

  fl_progress_set_stage (self, FL_STAGE_ACCOUNT);

  return GTK_WIDGET (self);
}

/**
 * fl_progress_set_stage:
 * @self: a progress line
 * @stage: where the journey is
 */
void
fl_progress_set_stage (FlProgress *self,
                       FlStage     stage)
{
  g_autofree char *spoken = NULL;

  g_return_if_fail (FL_IS_PROGRESS (self));

  for (guint i = 0; i < FL_N_STAGES; i++)
    {
      gtk_widget_remove_css_class (self->stages[i], "reached");
      gtk_widget_remove_css_class (self->stages[i], "current");
      if (i <= stage)
        gtk_widget_add_css_class (self->stages[i], "reached");
      if (i == stage)
        gtk_widget_add_css_class (self->stages[i], "current");
    }

  /* Translators: spoken by screen readers, such as "Step 2 of 4: Password" */
  spoken = g_strdup_printf (_("Step %u of %u: %s"), stage + 1, FL_N_STAGES, _(stage_names[stage]));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}
