/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-announce.h"
#include "fl-doorstep.h"
#include "fl-link.h"
#include "fl-links.h"
#include "fl-page-private.h"
#include "fl-sentence.h"
#include "fl-trouble.h"

/* The half of FlPage that shows what is wrong: where, in which words, and for how long. */

/* The field whose line has its room where trouble belongs, right above the main button. */
static FlField *
find_host (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_private (self);
  GtkWidget *last = gtk_widget_get_last_child (priv->content);

  while (last != NULL && !gtk_widget_get_visible (last))
    last = gtk_widget_get_prev_sibling (last);

  return FL_IS_FIELD (last) ? FL_FIELD (last) : NULL;
}

static void
set_trouble (FlPage     *self,
             const char *text)
{
  FlPagePrivate *priv = fl_page_get_private (self);
  FlTrouble *trouble = FL_TROUBLE (priv->trouble);
  FlField *host = find_host (self);

  if (priv->host != NULL)
    fl_field_set_trouble (priv->host, NULL);
  priv->host = host;
  if (host != NULL)
    fl_field_set_trouble (host, text);

  fl_trouble_set_text (trouble, host == NULL ? text : NULL);
  gtk_widget_set_visible (priv->trouble, host == NULL);
  if (host == NULL && text != NULL)
    gtk_accessible_update_relation (GTK_ACCESSIBLE (priv->button),
                                    GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, fl_trouble_get_label (trouble), NULL,
                                    -1);
  else
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (priv->button), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY);
}

/* Whether a problem is of the kind whose cause can be looked for. */
static gboolean
is_on_the_way (const GError *problem)
{
  return problem != NULL && problem->domain == FL_PROBLEM
         && problem->code >= FL_PROBLEM_OFFLINE && problem->code <= FL_PROBLEM_NOT_OUR_SERVER;
}

/* The network shows its sign-in page in the place of whatever is asked for over plain HTTP; of the addresses that it has
 * given itself none is opened. */
static void
on_portal_clicked (FlPage *self)
{
  g_autofree char *server = fl_page_get_server (self);
  g_autofree char *doorstep = server != NULL ? fl_doorstep_for_server (server) : NULL;

  if (doorstep != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "assistant.open-uri", "s", doorstep);
}

static void
on_way_out_painted (FlPage        *self,
                   GdkFrameClock *clock)
{
  g_signal_handlers_disconnect_by_func (clock, on_way_out_painted, self);
  fl_page_bring_problem_into_view (self);
}

/* Its room is not kept, so that it can only be brought into view when it has one. */
static void
on_way_out_mapped (FlPage *self)
{
  g_signal_connect_object (gtk_widget_get_frame_clock (GTK_WIDGET (self)), "after-paint", G_CALLBACK (on_way_out_painted),
                           self, G_CONNECT_SWAPPED);
}

/* Renders the problem where it belongs; called again at every second of a countdown, without moving the focus. Returns
 * the sentence. */
static char *
render_problem (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_private (self);
  FlPageClass *klass = FL_PAGE_GET_CLASS (self);
  const GError *problem = fl_journey_get_problem (priv->journey);
  g_autofree char *left = NULL;
  g_autofree char *sentence = NULL;

  gtk_widget_set_visible (priv->portal, g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_CAPTIVE_PORTAL));
  gtk_widget_set_visible (priv->check, is_on_the_way (problem));
  if (problem == NULL)
    {
      klass->take_problem (self, NULL, NULL);
      set_trouble (self, NULL);
      return NULL;
    }

  if (!fl_countdown_is_over (priv->countdown))
    left = fl_countdown_format (priv->countdown);
  sentence = fl_sentence_for_problem (problem, priv->step, priv->policy, left);
  if (klass->take_problem (self, problem, sentence))
    {
      set_trouble (self, NULL);
      return g_steal_pointer (&sentence);
    }

  priv->faulty = klass->field_for (self, problem->code);
  if (priv->faulty != NULL)
    fl_field_set_error (priv->faulty, sentence);
  set_trouble (self, priv->faulty != NULL ? NULL : sentence);

  return g_steal_pointer (&sentence);
}

