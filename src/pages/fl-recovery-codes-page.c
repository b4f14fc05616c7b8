/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-clipboard.h"
#include "fl-code-field.h"
#include "fl-code.h"
#include "fl-codes-sheet.h"
#include "fl-pair.h"
#include "fl-recovery-codes-page.h"

/**
 * FlRecoveryCodesPage:
 *
 * Shows the recovery codes, helps to keep them, and lets one be typed back.
 *
 * They count only when one has been typed back: who has not kept them finds out here, and not on the day that the
 * phone is gone.
 */
struct _FlRecoveryCodesPage
{
  FlPage parent_instance;

  GtkWidget *card;
  GtkWidget *columns[2];
  GtkSpinner *spinner;
  GtkWidget *ways;
  FlField *code;

  GtkFileChooserNative *chooser;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (FlRecoveryCodesPage, fl_recovery_codes_page, FL_TYPE_PAGE)

#define GROUP 4  /* characters; short enough to be kept in mind while the eye goes to the paper and back */

static GtkWidget *
create_row (guint     number,
            FlSecret *code)
{
  GtkWidget *row = g_object_new (GTK_TYPE_BOX, "css-name", "coderow", "spacing", 14, NULL);
  char *grouped = fl_code_group (fl_secret_get_text (code), GROUP);
  g_autofree char *digits = g_strdup_printf ("%u", number);
  /* Translators: for screen readers; %u is the code's number in the list, %s the code */
  char *name = g_strdup_printf (_("Code %u: %s"), number, grouped);
  GtkWidget *label;

  label = g_object_new (GTK_TYPE_LABEL,
                        "label", digits,
                        "width-chars", 2,
                        "xalign", 1.0,
                        "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                        "css-classes", (const char *[]) { "dim-label", "numeric", NULL },
                        NULL);
  gtk_box_append (GTK_BOX (row), label);
  label = g_object_new (GTK_TYPE_LABEL,
                        "label", grouped,
                        "selectable", TRUE,
                        "css-classes", (const char *[]) { "key", NULL },
                        NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (row), label);

  fl_secret_wipe_string (grouped);
  fl_secret_wipe_string (name);

  return row;
}

static void
empty_columns (FlRecoveryCodesPage *self)
{
  GtkWidget *child;

  for (guint i = 0; i < G_N_ELEMENTS (self->columns); i++)
    {
      while ((child = gtk_widget_get_first_child (self->columns[i])) != NULL)
        gtk_box_remove (GTK_BOX (self->columns[i]), child);
    }
}

/* Without codes there is nothing to type back: the main button then asks the server again. */
static void
update_state (FlRecoveryCodesPage *self)
{
  FlJourney *journey = fl_page_get_journey (FL_PAGE (self));
  gboolean have = fl_journey_get_codes (journey) != NULL;
  gboolean waiting = !have && fl_journey_get_busy (journey);

  gtk_spinner_set_spinning (self->spinner, waiting);
  gtk_widget_set_sensitive (self->ways, have);
  g_object_set (self, "submit-label", have || waiting ? _("Continue") : _("Try again"), NULL);
  fl_page_set_ready (FL_PAGE (self), !have || *fl_field_get_text (self->code) != '\0');
}

static void
on_codes_changed (FlRecoveryCodesPage *self)
{
  GPtrArray *codes = fl_journey_get_codes (fl_page_get_journey (FL_PAGE (self)));
  guint half = codes != NULL ? (codes->len + 1) / 2 : 0;

  empty_columns (self);
  for (guint i = 0; codes != NULL && i < codes->len; i++)
    gtk_box_append (GTK_BOX (self->columns[i < half ? 0 : 1]), create_row (i + 1, g_ptr_array_index (codes, i)));
  update_state (self);
}

static void
show_toast (FlRecoveryCodesPage *self,
            const char          *text)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "assistant.toast", "s", text);
}

static FlSecret *
write_sheet (FlRecoveryCodesPage *self)
{
  FlJourney *journey = fl_page_get_journey (FL_PAGE (self));

  return fl_codes_sheet_write (fl_journey_get_codes (journey), fl_page_get_policy (FL_PAGE (self)),
                               fl_journey_get_address (journey));
}

static void
on_save_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (FlRecoveryCodesPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (fl_codes_sheet_save_finish (result, &error))
    show_toast (self, _("Saved. Only you can read the file."));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_toast (self, _("The codes could not be saved there. Choose another folder."));
}

