/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-finding-row.h"
#include "fl-finding-sentence.h"

/**
 * FlFindingRow:
 *
 * One line of the connection check: what was looked at, how it is, in a picture and in a word, and what to do about it.
 *
 * The row is there before its check has ended, and says so.
 */
struct _FlFindingRow
{
  GtkListBoxRow parent_instance;

  FlFinding *finding;
  FlPolicy *policy;

  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *word;
  GtkLabel *sentence;
  GtkLabel *next;
};

G_DEFINE_FINAL_TYPE (FlFindingRow, fl_finding_row, GTK_TYPE_LIST_BOX_ROW)

typedef enum {
  PROP_FINDING = 1,
  PROP_POLICY,
} FlFindingRowProperty;

static GParamSpec *properties[PROP_POLICY + 1];

static const char * const icons[] = {
  [FL_VERDICT_NONE] = "fl-open-symbolic",
  [FL_VERDICT_GREEN] = "fl-done-symbolic",
  [FL_VERDICT_YELLOW] = "fl-caution-symbolic",
  [FL_VERDICT_RED] = "fl-failed-symbolic",
};

/* What could not be looked at is neither good nor bad, to people. The cause counts once there is a verdict. */
static gboolean
is_blocked (FlFindingRow *self)
{
  FlCause cause = fl_finding_get_cause (self->finding);

  if (fl_finding_get_verdict (self->finding) == FL_VERDICT_NONE)
    return FALSE;

  return cause == FL_CAUSE_BLOCKED
         || (cause == FL_CAUSE_NO_SERVER && fl_finding_get_check (self->finding) != FL_CHECK_POLICY);
}

static FlVerdict
get_look (FlFindingRow *self)
{
  return is_blocked (self) ? FL_VERDICT_NONE : fl_finding_get_verdict (self->finding);
}

static const char *
get_word (FlFindingRow *self)
{
  if (is_blocked (self))
    /* Translators: what a check has come to: it could not be done */
    return C_("check", "Not checked");

  return fl_finding_sentence_get_verdict (fl_finding_get_verdict (self->finding));
}

static void
show_text (GtkLabel   *label,
           const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

static void
on_verdict_changed (FlFindingRow *self)
{
  FlVerdict look = get_look (self);
  gboolean ended = fl_finding_get_verdict (self->finding) != FL_VERDICT_NONE;
  g_autofree char *sentence = ended ? fl_finding_sentence_describe (self->finding, self->policy) : NULL;
  const char *next = ended ? fl_finding_sentence_get_next (self->finding) : NULL;
  const char *title = fl_finding_sentence_get_title (fl_finding_get_check (self->finding));
  const char *classes[] = { fl_verdict_get_name (look), NULL };
  g_autoptr (GString) name = g_string_new (NULL);

  gtk_image_set_from_icon_name (self->icon, icons[look]);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->word, get_word (self));
  show_text (self->sentence, sentence);
  show_text (self->next, next);
  gtk_widget_set_css_classes (GTK_WIDGET (self), classes);

  /* Translators: for screen readers; the name of a check, and how it has ended */
  g_string_append_printf (name, _("%s: %s."), title, get_word (self));
  if (sentence != NULL)
    g_string_append_printf (name, " %s", sentence);
  if (next != NULL)
    g_string_append_printf (name, " %s", next);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name->str, -1);
}

static void
fl_finding_row_set_property (GObject      *object,
                             guint         id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  FlFindingRow *self = FL_FINDING_ROW (object);

  switch ((FlFindingRowProperty) id)
    {
    case PROP_FINDING:
      self->finding = g_value_dup_object (value);
      break;
    case PROP_POLICY:
      self->policy = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_finding_row_constructed (GObject *object)
{
  FlFindingRow *self = FL_FINDING_ROW (object);

  G_OBJECT_CLASS (fl_finding_row_parent_class)->constructed (object);

  g_signal_connect_object (self->finding, "notify::verdict", G_CALLBACK (on_verdict_changed), self, G_CONNECT_SWAPPED);
  on_verdict_changed (self);
}

static void
fl_finding_row_dispose (GObject *object)
{
  FlFindingRow *self = FL_FINDING_ROW (object);

  g_clear_object (&self->finding);
  g_clear_object (&self->policy);

  G_OBJECT_CLASS (fl_finding_row_parent_class)->dispose (object);
}

static void
fl_finding_row_class_init (FlFindingRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = fl_finding_row_set_property;
  object_class->constructed = fl_finding_row_constructed;
  object_class->dispose = fl_finding_row_dispose;

  properties[PROP_FINDING] =
    g_param_spec_object ("finding", NULL, NULL, FL_TYPE_FINDING,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_POLICY] =
    g_param_spec_object ("policy", NULL, NULL, FL_TYPE_POLICY,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-finding-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FlFindingRow, icon);
  gtk_widget_class_bind_template_child (widget_class, FlFindingRow, title);
  gtk_widget_class_bind_template_child (widget_class, FlFindingRow, word);
  gtk_widget_class_bind_template_child (widget_class, FlFindingRow, sentence);
  gtk_widget_class_bind_template_child (widget_class, FlFindingRow, next);
}

static void
fl_finding_row_init (FlFindingRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fl_finding_row_new:
 * @finding: what it shows
 * @policy: the names to use
 *
 * Returns: (transfer floating): a row, which follows @finding
 */
GtkWidget *
fl_finding_row_new (FlFinding *finding,
                    FlPolicy  *policy)
{
  return g_object_new (FL_TYPE_FINDING_ROW, "finding", finding, "policy", policy, NULL);
}

/**
 * fl_finding_row_get_finding:
 * @self: a row
 *
 * Returns: (transfer none): what it shows
 */
FlFinding *
fl_finding_row_get_finding (FlFindingRow *self)
{
  g_return_val_if_fail (FL_IS_FINDING_ROW (self), NULL);

  return self->finding;
}

/**
 * fl_finding_row_needs_attention:
 * @self: a row
 *
 * Returns: whether there is something in it to do, or to know
 */
gboolean
fl_finding_row_needs_attention (FlFindingRow *self)
{
  g_return_val_if_fail (FL_IS_FINDING_ROW (self), FALSE);

  return get_look (self) >= FL_VERDICT_YELLOW;
}
