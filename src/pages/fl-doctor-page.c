/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-announce.h"
#include "fl-column.h"
#include "fl-doctor-page.h"
#include "fl-doctor-report.h"
#include "fl-finding-row.h"
#include "fl-pair.h"
#include "fl-toolkit.h"

/**
 * FlDoctorPage:
 *
 * The connection check: what is right and what is wrong on this computer and between it and the server, line by line, and
 * all of it as a text for the help desk.
 *
 * It is no step of the journey, and knows nothing of what is typed there. All lines are there from the beginning; those
 * that need attention go to a list of their own above the others, the worst first, as soon as that is known. The
 * examination ends with the page.
 */
struct _FlDoctorPage
{
  AdwBin parent_instance;

  FlPolicy *policy;
  char *server;                   /* (nullable): nobody has named one */
  FlDoctor *doctor;
  GCancellable *cancellable;
  GtkFileChooserNative *chooser;

  AdwClamp *clamp;
  GtkWidget *status;
  GtkSpinner *spinner;
  GtkImage *icon;
  GtkLabel *summary;
  GtkWidget *again;
  GtkWidget *copy;
  GtkWidget *save;
  GtkWidget *attention;           /* the room of those */
  GtkListBox *problems;
  GtkListBox *others;
};

G_DEFINE_FINAL_TYPE (FlDoctorPage, fl_doctor_page, ADW_TYPE_BIN)

static const char * const icons[] = {
  [FL_VERDICT_NONE] = "fl-open-symbolic",
  [FL_VERDICT_GREEN] = "fl-done-symbolic",
  [FL_VERDICT_YELLOW] = "fl-caution-symbolic",
  [FL_VERDICT_RED] = "fl-failed-symbolic",
};

/* The worst of all verdicts, once all are there. */
static FlVerdict
judge (FlDoctorPage *self)
{
  FlVerdict worst = FL_VERDICT_NONE;

  for (guint i = 0; i < FL_N_CHECKS; i++)
    {
      FlVerdict verdict = fl_finding_get_verdict (fl_doctor_get_finding (self->doctor, (FlCheck) i));

      if (verdict == FL_VERDICT_NONE)
        return FL_VERDICT_NONE;
      worst = MAX (worst, verdict);
    }

  return worst;
}

static const char *
summarise (FlVerdict verdict)
{
  switch (verdict)
    {
    case FL_VERDICT_NONE:
      return _("Checking…");
    case FL_VERDICT_GREEN:
      return _("Everything is in order.");
    case FL_VERDICT_YELLOW:
      return _("Nothing is in the way. What is named first is worth a look.");
    case FL_VERDICT_RED:
    default:
      return _("Something is in the way.");
    }
}

static void
show_state (FlDoctorPage *self)
{
  FlVerdict verdict = judge (self);
  gboolean ended = verdict != FL_VERDICT_NONE;
  const char *classes[] = { "summary", fl_verdict_get_name (verdict), NULL };

  gtk_label_set_label (self->summary, summarise (verdict));
  gtk_image_set_from_icon_name (self->icon, icons[verdict]);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), ended);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), !ended);
  gtk_spinner_set_spinning (self->spinner, !ended);
  gtk_widget_set_css_classes (self->status, classes);

  gtk_widget_set_sensitive (self->copy, ended);
  gtk_widget_set_sensitive (self->save, ended);
  if (verdict == FL_VERDICT_RED)
    gtk_widget_add_css_class (self->copy, "suggested-action");
  else
    gtk_widget_remove_css_class (self->copy, "suggested-action");
}

/* Also while the list that it goes to is still hidden. */
static void
move_to_problems (FlDoctorPage  *self,
                  GtkListBoxRow *row)
{
  gboolean has_focus = gtk_widget_is_focus (GTK_WIDGET (row));

  g_object_ref (row);
  gtk_list_box_remove (self->others, GTK_WIDGET (row));
  gtk_list_box_append (self->problems, GTK_WIDGET (row));
  g_object_unref (row);
  gtk_widget_set_visible (self->attention, TRUE);
  if (has_focus)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
sort_in (FlDoctorPage *self,
         FlFinding    *finding)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->others, i)) != NULL; i++)
    {
      if (fl_finding_row_get_finding (FL_FINDING_ROW (row)) != finding)
        continue;
      if (fl_finding_row_needs_attention (FL_FINDING_ROW (row)))
        move_to_problems (self, row);
      return;
    }
}

