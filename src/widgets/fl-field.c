/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-announce.h"
#include "fl-field.h"

/**
 * FlField:
 *
 * One thing to fill in: a label, the entry, and the line below it.
 *
 * The line below keeps its room whether it is empty, carries a hint or an error, so that nothing on the page moves
 * when an error appears. An error is said twice: to the eye by colour, icon and sentence, and to assistive technology
 * by the INVALID state and DESCRIBED_BY. It stays until it is replaced or the text is edited. The page may borrow the
 * line for trouble that is not about the field, and the field itself for a remark on what stands in it.
 *
 * What is longer than makes sense is refused as a whole, and said to be: a megabyte in one line would take seconds to lay
 * out at every key, and what GTK cuts off at 64 kB it cuts off without a word.
 *
 * Return in the entry emits #FlField::submitted at once; the default widget of a window would answer 250 ms later.
 */

typedef struct
{
  GtkWidget  *label;
  GtkWidget  *overlay;
  GtkWidget  *entry;
  GtkWidget  *line;
  GtkWidget  *icon;
  GtkWidget  *message;
  GtkWidget  *advice;
  char       *hint;
  char       *error;
  char       *trouble;
  char       *remark;
  const char *refusal;  /* of the edit that is under way, or was the last */
} FlFieldPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (FlField, fl_field, GTK_TYPE_WIDGET)

typedef enum {
  PROP_LABEL = 1,
  PROP_HINT,
  PROP_INPUT_PURPOSE,
} FlFieldProperty;

static GParamSpec *properties[PROP_INPUT_PURPOSE + 1];

enum {
  SIGNAL_SUBMITTED,
  SIGNAL_EDITED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *
choose_message (FlFieldPrivate *priv)
{
  if (priv->error != NULL)
    return priv->error;
  if (priv->trouble != NULL)
    return priv->trouble;

  return priv->remark != NULL ? priv->remark : priv->hint;
}

static void
show_message (FlField *self)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);
  gboolean wrong = priv->error != NULL;
  const char *text = choose_message (priv);

  gtk_label_set_label (GTK_LABEL (priv->message), text != NULL ? text : "");
  gtk_widget_set_visible (priv->icon, wrong || priv->trouble != NULL);
  (priv->trouble != NULL ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (GTK_WIDGET (self), "trouble");
  (wrong ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (GTK_WIDGET (self), "error");
  gtk_widget_set_visible (priv->message, text != NULL); /* an empty label is read aloud as "GtkLabel" */
  if (priv->advice != NULL)
    gtk_widget_set_visible (priv->advice, text == NULL);

  if (wrong)
    gtk_accessible_update_state (GTK_ACCESSIBLE (priv->entry), GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE, -1);
  else
    gtk_accessible_reset_state (GTK_ACCESSIBLE (priv->entry), GTK_ACCESSIBLE_STATE_INVALID);

  if (text != NULL)
    gtk_accessible_update_relation (GTK_ACCESSIBLE (priv->entry),
                                    GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, priv->message, NULL,
                                    -1);
  else
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (priv->entry), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY);
}

static void
on_entry_changed (FlField *self)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  fl_field_set_error (self, NULL);
  g_signal_emit (self, signals[SIGNAL_EDITED], 0);
  /* Text that was to be replaced is gone, and that is told after the refusal. */
  if (priv->refusal != NULL)
    fl_field_set_error (self, priv->refusal);
}

/* Clipboards hand over what iconv takes for UTF-8, five bytes for a character for example; GTK passes it on, and the
 * accessibility bus ends the program for it. */
static const char *
find_refusal (FlField    *self,
              const char *text,
              int         length,
              const char *before)
{
  FlFieldClass *klass = FL_FIELD_GET_CLASS (self);

  if (!g_utf8_validate_len (text, length, NULL))
    return _("That is no text, and nothing of it was taken. Copy it once more.");

  return strlen (before) + (gsize) length > klass->length_max ? _(klass->too_long) : NULL;
}

