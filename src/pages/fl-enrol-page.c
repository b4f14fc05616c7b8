/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-clipboard.h"
#include "fl-code-field.h"
#include "fl-code.h"
#include "fl-enrol-page.h"
#include "fl-opener.h"
#include "fl-pair.h"
#include "fl-qr-code.h"
#include "fl-qr-window.h"
#include "fl-sentence.h"

/**
 * FlEnrolPage:
 *
 * Shows the enrolment as a QR code and as a key to be typed, and takes the first code.
 *
 * 1. The page comes up with an empty card of the final size; the server is being asked for an enrolment.
 * 2. The enrolment arrives: picture and key appear.
 * 3. It changes, because the server began a new one: the old picture goes at once, the large one too, and the journey's
 *    notice says why. A code of the old key would be refused without anybody knowing the reason.
 */
struct _FlEnrolPage
{
  FlPage parent_instance;

  FlQrCode *picture;
  GtkWidget *enlarge;
  GtkWidget *no_app;
  GtkWidget *apps;
  GtkLabel *key;
  GtkWidget *copy;
  FlField *code;
  GtkWidget *open;
  GtkWidget *later;
  GtkWidget *later_until;

  FlSecret *uri;
  GtkWindow *large;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (FlEnrolPage, fl_enrol_page, FL_TYPE_PAGE)

#define GROUP 4  /* characters; how authenticators show keys that are typed */

static void
show_toast (FlEnrolPage *self,
            const char  *text)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "assistant.toast", "s", text);
}

static void
close_large (FlEnrolPage *self)
{
  GtkWindow *large = self->large;

  if (large == NULL)
    return;

  g_clear_weak_pointer (&self->large);
  gtk_window_destroy (large);
}

/* Without an enrolment there is nothing to activate: the main button then asks the server again. */
static void
update_state (FlEnrolPage *self)
{
  FlJourney *journey = fl_page_get_journey (FL_PAGE (self));
  gboolean have = self->uri != NULL;
  gboolean waiting = !have && fl_journey_get_busy (journey);

  fl_qr_code_set_waiting (self->picture, waiting);
  gtk_widget_set_sensitive (self->enlarge, have);
  gtk_widget_set_sensitive (self->copy, have);
  gtk_widget_set_sensitive (self->open, have);
  g_object_set (self, "submit-label", have || waiting ? _("Activate") : _("Try again"), NULL);
  fl_page_set_ready (FL_PAGE (self), !have || *fl_field_get_text (self->code) != '\0');
}

/* The server may give the same key again, after a refused code for example: then there is nothing new to scan. */
static void
on_enrolment_changed (FlEnrolPage *self)
{
  FlOtpauth *enrolment = fl_journey_get_enrolment (fl_page_get_journey (FL_PAGE (self)));
  g_autoptr (FlSecret) uri = enrolment != NULL ? fl_otpauth_to_uri (enrolment) : NULL;
  char *grouped = NULL;

  if (uri != NULL && self->uri != NULL && fl_secret_equal (uri, self->uri))
    return;

  close_large (self);
  /* A code of the key that has gone would stand in the way of the next one. */
  if (self->uri != NULL)
    fl_field_set_text (self->code, "");
  g_clear_pointer (&self->uri, fl_secret_unref);
  self->uri = g_steal_pointer (&uri);
  fl_qr_code_set_text (self->picture, self->uri);

  if (enrolment != NULL)
    grouped = fl_code_group (fl_secret_get_text (fl_otpauth_get_key (enrolment)), GROUP);
  gtk_label_set_label (self->key, grouped != NULL ? grouped : "");
  fl_secret_wipe_string (grouped);
  update_state (self);
}

static void
on_enlarge_clicked (FlEnrolPage *self)
{
  close_large (self);
  g_set_weak_pointer (&self->large,
                      GTK_WINDOW (fl_qr_window_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->uri)));
  gtk_window_present (self->large);
}

static void
on_no_app_clicked (FlEnrolPage *self)
{
  gtk_popover_popup (GTK_POPOVER (self->apps));
  /* The focus that makes a screen reader read it would select it all. */
  gtk_label_select_region (GTK_LABEL (gtk_popover_get_child (GTK_POPOVER (self->apps))), 0, 0);
}

static void
on_copy_clicked (FlEnrolPage *self)
{
  FlOtpauth *enrolment = fl_journey_get_enrolment (fl_page_get_journey (FL_PAGE (self)));

  fl_clipboard_copy (GTK_WIDGET (self), fl_otpauth_get_key (enrolment));
  show_toast (self, _("Copied. The clipboard forgets it in a minute."));
}