static void
on_verdict_changed (FlDoctorPage *self,
                    GParamSpec   *pspec,
                    FlFinding    *finding)
{
  sort_in (self, finding);
  show_state (self);
  if (judge (self) != FL_VERDICT_NONE)
    fl_announce (GTK_WIDGET (self), gtk_label_get_label (self->summary));
}

/* The worst first; of two that are as bad, the one that was looked at first, since it may be the cause of the other. */
static int
compare_rows (GtkListBoxRow *row,
              GtkListBoxRow *other,
              gpointer       user_data)
{
  FlFinding *first = fl_finding_row_get_finding (FL_FINDING_ROW (row));
  FlFinding *second = fl_finding_row_get_finding (FL_FINDING_ROW (other));
  int worse = (int) fl_finding_get_verdict (second) - (int) fl_finding_get_verdict (first);

  return worse != 0 ? worse : (int) fl_finding_get_check (first) - (int) fl_finding_get_check (second);
}

static void
empty (GtkListBox *list)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

static void
forget_doctor (FlDoctorPage *self)
{
  if (self->doctor == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  for (guint i = 0; i < FL_N_CHECKS; i++)
    g_signal_handlers_disconnect_by_data (fl_doctor_get_finding (self->doctor, (FlCheck) i), self);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->doctor);
}

static void
show_toast (FlDoctorPage *self,
            const char   *text)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "assistant.toast", "s", text);
}

static void
on_copy_clicked (FlDoctorPage *self)
{
  g_autofree char *text = fl_doctor_report_text (self->doctor);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  show_toast (self, _("Copied. Paste it into a message to the help desk."));
}

static void
on_replace_contents_ready (GObject      *source,
                           GAsyncResult *result,
                           gpointer      user_data)
{
  g_autoptr (FlDoctorPage) self = user_data;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, NULL))
    show_toast (self, _("Saved. Send the file to the help desk."));
  else
    show_toast (self, _("It could not be saved there. Choose another folder."));
}

static void
on_chooser_response (FlDoctorPage *self,
                     int           response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *text;

  if (response != GTK_RESPONSE_ACCEPT)
    return;

  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  text = fl_doctor_report_text (self->doctor);
  bytes = g_bytes_new_take (text, strlen (text));
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL,
                                       on_replace_contents_ready, g_object_ref (self));
}

static void
on_save_clicked (FlDoctorPage *self)
{
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Save for the help desk"),
                                               GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                               GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _("Save"), _("Cancel"));
  /* Translators: the name of a file */
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), _("Connection check.txt"));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chooser_response), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
fl_doctor_page_dispose (GObject *object)
{
  FlDoctorPage *self = FL_DOCTOR_PAGE (object);

  forget_doctor (self);
  g_clear_object (&self->chooser);
  g_clear_object (&self->policy);

  G_OBJECT_CLASS (fl_doctor_page_parent_class)->dispose (object);
}

static void
fl_doctor_page_finalize (GObject *object)
{
  g_free (FL_DOCTOR_PAGE (object)->server);

  G_OBJECT_CLASS (fl_doctor_page_parent_class)->finalize (object);
}

static void
fl_doctor_page_class_init (FlDoctorPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fl_doctor_page_dispose;
  object_class->finalize = fl_doctor_page_finalize;

  g_type_ensure (FL_TYPE_PAIR);
  gtk_widget_class_set_css_name (widget_class, "page");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_FORM);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/ui/fl-doctor-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlDoctorPage, clamp);
  gtk_widget_class_bind_template_child (widget_class, FlDoctorPage, status);
  gtk_widget_class_bind_template_child (widget_class, FlDoctorPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, FlDoctorPage, icon);
  gtk_widget_class_bind_template_child (widget_class, FlDoctorPage, summary);
  gtk_widget_class_bind_template_child (widget_class, FlDoctorPage, again);
  gtk_widget_class_bind_template_child (widget_class, FlDoctorPage, copy);
  gtk_widget_class_bind_template_child (widget_class, FlDoctorPage, save);
  gtk_widget_class_bind_template_child (widget_class, FlDoctorPage, attention);
  gtk_widget_class_bind_template_child (widget_class, FlDoctorPage, problems);
  gtk_widget_class_bind_template_child (widget_class, FlDoctorPage, others);
  gtk_widget_class_bind_template_callback (widget_class, fl_doctor_page_examine);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
}

