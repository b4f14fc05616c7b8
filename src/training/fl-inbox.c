/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-training"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "fl-inbox.h"
#include "fl-mail-view.h"

/**
 * FlInbox:
 *
 * A mail reader with the mails of the training: a line for each, and one of them open below.
 *
 * A mail that arrives opens by itself; fl_inbox_close() makes room for the phone when the mail has done its work.
 * Pressing a link in a mail emits #FlInbox::link-pressed.
 */
struct _FlInbox
{
  GtkWidget parent_instance;

  GListModel *mails;

  GtkWidget *card;
  GtkWidget *empty;
  GtkWidget *mail;
  GtkWidget *sender;
  GtkWidget *details;
  GtkWidget *avatar;
  GtkWidget *body;
  GtkWidget *lines;
};

G_DEFINE_FINAL_TYPE (FlInbox, fl_inbox, GTK_TYPE_WIDGET)

enum {
  SIGNAL_LINK_PRESSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_link_pressed (FlInbox    *self,
                 const char *href)
{
  g_signal_emit (self, signals[SIGNAL_LINK_PRESSED], 0, href);
}

static char *
format_time (FlMail *mail)
{
  g_autoptr (GDateTime) local = NULL;

  if (fl_mail_get_date (mail) == NULL)
    return g_strdup ("");

  local = g_date_time_to_local (fl_mail_get_date (mail));

  return g_date_time_format (local, "%H:%M");
}

/* What is not shown can be read in the accessible tree all the same. */
static void
forget_mail (FlInbox *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->body)) != NULL)
    gtk_box_remove (GTK_BOX (self->body), child);
  gtk_label_set_label (GTK_LABEL (self->sender), "");
  gtk_label_set_label (GTK_LABEL (self->details), "");
  adw_avatar_set_text (ADW_AVATAR (self->avatar), NULL);
}

/* Not a stack: where its pages differ in height, one is as wide as it would be without wrapping. */
static void
show_page (FlInbox   *self,
           GtkWidget *page)
{
  gtk_widget_set_visible (self->empty, page == self->empty);
  gtk_widget_set_visible (self->mail, page == self->mail);
}

static void
open_mail (FlInbox *self,
           FlMail  *mail)
{
  GtkWidget *view = fl_mail_view_new (mail);
  g_autofree char *time = format_time (mail);
  g_autofree char *details = NULL;

  forget_mail (self);
  details = g_strdup_printf (/* Translators: below a mail's sender: to whom, and at what time, such as "to anna@flexhrm.example · 10:42" */
                             _("to %s · %s"), fl_mail_get_recipient (mail), time);
  gtk_label_set_label (GTK_LABEL (self->sender), fl_mail_get_sender (mail));
  gtk_label_set_label (GTK_LABEL (self->details), details);
  adw_avatar_set_text (ADW_AVATAR (self->avatar), fl_mail_get_sender (mail));

  g_signal_connect_object (view, "link-pressed", G_CALLBACK (on_link_pressed), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->body), view);
  show_page (self, self->mail);
  gtk_widget_set_visible (self->lines, g_list_model_get_n_items (self->mails) > 1);
  gtk_widget_add_css_class (self->lines, "above");
}

static void
on_line_clicked (FlInbox   *self,
                  GtkButton *button)
{
  open_mail (self, g_object_get_data (G_OBJECT (button), "mail"));
}

static GtkWidget *
build_line (FlInbox *self,
            FlMail  *mail)
{
  g_autofree char *time = format_time (mail);
  g_autofree char *text = g_strdup_printf ("%s  %s", time, fl_mail_get_subject (mail));
  GtkWidget *button = gtk_button_new_with_label (text);

  gtk_label_set_ellipsize (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), 0.0);
  gtk_widget_add_css_class (button, "flat");
  g_object_set_data_full (G_OBJECT (button), "mail", g_object_ref (mail), g_object_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_line_clicked), self, G_CONNECT_SWAPPED);

  return button;
}

static void
on_mails_changed (FlInbox *self)
{
  guint n = g_list_model_get_n_items (self->mails);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->lines)) != NULL)
    gtk_box_remove (GTK_BOX (self->lines), child);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (FlMail) mail = g_list_model_get_item (self->mails, i);

      gtk_box_append (GTK_BOX (self->lines), build_line (self, mail));
      if (i == 0)
        open_mail (self, mail);
    }

  if (n == 0)
    {
      forget_mail (self);
      show_page (self, self->empty);
      gtk_widget_set_visible (self->lines, FALSE);
    }
}

static void
fl_inbox_dispose (GObject *object)
{
  FlInbox *self = FL_INBOX (object);

  g_clear_object (&self->mails);
  g_clear_pointer (&self->card, gtk_widget_unparent);

  G_OBJECT_CLASS (fl_inbox_parent_class)->dispose (object);
}

static void
fl_inbox_class_init (FlInboxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_inbox_dispose;

  /**
   * FlInbox::link-pressed:
   * @href: where the link leads
   */
  signals[SIGNAL_LINK_PRESSED] =
    g_signal_new ("link-pressed", FL_TYPE_INBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);

  gtk_widget_class_set_css_name (widget_class, "inbox");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/training/fl-inbox.ui");
  gtk_widget_class_bind_template_child (widget_class, FlInbox, card);
  gtk_widget_class_bind_template_child (widget_class, FlInbox, empty);
  gtk_widget_class_bind_template_child (widget_class, FlInbox, mail);
  gtk_widget_class_bind_template_child (widget_class, FlInbox, sender);
  gtk_widget_class_bind_template_child (widget_class, FlInbox, details);
  gtk_widget_class_bind_template_child (widget_class, FlInbox, avatar);
  gtk_widget_class_bind_template_child (widget_class, FlInbox, body);
  gtk_widget_class_bind_template_child (widget_class, FlInbox, lines);
}

static void
fl_inbox_init (FlInbox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fl_inbox_new:
 * @mails: (transfer none): the #FlMail objects to show, newest first
 *
 * Returns: (transfer floating): a mail reader
 */
GtkWidget *
fl_inbox_new (GListModel *mails)
{
  FlInbox *self = g_object_new (FL_TYPE_INBOX, NULL);

  self->mails = g_object_ref (mails);
  g_signal_connect_object (mails, "items-changed", G_CALLBACK (on_mails_changed), self, G_CONNECT_SWAPPED);
  on_mails_changed (self);

  return GTK_WIDGET (self);
}

/**
 * fl_inbox_close:
 * @self: an inbox
 *
 * Closes the mail that is open; its line stays, and opens it again.
 */
void
fl_inbox_close (FlInbox *self)
{
  g_return_if_fail (FL_IS_INBOX (self));

  if (g_list_model_get_n_items (self->mails) == 0)
    return;

  show_page (self, NULL);
  gtk_widget_set_visible (self->lines, TRUE);
  gtk_widget_remove_css_class (self->lines, "above");
}