/* The widget that says what is wrong, or offers the way out, below that; or NULL. */
static GtkWidget *
find_sentence (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_private (self);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *place = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (fl_journey_get_problem (priv->journey) == NULL)
    return NULL;
  if (gtk_widget_get_visible (priv->check))
    return priv->check;
  if (priv->faulty != NULL)
    return GTK_WIDGET (priv->faulty);
  if (priv->host != NULL)
    return GTK_WIDGET (priv->host);
  if (gtk_widget_get_visible (priv->trouble))
    return priv->trouble;

  /* A place of the page's own, which has the focus then */
  while (place != NULL && gtk_widget_get_parent (place) != priv->content)
    place = gtk_widget_get_parent (place);

  return place;
}

/*
 * fl_page_bring_problem_into_view:
 *
 * In a low window the focus brings the entry into view, but not what is said below it.
 */
void
fl_page_bring_problem_into_view (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_private (self);
  GtkAdjustment *room = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (priv->scroll));
  GtkWidget *sentence = find_sentence (self);
  graphene_rect_t bounds;
  double hidden;

  if (sentence == NULL || !gtk_widget_compute_bounds (sentence, priv->scroll, &bounds))
    return;

  /* Set, not clamped: that alone ends the motion which brings the entry into view. */
  hidden = bounds.origin.y + bounds.size.height - gtk_adjustment_get_page_size (room);
  if (hidden > 0)
    gtk_adjustment_set_value (room, gtk_adjustment_get_value (room) + hidden);
  else if (bounds.origin.y < 0)
    gtk_adjustment_set_value (room, gtk_adjustment_get_value (room) + bounds.origin.y);
}

static void
on_problem_changed (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_private (self);
  g_autofree char *sentence = NULL;

  if (priv->faulty != NULL)
    fl_field_set_error (priv->faulty, NULL);
  priv->faulty = NULL;
  sentence = render_problem (self);
  if (sentence == NULL)
    return;

  fl_announce (GTK_WIDGET (self), sentence);
  if (!fl_journey_get_busy (priv->journey))
    fl_page_focus (self);
}

static void
on_retry_at_changed (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_private (self);

  fl_countdown_set_until (priv->countdown, fl_journey_get_retry_at (priv->journey));
}

static void
on_countdown_ticked (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_private (self);
  const GError *problem = fl_journey_get_problem (priv->journey);

  fl_page_update_sensitivity (self);
  if (problem == NULL || fl_journey_get_retry_at (priv->journey) == 0)
    return;

  if (fl_countdown_is_over (priv->countdown))
    fl_journey_clear_problem (priv->journey);
  else
    fl_page_show_problem (self);
}

/*
 * fl_page_add_ways_out:
 *
 * Puts the button that opens the network's sign-in page first among the links, and the link to the connection check after
 * it; they are seen only where they help.
 */
void
fl_page_add_ways_out (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_private (self);

  priv->portal = g_object_new (GTK_TYPE_BUTTON,
                               "label", _("Open the network’s sign-in page"),
                               "visible", FALSE,
                               "css-classes", (const char *[]) { "pill", NULL },
                               NULL);
  g_signal_connect_object (priv->portal, "clicked", G_CALLBACK (on_portal_clicked), self, G_CONNECT_SWAPPED);
  fl_links_append (FL_LINKS (priv->links), priv->portal);

  priv->check = g_object_new (GTK_TYPE_BUTTON,
                              "label", _("Check the connection"),
                              "action-name", "assistant.doctor",
                              "visible", FALSE,
                              "css-classes", (const char *[]) { "flat", NULL },
                              NULL);
  g_signal_connect_object (priv->check, "map", G_CALLBACK (on_way_out_mapped), self, G_CONNECT_SWAPPED);
  fl_links_append (FL_LINKS (priv->links), priv->check);
}

/*
 * fl_page_show_problem:
 *
 * Shows the journey's problem where it belongs, without a word aloud.
 */
void
fl_page_show_problem (FlPage *self)
{
  g_free (render_problem (self));
}

/*
 * fl_page_watch_problem:
 *
 * Shows the journey's problem from now on.
 */
void
fl_page_watch_problem (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_private (self);

  g_signal_connect_object (priv->countdown, "tick", G_CALLBACK (on_countdown_ticked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->journey, "notify::problem", G_CALLBACK (on_problem_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->journey, "notify::retry-at", G_CALLBACK (on_retry_at_changed), self, G_CONNECT_SWAPPED);
  on_retry_at_changed (self);
  fl_page_show_problem (self);
}