static void
on_chooser_response (FlRecoveryCodesPage *self,
                     int                  response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file = NULL;
  g_autoptr (FlSecret) sheet = NULL;

  if (response != GTK_RESPONSE_ACCEPT || fl_journey_get_codes (fl_page_get_journey (FL_PAGE (self))) == NULL)
    return;

  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  sheet = write_sheet (self);
  fl_codes_sheet_save_async (sheet, file, self->cancellable, on_save_ready, g_object_ref (self));
}

static void
on_save_clicked (FlRecoveryCodesPage *self)
{
  g_autofree char *name = fl_codes_sheet_suggest_name (fl_page_get_policy (FL_PAGE (self)));

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Save recovery codes"),
                                               GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                               GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _("Save"), _("Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chooser_response), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_print_done (FlRecoveryCodesPage     *self,
               GtkPrintOperationResult  result)
{
  if (result == GTK_PRINT_OPERATION_RESULT_ERROR)
    show_toast (self, _("The codes could not be printed. Save or copy them instead."));
}

static void
on_print_clicked (FlRecoveryCodesPage *self)
{
  g_autoptr (FlSecret) sheet = write_sheet (self);
  g_autoptr (GtkPrintOperation) operation = fl_codes_sheet_print (sheet);

  g_signal_connect_object (operation, "done", G_CALLBACK (on_print_done), self, G_CONNECT_SWAPPED);
  /* What goes wrong at once is told by the signal as well. */
  gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG,
                           GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL);
}

static void
on_copy_clicked (FlRecoveryCodesPage *self)
{
  g_autoptr (FlSecret) sheet = write_sheet (self);

  fl_clipboard_copy (GTK_WIDGET (self), sheet);
  show_toast (self, _("Copied. The clipboard forgets it in a minute."));
}

static void
fl_recovery_codes_page_submit (FlPage *page)
{
  fl_journey_confirm_codes (fl_page_get_journey (page), fl_field_get_text (FL_RECOVERY_CODES_PAGE (page)->code));
}

static void
fl_recovery_codes_page_constructed (GObject *object)
{
  FlRecoveryCodesPage *self = FL_RECOVERY_CODES_PAGE (object);
  FlJourney *journey = fl_page_get_journey (FL_PAGE (self));

  G_OBJECT_CLASS (fl_recovery_codes_page_parent_class)->constructed (object);

  g_signal_connect_object (self->code, "edited", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (journey, "codes-changed", G_CALLBACK (on_codes_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (journey, "notify::busy", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  on_codes_changed (self);
}

static void
fl_recovery_codes_page_dispose (GObject *object)
{
  FlRecoveryCodesPage *self = FL_RECOVERY_CODES_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->chooser);

  G_OBJECT_CLASS (fl_recovery_codes_page_parent_class)->dispose (object);
}

static void
fl_recovery_codes_page_finalize (GObject *object)
{
  g_object_unref (FL_RECOVERY_CODES_PAGE (object)->cancellable);

  G_OBJECT_CLASS (fl_recovery_codes_page_parent_class)->finalize (object);
}

static void
fl_recovery_codes_page_class_init (FlRecoveryCodesPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = fl_recovery_codes_page_constructed;
  object_class->dispose = fl_recovery_codes_page_dispose;
  object_class->finalize = fl_recovery_codes_page_finalize;
  FL_PAGE_CLASS (klass)->submit = fl_recovery_codes_page_submit;

  g_type_ensure (FL_TYPE_CODE_FIELD);
  g_type_ensure (FL_TYPE_PAIR);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-recovery-codes-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlRecoveryCodesPage, card);
  gtk_widget_class_bind_template_child_full (widget_class, "first_column", FALSE,
                                             G_STRUCT_OFFSET (FlRecoveryCodesPage, columns[0]));
  gtk_widget_class_bind_template_child_full (widget_class, "second_column", FALSE,
                                             G_STRUCT_OFFSET (FlRecoveryCodesPage, columns[1]));
  gtk_widget_class_bind_template_child (widget_class, FlRecoveryCodesPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, FlRecoveryCodesPage, ways);
  gtk_widget_class_bind_template_child (widget_class, FlRecoveryCodesPage, code);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_print_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
}

static void
fl_recovery_codes_page_init (FlRecoveryCodesPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