static void
on_insert_text (FlField     *self,
                const char  *text,
                int          length,
                int         *position,
                GtkEditable *editable)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  priv->refusal = find_refusal (self, text, length, gtk_editable_get_text (editable));
  if (priv->refusal == NULL)
    return;

  g_signal_stop_emission_by_name (editable, "insert-text");
  fl_field_set_error (self, priv->refusal);
  fl_announce (GTK_WIDGET (self), priv->refusal);
}

static void
on_delete_text (FlField *self)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  priv->refusal = NULL;
}

static void
on_entry_activated (FlField *self)
{
  g_signal_emit (self, signals[SIGNAL_SUBMITTED], 0);
}

static void
fl_field_get_property (GObject    *object,
                       guint       id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  FlField *self = FL_FIELD (object);

  switch ((FlFieldProperty) id)
    {
    case PROP_LABEL:
      g_value_set_string (value, fl_field_get_label (self));
      break;
    case PROP_HINT:
      g_value_set_string (value, fl_field_get_hint (self));
      break;
    case PROP_INPUT_PURPOSE:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_field_set_property (GObject      *object,
                       guint         id,
                       const GValue *value,
                       GParamSpec   *pspec)
{
  FlField *self = FL_FIELD (object);

  switch ((FlFieldProperty) id)
    {
    case PROP_LABEL:
      fl_field_set_label (self, g_value_get_string (value));
      break;
    case PROP_HINT:
      fl_field_set_hint (self, g_value_get_string (value));
      break;
    case PROP_INPUT_PURPOSE:
      g_object_set_property (G_OBJECT (gtk_editable_get_delegate (fl_field_get_entry (self))), "input-purpose", value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_field_constructed (GObject *object)
{
  FlField *self = FL_FIELD (object);
  FlFieldPrivate *priv = fl_field_get_instance_private (self);
  GtkEditable *text;

  G_OBJECT_CLASS (fl_field_parent_class)->constructed (object);

  priv->entry = FL_FIELD_GET_CLASS (self)->create_entry (self);
  gtk_widget_set_hexpand (priv->entry, TRUE);
  gtk_overlay_set_child (GTK_OVERLAY (priv->overlay), priv->entry);
  gtk_accessible_update_property (GTK_ACCESSIBLE (priv->entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, fl_field_get_label (self),
                                  -1);
  text = gtk_editable_get_delegate (GTK_EDITABLE (priv->entry));
  g_signal_connect_object (text, "insert-text", G_CALLBACK (on_insert_text), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (text, "delete-text", G_CALLBACK (on_delete_text), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->entry, "changed", G_CALLBACK (on_entry_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->entry, "activate", G_CALLBACK (on_entry_activated), self, G_CONNECT_SWAPPED);
  show_message (self);
}

static void
fl_field_dispose (GObject *object)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (FL_FIELD (object));

  g_clear_pointer (&priv->label, gtk_widget_unparent);
  g_clear_pointer (&priv->overlay, gtk_widget_unparent);
  g_clear_pointer (&priv->line, gtk_widget_unparent);

  G_OBJECT_CLASS (fl_field_parent_class)->dispose (object);
}

static void
fl_field_finalize (GObject *object)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (FL_FIELD (object));

  g_free (priv->hint);
  g_free (priv->error);
  g_free (priv->trouble);
  g_free (priv->remark);

  G_OBJECT_CLASS (fl_field_parent_class)->finalize (object);
}

static void
fl_field_class_init (FlFieldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fl_field_get_property;
  object_class->set_property = fl_field_set_property;
  object_class->constructed = fl_field_constructed;
  object_class->dispose = fl_field_dispose;
  object_class->finalize = fl_field_finalize;

  properties[PROP_LABEL] =
    g_param_spec_string ("label", NULL, NULL, "",
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_HINT] =
    g_param_spec_string ("hint", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_INPUT_PURPOSE] =
    g_param_spec_enum ("input-purpose", NULL, NULL, GTK_TYPE_INPUT_PURPOSE, GTK_INPUT_PURPOSE_FREE_FORM,
                       G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * FlField::submitted:
   *
   * Return was pressed in the entry.
   */
  signals[SIGNAL_SUBMITTED] =
    g_signal_new ("submitted", FL_TYPE_FIELD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * FlField::edited:
   *
   * The text changed by a person's hand, not by fl_field_set_text().
   */
  signals[SIGNAL_EDITED] =
    g_signal_new ("edited", FL_TYPE_FIELD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "field");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fl_field_init (FlField *self)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);

  priv->label = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "css-classes", (const char *[]) { "field-label", NULL }, NULL);
  gtk_widget_set_parent (priv->label, GTK_WIDGET (self));

  priv->overlay = gtk_overlay_new ();
  gtk_widget_set_parent (priv->overlay, GTK_WIDGET (self));

  priv->line = g_object_new (GTK_TYPE_BOX, "css-name", "fieldline", "spacing", 6, NULL);
  priv->icon = g_object_new (GTK_TYPE_IMAGE,
                             "icon-name", "dialog-warning-symbolic",
                             "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                             "valign", GTK_ALIGN_START,
                             NULL);
  priv->message = g_object_new (GTK_TYPE_LABEL,
                                "xalign", 0.0,
                                "yalign", 0.0,
                                "hexpand", TRUE,
                                "wrap", TRUE,
                                "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                NULL);
  gtk_box_append (GTK_BOX (priv->line), priv->icon);
  gtk_box_append (GTK_BOX (priv->line), priv->message);
  gtk_widget_set_parent (priv->line, GTK_WIDGET (self));
}

/**
 * fl_field_get_entry:
 * @self: a field
 *
 * Returns: (transfer none): the entry
 */
GtkEditable *
fl_field_get_entry (FlField *self)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  g_return_val_if_fail (FL_IS_FIELD (self), NULL);

  return GTK_EDITABLE (priv->entry);
}

/**
 * fl_field_get_text:
 * @self: a field
 *
 * Returns: (transfer none): what stands in the entry
 */
const char *
fl_field_get_text (FlField *self)
{
  return gtk_editable_get_text (fl_field_get_entry (self));
}

/**
 * fl_field_set_text:
 * @self: a field
 * @text: what shall stand in the entry; the cursor goes to its end
 */
void
fl_field_set_text (FlField    *self,
                   const char *text)
{
  GtkEditable *entry = fl_field_get_entry (self);

  g_signal_handlers_block_by_func (entry, on_entry_changed, self);
  gtk_editable_set_text (entry, text != NULL ? text : "");
  g_signal_handlers_unblock_by_func (entry, on_entry_changed, self);
  gtk_editable_set_position (entry, -1);
  fl_field_set_error (self, NULL);
}

/**
 * fl_field_get_label:
 * @self: a field
 *
 * Returns: (transfer none): the label, which is the entry's accessible name too
 */
const char *
fl_field_get_label (FlField *self)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  g_return_val_if_fail (FL_IS_FIELD (self), NULL);

  return gtk_label_get_label (GTK_LABEL (priv->label));
}

/**
 * fl_field_set_label:
 * @self: a field
 * @label: the label, which is the entry's accessible name too
 */
void
fl_field_set_label (FlField    *self,
                    const char *label)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  g_return_if_fail (FL_IS_FIELD (self));

  if (g_strcmp0 (fl_field_get_label (self), label) == 0)
    return;

  gtk_label_set_label (GTK_LABEL (priv->label), label);
  if (priv->entry != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (priv->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABEL]);
}

/**
 * fl_field_get_hint:
 * @self: a field
 *
 * Returns: (transfer none) (nullable): what stands below the entry while there is no error
 */
const char *
fl_field_get_hint (FlField *self)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  g_return_val_if_fail (FL_IS_FIELD (self), NULL);

  return priv->hint;
}

/**
 * fl_field_set_hint:
 * @self: a field
 * @hint: (nullable): what stands below the entry while there is no error
 */
void
fl_field_set_hint (FlField    *self,
                   const char *hint)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  g_return_if_fail (FL_IS_FIELD (self));

  if (g_strcmp0 (priv->hint, hint) == 0)
    return;

  g_free (priv->hint);
  priv->hint = g_strdup (hint);
  if (priv->entry != NULL)
    show_message (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HINT]);
}

/**
 * fl_field_get_error:
 * @self: a field
 *
 * Returns: (transfer none) (nullable): the sentence that says what is wrong
 */
const char *
fl_field_get_error (FlField *self)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  g_return_val_if_fail (FL_IS_FIELD (self), NULL);

  return priv->error;
}

