/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-training"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-inbox.h"
#include "fl-pair.h"
#include "fl-training-stage.h"

/**
 * FlTrainingStage:
 *
 * What lies beside the assistant on a desk: the inbox, the phone, and a note with Maja's recovery codes.
 *
 * It plays nothing by itself. Its signals say what the person does with it: #FlTrainingStage::link-pressed in a mail,
 * #FlTrainingStage::scan with the phone, #FlTrainingStage::start-over.
 */
struct _FlTrainingStage
{
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkWidget *column;
  GtkWidget *browser;
  GtkWidget *browser_title;
  GtkWidget *browser_uri;
  GtkWidget *inbox_place;
  GtkWidget *inbox;
  GtkWidget *phone;
  GtkWidget *notes;
};

G_DEFINE_FINAL_TYPE (FlTrainingStage, fl_training_stage, GTK_TYPE_WIDGET)

enum {
  SIGNAL_LINK_PRESSED,
  SIGNAL_SCAN,
  SIGNAL_START_OVER,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_link_pressed (FlTrainingStage *self,
                 const char      *href)
{
  g_signal_emit (self, signals[SIGNAL_LINK_PRESSED], 0, href);
}

static void
on_scan (FlTrainingStage *self)
{
  g_signal_emit (self, signals[SIGNAL_SCAN], 0);
}

static void
on_start_over_clicked (FlTrainingStage *self)
{
  g_signal_emit (self, signals[SIGNAL_START_OVER], 0);
}

static void
fl_training_stage_dispose (GObject *object)
{
  g_clear_pointer (&FL_TRAINING_STAGE (object)->scroller, gtk_widget_unparent);

  G_OBJECT_CLASS (fl_training_stage_parent_class)->dispose (object);
}

static void
fl_training_stage_class_init (FlTrainingStageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_training_stage_dispose;

  /**
   * FlTrainingStage::link-pressed:
   * @href: where the link leads
   */
  signals[SIGNAL_LINK_PRESSED] =
    g_signal_new ("link-pressed", FL_TYPE_TRAINING_STAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * FlTrainingStage::scan:
   *
   * The phone is held to the screen.
   */
  signals[SIGNAL_SCAN] =
    g_signal_new ("scan", FL_TYPE_TRAINING_STAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * FlTrainingStage::start-over:
   *
   * Everything shall be as it was at the start.
   */
  signals[SIGNAL_START_OVER] =
    g_signal_new ("start-over", FL_TYPE_TRAINING_STAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (FL_TYPE_PAIR);
  g_type_ensure (FL_TYPE_PHONE);
  gtk_widget_class_set_css_name (widget_class, "desk");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/training/fl-training-stage.ui");
  gtk_widget_class_bind_template_child (widget_class, FlTrainingStage, scroller);
  gtk_widget_class_bind_template_child (widget_class, FlTrainingStage, column);
  gtk_widget_class_bind_template_child (widget_class, FlTrainingStage, browser);
  gtk_widget_class_bind_template_child (widget_class, FlTrainingStage, browser_title);
  gtk_widget_class_bind_template_child (widget_class, FlTrainingStage, browser_uri);
  gtk_widget_class_bind_template_child (widget_class, FlTrainingStage, inbox_place);
  gtk_widget_class_bind_template_child (widget_class, FlTrainingStage, phone);
  gtk_widget_class_bind_template_child (widget_class, FlTrainingStage, notes);
  gtk_widget_class_bind_template_callback (widget_class, on_scan);
  gtk_widget_class_bind_template_callback (widget_class, on_start_over_clicked);
}

static void
fl_training_stage_init (FlTrainingStage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fl_training_stage_new:
 * @mails: (transfer none): the #FlMail objects of the inbox, newest first
 *
 * Returns: (transfer floating): a stage with an empty phone
 */
GtkWidget *
fl_training_stage_new (GListModel *mails)
{
  FlTrainingStage *self = g_object_new (FL_TYPE_TRAINING_STAGE, NULL);

  self->inbox = fl_inbox_new (mails);
  g_signal_connect_object (self->inbox, "link-pressed", G_CALLBACK (on_link_pressed), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->inbox_place), self->inbox);

  return GTK_WIDGET (self);
}

/**
 * fl_training_stage_get_phone:
 * @self: a stage
 *
 * Returns: (transfer none): the phone on it
 */
FlPhone *
fl_training_stage_get_phone (FlTrainingStage *self)
{
  g_return_val_if_fail (FL_IS_TRAINING_STAGE (self), NULL);

  return FL_PHONE (self->phone);
}

/**
 * fl_training_stage_set_notes:
 * @self: a stage
 * @notes: what stands on the note beside the phone
 */
void
fl_training_stage_set_notes (FlTrainingStage *self,
                             const char      *notes)
{
  g_return_if_fail (FL_IS_TRAINING_STAGE (self));

  gtk_label_set_label (GTK_LABEL (self->notes), notes);
}

/**
 * fl_training_stage_show_page:
 * @self: a stage
 * @uri: (nullable): the address of a page that a browser would show; %NULL puts the card away
 *
 * Shows a card in the place of a browser: a training opens nothing outside of itself.
 */
void
fl_training_stage_show_page (FlTrainingStage *self,
                             const char      *uri)
{
  g_return_if_fail (FL_IS_TRAINING_STAGE (self));

  gtk_widget_set_visible (self->browser, uri != NULL);
  gtk_label_set_label (GTK_LABEL (self->browser_uri), uri != NULL ? uri : "");
  if (uri != NULL)
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), 0);
}

/**
 * fl_training_stage_set_product:
 * @self: a stage
 * @product: what the card in the place of a browser stands for, such as "Flex HRM"
 */
void
fl_training_stage_set_product (FlTrainingStage *self,
                               const char      *product)
{
  g_autofree char *title = NULL;

  g_return_if_fail (FL_IS_TRAINING_STAGE (self));

  title = g_strdup_printf (/* Translators: %s is the product, such as "Flex HRM" */
                           _("%s would open here"), product);
  gtk_label_set_label (GTK_LABEL (self->browser_title), title);
}

/**
 * fl_training_stage_clear_desk:
 * @self: a stage
 *
 * Closes the open mail, so that the phone is in view.
 */
void
fl_training_stage_clear_desk (FlTrainingStage *self)
{
  g_return_if_fail (FL_IS_TRAINING_STAGE (self));

  fl_inbox_close (FL_INBOX (self->inbox));
}
