/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-column.h"
#include "fl-link.h"
#include "fl-links.h"
#include "fl-page-private.h"
#include "fl-submit-button.h"
#include "fl-trouble.h"

/**
 * FlPage:
 *
 * One page of the guide: illustration, title, one sentence that says why, what there is to fill in, the main button,
 * and quiet links below it.
 *
 * A page's template adds its fields as plain children, its links as children of type "link", and what unfolds below
 * everything else as children of type "more". It calls verbs of the journey and renders the journey's properties; it
 * sees neither the window, nor another page, nor the network.
 *
 * What all pages share is here: a problem goes under the field that it is about, or above the main button when it is
 * about none, and takes the focus there; while the server works the button is busy, the fields rest and Cancel
 * appears; where the server refuses for a time the button rests until the countdown has ended. Return submits from
 * everywhere but another button. A page whose step has been left listens no longer, though it may still slide away.
 */

static void fl_page_buildable_init (GtkBuildableIface *iface);

static GtkBuildableIface *parent_buildable;

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (FlPage, fl_page, ADW_TYPE_BIN,
                                  G_ADD_PRIVATE (FlPage)
                                  G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, fl_page_buildable_init))

typedef enum {
  PROP_JOURNEY = 1,
  PROP_POLICY,
  PROP_TITLE,
  PROP_ILLUSTRATION,
  PROP_SENTENCE,
  PROP_SUBMIT_LABEL,
} FlPageProperty;

static GParamSpec *properties[PROP_SUBMIT_LABEL + 1];

FlPagePrivate *
fl_page_get_private (FlPage *self)
{
  return fl_page_get_instance_private (self);
}

void
fl_page_update_sensitivity (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);
  gboolean busy = fl_journey_get_busy (priv->journey);

  gtk_widget_set_sensitive (priv->content, !busy);
  gtk_widget_set_sensitive (priv->more, !busy);
  gtk_widget_set_sensitive (priv->button, !busy && priv->ready && fl_countdown_is_over (priv->countdown));
}

static void
on_step_changed (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  if (fl_journey_get_step (priv->journey) != priv->step)
    g_signal_handlers_disconnect_by_data (priv->journey, self);
}

/* An entry that rests while it has the focus is not told that it loses it, and its cursor goes on blinking. */
static void
release_focus (FlPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    gtk_root_set_focus (root, NULL);
}

static void
show_busy (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);
  gboolean busy = fl_journey_get_busy (priv->journey);

  if (busy)
    release_focus (self);
  fl_submit_button_set_busy (FL_SUBMIT_BUTTON (priv->button), busy);
  fl_links_set_busy (FL_LINKS (priv->links), busy);
  fl_page_update_sensitivity (self);
}

/* What rests loses the focus; it comes back when the answer is there. */
static void
on_busy_changed (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  show_busy (self);
  if (!fl_journey_get_busy (priv->journey))
    fl_page_focus (self);
}

static void
on_room_grown (FlPage        *self,
               GtkAdjustment *room)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  if (gtk_adjustment_get_upper (room) <= priv->room)
    return;

  g_signal_handlers_disconnect_by_func (room, on_room_grown, self);
  gtk_adjustment_set_value (room, gtk_adjustment_get_upper (room));
}

/* What unfolds below the edge of the window is brought into view, once it has been laid out. */
static void
on_expanded (FlPage      *self,
             GParamSpec  *pspec,
             GtkExpander *expander)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);
  GtkAdjustment *room = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (priv->scroll));

  priv->room = gtk_adjustment_get_upper (room);
  if (gtk_expander_get_expanded (expander))
    g_signal_connect_object (room, "changed", G_CALLBACK (on_room_grown), self, G_CONNECT_SWAPPED);
  else
    g_signal_handlers_disconnect_by_func (room, on_room_grown, self);
}

static void
on_cancelled (FlPage *self)
{
  fl_journey_cancel (fl_page_get_journey (self));
}

/* A check box would take Return for itself, and the window's default widget would answer 250 ms later. */
static gboolean
on_key_pressed (FlPage          *self,
                guint            key,
                guint            code,
                GdkModifierType  state)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (key != GDK_KEY_Return && key != GDK_KEY_KP_Enter && key != GDK_KEY_ISO_Enter)
    return GDK_EVENT_PROPAGATE;
  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0 || !GTK_IS_CHECK_BUTTON (focus))
    return GDK_EVENT_PROPAGATE;

  fl_page_submit (self);

  return GDK_EVENT_STOP;
}

static FlField *
fl_page_real_field_for (FlPage    *self,
                        FlProblem  problem)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  /* The problems up to PASSWORD_UNFIT are about what was typed; the others about links, time and the network. */
  if (problem > FL_PROBLEM_PASSWORD_UNFIT || priv->fields->len == 0)
    return NULL;

  return g_ptr_array_index (priv->fields, 0);
}