static void
on_open_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (FlEnrolPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!fl_opener_open_finish (result, &error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_toast (self, _("That app could not be opened. Type the key into it instead."));
}

/* Not by the action that opens other addresses: this one carries the key. */
static void
on_open_clicked (FlEnrolPage *self)
{
  fl_opener_open_async (fl_secret_get_text (self->uri), self->cancellable, on_open_ready, g_object_ref (self));
}

static void
on_can_open_ready (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (FlEnrolPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean can = fl_opener_can_open_finish (result, &error);

  if (error == NULL)
    gtk_widget_set_visible (self->open, can);
}

static void
on_later_clicked (FlEnrolPage *self)
{
  fl_journey_remind_later (fl_page_get_journey (FL_PAGE (self)));
}

static void
on_rule_changed (FlEnrolPage *self)
{
  FlPolicy *policy = fl_page_get_policy (FL_PAGE (self));
  gint64 until = fl_policy_get_optional_until (policy);
  gboolean optional =
    fl_journey_get_second_factor_rule (fl_page_get_journey (FL_PAGE (self))) == FL_SECOND_FACTOR_OPTIONAL;

  gtk_widget_set_visible (self->later, optional);
  gtk_widget_set_visible (self->later_until, optional && until > 0);
  if (optional && until > 0)
    {
      g_autoptr (GDateTime) day = g_date_time_new_from_unix_local (until);
      /* Translators: a date, for g_date_time_format(), such as "23 November 2026" */
      g_autofree char *date = g_date_time_format (day, _("%-d %B %Y"));
      /* Translators: %s is a date; below "Remind me later" */
      g_autofree char *text = g_strdup_printf (_("You can put it off until %s"), date);

      gtk_label_set_label (GTK_LABEL (self->later_until), text);
    }
}

/* What it says can be focused, so that a screen reader comes to it. */
static GtkWidget *
create_apps_popover (FlEnrolPage *self)
{
  GtkWidget *popover = gtk_popover_new ();
  g_autofree char *text = fl_sentence_for_apps (fl_page_get_policy (FL_PAGE (self)));
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL,
                                   "label", text,
                                   "wrap", TRUE,
                                   "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                   "max-width-chars", 34,
                                   "selectable", TRUE,
                                   "xalign", 0.0,
                                   "css-classes", (const char *[]) { "popover-text", NULL },
                                   NULL);

  gtk_popover_set_child (GTK_POPOVER (popover), label);
  gtk_widget_set_parent (popover, self->no_app);

  return popover;
}

static void
fl_enrol_page_submit (FlPage *page)
{
  fl_journey_activate (fl_page_get_journey (page), fl_field_get_text (FL_ENROL_PAGE (page)->code));
}

static void
fl_enrol_page_constructed (GObject *object)
{
  FlEnrolPage *self = FL_ENROL_PAGE (object);
  FlJourney *journey = fl_page_get_journey (FL_PAGE (self));

  G_OBJECT_CLASS (fl_enrol_page_parent_class)->constructed (object);

  self->apps = create_apps_popover (self);
  g_signal_connect_object (self->code, "edited", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (journey, "enrolment-changed", G_CALLBACK (on_enrolment_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (journey, "notify::busy", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (journey, "notify::second-factor-rule", G_CALLBACK (on_rule_changed), self, G_CONNECT_SWAPPED);
  on_enrolment_changed (self);
  on_rule_changed (self);
  fl_opener_can_open_async ("otpauth", self->cancellable, on_can_open_ready, g_object_ref (self));
}

static void
fl_enrol_page_dispose (GObject *object)
{
  FlEnrolPage *self = FL_ENROL_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  close_large (self);
  g_clear_pointer (&self->apps, gtk_widget_unparent);
  g_clear_pointer (&self->uri, fl_secret_unref);

  G_OBJECT_CLASS (fl_enrol_page_parent_class)->dispose (object);
}

static void
fl_enrol_page_finalize (GObject *object)
{
  g_object_unref (FL_ENROL_PAGE (object)->cancellable);

  G_OBJECT_CLASS (fl_enrol_page_parent_class)->finalize (object);
}

static void
fl_enrol_page_class_init (FlEnrolPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = fl_enrol_page_constructed;
  object_class->dispose = fl_enrol_page_dispose;
  object_class->finalize = fl_enrol_page_finalize;
  FL_PAGE_CLASS (klass)->submit = fl_enrol_page_submit;

  g_type_ensure (FL_TYPE_CODE_FIELD);
  g_type_ensure (FL_TYPE_PAIR);
  g_type_ensure (FL_TYPE_QR_CODE);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-enrol-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlEnrolPage, picture);
  gtk_widget_class_bind_template_child (widget_class, FlEnrolPage, enlarge);
  gtk_widget_class_bind_template_child (widget_class, FlEnrolPage, no_app);
  gtk_widget_class_bind_template_child (widget_class, FlEnrolPage, key);
  gtk_widget_class_bind_template_child (widget_class, FlEnrolPage, copy);
  gtk_widget_class_bind_template_child (widget_class, FlEnrolPage, code);
  gtk_widget_class_bind_template_child (widget_class, FlEnrolPage, open);
  gtk_widget_class_bind_template_child (widget_class, FlEnrolPage, later);
  gtk_widget_class_bind_template_child (widget_class, FlEnrolPage, later_until);
  gtk_widget_class_bind_template_callback (widget_class, on_enlarge_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_no_app_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_open_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_later_clicked);
}

static void
fl_enrol_page_init (FlEnrolPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
