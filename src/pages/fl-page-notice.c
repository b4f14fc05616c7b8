/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-page-private.h"
#include "fl-sentence.h"

/* What a page says above its fields: a word why it is shown, and what is amiss with this computer as long as it is. */

/* Of this computer's clock only where codes are typed: they may come from an app here, and times are told by both clocks. */
static char *
describe_clock (FlPagePrivate *priv)
{
  if (priv->step != FL_STEP_ENROL && priv->step != FL_STEP_SECOND_FACTOR)
    return NULL;

  return fl_sentence_for_clock (fl_journey_get_clock_ahead (priv->journey));
}

/* Where the keyring keeps nothing, closing the program means beginning again. */
static const char *
describe_vault (FlPagePrivate *priv)
{
  if (!fl_guide_is_resumable (priv->step) && priv->step != FL_STEP_PASSWORD_AGAIN)
    return NULL;

  switch (fl_journey_get_vault_state (priv->journey))
    {
    case FL_VAULT_MEMORY:
      return _("This computer has no keyring to remember how far you are. Keep this window open until you are done.");
    case FL_VAULT_LOCKED:
      return _("This computer’s keyring is locked and cannot remember how far you are. Keep this window open until you are done.");
    case FL_VAULT_SILENT:
      return _("This computer’s keyring does not answer and cannot remember how far you are. Keep this window open until you are done.");
    case FL_VAULT_UNKNOWN:
    case FL_VAULT_KEPT:
    case FL_VAULT_NEVER:
    default:
      return NULL;
    }
}

static void
show_notice (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_private (self);
  g_autofree char *notice = fl_sentence_for_notice (fl_journey_get_notice (priv->journey), priv->policy);
  g_autofree char *clock = describe_clock (priv);
  const char * const sentences[] = { notice, clock, describe_vault (priv) };
  g_autoptr (GString) all = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    {
      if (sentences[i] != NULL)
        g_string_append_printf (all, "%s%s", all->len > 0 ? "\n" : "", sentences[i]);
    }

  gtk_label_set_label (GTK_LABEL (priv->notice_label), all->str);
  gtk_widget_set_visible (priv->notice, all->len > 0);
  if (all->len > 0)
    gtk_widget_add_css_class (GTK_WIDGET (self), "noticed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "noticed");
}

/* A mail that has just been sent is an event, for a toast; every other notice stays as long as it is true. */
static void
on_notice_changed (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_private (self);

  if (fl_journey_get_notice (priv->journey) == FL_NOTICE_MAIL_SENT_AGAIN)
    {
      g_autofree char *sentence = fl_sentence_for_notice (FL_NOTICE_MAIL_SENT_AGAIN, priv->policy);

      gtk_widget_activate_action (GTK_WIDGET (self), "assistant.toast", "s", sentence);
      return;
    }

  show_notice (self);
}

/*
 * fl_page_watch_notice:
 *
 * Shows what there is to say, and from now on what changes in it.
 */
void
fl_page_watch_notice (FlPage *self)
{
  FlJourney *journey = fl_page_get_private (self)->journey;

  g_signal_connect_object (journey, "notify::notice", G_CALLBACK (on_notice_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (journey, "notify::clock-ahead", G_CALLBACK (show_notice), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (journey, "notify::vault-state", G_CALLBACK (show_notice), self, G_CONNECT_SWAPPED);
  show_notice (self);
}