static gboolean
fl_page_real_take_problem (FlPage       *self,
                           const GError *problem,
                           const char   *sentence)
{
  return FALSE;
}

static void
fl_page_real_submit (FlPage *self)
{
}

static void
fl_page_real_take_over (FlPage *self,
                        FlPage *from)
{
}

static void
fl_page_real_focus (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  if (priv->fields->len > 0)
    fl_field_focus (g_ptr_array_index (priv->fields, 0));
  else if (gtk_widget_get_visible (priv->button))
    gtk_widget_grab_focus (priv->button);
}

static void
fl_page_add_child (GtkBuildable *buildable,
                   GtkBuilder   *builder,
                   GObject      *child,
                   const char   *type)
{
  FlPagePrivate *priv = fl_page_get_instance_private (FL_PAGE (buildable));

  if (priv->content == NULL || !GTK_IS_WIDGET (child))
    {
      parent_buildable->add_child (buildable, builder, child, type);
      return;
    }

  if (g_strcmp0 (type, "link") == 0)
    fl_links_append (FL_LINKS (priv->links), GTK_WIDGET (child));
  else if (g_strcmp0 (type, "more") == 0)
    gtk_box_append (GTK_BOX (priv->more), GTK_WIDGET (child));
  else
    gtk_box_append (GTK_BOX (priv->content), GTK_WIDGET (child));

  if (FL_IS_FIELD (child))
    fl_page_add_field (FL_PAGE (buildable), FL_FIELD (child));
  else if (GTK_IS_EXPANDER (child))
    g_signal_connect_object (child, "notify::expanded", G_CALLBACK (on_expanded), buildable, G_CONNECT_SWAPPED);
}

static void
fl_page_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = fl_page_add_child;
}