/**
 * fl_field_set_error:
 * @self: a field
 * @error: (nullable): what is wrong and what to do now; %NULL when nothing is
 */
void
fl_field_set_error (FlField    *self,
                    const char *error)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  g_return_if_fail (FL_IS_FIELD (self));

  if (g_strcmp0 (priv->error, error) == 0)
    return;

  g_free (priv->error);
  priv->error = g_strdup (error);
  show_message (self);
}

/**
 * fl_field_set_trouble:
 * @self: a field
 * @trouble: (nullable): what is wrong, though not with what was typed here; %NULL when nothing is
 */
void
fl_field_set_trouble (FlField    *self,
                      const char *trouble)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  g_return_if_fail (FL_IS_FIELD (self));

  if (g_strcmp0 (priv->trouble, trouble) == 0)
    return;

  g_free (priv->trouble);
  priv->trouble = g_strdup (trouble);
  show_message (self);
}

/**
 * fl_field_set_remark:
 * @self: a field
 * @remark: (nullable): what a person may not see in the text; %NULL when there is nothing of the kind
 */
void
fl_field_set_remark (FlField    *self,
                     const char *remark)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  g_return_if_fail (FL_IS_FIELD (self));

  if (g_strcmp0 (priv->remark, remark) == 0)
    return;

  g_free (priv->remark);
  priv->remark = g_strdup (remark);
  show_message (self);
}

