/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-code-field.h"
#include "fl-countdown.h"
#include "fl-inbox-page.h"
#include "fl-point.h"
#include "fl-secret.h"
#include "fl-sentence.h"

/**
 * FlInboxPage:
 *
 * Waits with the person for the mail: its button brings them on by itself, its code is typed here.
 *
 * The clipboard is read only when *Paste link* is pressed. Help for a mail that does not come unfolds after half a
 * minute, as the last thing on the page. A mail that has been used elsewhere leaves two ways, both of them buttons:
 * sign in, or a new mail.
 */
struct _FlInboxPage
{
  FlPage parent_instance;

  FlCountdown *resend;
  FlCountdown *patience;
  GCancellable *cancellable;
  gboolean used;

  FlField *code;
  GtkWidget *used_point;
  GtkWidget *send_new;
  GtkWidget *paste;
  GtkWidget *send_again;
  GtkLabel *send_again_label;
  GtkWidget *nothing_came;
  FlPoint *spelling;
  FlPoint *spam;
  FlPoint *support;
};

#define PATIENCE 30  /* seconds; what most mails take at the most, before greylisting and spam folders come to mind */

G_DEFINE_FINAL_TYPE (FlInboxPage, fl_inbox_page, FL_TYPE_PAGE)

static void
show_sentence (FlInboxPage *self)
{
  const char *address = fl_journey_get_address (fl_page_get_journey (FL_PAGE (self)));
  g_autofree char *sentence = NULL;

  if (address != NULL)
    sentence = g_strdup_printf (/* Translators: %s is an email address */
                                _("If %s has an account here, an email is on its way. "
                                  "Press the green button “Enter new password” in it, or type its code below."),
                                address);
  else
    sentence = g_strdup (_("An email is on its way. "
                           "Press the green button “Enter new password” in it, or type its code below."));

  fl_page_set_sentence (FL_PAGE (self), sentence);
  fl_point_set_text (self->spelling, address);
}

static void
show_expiry (FlInboxPage *self)
{
  gint64 expires_at = fl_journey_get_mail_expires_at (fl_page_get_journey (FL_PAGE (self)));
  g_autofree char *time = NULL;
  g_autofree char *hint = NULL;

  if (expires_at != 0)
    {
      time = fl_sentence_format_time (expires_at);
      /* Translators: of the code in the mail; %s is a time of the day, such as "10:42" */
      hint = g_strdup_printf (_("Works until %s"), time);
    }
  fl_field_set_hint (self->code, hint);
}

static void
on_resend_ticked (FlInboxPage *self)
{
  gboolean over = fl_countdown_is_over (self->resend);
  g_autofree char *left = fl_countdown_format (self->resend);
  g_autofree char *label = NULL;

  if (over)
    label = g_strdup (_("Send again"));
  else
    label = g_strdup_printf (/* Translators: %s is what is left of a countdown, such as "0:41" */
                             _("Send again in %s"), left);
  gtk_label_set_label (self->send_again_label, label);
  gtk_widget_set_sensitive (self->send_again, over);
  gtk_widget_set_sensitive (self->send_new, over);
}

static void
on_patience_ticked (FlInboxPage *self)
{
  gboolean waiting = fl_journey_get_mail_sent_at (fl_page_get_journey (FL_PAGE (self))) != 0;

  gtk_widget_set_visible (self->nothing_came, waiting && !self->used && fl_countdown_is_over (self->patience));
}

static void
on_mail_changed (FlInboxPage *self)
{
  FlJourney *journey = fl_page_get_journey (FL_PAGE (self));

  show_sentence (self);
  show_expiry (self);
  fl_countdown_set_until (self->resend, fl_journey_get_resend_at (journey));
  fl_countdown_set_until (self->patience, fl_journey_get_mail_sent_at (journey) + PATIENCE);
}

static void
on_code_edited (FlInboxPage *self)
{
  fl_page_set_ready (FL_PAGE (self), self->used || *fl_field_get_text (self->code) != '\0');
}

static void
on_paste_ready (GObject      *clipboard,
                GAsyncResult *result,
                gpointer      data)
{
  g_autoptr (FlInboxPage) self = data;
  g_autoptr (GError) error = NULL;
  char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fl_journey_open_link (fl_page_get_journey (FL_PAGE (self)), text != NULL ? text : "");

  fl_secret_wipe_string (text);
}

static void
on_paste_clicked (FlInboxPage *self)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->cancellable,
                                 on_paste_ready, g_object_ref (self));
}

static void
on_send_again_clicked (FlInboxPage *self)
{
  fl_journey_send_again (fl_page_get_journey (FL_PAGE (self)));
}

static void
on_another_clicked (FlInboxPage *self)
{
  fl_journey_use_another_address (fl_page_get_journey (FL_PAGE (self)));
}