static void
fl_page_set_property (GObject      *object,
                      guint         id,
                      const GValue *value,
                      GParamSpec   *pspec)
{
  FlPage *self = FL_PAGE (object);
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  switch ((FlPageProperty) id)
    {
    case PROP_JOURNEY:
      priv->journey = g_value_dup_object (value);
      break;
    case PROP_POLICY:
      priv->policy = g_value_dup_object (value);
      break;
    case PROP_TITLE:
      fl_page_set_title (self, g_value_get_string (value));
      break;
    case PROP_ILLUSTRATION:
      gtk_image_set_from_icon_name (GTK_IMAGE (priv->illustration), g_value_get_string (value));
      gtk_widget_set_visible (priv->illustration, g_value_get_string (value) != NULL);
      break;
    case PROP_SENTENCE:
      fl_page_set_sentence (self, g_value_get_string (value));
      break;
    case PROP_SUBMIT_LABEL:
      fl_submit_button_set_text (FL_SUBMIT_BUTTON (priv->button), g_value_get_string (value));
      gtk_widget_set_visible (priv->button, TRUE);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_page_constructed (GObject *object)
{
  FlPage *self = FL_PAGE (object);
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  G_OBJECT_CLASS (fl_page_parent_class)->constructed (object);

  priv->step = fl_journey_get_step (priv->journey);
  g_signal_connect_object (priv->journey, "notify::busy", G_CALLBACK (on_busy_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->journey, "notify::step", G_CALLBACK (on_step_changed), self, G_CONNECT_SWAPPED);
  fl_column_follow_text_size (ADW_CLAMP (priv->clamp));
  show_busy (self);
  fl_page_watch_notice (self);
  fl_page_watch_problem (self);
}

static void
fl_page_dispose (GObject *object)
{
  FlPagePrivate *priv = fl_page_get_instance_private (FL_PAGE (object));

  g_clear_pointer (&priv->fields, g_ptr_array_unref);
  priv->faulty = NULL;
  priv->host = NULL;
  g_clear_object (&priv->countdown);
  g_clear_object (&priv->journey);
  g_clear_object (&priv->policy);

  G_OBJECT_CLASS (fl_page_parent_class)->dispose (object);
}

static void
fl_page_class_init (FlPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = fl_page_set_property;
  object_class->constructed = fl_page_constructed;
  object_class->dispose = fl_page_dispose;

  klass->submit = fl_page_real_submit;
  klass->field_for = fl_page_real_field_for;
  klass->take_problem = fl_page_real_take_problem;
  klass->focus = fl_page_real_focus;
  klass->take_over = fl_page_real_take_over;

  properties[PROP_JOURNEY] =
    g_param_spec_object ("journey", NULL, NULL, FL_TYPE_JOURNEY,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_POLICY] =
    g_param_spec_object ("policy", NULL, NULL, FL_TYPE_POLICY,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL,
                         G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_ILLUSTRATION] =
    g_param_spec_string ("illustration", NULL, NULL, NULL,
                         G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SENTENCE] =
    g_param_spec_string ("sentence", NULL, NULL, NULL,
                         G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SUBMIT_LABEL] =
    g_param_spec_string ("submit-label", NULL, NULL, NULL,
                         G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (FL_TYPE_LINKS);
  g_type_ensure (FL_TYPE_SUBMIT_BUTTON);
  g_type_ensure (FL_TYPE_TROUBLE);
  gtk_widget_class_set_css_name (widget_class, "page");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_FORM);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-page.ui");
  gtk_widget_class_bind_template_child_private (widget_class, FlPage, scroll);
  gtk_widget_class_bind_template_child_private (widget_class, FlPage, clamp);
  gtk_widget_class_bind_template_child_private (widget_class, FlPage, illustration);
  gtk_widget_class_bind_template_child_private (widget_class, FlPage, title);
  gtk_widget_class_bind_template_child_private (widget_class, FlPage, sentence);
  gtk_widget_class_bind_template_child_private (widget_class, FlPage, notice);
  gtk_widget_class_bind_template_child_private (widget_class, FlPage, notice_label);
  gtk_widget_class_bind_template_child_private (widget_class, FlPage, content);
  gtk_widget_class_bind_template_child_private (widget_class, FlPage, button);
  gtk_widget_class_bind_template_child_private (widget_class, FlPage, trouble);
  gtk_widget_class_bind_template_child_private (widget_class, FlPage, links);
  gtk_widget_class_bind_template_child_private (widget_class, FlPage, more);
  gtk_widget_class_bind_template_callback (widget_class, fl_page_submit);
  gtk_widget_class_bind_template_callback (widget_class, on_cancelled);
  gtk_widget_class_bind_template_callback (widget_class, on_key_pressed);
}

static void
fl_page_init (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  priv->ready = TRUE;
  priv->fields = g_ptr_array_new ();
  priv->countdown = fl_countdown_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  fl_page_add_ways_out (self);
}

/**
 * fl_page_get_journey:
 * @self: a page
 *
 * Returns: (transfer none): the journey whose verbs it calls
 */
FlJourney *
fl_page_get_journey (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  g_return_val_if_fail (FL_IS_PAGE (self), NULL);

  return priv->journey;
}

/**
 * fl_page_get_policy:
 * @self: a page
 *
 * Returns: (transfer none): the names, links and contacts that IT has set
 */
FlPolicy *
fl_page_get_policy (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  g_return_val_if_fail (FL_IS_PAGE (self), NULL);

  return priv->policy;
}

/**
 * fl_page_get_server:
 * @self: a page
 *
 * Tells which server the page is about. On the page that asks for its address it is the one in the field.
 *
 * Returns: (transfer full) (nullable): its address, or %NULL as long as there is none
 */
char *
fl_page_get_server (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  g_return_val_if_fail (FL_IS_PAGE (self), NULL);

  if (priv->step == FL_STEP_ORGANISATION)
    return fl_link_parse_server (fl_field_get_text (g_ptr_array_index (priv->fields, 0)), NULL);

  return g_strdup (fl_journey_get_server (priv->journey));
}

/**
 * fl_page_set_title:
 * @self: a page
 * @title: its one heading
 */
void
fl_page_set_title (FlPage     *self,
                   const char *title)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  g_return_if_fail (FL_IS_PAGE (self));

  gtk_label_set_label (GTK_LABEL (priv->title), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

/**
 * fl_page_set_sentence:
 * @self: a page
 * @sentence: the one sentence below the title
 */
void
fl_page_set_sentence (FlPage     *self,
                      const char *sentence)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  g_return_if_fail (FL_IS_PAGE (self));

  gtk_label_set_label (GTK_LABEL (priv->sentence), sentence);
}

/**
 * fl_page_submit:
 * @self: a page
 *
 * Does what the main button does, where that is possible now.
 */
void
fl_page_submit (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  g_return_if_fail (FL_IS_PAGE (self));

  if (gtk_widget_is_sensitive (priv->button))
    FL_PAGE_GET_CLASS (self)->submit (self);
}

/**
 * fl_page_set_ready:
 * @self: a page
 * @ready: whether there is anything to submit
 *
 * For a cheap rule that holds at every key, such as "not empty". Whether it is right is said on submit.
 */
void
fl_page_set_ready (FlPage   *self,
                   gboolean  ready)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  g_return_if_fail (FL_IS_PAGE (self));

  priv->ready = ready;
  fl_page_update_sensitivity (self);
}

/**
 * fl_page_focus:
 * @self: a page
 *
 * Puts the focus where the next key belongs: the faulty field, else where the page wants it.
 */
void
fl_page_focus (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_instance_private (self);

  g_return_if_fail (FL_IS_PAGE (self));

  if (priv->faulty != NULL)
    fl_field_focus (priv->faulty);
  else
    FL_PAGE_GET_CLASS (self)->focus (self);

  fl_page_bring_problem_into_view (self);
}