/* A password that is shown is corrected, and must not be selected: see FlPasswordField. */
static gboolean
is_typed_anew (FlField *self)
{
  GtkText *text = GTK_TEXT (gtk_editable_get_delegate (fl_field_get_entry (self)));

  return FL_FIELD_GET_CLASS (self)->typed_anew
         && !(GTK_IS_PASSWORD_ENTRY (fl_field_get_entry (self)) && gtk_text_get_visibility (text));
}

/**
 * fl_field_focus:
 * @self: a field
 *
 * Puts the cursor into the entry, at the end of what stands there; what is to be typed anew is selected.
 */
void
fl_field_focus (FlField *self)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);
  GtkEditable *entry = fl_field_get_entry (self);

  gtk_widget_grab_focus (GTK_WIDGET (entry));
  if (priv->error != NULL && is_typed_anew (self))
    gtk_editable_select_region (entry, 0, -1);
  else
    gtk_editable_set_position (entry, -1);
}

/**
 * fl_field_add_suffix:
 * @self: a field
 * @suffix: (transfer none): a small widget to stand at the end of the entry, inside its frame
 */
void
fl_field_add_suffix (FlField   *self,
                     GtkWidget *suffix)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  g_return_if_fail (FL_IS_FIELD (self));

  gtk_widget_set_halign (suffix, GTK_ALIGN_END);
  gtk_widget_set_valign (suffix, GTK_ALIGN_CENTER);
  gtk_overlay_add_overlay (GTK_OVERLAY (priv->overlay), suffix);
  gtk_widget_add_css_class (GTK_WIDGET (self), "with-suffix");
}

/**
 * fl_field_set_advice:
 * @self: a field
 * @advice: (transfer none): a widget for the line below the entry, for as long as neither hint nor error stands there
 */
void
fl_field_set_advice (FlField   *self,
                     GtkWidget *advice)
{
  FlFieldPrivate *priv = fl_field_get_instance_private (self);

  g_return_if_fail (FL_IS_FIELD (self));
  g_return_if_fail (priv->advice == NULL);

  priv->advice = advice;
  gtk_widget_set_hexpand (advice, TRUE);
  gtk_box_append (GTK_BOX (priv->line), advice);
  show_message (self);
}