static void
fl_doctor_page_init (FlDoctorPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fl_column_follow_text_size (self->clamp);
  gtk_list_box_set_sort_func (self->problems, compare_rows, NULL, NULL);
}

/**
 * fl_doctor_page_new:
 * @policy: the computer's policy
 * @server: (nullable): the server to look at
 *
 * Returns: (transfer floating): a page on which nothing is examined yet
 */
GtkWidget *
fl_doctor_page_new (FlPolicy   *policy,
                    const char *server)
{
  FlDoctorPage *self = g_object_new (FL_TYPE_DOCTOR_PAGE, NULL);

  self->policy = g_object_ref (policy);
  self->server = g_strdup (server);

  return GTK_WIDGET (self);
}

/**
 * fl_doctor_page_show:
 * @self: a page
 * @doctor: a doctor
 *
 * Shows what @doctor finds, and has found.
 */
void
fl_doctor_page_show (FlDoctorPage *self,
                     FlDoctor     *doctor)
{
  g_return_if_fail (FL_IS_DOCTOR_PAGE (self));
  g_return_if_fail (FL_IS_DOCTOR (doctor));

  g_object_ref (doctor);
  forget_doctor (self);
  self->doctor = doctor;
  self->cancellable = g_cancellable_new ();

  empty (self->problems);
  empty (self->others);
  gtk_widget_set_visible (self->attention, FALSE);
  for (guint i = 0; i < FL_N_CHECKS; i++)
    {
      FlFinding *finding = fl_doctor_get_finding (doctor, (FlCheck) i);

      gtk_list_box_append (self->others, fl_finding_row_new (finding, self->policy));
      sort_in (self, finding);
      g_signal_connect_object (finding, "notify::verdict", G_CALLBACK (on_verdict_changed), self, G_CONNECT_SWAPPED);
    }
  show_state (self);
}

/**
 * fl_doctor_page_examine:
 * @self: a page
 *
 * Begins an examination, which shows itself as it goes on; one that is going on is given up. The page has to be in a
 * window.
 */
void
fl_doctor_page_examine (FlDoctorPage *self)
{
  g_autoptr (FlDoctor) doctor = NULL;

  g_return_if_fail (FL_IS_DOCTOR_PAGE (self));

  doctor = fl_doctor_new (self->policy, self->server);
  fl_toolkit_tell (doctor, gtk_widget_get_native (GTK_WIDGET (self)));
  fl_doctor_page_show (self, doctor);
  /* It is over when every finding has a verdict. */
  fl_doctor_examine_async (doctor, self->cancellable, NULL, NULL);
}

/**
 * fl_doctor_page_take_over:
 * @self: a page
 * @from: the page that it takes the place of
 *
 * Shows what @from has found, in the language of now; an examination that is going on begins again.
 */
void
fl_doctor_page_take_over (FlDoctorPage *self,
                          FlDoctorPage *from)
{
  g_return_if_fail (FL_IS_DOCTOR_PAGE (self));
  g_return_if_fail (FL_IS_DOCTOR_PAGE (from));

  if (judge (from) == FL_VERDICT_NONE)
    fl_doctor_page_examine (self);
  else
    fl_doctor_page_show (self, from->doctor);
}

/**
 * fl_doctor_page_focus:
 * @self: a page
 *
 * Puts the focus where it is of use at any time.
 */
void
fl_doctor_page_focus (FlDoctorPage *self)
{
  g_return_if_fail (FL_IS_DOCTOR_PAGE (self));

  gtk_widget_grab_focus (self->again);
}