static void
set_used (FlInboxPage *self,
          const char  *sentence)
{
  self->used = sentence != NULL;
  fl_point_set_title (FL_POINT (self->used_point), self->used ? sentence : "");
  gtk_widget_set_visible (self->used_point, self->used);
  gtk_widget_set_visible (self->send_new, self->used);
  gtk_widget_set_visible (GTK_WIDGET (self->code), !self->used);
  gtk_widget_set_visible (self->paste, !self->used);
  gtk_widget_set_visible (self->send_again, !self->used);
  g_object_set (self, "submit-label", self->used ? _("Sign in instead") : _("Continue"), NULL);
  on_patience_ticked (self);
  on_code_edited (self);
}

static gboolean
fl_inbox_page_take_problem (FlPage       *page,
                            const GError *problem,
                            const char   *sentence)
{
  FlInboxPage *self = FL_INBOX_PAGE (page);
  gboolean used = g_error_matches (problem, FL_PROBLEM, FL_PROBLEM_MAIL_USED);

  if (used != self->used)
    set_used (self, used ? sentence : NULL);

  return used;
}

static FlField *
fl_inbox_page_field_for (FlPage    *page,
                         FlProblem  problem)
{
  switch ((int) problem)
    {
    case FL_PROBLEM_CODE_MALFORMED:
    case FL_PROBLEM_CODE_REFUSED:
    case FL_PROBLEM_CODE_USED:
    case FL_PROBLEM_TRIES_SPENT:
    case FL_PROBLEM_MAIL_EXPIRED:
      return FL_INBOX_PAGE (page)->code;
    default:
      return NULL;
    }
}

static void
fl_inbox_page_submit (FlPage *page)
{
  FlInboxPage *self = FL_INBOX_PAGE (page);

  if (self->used)
    fl_journey_sign_in_instead (fl_page_get_journey (page));
  else
    fl_journey_submit_mail_code (fl_page_get_journey (page), fl_field_get_text (self->code));
}

static void
show_help (FlInboxPage *self)
{
  FlPolicy *policy = fl_page_get_policy (FL_PAGE (self));
  const char *sender = fl_policy_get_mail_sender (policy);
  g_autofree char *support = fl_sentence_for_support (policy);
  g_autofree char *spam = NULL;

  if (sender != NULL)
    spam = g_strdup_printf (/* Translators: %s is the mail's sender, such as "no-reply@visma.com" */
                            _("Search for %s"), sender);
  fl_point_set_text (self->spam, spam);
  fl_point_set_text (self->support, support);
}

static void
fl_inbox_page_constructed (GObject *object)
{
  FlInboxPage *self = FL_INBOX_PAGE (object);
  FlJourney *journey = fl_page_get_journey (FL_PAGE (self));
  static const char * const mail[] = {
    "notify::address", "notify::mail-sent-at", "notify::mail-expires-at", "notify::resend-at",
  };

  G_OBJECT_CLASS (fl_inbox_page_parent_class)->constructed (object);

  g_signal_connect_object (self->resend, "tick", G_CALLBACK (on_resend_ticked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->patience, "tick", G_CALLBACK (on_patience_ticked), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (mail); i++)
    g_signal_connect_object (journey, mail[i], G_CALLBACK (on_mail_changed), self, G_CONNECT_SWAPPED);
  show_help (self);
  on_mail_changed (self);
  on_code_edited (self);
}

static void
fl_inbox_page_dispose (GObject *object)
{
  FlInboxPage *self = FL_INBOX_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->resend);
  g_clear_object (&self->patience);

  G_OBJECT_CLASS (fl_inbox_page_parent_class)->dispose (object);
}

static void
fl_inbox_page_class_init (FlInboxPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  FlPageClass *page_class = FL_PAGE_CLASS (klass);

  object_class->constructed = fl_inbox_page_constructed;
  object_class->dispose = fl_inbox_page_dispose;
  page_class->submit = fl_inbox_page_submit;
  page_class->field_for = fl_inbox_page_field_for;
  page_class->take_problem = fl_inbox_page_take_problem;

  g_type_ensure (FL_TYPE_CODE_FIELD);
  g_type_ensure (FL_TYPE_POINT);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-inbox-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlInboxPage, code);
  gtk_widget_class_bind_template_child (widget_class, FlInboxPage, used_point);
  gtk_widget_class_bind_template_child (widget_class, FlInboxPage, send_new);
  gtk_widget_class_bind_template_child (widget_class, FlInboxPage, paste);
  gtk_widget_class_bind_template_child (widget_class, FlInboxPage, send_again);
  gtk_widget_class_bind_template_child (widget_class, FlInboxPage, send_again_label);
  gtk_widget_class_bind_template_child (widget_class, FlInboxPage, nothing_came);
  gtk_widget_class_bind_template_child (widget_class, FlInboxPage, spelling);
  gtk_widget_class_bind_template_child (widget_class, FlInboxPage, spam);
  gtk_widget_class_bind_template_child (widget_class, FlInboxPage, support);
  gtk_widget_class_bind_template_callback (widget_class, on_code_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_paste_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_send_again_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_another_clicked);
}

static void
fl_inbox_page_init (FlInboxPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->resend = fl_countdown_new ();
  self->patience = fl_countdown_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
